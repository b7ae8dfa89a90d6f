//! Every action, undisturbed, at every comma, and undone.

use super::*;

/// What of a world an action may change; times in policies aside.
pub(super) type Shape = (
    BTreeMap<String, bool>,
    BTreeMap<String, String>,
    BTreeMap<String, (String, bool)>,
    BTreeSet<String>,
    gitlab::GitLab,
    BTreeSet<String>,
    BTreeMap<String, (String, BTreeSet<String>)>,
    BTreeMap<String, Vec<String>>,
);

pub(super) fn shape(world: &World) -> Shape {
    let state = world.state();
    let keys = state.keys.iter().map(|(id, key)| (id.clone(), key.is_active)).collect();
    let policies = state.policies.iter().map(|(name, document)| {
        let kind = match deny::revoked_until(document) {
            Some(until) if until.seconds() < START => "revoked long ago",
            Some(_) => "revokes",
            None => document.as_str(),
        };
        (name.clone(), kind.to_owned())
    });
    (
        keys,
        policies.collect(),
        state.variables.clone(),
        state.protected.clone(),
        gitlab::settled(&state),
        trust::principals(&state.trust),
        state.roles.clone(),
        state.providers.clone(),
    )
}

/// An action with a target, and how the world must be for it.
pub(super) type Case = (&'static str, String, fn(&mut State));

pub(super) fn cases() -> Vec<Case> {
    let old = || OLD.to_owned();
    let nothing: fn(&mut State) = |_| {};
    let off: fn(&mut State) = |state| state.keys.values_mut().for_each(|key| key.is_active = false);
    let revoked: fn(&mut State) = |state| {
        let before = Deny::OlderSessions.document(Timestamp::from_seconds(START - 86_400));
        state.policies.insert(format!("{} AWSRevokeOlderSessions", role("deploy")), before);
    };
    let federated: fn(&mut State) = |state| {
        let statement = format!(
            r#"{{"Effect":"Allow","Principal":{{"Federated":"{PROVIDER}"}},"Action":"sts:AssumeRoleWithWebIdentity"}},"#
        );
        state.trust = state.trust.replacen(r#""Statement":["#, &format!(r#""Statement":[{statement}"#), 1);
    };
    let may_read: fn(&mut State) = |state| {
        let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
        state.policies.insert(format!("{} read", user()), document.into());
    };
    let open_to_all: fn(&mut State) =
        |state| state.trust = trust_of(&[Arn::new("arn:aws:iam::123456789012:root").unwrap(), role("ops")]);
    let variable = Id::variable("acme", &Owner::Project(1), "AWS_ACCESS_KEY_ID", "*").to_string();
    let mut cases: Vec<Case> = vec![
        ("contain-key", old(), nothing),
        ("contain-key", old(), revoked),
        ("migrate-key", old(), may_read),
        ("deactivate-key", old(), nothing),
        ("reactivate-key", old(), off),
        ("revoke-user-sessions", Id::user(&user()).to_string(), nothing),
        ("quarantine-user", Id::user(&user()).to_string(), nothing),
        ("revoke-role-sessions", Id::role(&role("deploy")).to_string(), revoked),
        ("remove-principal", Id::role(&role("deploy")).to_string(), nothing),
        ("remove-provider", Id::role(&role("deploy")).to_string(), federated),
        ("tighten-trust", Id::role(&role("deploy")).to_string(), open_to_all),
        ("revoke-chain", Id::role(&role("deploy")).to_string(), nothing),
        ("protect-variable", variable, nothing),
        ("pause-runner", "runner:acme/7".to_owned(), nothing),
        ("resume-runner", "runner:acme/7".to_owned(), |state| state.gitlab.paused(true)),
    ];
    cases.extend(gitlab::undoable());
    cases
}

pub(super) fn open(make: fn(&mut State)) -> World {
    let world = World::new(2, 1, true);
    make(&mut world.state());
    world
}

pub(super) fn plan(world: &World, action: &str, target: &str) -> Plan {
    let mut plan = world.plan(action, target).unwrap_or_else(|why| panic!("{action}: {why}"));
    plan.accept("a test");
    plan
}

/// To its end, however often the process dies or halts.
async fn carry(world: &World, plan: &Plan) -> RunId {
    let kept = folder();
    let journal = kept.path().join("j.db");
    let (id, _, mut progress) = world.drive(&journal, None, plan).await;
    for _ in 0..4 {
        if progress.is_over() {
            break;
        }
        progress = world.drive(&journal, Some(id), plan).await.2;
    }
    assert_eq!(progress.status, Status::Finished, "{}", plan.title);
    id
}

#[tokio::test]
async fn every_action_ends_the_same_from_every_comma() {
    let mut count = 0;
    for (action, target, make) in cases().into_iter().chain(gitlab::lasting()) {
        let quiet = open(make);
        let before = shape(&quiet);
        let made = plan(&quiet, action, &target);
        assert_eq!(engine::check(&quiet, &quiet, &made).await.unwrap(), Vec::<String>::new(), "{action}");
        let asked = quiet.state().calls.len();
        carry(&quiet, &made).await;
        let after = shape(&quiet);
        assert_ne!(before, after, "{action} changes something");
        let calls = quiet.state().calls.len() - asked;
        for at in 0..calls {
            let every = [
                Mishap::DiesBefore,
                Mishap::DiesAfter,
                Mishap::Lost,
                Mishap::Unheard,
                Mishap::Busy,
                Mishap::Denied,
            ];
            for mishap in every {
                let world = open(make);
                let made = plan(&world, action, &target);
                world.state().mishap = Some((at, mishap));
                carry(&world, &made).await;
                assert_eq!(shape(&world), after, "{action}, {mishap:?} at {at}");
                count += 1;
            }
        }
    }
    println!("{count} disturbed actions, all whole");
    assert!(count > 300);
}

#[tokio::test]
async fn every_action_but_blanking_is_undone() {
    for (action, target, make) in cases() {
        let world = open(make);
        let before = shape(&world);
        let mut made = plan(&world, action, &target);
        if action == "migrate-key" {
            // Before the key is deleted, which nothing brings back.
            made.steps.pop();
        }
        let kept = folder();
        let journal = kept.path().join("j.db");
        let (id, _, progress) = world.drive(&journal, None, &made).await;
        let back = undo(id, &made, &progress, world.now()).unwrap();
        carry(&world, &back).await;
        let mut after = shape(&world);
        if action == "contain-key" {
            assert!(back.cautions.iter().any(|line| line.contains("was not kept")), "{:?}", back.cautions);
            let blank = |(place, (value, _)): &(&String, &(String, bool))| {
                assert_eq!(value == call::blank_variable::BLANK, place.contains("SECRET"), "{place}");
                true
            };
            assert_eq!(after.2.iter().filter(blank).count(), 5);
            after.2.clone_from(&before.2);
        }
        assert_eq!(after, before, "{action}");
    }
}

#[test]
fn containing_a_key_reaches_every_role_down_the_chain() {
    let world = open(|_| {});
    let plan = world.plan("contain-key", OLD).unwrap();
    let operations: Vec<String> = plan.steps.iter().map(|step| step.request().operation).collect();
    let roles: Vec<String> = plan
        .steps
        .iter()
        .filter_map(|step| match &step.0 {
            Call::PutDeny(call) => Some(call.holder.name().to_owned()),
            _ => None,
        })
        .collect();
    assert_eq!(operations[0], "UpdateAccessKey");
    assert_eq!(
        roles,
        ["deploy", "data", "deploy", "deploy", "data", "deploy"],
        "the user, both roles, and all again"
    );
    assert_eq!(operations.iter().filter(|one| one.ends_with("AWS_SECRET_ACCESS_KEY")).count(), 2);
    assert!(plan.cautions.iter().any(|line| line.contains("AWS_CREDENTIALS")), "{:?}", plan.cautions);
    assert_eq!(plan.confirm.as_deref(), Some(OLD));
    assert!(plan.open_blocks().count() > 0, "jobs fail: that is to be accepted");
}

#[tokio::test]
async fn a_policy_of_somebody_else_is_not_overwritten() {
    let world = open(|_| {});
    let made = plan(&world, "quarantine-user", &Id::user(&user()).to_string());
    let theirs = r#"{"Version":"2012-10-17","Statement":[]}"#.to_owned();
    world.state().policies.insert(format!("{} KeytrailQuarantine", user()), theirs);
    let differs = engine::check(&world, &world, &made).await.unwrap();
    assert!(differs[0].contains("another policy"), "{differs:?}");
}

#[tokio::test]
async fn a_role_is_not_left_with_a_policy_that_iam_refuses() {
    let world = open(|_| {});
    let target = Id::role(&role("deploy")).to_string();
    let why = |trust: &str| {
        trust.clone_into(&mut world.state().trust);
        world.plan("remove-principal", &target).unwrap_err().to_string()
    };
    assert!(why(&trust_of(&[user()])).contains("trusts nobody else"));
    assert!(why(&trust_of(&[role("ops")])).contains("role/ops"), "it says whom there is");
    let orphan = trust_of(&[user(), role("ops")]).replace(role("ops").as_str(), "AIDA3ISBVQKHLCPMWHJG5");
    assert!(why(&orphan).contains("deleted principal"));
    // Somebody else edits it meanwhile.
    trust_of(&[user(), role("ops")]).clone_into(&mut world.state().trust);
    let made = plan(&world, "remove-principal", &target);
    trust_of(&[user(), role("other")]).clone_into(&mut world.state().trust);
    let differs = engine::check(&world, &world, &made).await.unwrap();
    assert!(differs[0].contains("was changed since"), "{differs:?}");
}

#[tokio::test]
async fn a_plan_that_was_edited_to_mean_a_namesake_is_refused() {
    let world = open(|_| {});
    for (action, target, _) in cases().into_iter().filter(|(action, ..)| action.ends_with("sessions")) {
        let json = serde_json::to_string(&plan(&world, action, &target)).unwrap();
        let elsewhere = json.replace(r#""account":"123456789012""#, r#""account":"210987654321""#);
        assert_ne!(json, elsewhere);
        let made: Plan = serde_json::from_str(&elsewhere).unwrap();
        let differs = engine::check(&world, &world, &made).await.unwrap();
        assert!(differs[0].contains("none of its"), "{action}: {differs:?}");
    }
    assert!(world.state().calls.iter().all(|call| !call.starts_with("Put")));
}

#[test]
fn a_chain_is_revoked_with_its_way_in_first() {
    let world = open(|_| {});
    let target = Id::role(&role("deploy")).to_string();
    let plan = world.plan("revoke-chain", &target).unwrap();
    let steps: Vec<String> = plan
        .steps
        .iter()
        .map(|step| match &step.0 {
            Call::PutDeny(call) => call.holder.name().to_owned(),
            _ => step.request().operation,
        })
        .collect();
    assert_eq!(
        steps,
        ["UpdateAccessKey", "data", "deploy", "wait", "data", "deploy"],
        "both at once, and again"
    );
    assert!(plan.rungs);
    assert!(plan.open_blocks().any(|block| block.says.contains("fail from then on")), "{:?}", plan.blocks);
    // The second role was reached from the first, which nothing else was seen to open.
    let deeper = world.plan("revoke-chain", &Id::role(&role("data")).to_string()).unwrap();
    assert_eq!(deeper.calls().len(), 4, "{:?}", deeper.steps);
}

#[test]
fn a_trust_is_narrowed_to_who_came_and_says_who_did_not() {
    let world = open(|_| {});
    let target = Id::role(&role("deploy")).to_string();
    let why = world.plan("tighten-trust", &target).unwrap_err().to_string();
    assert!(why.contains("tells whom to keep") || why.contains("nobody but"), "{why}");
    world.state().trust = trust_of(&[Arn::new("arn:aws:iam::123456789012:root").unwrap()]);
    let plan = world.plan("tighten-trust", &target).unwrap();
    let Call::SetTrust(call) = &plan.steps[0].0 else { panic!("{:?}", plan.steps) };
    assert_eq!(trust::principals(&call.to), BTreeSet::from([user().to_string()]));
    assert!(
        plan.cautions[0].starts_with("Sessions were seen from 2026-11-20T12:00:00Z"),
        "{:?}",
        plan.cautions
    );
}

#[test]
fn containing_a_key_pauses_runners_that_serve_nobody_else() {
    let pauses = |plan: &Plan| plan.steps.iter().any(|step| step.request().operation == "PUT runners/7");
    let alone = World::new(2, 1, true).plan("contain-key", OLD).unwrap();
    assert!(pauses(&alone), "{:?}", alone.cautions);
    let others = World::new(1, 0, false).plan("contain-key", OLD).unwrap();
    assert!(!pauses(&others));
    let says = "Not paused: runner 7 of acme, which serves 1 other project: jobs that get the key run there.";
    assert!(others.cautions.iter().any(|line| line == says), "{:?}", others.cautions);
}

#[tokio::test]
async fn a_key_is_migrated_with_all_its_user_may_do() {
    let (_, target, make) = cases().into_iter().find(|(action, ..)| *action == "migrate-key").unwrap();
    let world = open(make);
    let made = plan(&world, "migrate-key", &target);
    let operations: Vec<String> = made.steps.iter().map(|step| step.request().operation).collect();
    assert_eq!(
        operations,
        [
            "CreateOpenIDConnectProvider",
            "CreateRole",
            "PutRolePolicy",
            "AttachRolePolicy",
            "wait",
            "UpdateAssumeRolePolicy",
            "UpdateAssumeRolePolicy",
            "LookupEvents",
            "GetAccessKeyLastUsed",
            "UpdateAccessKey",
            "wait",
            "DeleteAccessKey",
        ]
    );
    carry(&world, &made).await;
    let state = world.state();
    assert!(state.keys.is_empty());
    assert_eq!(state.providers[PROVIDER], ["sts.amazonaws.com"]);
    let new = role("deploy-gitlab");
    let (trust, attached) = &state.roles[new.as_str()];
    assert_eq!(attached, &BTreeSet::from([READ_ONLY.to_owned()]));
    for subject in
        ["project_path:acme/p1:ref_type:branch:ref:main", "project_path:acme/p2:ref_type:branch:ref:main"]
    {
        assert!(trust.contains(subject), "{trust}");
    }
    assert!(state.policies[&format!("{new} read")].contains("s3:GetObject"));
    assert_eq!(
        trust::principals(&state.trust),
        BTreeSet::from([user().to_string(), role("ops").to_string(), new.to_string()])
    );
    // What a person is to do in the projects.
    assert_eq!(made.texts.len(), 2);
    assert!(
        made.texts[0].body.contains("deploy:\n  extends: .aws") && made.texts[0].title.contains("acme/p1")
    );
    let text = markdown(&made);
    assert!(text.contains("```yaml\n") && text.contains("     +  \"Statement\": ["), "{text}");
    let json = serde_json::to_string(&made).unwrap();
    assert!(json.contains(r#""diff":["+{""#), "{json}");
    assert_eq!(serde_json::from_str::<Plan>(&json).unwrap(), made);
}

#[tokio::test]
async fn a_migration_waits_for_every_project_and_leaves_other_roles_alone() {
    let world = World::new(12, 0, false);
    let made = plan(&world, "migrate-key", OLD);
    // Nine projects of this world come, and three do not.
    let kept = folder();
    let journal = Journal::open(&kept.path().join("j.db")).unwrap();
    let run = journal.begin(world.now(), &made).unwrap();
    let settings = Settings { delays: engine::Delays::default(), stays: false };
    let mut engine = Engine::new(&world, &world, settings, run).unwrap();
    engine.note(&Note::Begun { mark: mark() }, &mut |_| {}).unwrap();
    engine.go(&|| false, &mut |_: &Note| {}).await.unwrap();
    match &engine.progress().status {
        Status::Waiting { why, .. } => {
            assert!(
                why.contains("acme/p10, ") && why.contains("acme/p12") && !why.contains("acme/p9"),
                "{why}"
            );
        }
        other => panic!("{other:?}"),
    }
    assert!(world.state().keys[OLD].is_active);
    // A role of that name which is another one.
    let world = World::new(1, 0, false);
    let made = plan(&world, "migrate-key", OLD);
    let theirs = (trust_of(&[user()]), BTreeSet::new());
    world.state().roles.insert(role("deploy-gitlab").to_string(), theirs);
    let differs = engine::check(&world, &world, &made).await.unwrap();
    assert!(differs[0].contains("trusts others than the plan says"), "{differs:?}");
}
