//! The whole way by keyboard: the leaked key, what was done with it, its containment on the demo company's real servers, and its rungs
//! undone. What happened is asked of the company, and not of the screen alone.

use std::time::{Duration, Instant};

use crate::{journey, pty::Session, town::Town};

const SIZE: (u16, u16) = (160, 48);

/// The dashboard as a process of its own on the town's company.
pub(crate) fn open(town: &Town, arguments: &[&str]) -> Session {
    let config = town.path("config.toml");
    let mut all = vec![env!("CARGO_BIN_EXE_keytrail"), "--config", config.to_str().expect("a path")];
    all.extend(arguments);
    let state = town.path("state");
    let env = [
        ("XDG_STATE_HOME", state.to_str().expect("a path")),
        ("XDG_CACHE_HOME", state.to_str().expect("a path")),
        ("GITLAB_TOKEN", &town.company.gitlab_token),
        ("AWS_ACCESS_KEY_ID", &town.company.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", &town.company.secret_access_key),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ];
    Session::start(&all, &env, SIZE.0, SIZE.1)
}

/// To the key's detail, when everything was read.
pub(crate) fn to_key(session: &mut Session, key: &str) {
    session.wait_until("everything read", |screen| {
        let text = screen.contents();
        text.contains("swept") && text.contains(" 0 places being read")
    });
    session.paste(&format!("2026-11-20 WARN leaked credential {key} found in a paste"));
    session.wait_for("CARRIED BY  3");
}

/// Opens the menu and chooses an action; its plan is shown.
pub(crate) fn choose(session: &mut Session, action: &str) {
    to_action(session, action);
    session.wait_for("Plan: ");
}

/// Opens the menu and chooses an action.
pub(crate) fn to_action(session: &mut Session, action: &str) {
    session.send("a");
    session.wait_for("What to do with key");
    session.send("g");
    for _ in 0..20 {
        let screen = session.frame("the menu", |screen| screen.contents().contains("What to do with key"));
        let chosen = |screen: &vt100::Screen| {
            let text = screen.contents();
            text.lines().find_map(|line| {
                let (_, rest) = line.split_once("\u{25b8} ")?;
                rest.split_whitespace().next().filter(|word| word.ends_with("-key")).map(str::to_owned)
            })
        };
        let here = chosen(&screen);
        if here.as_deref() == Some(action) {
            session.send("<enter>");
            return;
        }
        session.send("j");
        session.frame("the cursor to move", |screen| chosen(screen) != here);
    }
    panic!("no action {action}:\n{}", session.screen());
}

pub(crate) fn is_active(town: &Town, key: &str) -> bool {
    town.world(|world| world.key(key).expect("the key").2.active)
}

/// Calls that change something, of those that came.
pub(crate) fn changes(town: &Town) -> usize {
    const CHANGES: [&str; 6] = [
        "iam:UpdateAccessKey",
        "iam:PutUserPolicy",
        "iam:PutRolePolicy",
        "iam:DeleteRolePolicy",
        "iam:DeleteAccessKey",
        "PUT ",
    ];
    CHANGES.map(|name| town.count(name)).iter().sum()
}

fn name_of(arn: &str) -> &str {
    arn.rsplit('/').next().expect("a name")
}

/// Does a policy refuse the role's older sessions everything?
fn is_revoked(town: &Town, role: &str) -> bool {
    town.world(|world| {
        let mut roles = world.accounts.values().flat_map(|account| account.roles.values());
        let role = roles.find(|known| known.name == name_of(role)).expect("the role");
        role.inline.iter().any(|policy| policy.name == "AWSRevokeOlderSessions")
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leaked_key_is_contained_and_its_rungs_are_undone() {
    let town = Town::open(12).await;
    let key = town.planted("leaked key");
    let mut session = open(&town, &["--write"]);
    session.wait_for("WRITE");
    to_key(&mut session, &key);
    // What was done with it, and when.
    session.send("t");
    let title = format!("When: key {key}");
    session.frame(&title, |screen| screen.contents().contains(&title));
    session.send("<esc>");
    session.wait_gone(&title);
    session.wait_for("CARRIED BY  3");

    choose(&mut session, "contain-key");
    session.wait_for("AGAINST IT");
    session.send("y");
    session.wait_for("o goes on with a reason");
    session.send("o");
    session.wait_for("reason to go on:");
    session.send("it is in a public paste<enter>");
    session.wait_for("accepted: it is in a public paste");
    assert!(changes(&town) == 0 && is_active(&town, &key), "nothing was confirmed yet");
    session.send("y");
    session.wait_for("confirm: ");
    session.send("yes<enter>");
    session.wait_for("confirm: yes");
    assert!(changes(&town) == 0, "another word is no confirmation");
    session.send("<ctrl-u>");
    session.send(&format!("{key}<enter>"));
    session.wait_for("Run 1: Contain");
    session.wait_for("Run 1 is done.");
    assert!(!is_active(&town, &key));
    let contained = changes(&town);
    assert!(contained > 3, "{contained} changes");

    // One rung is taken back from the pane of runs: one role is let in again, and the rest stays as it is.
    let role = town.planted("leaked key role");
    let chained = town.planted("leaked key chained role");
    assert!(is_revoked(&town, &role) && is_revoked(&town, &chained));
    session.send("8");
    session.wait_for("Runs, newest first");
    session.wait_for("contain-key");
    session.send("<enter>/");
    session.wait_for("find: ");
    session.send(&format!("session of {}<enter>", name_of(&role)));
    session.wait_gone("find: ");
    session.send("u");
    session.wait_for("Plan: Undo steps ");
    session.wait_for("1 change, as");
    session.send("y");
    session.wait_for("Run 2: Undo steps ");
    session.wait_for("Run 2 is done.");
    assert!(!is_revoked(&town, &role), "the rung is taken back");
    assert!(is_revoked(&town, &chained) && !is_active(&town, &key), "and no other");
    assert_eq!(changes(&town), contained + 1);
    session.send("8");
    session.wait_for("part undone");
    // Then all that is left of it: the key works again.
    session.send("gj");
    session.wait_for("taken back since, by run 2");
    session.send("u");
    session.wait_for("Plan: Undo run 1: Contain");
    session.send("y");
    session.wait_for("Run 3: Undo run 1");
    session.wait_for("Run 3 is done.");
    assert!(is_active(&town, &key) && !is_revoked(&town, &chained));
    session.send("8");
    session.wait_until("the run as undone", |screen| {
        let text = screen.contents();
        text.contains(" undone ") && !text.contains("part undone")
    });
    session.send("q");
    assert_eq!(session.exit_code(), 0);
    assert!(session.is_restored());
    let kept = town.kept();
    assert!(!kept.windows(6).any(|part| part == b"Canary"), "a secret is in the journal");
    assert!(!session.raw().windows(6).any(|part| part == b"Canary"), "a secret was on the screen");
}

/// Without `--write` a plan is read and written down, and that is all.
#[tokio::test(flavor = "multi_thread")]
async fn read_only_a_plan_is_shown_and_written_and_never_run() {
    let town = Town::open(12).await;
    let key = town.planted("leaked key");
    let mut session = open(&town, &[]);
    to_key(&mut session, &key);
    choose(&mut session, "deactivate-key");
    session.send("y");
    session.wait_for("READ-ONLY: start keytrail with --write");
    session.send("<ctrl-s>");
    session.wait_for("write to: deactivate-key-");
    let file = town.path("plan.json");
    let file = file.to_str().expect("a path");
    session.send("<ctrl-u>");
    session.send(&format!("{file}<enter>"));
    session.wait_for("written to");
    session.send("<ctrl-c>");
    assert_eq!(session.exit_code(), 0);
    assert!(changes(&town) == 0 && is_active(&town, &key));
    // What was written is what the command line applies.
    let (code, _, said) = town.run(&["apply", file, "--write", "--accept", "a test"]);
    assert_eq!(code, 0, "{said}");
    assert!(!is_active(&town, &key));
}

/// Leaving while a call is under way waits for its answer; the run is resumed from the pane of runs.
#[tokio::test(flavor = "multi_thread")]
async fn leaving_waits_for_the_call_and_the_run_is_resumed() {
    let town = Town::open(12).await;
    let key = town.planted("leaked key");
    let mut session = open(&town, &["--write"]);
    to_key(&mut session, &key);
    town.set(
        keytrail::demo::front::Side::Aws,
        "iam:PutUserPolicy",
        keytrail::demo::front::Fault::HoldReply,
        0,
    );
    choose(&mut session, "contain-key");
    session.send("o");
    session.wait_for("reason to go on:");
    session.send("it is leaked<enter>");
    session.wait_for("accepted: it is leaked");
    session.send("y");
    session.wait_for("confirm: ");
    session.send(&format!("{key}<enter>"));
    let deadline = Instant::now() + Duration::from_mins(1);
    while town.company.front.held() == 0 {
        assert!(Instant::now() < deadline, "the call never came:\n{}", session.screen());
        std::thread::sleep(Duration::from_millis(5));
    }
    session.send("q");
    session.wait_for("Runs");
    session.send("q");
    session.wait_for("A run is under way");
    session.send("<ctrl-c>");
    session.wait_for("Stopping the run before its next step");
    town.company.front.clear();
    assert_eq!(session.exit_code(), 0);
    assert!(session.is_restored());

    let mut session = open(&town, &["--write"]);
    session.wait_until("everything read", |screen| screen.contents().contains(" 0 places being read"));
    session.send("8");
    session.wait_for("contain-key");
    session.send("R");
    session.wait_for("Plan: resume run 1: Contain");
    session.send("y");
    session.wait_for("confirm: ");
    session.send(&format!("{key}<enter>"));
    session.wait_for("Run 1 is done.");
    assert!(!is_active(&town, &key));
    session.send("<ctrl-c>");
    assert_eq!(session.exit_code(), 0);
}

/// On the company of `demo` itself, which lives as long as the dashboard.
#[test]
fn the_demo_can_be_armed_and_a_stopped_clock_cannot() {
    let session = Session::start(
        &[env!("CARGO_BIN_EXE_keytrail"), "demo", "--still", "--projects", "12", "--write"],
        &[],
        120,
        40,
    );
    session.wait_for("WRITE");
    drop(session);
    let session = journey::start(&["--write"], 120, 40);
    session.wait_for("leave --at out");
    assert_eq!(session.exit_code(), 1);
}
