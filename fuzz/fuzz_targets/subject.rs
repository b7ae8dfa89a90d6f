//! Subjects: a trust policy whose conditions are any text, and one project. Every ref that is said to get in really gets in when the policy
//! engine is asked about its subject.

#![no_main]

use keytrail::{
    join::{self, Policies, Tokens},
    model::{
        aws::{Provider, Role},
        entity::Entity,
        estate::Estate,
        gitlab::{Instance, Project},
        observe::{Observation, Report, Scope, Sweep},
    },
    base::{name::Arn, time::Timestamp},
    policy::{Document, Grade, Request, WebCaller, can_assume_with_token, subject::RefKind},
};

const ISSUER: &str = "gitlab.acme.example";
const PROVIDER: &str = "arn:aws:iam::222222222222:oidc-provider/gitlab.acme.example";

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut lines = text.lines();
    let (operator, claim) = (lines.next().unwrap_or("StringLike"), lines.next().unwrap_or("sub"));
    let patterns: Vec<&str> = lines.take(8).collect();
    let trust = serde_json::json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": { "Federated": PROVIDER }, "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": { operator: { format!("{ISSUER}:{claim}"): patterns } },
    } })
    .to_string();
    let estate = estate(&trust);
    let policies = Policies::of(&estate);
    let tokens = Tokens::of(&estate, &join::link(&estate, &policies), &policies);
    let Ok(document) = Document::parse(&trust) else { return };
    for trusted in tokens.all() {
        for admitted in trusted.admits.iter().flat_map(|admitted| &*admitted.refs).filter(|admitted| !admitted.name.contains('*')) {
            let kind = if matches!(admitted.kind, RefKind::ProtectedTag | RefKind::Tag | RefKind::UnknownTag) { "tag" } else { "branch" };
            let subject = format!("project_path:acme/shop:ref_type:{kind}:ref:{}", admitted.name);
            let claims = Request::default().with("sub", subject.as_str());
            let verdict = can_assume_with_token(&WebCaller { provider: PROVIDER, audiences: None, claims: &claims }, &document);
            assert_ne!(verdict.grade, Grade::Denied, "{subject} is said to get in by {trust}");
        }
    }
});

fn estate(trust: &str) -> Estate {
    let arn = |text: &str| Arn::new(text).unwrap();
    let provider = Provider { arn: arn(PROVIDER), issuer: Some(ISSUER.into()), audiences: None, created: None };
    let role = Role { trust: Some(trust.into()), ..Role::seen(arn("arn:aws:iam::222222222222:role/deploy")) };
    let instance = Instance { name: "acme".into(), url: Some(format!("https://{ISSUER}")), ..Instance::default() };
    let project = Project {
        instance: "acme".into(),
        number: 7,
        path: Some("acme/shop".into()),
        protected_branches: Some(vec!["main".into(), "release/*".into()]),
        protected_tags: Some(vec!["v*".into()]),
        ..Project::default()
    };
    let saw: Vec<Entity> = vec![instance.into(), project.into(), provider.into(), role.into()];
    let sweep = Sweep { scope: Scope::new("fuzz", "all"), run: 1 };
    let mut estate = Estate::default();
    estate.absorb(Report::Saw(Observation { sweep, at: Timestamp::default(), saw, gaps: Vec::new() }));
    estate
}
