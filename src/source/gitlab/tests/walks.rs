//! Whole walks: as an administrator, as a member, with refusals, stopped.

use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{super::COLLECTORS, KEY, SECRET, TOKEN, json_of, walk, walk_with};
use crate::{
    base::blame::Blame,
    model::{
        gitlab::{Instance, Job, Manager, Project, Runner, Schedule, Variable},
        id::Id,
        observe::{Outcome, Report},
    },
};

#[test]
fn every_collector_waits_only_for_earlier_ones() {
    for (index, collector) in COLLECTORS.iter().enumerate() {
        for before in collector.after {
            assert!(COLLECTORS[..index].iter().any(|earlier| earlier.name == *before), "{before}");
        }
    }
}

#[tokio::test]
async fn an_administrator_sees_everything_and_no_value_leaves() {
    let left = walk(|_| None).await;
    assert_eq!(left.gaps(), []);
    assert_eq!(left.partial(), [""; 0]);

    let variable: &Variable =
        left.estate.find(&"variable:acme/project/7/AWS_ACCESS_KEY_ID@*".parse::<Id>().unwrap()).unwrap();
    assert_eq!(variable.raw, Some(true), "GraphQL's half");
    assert_eq!(variable.sighting.as_ref().unwrap().keys[0].as_str(), KEY, "REST's half");
    assert_eq!(left.estate.all::<Variable>().count(), 6);
    assert_eq!(left.asked("GET /projects/8/variables").len(), 0, "nothing there suggests AWS");

    let project: &Project = left.estate.find(&Id::project("acme", 7)).unwrap();
    assert_eq!(project.protected_branches.as_deref(), Some(&["main".to_owned()][..]));
    assert_eq!(project.default_branch.as_deref(), Some("main"));
    let runner: &Runner = left.estate.find(&Id::runner("acme", 5)).unwrap();
    assert_eq!((runner.protected, runner.groups.as_deref()), (Some(true), Some(&[3][..])));
    let manager = left.estate.all::<Manager>().next().unwrap();
    assert_eq!(manager.executor.as_deref(), Some("docker"));
    assert_eq!(left.estate.all::<Job>().next().unwrap().project, Some(7));
    assert_eq!(left.estate.all::<Schedule>().next().unwrap().owner.as_deref(), Some("ada"));
    let instance = left.estate.all::<Instance>().next().unwrap();
    assert_eq!(instance.url.as_deref(), Some("https://gitlab.acme.example"));
    assert_eq!(instance.is_admin, Some(true));

    let sent = format!("{:?} {}", left.reports, serde_json::to_string(&left.reports).unwrap());
    for secret in [SECRET, TOKEN] {
        assert!(!sent.contains(secret), "{secret}");
    }
    let meter = left.estate.meters().next().unwrap();
    assert_eq!(meter.calls, left.asked.len() as u64);
}

#[tokio::test]
async fn one_refusal_stops_nothing_else() {
    let left = walk(|asked| {
        let refused = asked.call == "GET /groups/3/variables" || asked.call == "GET /admin/ci/variables";
        refused.then(|| json_of(403, &json!({"message":"403 Forbidden"})))
    })
    .await;
    assert_eq!(left.partial(), ["instance variables", "variable values"]);
    let owner = "needs a token of an administrator, or of an owner of the groups.";
    let expected = [
        ("GET /admin/ci/variables".to_owned(), Blame::Scope("needs a token of an administrator.".into())),
        ("GET /groups/:id/variables of acme".to_owned(), Blame::Scope(owner.into())),
    ];
    assert_eq!(left.gaps(), expected);
    assert!(
        left.estate.all::<Variable>().any(|variable| &*variable.key == "AWS_ROLE_ARN"),
        "attributes stay"
    );
}

#[tokio::test]
async fn a_token_without_the_scope_is_told_which() {
    let left = walk(|asked| {
        let read_user = asked.call == "GET /user";
        (!read_user).then(|| json_of(403, &json!({"error":"insufficient_scope","scope":"api read_api"})))
    })
    .await;
    assert!(!left.gaps().is_empty());
    for (call, blame) in left.gaps() {
        assert_eq!(blame, Blame::Scope("needs a token with the scope `read_api`.".into()), "{call}");
    }
    assert_eq!(left.outcome("projects"), Some(Outcome::Partial));
}

#[tokio::test]
async fn a_dead_token_is_one_refusal_for_each_list() {
    let left = walk(|_| Some(json_of(401, &json!({"message":"401 Unauthorized"})))).await;
    assert!(left.gaps().iter().all(|(_, blame)| *blame == Blame::Token), "{:?}", left.gaps());
    assert!(left.asked.len() < 15, "{} requests with a dead token", left.asked.len());
}

#[tokio::test]
async fn a_member_is_shown_what_members_see() {
    let left =
        walk(|asked| (asked.call == "GET /user").then(|| json_of(200, &json!({"username":"ada"})))).await;
    assert_eq!(left.asked("POST graphql:projects")[0].graphql["variables"]["membership"], true);
    assert!(left.asked("GET /projects")[0].query.contains("membership=true"));
    assert!(left.asked("GET /groups")[0].query.contains("all_available=false"));
    assert_eq!((left.asked("POST graphql:groups").len(), left.asked("GET /runners/all").len()), (0, 0));
    assert_eq!(left.estate.all::<Runner>().count(), 1);
}

#[tokio::test]
async fn a_stopped_walk_ends_at_once_and_forgets_nothing() {
    let stop = CancellationToken::new();
    let pull = stop.clone();
    let left = walk_with(
        move |asked| {
            if asked.call == "GET /user" {
                pull.cancel();
            }
            None
        },
        stop,
    )
    .await;
    let ended: Vec<Outcome> = left
        .reports
        .iter()
        .filter_map(|report| if let Report::Ended { outcome, .. } = report { Some(*outcome) } else { None })
        .collect();
    let began = left.estate.sweeps().count();
    assert_eq!(ended.len(), began, "whoever began has ended");
    assert_eq!(left.outcome("instance"), Some(Outcome::Partial));
    assert_eq!(left.outcome("projects"), Some(Outcome::Partial));
    assert!(left.gaps().is_empty(), "nobody is to blame for a wish");
}
