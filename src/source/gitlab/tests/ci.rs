//! CI configurations: read in bulk, merged by GitLab where it matters, by keytrail where GitLab refuses, and remembered by commit.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
};

use axum::response::Response;
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    company::{BASE_FILE, CI_FILE},
    json_of, look, open, page, source, walk,
};
use crate::{
    base::{blame::Blame, time::StoppedClock},
    demo::{self, front::Side},
    model::{
        ci::{CiConfig, CiReading, ClueKind},
        estate::Estate,
        gitlab::Project,
        id::Id,
        observe::Outcome,
    },
    source::{Outlet, gitlab::GitLab},
};

fn config(estate: &Estate, project: u64) -> &CiConfig {
    estate.find(&Id::ci_config("acme", project)).unwrap()
}

fn text(body: &'static str) -> Response {
    Response::builder().status(200).body(body.into()).unwrap()
}

#[tokio::test]
async fn gitlab_merges_what_shows_aws_and_nothing_else_is_asked() {
    let left = walk(|_| None).await;
    let web = config(&left.estate, 7);
    assert_eq!((web.reading, web.valid), (Some(CiReading::Lint), Some(true)));
    assert_eq!((web.sha.as_deref(), web.git_ref.as_deref()), (Some("5ha7"), Some("main")));
    assert_eq!(web.problems.as_deref(), Some(&["old words".to_owned()][..]));
    assert_eq!(web.unread.as_deref(), Some(&[][..]));
    let job = &web.jobs.as_ref().unwrap()[0];
    assert_eq!((&*job.name, &*job.id_tokens[0].audiences[0]), ("deploy", "sts"));
    assert!(job.clues.iter().any(|clue| matches!(&clue.kind, ClueKind::Role(_)) && clue.place == "script:2"));
    let docs = config(&left.estate, 8);
    assert_eq!(
        (docs.reading, docs.jobs.as_deref()),
        (None, Some(&[][..])),
        "no CI file: no jobs, and no gap"
    );
    assert_eq!(
        (left.asked("GET /projects/7/ci/lint").len(), left.asked("GET /projects/8/ci/lint").len()),
        (1, 0)
    );
    assert_eq!(left.gaps(), []);
    assert_eq!(left.outcome("CI configurations"), Some(Outcome::Whole));
    let project: &Project = left.estate.find(&Id::project("acme", 7)).unwrap();
    assert_eq!(project.protected_tags.as_deref(), Some(&["v*".to_owned()][..]));
}

#[tokio::test]
async fn where_lint_is_refused_the_files_are_read() {
    let left = walk(|asked| match asked.call.as_str() {
        "GET /projects/7/ci/lint" => Some(json_of(403, &json!({"message":"403 Forbidden"}))),
        "GET /projects/7/repository/files/.gitlab-ci.yml/raw"
        | "GET /projects/7/repository/files/%2Egitlab-ci%2Eyml/raw" => Some(text(CI_FILE)),
        "GET /projects/7/repository/files/ci%2Fbase.yml/raw"
        | "GET /projects/7/repository/files/ci%2Fbase%2Eyml/raw" => Some(text(BASE_FILE)),
        _ => None,
    })
    .await;
    let web = config(&left.estate, 7);
    assert_eq!((web.reading, web.valid), (Some(CiReading::Local), None));
    assert_eq!(web.unread.as_deref(), Some(&["project: acme/ci x.yml".to_owned()][..]));
    let job = &web.jobs.as_ref().unwrap()[0];
    assert_eq!((job.id_tokens.len(), job.clues.len()), (1, 1), "the local include brought the script");
    let fix = "needs a token of an administrator, or of a developer of the projects.";
    assert_eq!(left.gaps(), [("GET /projects/:id/ci/lint of acme/web".to_owned(), Blame::Scope(fix.into()))]);
    assert_eq!(left.outcome("CI configurations"), Some(Outcome::Partial));
}

#[tokio::test]
async fn a_file_that_gitlab_cannot_merge_is_told_with_its_words() {
    let left = walk(|asked| {
        let body =
            json!({ "valid": false, "errors": ["jobs config should\u{1b} contain"], "merged_yaml": null });
        (asked.call == "GET /projects/7/ci/lint").then(|| json_of(200, &body))
    })
    .await;
    let web = config(&left.estate, 7);
    assert_eq!((web.reading, web.valid), (Some(CiReading::Local), Some(false)));
    assert_eq!(web.problems.as_ref().unwrap()[0], "jobs config should? contain");
}

