//! How many requests a look at a large company costs, collector by collector. Time is not asserted: machines differ.

use std::{collections::BTreeMap, sync::Arc};

use keytrail::{
    base::time::StoppedClock,
    cli,
    demo::{self, front::Side},
    model::{
        aws::{Role, User},
        estate::Estate,
        gitlab::{Project, Runner, Variable},
    },
    source::Outlet,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::company;

const PROJECTS: usize = 1_000;

/// What each call may cost at most with a thousand projects, five hundred runners and two dozen teams.
const MOST: [(&str, usize); 15] = [
    ("GET /user", 1),
    ("GET /metadata", 1),
    ("GET /personal_access_tokens/self", 1),
    ("GET /admin/ci/variables", 1),
    // Bulk: fifty a page, a hundred for lists without variables.
    // Variables, heads of branches, and the texts of CI files twenty a page.
    ("POST graphql:projects", PROJECTS / 50 * 2 + PROJECTS / 20),
    ("GET /projects", PROJECTS / 100),
    ("POST graphql:groups", 2),
    ("POST graphql:runners", PROJECTS / 2 / 50),
    // One by one: the runners heard of last, and what holds AWS-looking variables.
    ("GET /runners/:id/jobs", 300),
    ("GET /projects/:id/ci/lint", 300),
    ("GET /projects/:id/protected_tags", PROJECTS / 20),
    ("GET /projects/:id/variables", PROJECTS / 20),
    ("GET /groups/:id/variables", 20),
    ("GET /projects/:id/pipeline_schedules", PROJECTS / 20),
    ("GET /projects/:id/pipeline_schedules/:pipeline_schedule_id", 20),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_projects_cost_few_requests_and_none_is_refused() {
    let size = demo::Size::of(PROJECTS);
    let options = demo::Options { size, at: Some(company::now()), alive: false, ..demo::Options::default() };
    let company = demo::start(options).await.expect("the company opens");
    let (reports, mut arriving) = mpsc::channel(64);
    let clock = Arc::new(StoppedClock(company::now()));
    let outlet = Outlet { reports, clock, stop: CancellationToken::new(), run: 1 };
    let source = cli::demo::sources(&company).gitlab[0].clone();
    let walking = tokio::spawn(async move { source.sweep(outlet).await });
    let mut estate = Estate::default();
    while let Some(report) = arriving.recv().await {
        estate.absorb(report);
    }
    walking.await.expect("the walk ends");
    assert_eq!(estate.all::<Project>().count(), size.projects);
    assert_eq!(estate.all::<Runner>().count(), size.runners);
    // What hangs on schedules of projects without AWS-looking variables is left out, and said to be.
    let variables = estate.all::<Variable>().count();
    assert!(variables <= size.variables && variables + 10 >= size.variables, "{variables} variables");
    assert!(estate.gaps().any(|(_, gap)| gap.call == "GET /projects/:id/pipeline_schedules"));
    assert_eq!(estate.all::<User>().count() + estate.all::<Role>().count(), 0, "AWS was not asked");

    let mut made: BTreeMap<String, usize> = BTreeMap::new();
    for call in company.front.calls().iter().filter(|call| call.side == Side::GitLab) {
        assert_eq!(call.status, 200, "{call:?}");
        *made.entry(call.name.clone()).or_default() += 1;
    }
    for (name, count) in &made {
        let most = MOST.iter().find(|(known, _)| known == name).map_or(0, |(_, most)| *most);
        assert!(*count <= most, "{name}: {count} requests, {most} at most; all: {made:#?}");
    }
    // The rarer calls were made at all: a bound that nothing touches bounds nothing.
    for name in ["GET /projects/:id/variables", "GET /groups/:id/variables", "GET /runners/:id/jobs"] {
        assert!(made.get(name).is_some_and(|count| *count >= 10), "{name}: {made:#?}");
    }
}
