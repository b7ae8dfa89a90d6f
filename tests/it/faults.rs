//! Refusals, storms and dead accounts: the rest goes on, and Coverage says exactly what is missing.

use keytrail::{
    app::World,
    base::blame::Blame,
    demo::front::{Fault, Rule, Side},
    model::{
        id::Kind,
        observe::{Outcome, Scope},
    },
};

use crate::{company, journey};

fn rule(side: Side, name: &str, target: &str, fault: Fault, times: Option<u32>) -> Rule {
    Rule { side, name: name.into(), target: target.into(), fault, times, after: 0 }
}

fn outcome(world: &World, source: &str, what: &str) -> Option<Outcome> {
    world
        .estate
        .sweeps()
        .find(|(scope, _)| &*scope.source == source && &*scope.what == what)
        .and_then(|(_, state)| state.outcome)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_faults_nothing_is_missing() {
    let company = company::open().await;
    let world = company::collect(&company, |_| {}).await;
    // What is planted to be missing: two permissions in staging, and one broken file.
    let planted = |scope: &Scope| {
        &*scope.source == "files" || ["launch templates", "pod identities"].contains(&&*scope.what)
    };
    let gaps: Vec<String> = world
        .estate
        .gaps()
        .filter(|(scope, _)| !planted(scope))
        .map(|(scope, gap)| format!("{scope:?} {gap:?}"))
        .collect();
    assert!(gaps.is_empty(), "{gaps:#?}");
    assert_eq!(world.estate.gaps().count(), 3);
    for (scope, state) in world.estate.sweeps().filter(|(scope, _)| !planted(scope)) {
        assert_eq!(state.outcome, Some(Outcome::Whole), "{scope:?}");
    }
    let truth = company.world.read().expect("the world");
    let count = |kind| world.estate.count(kind);
    assert_eq!(count(Kind::Project), truth.gitlab.projects.len());
    assert_eq!(count(Kind::Group), truth.gitlab.groups.len());
    assert_eq!(count(Kind::Runner), truth.gitlab.runners.len());
    let variables = truth.gitlab.instance_variables.len()
        + truth.gitlab.groups.values().map(|group| group.variables.len()).sum::<usize>()
        + truth
            .gitlab
            .projects
            .values()
            .map(|project| {
                project.variables.len()
                    + project.schedules.iter().map(|schedule| schedule.variables.len()).sum::<usize>()
            })
            .sum::<usize>();
    assert_eq!(count(Kind::Variable), variables);
    let managers: usize = truth.gitlab.runners.values().map(|runner| runner.managers.len()).sum();
    assert_eq!(count(Kind::Manager), managers);
    let accounts = truth
        .accounts
        .values()
        .filter(|account| company.accounts.iter().any(|access| access.account == account.number));
    let (mut users, mut keys, mut roles) = (0, 0, 0);
    for account in accounts {
        users += account.users.len();
        roles += account.roles.len();
        keys += account.users.values().map(|user| user.keys.len()).sum::<usize>();
    }
    assert_eq!((count(Kind::User), count(Kind::Key), count(Kind::Role)), (users, keys, roles));
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_become_gaps_with_the_person_who_must_act() {
    let company = company::open().await;
    let front = &company.front;
    front.set(rule(Side::GitLab, "/admin/ci/variables", "", Fault::Forbidden, None));
    front.set(rule(Side::GitLab, "graphql:runners", "", Fault::Forbidden, None));
    front.set(rule(Side::GitLab, "GET /runners", "", Fault::Forbidden, None));
    front.set(rule(Side::GitLab, "", "", Fault::Throttle { retry_after: Some(1) }, Some(3)));
    front.set(rule(Side::GitLab, "GET /projects", "", Fault::Throttle { retry_after: None }, Some(2)));
    front.set(rule(Side::Aws, "", "333333333333", Fault::Expired, None));
    front.set(rule(
        Side::Aws,
        "cloudtrail:LookupEvents",
        "222222222222/eu-west-1",
        Fault::Throttle { retry_after: None },
        Some(3),
    ));
    front.set(rule(Side::Aws, "iam:GetAccessKeyLastUsed", "111111111111", Fault::ServerError(500), Some(2)));
    let world = company::collect(&company, |_| {}).await;
    let gaps: Vec<String> = world
        .estate
        .gaps()
        .map(|(scope, gap)| format!("{} {}: {} -> {}", scope.source, scope.what, gap.call, gap.blame))
        .collect();
    let about = |words: &[&str]| gaps.iter().any(|gap| words.iter().all(|word| gap.contains(word)));
    assert!(about(&["/admin/ci/variables", "administrator"]), "{gaps:#?}");
    assert!(
        world
            .estate
            .gaps()
            .any(|(scope, gap)| scope.what.contains("runner") && matches!(gap.blame, Blame::Scope(_))),
        "{gaps:#?}"
    );
    assert!(about(&["staging"]) || about(&["333333333333"]), "{gaps:#?}");
    // What was only delayed is whole, what was not refused is whole.
    assert_eq!(outcome(&world, "gitlab.acme.example", "projects"), Some(Outcome::Whole), "{gaps:#?}");
    assert_eq!(
        outcome(&world, "222222222222 eu-west-1", "AssumeRole events"),
        Some(Outcome::Whole),
        "{gaps:#?}"
    );
    assert_eq!(outcome(&world, "111111111111", "access keys"), Some(Outcome::Whole), "{gaps:#?}");
    assert!(world.estate.count(Kind::Project) > 50);
    assert!(world.estate.count(Kind::Key) > 20);
}

#[test]
fn the_dashboard_goes_on_and_says_what_is_missing() {
    let mut session = journey::start(
        &[
            "--fault",
            "gitlab:forbidden:graphql:runners",
            "--fault",
            "gitlab:forbidden:GET /runners",
            "--fault",
            "gitlab:throttle::5",
            "--fault",
            "aws:expired:@333333333333",
            "--fault",
            "aws:throttle:cloudtrail:LookupEvents@222222222222/us-east-1",
        ],
        200,
        60,
    );
    session.wait_for("gitlab.acme.example");
    session.send("1");
    session.wait_for("gitlab-deploy");
    session.send("9");
    session.wait_for("gaps");
    session.wait_for("forbidden");
    session.wait_for("refused");
    session.send("3");
    session.wait_for("Runners, worst first");
    session.send("q");
    assert_eq!(session.exit_code(), 0);
    assert!(session.is_restored());
}
