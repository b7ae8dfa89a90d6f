//! Ways into AWS for the tests of this floor, made by hand: what detectors conclude is tried where they live.

use std::sync::Arc;

use super::trial::{ACCOUNT, GITLAB, LEAKED, NOW, saw};
use crate::{
    base::{name::Arn, name::KeyId},
    model::{
        aws::{Provider, Role},
        entity::Entity,
        gitlab::Project,
        id::{Id, Kind},
        link::{Grade, Link, Proof, Relation},
        observe::Report,
    },
    way::{CredentialPath, Life, Refs},
};

fn arn(resource: &str) -> Arn {
    Arn::new(&format!("arn:aws:iam::{ACCOUNT}:{resource}")).unwrap()
}

fn hop(from: &Id, relation: Relation, to: &Id, grade: Grade, proof: &'static str) -> Link {
    Link { from: from.clone(), relation, to: to.clone(), grade, proof: Proof::of(proof) }
}

pub(crate) fn project(number: u64) -> Id {
    Id::project(GITLAB, number)
}

pub(crate) fn role(name: &str) -> Id {
    Id::role(&arn(&format!("role/{name}")))
}

/// The leaked key: in a variable of one project, for every branch, owned by a user that may become an administrator.
fn static_key() -> CredentialPath {
    let (from, via) =
        (project(1), Id::new(Kind::Variable, format!("{GITLAB}/project/1/AWS_ACCESS_KEY_ID@*")));
    let (key, to) = (Id::key(&KeyId::new(LEAKED).unwrap()), Id::user(&arn("user/gitlab-deploy")));
    CredentialPath {
        id: CredentialPath::id("static-key", &from, &via, &to),
        way: "static-key",
        projects: [from.clone()].into(),
        refs: Refs::Any,
        hops: vec![
            hop(&from, Relation::Holds, &via, Grade::Configured, "its page of variables"),
            hop(&via, Relation::Carries, &key, Grade::Configured, "the value is the key's id"),
            hop(&to, Relation::Owns, &key, Grade::Configured, "IAM lists it"),
        ],
        from,
        to,
        life: Life::Long,
        used: Some(Proof::at("812 events made with the key", NOW.minus(3 * 3600))),
        cautions: vec!["The variable is not masked: job logs may show it.".to_owned()],
    }
}

/// An instance runner on a machine: every project, any branch.
fn instance_profile() -> CredentialPath {
    let from = Id::runner(GITLAB, 7);
    let machine = Id::machine(ACCOUNT.parse().unwrap(), "eu-west-1", "i-0abc");
    let profile = Id::profile(&arn("instance-profile/runner"));
    let to = role("reader");
    CredentialPath {
        id: CredentialPath::id("instance-profile", &from, &machine, &to),
        way: "instance-profile",
        projects: [project(1), project(2)].into(),
        refs: Refs::Any,
        hops: vec![
            hop(
                &from,
                Relation::SitsOn,
                &machine,
                Grade::Configured,
                "the manager's address is the machine's",
            ),
            hop(&machine, Relation::HasProfile, &profile, Grade::Configured, "EC2 lists it"),
            hop(&profile, Relation::HasRole, &to, Grade::Configured, "IAM lists it"),
        ],
        from,
        to,
        life: Life::Short,
        used: None,
        cautions: Vec::new(),
    }
}

/// Id tokens of one project, of its protected branch alone.
fn oidc() -> CredentialPath {
    let from = project(2);
    let provider = Id::provider(&arn(&format!("oidc-provider/{GITLAB}")));
    let to = role("reader");
    CredentialPath {
        id: CredentialPath::id("oidc", &from, &provider, &to),
        way: "oidc",
        projects: [from.clone()].into(),
        refs: Refs::Named { refs: vec![Arc::from("main"), Arc::from("release/*")], protected: true },
        hops: vec![
            hop(&from, Relation::Presents, &provider, Grade::Configured, "a job asks for an id token"),
            hop(&provider, Relation::MayAssume, &to, Grade::Configured, "statement 1 of the trust policy"),
        ],
        from,
        to,
        life: Life::Short,
        used: None,
        cautions: Vec::new(),
    }
}

pub(crate) fn paths() -> Vec<CredentialPath> {
    vec![static_key(), instance_profile(), oidc()]
}

/// So many paths of projects and variables of their own that end at few users.
pub(crate) fn many(count: u64) -> Vec<CredentialPath> {
    let path = |number: u64| {
        let (from, via) =
            (project(number), Id::new(Kind::Variable, format!("{GITLAB}/project/{number}/KEY@*")));
        let to = Id::user(&arn(&format!("user/ci-{}", number % 50)));
        CredentialPath {
            id: CredentialPath::id("static-key", &from, &via, &to),
            projects: [from.clone()].into(),
            hops: vec![
                hop(&from, Relation::Holds, &via, Grade::Configured, ""),
                hop(&via, Relation::Carries, &to, Grade::Configured, ""),
            ],
            from,
            to,
            ..static_key()
        }
    };
    (1000..1000 + count).map(path).collect()
}

/// Two roles that may assume each other.
pub(crate) fn round() -> Vec<Report> {
    let ring = |name: &str, other: &str| {
        let mut role = Role::seen(arn(&format!("role/{name}")));
        let statement = format!(
            r#"{{"Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{}"}},"Action":"sts:AssumeRole"}}]}}"#,
            arn(&format!("role/{other}"))
        );
        role.trust = Some(statement.as_str().into());
        role.inline = Some(Vec::new());
        role.attached = Some(Vec::new());
        Entity::Role(role)
    };
    saw(ACCOUNT, "ring", 1, vec![ring("ring-a", "ring-b"), ring("ring-b", "ring-a")])
}

/// A role that lets protected branches of one project in, and every ref of a group.
pub(crate) fn trusting() -> Vec<Report> {
    let provider = arn(&format!("oidc-provider/{GITLAB}"));
    let statement = |subject: &str| {
        format!(
            r#"{{"Sid":"Tokens","Effect":"Allow","Principal":{{"Federated":"{provider}"}},"Action":"sts:AssumeRoleWithWebIdentity",
            "Condition":{{"StringEquals":{{"{GITLAB}:aud":"https://{GITLAB}"}},"StringLike":{{"{GITLAB}:sub":"project_path:{subject}"}}}}}}"#
        )
    };
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{},{}]}}"#,
        statement("acme/web:ref_type:branch:ref:main"),
        statement("acme/infra*:ref_type:branch:ref:*")
    );
    let mut role = Role::seen(arn("role/release"));
    role.trust = Some(trust.as_str().into());
    (role.inline, role.attached) = (Some(Vec::new()), Some(Vec::new()));
    let provider = Provider {
        arn: provider,
        issuer: Some(GITLAB.to_owned()),
        audiences: Some(vec![format!("https://{GITLAB}")]),
        created: None,
    };
    let protected = |number: u64| {
        Entity::Project(Project {
            instance: GITLAB.into(),
            number,
            default_branch: Some("main".into()),
            protected_branches: Some(vec!["main".into()]),
            protected_tags: Some(Vec::new()),
            ..Project::default()
        })
    };
    let seen = vec![Entity::Role(role), Entity::Provider(provider), protected(1), protected(2)];
    saw(ACCOUNT, "id tokens", 1, seen)
}