#[tokio::test]
async fn a_second_look_asks_for_nothing_that_has_not_moved() {
    let commit = Arc::new(AtomicU16::new(1));
    let at = commit.clone();
    let small = open(move |asked| {
        (asked.call == "POST graphql:ciHeads").then(|| {
            let sha = format!("5ha{}", at.load(Ordering::Relaxed));
            page(
                "ciHeads",
                &json!([{
                    "id": "gid://gitlab/Project/7", "fullPath": "acme/web",
                    "repository": { "rootRef": "main", "tree": { "lastCommit": { "sha": sha } } },
                }]),
            )
        })
    })
    .await;
    let gitlab = Arc::new(GitLab::new(source(&small.url, super::TOKEN)));
    let mut estate = Estate::default();
    let asked = || {
        let ledger = small.ledger.lock().unwrap();
        let count = |call: &str| ledger.iter().filter(|asked| asked.call == call).count();
        ["POST graphql:ciHeads", "POST graphql:ciFiles", "GET /projects/7/ci/lint"].map(count)
    };
    for (run, moved, wanted) in [(1, false, [1, 1, 1]), (2, false, [2, 1, 1]), (3, true, [3, 2, 2])] {
        if moved {
            commit.store(2, Ordering::Relaxed);
        }
        look(&gitlab, CancellationToken::new(), run, &mut estate).await;
        assert_eq!(asked(), wanted, "look {run}");
        assert_eq!(config(&estate, 7).reading, Some(CiReading::Lint), "look {run}");
    }
}

#[tokio::test]
async fn without_graphql_projects_with_aws_variables_are_linted() {
    let left = walk(|asked| {
        let html = || Response::builder().status(200).body("<html>Sign in</html>".into()).unwrap();
        asked.call.starts_with("POST").then(html)
    })
    .await;
    let web = config(&left.estate, 7);
    assert_eq!((web.reading, web.sha.as_deref()), (Some(CiReading::Lint), None));
    assert!(left.estate.find::<CiConfig>(&Id::ci_config("acme", 8)).is_none(), "not asked");
}

#[tokio::test]
async fn one_project_is_read_out_of_turn_and_only_once() {
    let small = open(|_| None).await;
    let gitlab = Arc::new(GitLab::new(source(&small.url, super::TOKEN)));
    let mut estate = Estate::default();
    for _ in 0..2 {
        closer(&gitlab, 7, &mut estate).await;
        assert_eq!(config(&estate, 7).reading, Some(CiReading::Lint));
    }
    look(&gitlab, CancellationToken::new(), 1, &mut estate).await;
    let lints = small.ledger.lock().unwrap().iter().filter(|asked| asked.call.ends_with("/ci/lint")).count();
    assert_eq!(lints, 1, "the look knows what was read beside it");
    assert_eq!(config(&estate, 7).reading, Some(CiReading::Lint));
}

async fn closer(gitlab: &GitLab, project: u64, estate: &mut Estate) {
    let (reports, mut received) = mpsc::channel(16);
    let clock = Arc::new(StoppedClock("2026-11-20T11:59:00Z".parse().unwrap()));
    gitlab.look_closer(project, Outlet { reports, clock, stop: CancellationToken::new(), run: 1 }).await;
    while let Some(report) = received.recv().await {
        estate.absorb(report);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_company_is_read() {
    let at = "2026-11-20T12:00:00Z".parse().unwrap();
    let options = demo::Options { at: Some(at), alive: false, ..demo::Options::default() };
    let company = demo::start(options).await.unwrap();
    let gitlab = Arc::new(GitLab::new(source(&company.gitlab_url, &company.gitlab_token)));
    let mut estate = Estate::default();
    let calls = || {
        let mut made: BTreeMap<String, usize> = BTreeMap::new();
        for call in company.front.calls().iter().filter(|call| call.side == Side::GitLab) {
            *made.entry(call.name.clone()).or_default() += 1;
        }
        made
    };
    look(&gitlab, CancellationToken::new(), 1, &mut estate).await;
    let first = calls();
    let truth =
        company.world.read().unwrap().gitlab.projects.values().filter(|project| !project.archived).count();
    let read = estate.all::<CiConfig>().count();
    let linted = estate.all::<CiConfig>().filter(|one| one.reading == Some(CiReading::Lint)).count();
    let tokens = estate
        .all::<CiConfig>()
        .flat_map(|one| one.jobs.iter().flatten())
        .filter(|job| !job.id_tokens.is_empty());
    println!(
        "{read} of {truth} projects, {linted} linted, {} jobs with id tokens; {first:?}",
        tokens.count()
    );
    assert_eq!(read, truth);
    assert!(linted > 0 && linted == first["GET /projects/:id/ci/lint"]);
    look(&gitlab, CancellationToken::new(), 2, &mut estate).await;
    let second = calls();
    let again = |call: &str| second.get(call).copied().unwrap_or(0) - first.get(call).copied().unwrap_or(0);
    assert_eq!(again("GET /projects/:id/ci/lint"), 0, "nothing has moved");
    assert_eq!(estate.all::<CiConfig>().count(), truth);
    let ci_gaps: Vec<_> = estate.gaps().filter(|(scope, _)| &*scope.what == "CI configurations").collect();
    assert!(ci_gaps.iter().all(|(_, gap)| matches!(gap.blame, Blame::Skipped(_))), "{ci_gaps:?}");
}
