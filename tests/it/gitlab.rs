//! The GitLab collectors against the demo company's GitLab: at full size, with a member's token, and in bad weather.

use std::{collections::BTreeMap, sync::Arc};

use keytrail::{
    base::{blame::Blame, secret::Secret, time::StoppedClock},
    config::GitLabSource,
    demo::{
        self, Company,
        front::{Fault, Rule, Side},
    },
    model::{
        estate::Estate,
        gitlab::{Project, Runner},
        observe::Outcome,
    },
    source::{Outlet, gitlab::sweep},
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::company;

async fn walk(company: &Company, token: &str) -> Estate {
    let source = GitLabSource {
        name: "gitlab.acme.example".into(),
        url: company.gitlab_url.clone(),
        token: Secret::new(token.into()),
        include: Vec::new(),
        exclude: Vec::new(),
        ca_file: None,
        per_second: 10_000.0,
        concurrency: 8,
    };
    let (reports, mut arriving) = mpsc::channel(16);
    let clock = Arc::new(StoppedClock(company::now()));
    let outlet = Outlet { reports, clock, stop: CancellationToken::new(), run: 1 };
    let walking = tokio::spawn(sweep(Arc::new(source), outlet));
    let mut estate = Estate::default();
    while let Some(report) = arriving.recv().await {
        estate.absorb(report);
    }
    walking.await.expect("the walk ends");
    estate
}

fn gaps(estate: &Estate) -> Vec<(String, Blame)> {
    estate.gaps().map(|(scope, gap)| (format!("{}: {}", scope.what, gap.call), gap.blame.clone())).collect()
}

fn partial(estate: &Estate) -> Vec<String> {
    let partial = estate.sweeps().filter(|(_, state)| state.outcome != Some(Outcome::Whole));
    partial.map(|(scope, _)| scope.what.to_string()).collect()
}

fn requests(company: &Company) -> BTreeMap<String, usize> {
    let mut requests = BTreeMap::new();
    for call in company.front.calls() {
        *requests.entry(format!("{} {}", call.status, call.name)).or_default() += 1;
    }
    requests
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_company_is_not_asked_project_by_project() {
    let size = demo::Size::of(1_200);
    let options = demo::Options { size, at: Some(company::now()), alive: false, ..demo::Options::default() };
    let company = demo::start(options).await.expect("the company opens");
    let estate = walk(&company, &company.gitlab_token).await;
    assert_eq!(estate.all::<Project>().count(), 1_200);
    assert_eq!(estate.all::<Runner>().count(), size.runners);

    let requests = requests(&company);
    let answered = |name: &str| requests.get(&format!("200 {name}")).copied().unwrap_or(0);
    assert_eq!((answered("POST graphql:projects"), answered("GET /projects")), (24 + 24 + 60, 12));
    assert_eq!(answered("POST graphql:runners"), 12);
    for one_by_one in ["GET /projects/:id/variables", "GET /projects/:id/pipeline_schedules"] {
        assert!(answered(one_by_one) < 400, "{one_by_one}: {requests:#?}");
    }
    // What was left out is said, and nothing else is missing.
    assert_eq!(partial(&estate), ["CI configurations", "protected tags", "runner jobs", "schedules"]);
    assert!(gaps(&estate).iter().any(|(call, _)| call == "schedules: GET /projects/:id/pipeline_schedules"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_is_told_what_is_missing() {
    let company = company::open().await;
    let token = {
        let world = company.world.read().expect("the world");
        let reads = |scopes: &[String]| scopes.iter().any(|scope| scope == "api" || scope == "read_api");
        let good = world.gitlab.tokens.iter().find(|token| {
            let alive = !token.revoked && token.expires.is_none_or(|at| at > company::now());
            alive && reads(&token.scopes) && !world.gitlab.users[&token.user].is_admin
        });
        good.expect("a member's token").token.clone()
    };
    let estate = walk(&company, &token).await;
    assert!(estate.all::<Project>().count() > 0);
    assert!(estate.all::<Runner>().count() > 0);
    assert!(partial(&estate).contains(&"instance variables".to_owned()));
    for (call, blame) in gaps(&estate) {
        assert!(
            matches!(&blame, Blame::Scope(fix) if fix.starts_with("needs a token of")),
            "{call}: {blame}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_weather_only_delays() {
    let company = company::open().await;
    let bad = |name: &str, fault: Fault, times: u32| {
        company.front.set(Rule {
            side: Side::GitLab,
            name: name.into(),
            target: String::new(),
            fault,
            times: Some(times),
            after: 0,
        });
    };
    bad("GET /projects/:id/variables", Fault::Throttle { retry_after: None }, 3);
    bad("graphql:projects", Fault::Cut, 1);
    bad("graphql:runners", Fault::LostReply, 1);
    bad("graphql:groups", Fault::ServerError(502), 2);
    bad("GET /runners/:id/jobs", Fault::Throttle { retry_after: Some(1) }, 1);
    let estate = walk(&company, &company.gitlab_token).await;
    assert_eq!(gaps(&estate), []);
    assert_eq!(partial(&estate), [""; 0]);
    let meter = estate.meters().next().expect("a meter");
    assert_eq!((meter.throttled, meter.retried), (4, 8));
}
