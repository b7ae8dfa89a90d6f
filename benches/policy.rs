//! How many trust policies are read in a second, and how many questions are answered: tokens against trust policies, and
//! users against roles.

use std::{hint::black_box, time::Duration};

use criterion::{Criterion, Throughput};
use keytrail::{
    base::name::Arn,
    policy::{
        Boundary, Caller, Document, NamedPolicy, Request, RoleFacts, WebCaller, can_assume,
        can_assume_with_token,
    },
};

const ROLES: usize = 1_000;
const PROVIDER: &str = "arn:aws:iam::111111111111:oidc-provider/gitlab.acme.example";

/// A trust policy as GitLab's documentation teaches it, and one of an account's own role.
fn trusts() -> Vec<String> {
    let web = |group: usize| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Federated":"{PROVIDER}"}},
            "Action":"sts:AssumeRoleWithWebIdentity","Condition":{{
            "StringEquals":{{"gitlab.acme.example:aud":"sts.amazonaws.com"}},
            "StringLike":{{"gitlab.acme.example:sub":["project_path:group-{group}/*:ref_type:branch:ref:main",
            "project_path:group-{group}/*:ref_type:tag:ref:v*"]}}}}}}]}}"#
        )
    };
    (0..ROLES).map(|index| web(index % 50)).collect()
}

fn subjects() -> Vec<Request> {
    let subject =
        |index: usize| format!("project_path:group-{}/shop-{index}:ref_type:branch:ref:main", index % 60);
    (0..100)
        .map(|index| Request::default().with("sub", subject(index)).with("aud", "sts.amazonaws.com"))
        .collect()
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let texts = trusts();
    let documents: Vec<Document> = texts.iter().filter_map(|text| Document::parse(text).ok()).collect();
    assert_eq!(documents.len(), ROLES, "every policy of the bench is one");
    let mut group = criterion.benchmark_group("policy");
    group.sample_size(10).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(2));

    group.throughput(Throughput::Elements(ROLES as u64));
    group.bench_function("read trust policies", |bench| {
        bench.iter(|| texts.iter().filter(|text| Document::parse(black_box(text)).is_ok()).count());
    });

    let subjects = subjects();
    let audiences = ["sts.amazonaws.com".to_owned()];
    group.throughput(Throughput::Elements((ROLES * subjects.len()) as u64));
    group.bench_function("tokens against trust policies", |bench| {
        bench.iter(|| {
            for claims in &subjects {
                let caller = WebCaller { provider: PROVIDER, audiences: Some(&audiences), claims };
                for document in &documents {
                    black_box(can_assume_with_token(&caller, document));
                }
            }
        });
    });

    if let Some(people) = People::of() {
        group.throughput(Throughput::Elements(people.users.len() as u64));
        group.bench_function("users against a role", |bench| bench.iter(|| people.ask()));
    }
    group.finish();
    criterion.final_summary();
}

/// Users of an account that a role trusts as a whole.
struct People {
    users: Vec<Arn>,
    role: Arn,
    trust: Document,
    own: Document,
}

impl People {
    fn of() -> Option<Self> {
        let name = |index: usize| Arn::new(&format!("arn:aws:iam::111111111111:user/ci/user-{index}"));
        let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111111111111"},
            "Action":"sts:AssumeRole","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/ci/*"}}}}"#;
        let own = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},
            {"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::*:role/deploy*"}]}"#;
        Some(Self {
            users: (0..1_000).filter_map(name).collect(),
            role: Arn::new("arn:aws:iam::111111111111:role/deploy")?,
            trust: Document::parse(trust).ok()?,
            own: Document::parse(own).ok()?,
        })
    }

    fn ask(&self) {
        let role = RoleFacts { arn: &self.role, trust: &self.trust };
        for arn in &self.users {
            let caller = Caller {
                arn,
                unique_id: None,
                policies: Some(vec![NamedPolicy { name: "own", document: &self.own }]),
                partly: false,
                boundary: Boundary::None,
            };
            black_box(can_assume(&caller, &role));
        }
    }
}
