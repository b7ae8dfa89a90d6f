//! From a thing to a run: what is offered, what must be seen and typed before anything starts, what is told of a run, and its undo.

use std::sync::Arc;

use proptest::prelude::*;

use crate::{
    act::{Note, Plan, Receipt, RunId},
    app::{
        Effect, Msg,
        action::{Errand, KeptRun, RunNews},
        pane::PaneId,
        show::Tone,
        trial::{ACCOUNT, LEAKED, NOW, Trial, saw},
        trial_acts::{RESTING, armed, choose, kept, menu, page, said, started, text, to_key},
    },
};

#[test]
fn the_menu_offers_every_action_and_says_why_not() {
    let mut trial = armed(false, (120, 40));
    to_key(&mut trial, LEAKED);
    trial.press("a");
    let (title, lines) = menu(&trial);
    assert_eq!(title, format!("What to do with key {LEAKED}"));
    let offered = |action: &str| lines.iter().find(|line| line[1..].starts_with(action)).unwrap();
    assert!(offered("deactivate-key").contains("1 step  2 things speak against it"), "{lines:?}");
    assert!(offered("reactivate-key").ends_with("is not inactive"), "{lines:?}");
    assert!(offered("delete-key").contains("deactivate it first"), "{lines:?}");
    // What does not apply stays a word: nothing opens.
    trial.press("g");
    while !menu(&trial).1.iter().any(|line| line.starts_with(">delete-key")) {
        trial.press("j");
    }
    trial.press("enter");
    assert!(said(&trial).starts_with("Not now: ") && said(&trial).contains("deactivate it first"));
    trial.press("esc");
    assert!(trial.screen().overlay.is_none());
}

#[test]
fn what_has_no_action_says_so() {
    let mut trial = armed(false, (120, 40));
    trial.send(Msg::Pasted("arn:aws:iam::123456789012:user/nightly".into()));
    trial.press("9 a");
    assert!(said(&trial).contains("there are actions for key"), "{}", said(&trial));
}

#[test]
fn a_preview_tells_calls_risk_consumers_and_what_speaks_against_it() {
    let mut trial = armed(false, (120, 60));
    to_key(&mut trial, LEAKED);
    choose(&mut trial, "deactivate-key");
    let shown = page(&trial);
    assert_eq!(shown.title, format!("Plan: Deactivate {LEAKED} of gitlab-deploy"));
    let text = text(&shown);
    for words in [
        "1 change, as user/auditor",
        "every step can be undone",
        "AGAINST IT 2",
        "! it was used from 203.0.113.9",
        "o goes on with a reason",
        "iam UpdateAccessKey in 123456789012 UserName=gitlab-deploy",
        "works again",
        "WHO USES IT",
        "gitlab.test/project/1/AWS_ACCESS_KEY_ID@*: read by jobs of 1 project",
        "iam:UpdateAccessKey",
    ] {
        assert!(text.contains(words), "{words}:\n{text}");
    }
    assert_eq!(trial.screen().bar.right[0].text, "READ-ONLY");
}

#[test]
fn read_only_a_plan_can_be_read_and_written_but_not_run() {
    let mut trial = armed(false, (120, 40));
    to_key(&mut trial, LEAKED);
    choose(&mut trial, "deactivate-key");
    trial.app.drawn();
    trial.press("y");
    assert!(said(&trial).contains("--write") && started(&trial).is_none());
    trial.press("ctrl-s enter");
    let Some(Effect::Write { path, text }) = trial.asked.last() else { panic!("{:?}", trial.asked) };
    assert_eq!(path, &format!("deactivate-key-{LEAKED}.json"));
    let plan: Plan = serde_json::from_str(text).unwrap();
    assert_eq!((plan.action.as_str(), plan.steps.len()), ("deactivate-key", 1));
    trial.press("ctrl-s ctrl-u").type_in("plan.md").press("enter");
    assert!(
        matches!(trial.asked.last(), Some(Effect::Write { text, .. }) if text.starts_with("# Deactivate"))
    );
    trial.press("ctrl-s ctrl-u").type_in("plan").press("enter");
    assert!(said(&trial).contains(".json, .md or .sh"));
}

#[test]
fn a_block_needs_a_reason_and_what_changed_must_be_seen_again() {
    let mut trial = armed(true, (120, 40));
    assert_eq!(trial.screen().bar.right[0].text, "WRITE");
    assert_eq!(trial.screen().bar.right[0].tone, Tone::Bad);
    to_key(&mut trial, LEAKED);
    choose(&mut trial, "deactivate-key");
    trial.press("y");
    assert!(said(&trial).contains("not on the screen yet") && started(&trial).is_none());
    trial.app.drawn();
    trial.press("y");
    assert_eq!(said(&trial), "2 things speak against it: o goes on with a reason.");
    trial.press("o enter");
    assert!(said(&trial).contains("No reason"));
    trial.press("o").type_in("it is leaked").press("enter y");
    assert!(started(&trial).is_none(), "the plan with the reason was not seen yet");
    trial.app.drawn();
    trial.press("y");
    let order = started(&trial).expect("it starts");
    assert_eq!(order.errand, Errand::Begin);
    assert!(order.plan.blocks.iter().all(|block| block.accepted.as_deref() == Some("it is leaked")));
    assert!(text(&page(&trial)).contains("Asking whether the world is still as the plan says"));
}

#[test]
fn what_cannot_be_undone_asks_for_its_name() {
    let mut trial = armed(true, (120, 40));
    to_key(&mut trial, RESTING);
    choose(&mut trial, "delete-key");
    assert!(text(&page(&trial)).contains("1 step cannot be undone"));
    trial.app.drawn();
    trial.press("y enter");
    let prompt = trial.screen().footer.prompt.expect("a prompt");
    assert!(prompt.error.is_some_and(|(_, says)| says.contains(RESTING)));
    trial.type_in("y").press("enter");
    trial.press("ctrl-u").type_in(&RESTING[..19]).press("enter");
    assert!(started(&trial).is_none());
    trial.type_in(&RESTING[19..]).press("enter");
    assert_eq!(started(&trial).expect("it starts").plan.confirm.as_deref(), Some(RESTING));
}

#[test]
fn what_is_marked_is_one_plan() {
    let mut trial = armed(true, (120, 60));
    trial.press("1 /").type_in("status:active").press("enter g space space a");
    let (title, _) = menu(&trial);
    assert_eq!(title, "What to do with 2 keys");
    trial.press("esc");
    choose(&mut trial, "deactivate-key");
    let shown = page(&trial);
    assert!(shown.title.starts_with("Plan: 2 keys: Deactivate "), "{}", shown.title);
    assert!(text(&shown).contains("2 changes, as user/auditor") && text(&shown).contains("STEPS 2"));
}

fn begun() -> Note {
    Note::Begun { mark: "keytrail-1".into() }
}

/// A deactivation that was confirmed.
fn deactivation() -> (Trial, Arc<Plan>) {
    let mut trial = armed(true, (120, 40));
    to_key(&mut trial, LEAKED);
    choose(&mut trial, "deactivate-key");
    trial.press("o").type_in("leaked").press("enter");
    trial.app.drawn();
    trial.press("y");
    let plan = started(&trial).expect("it starts").plan.clone();
    trial.asked.clear();
    (trial, plan)
}

#[test]
fn a_run_is_told_call_by_call_and_ends_with_a_look() {
    let (mut trial, _) = deactivation();
    trial.press("q");
    trial.press("q");
    assert!(!trial.asked.iter().any(|effect| matches!(effect, Effect::Quit)));
    assert!(said(&trial).contains("A run is under way"));
    trial.press("W");
    let run: RunId = "7".parse().unwrap();
    trial.send(Msg::Run(1, RunNews::Begun { run, begun: NOW, notes: vec![(NOW, begun())] }));
    trial.send(Msg::Run(1, RunNews::Noted { at: NOW.plus(1), note: Note::Started { step: 0 } }));
    assert!(text(&page(&trial)).contains("step 1 of 1 is under way"), "{}", text(&page(&trial)));
    assert!(text(&page(&trial)).contains("sent at "));
    trial.press("c");
    assert!(matches!(trial.asked.last(), Some(Effect::StopRun(1))));
    assert!(text(&page(&trial)).contains("Stopping before the next step"));
    let done = Note::Done { step: 0, receipt: Receipt::Changed };
    trial.send(Msg::Run(1, RunNews::Noted { at: NOW.plus(3), note: done }));
    trial.send(Msg::Run(1, RunNews::Ended(None)));
    let shown = text(&page(&trial));
    assert!(
        shown.starts_with("done\n") && shown.contains("changed at ") && shown.contains("took 2 s"),
        "{shown}"
    );
    let asked = |is: fn(&Effect) -> bool| trial.asked.iter().any(is);
    assert!(
        asked(|effect| matches!(effect, Effect::Sweep)) && asked(|effect| matches!(effect, Effect::ReadRuns))
    );
}

#[test]
fn a_refused_run_says_why_and_changes_nothing() {
    let (mut trial, _) = deactivation();
    trial.send(Msg::Run(1, RunNews::Refused(vec!["`protected` was changed\u{1b}[2J".into()])));
    let shown = text(&page(&trial));
    assert!(shown.contains("Nothing was done:") && shown.contains("`protected` was changed?[2J"), "{shown}");
    assert!(!trial.asked.iter().any(|effect| matches!(effect, Effect::Sweep)));
}

#[test]
fn runs_are_kept_told_undone_and_resumed() {
    let (mut trial, plan) = deactivation();
    trial.send(Msg::Run(1, RunNews::Ended(None)));
    let done = [begun(), Note::Started { step: 0 }, Note::Done { step: 0, receipt: Receipt::Changed }];
    let halted = [begun(), Note::Halted { step: 0, why: "no permission".into() }];
    let broken = KeptRun {
        id: "1".parse().unwrap(),
        told: Err("its plan cannot be read".into()),
        is_busy: false,
        taken_back: [].into(),
    };
    let runs = vec![kept("3", &plan, &halted), kept("2", &plan, &done), broken];
    trial.send(Msg::RunsRead(Ok(runs)));
    trial.press("8");
    assert!(matches!(trial.asked.last(), Some(Effect::ReadRuns)));
    let rows = trial.rows();
    assert!(
        rows[0].starts_with("> 3 |") && rows[0].contains("halted") && rows[0].contains("0/1"),
        "{rows:?}"
    );
    assert!(
        rows[1].contains("done") && rows[1].contains("1/1") && rows[1].contains("user/auditor"),
        "{rows:?}"
    );
    assert!(rows[2].contains("unreadable") && rows[2].contains("its plan cannot be read"), "{rows:?}");
    // The world is put together anew: runs stay.
    trial.send(Msg::Reported(saw(ACCOUNT, "again", 2, Vec::new())));
    trial.send(crate::app::trial::after(90));
    assert_eq!(trial.rows().len(), 3);

    trial.press("j");
    assert!(trial.detail_text().contains("changed at "), "{}", trial.detail_text());
    trial.press("R");
    assert_eq!(said(&trial), "Run 2 cannot be resumed: it is done.");
    trial.press("u");
    let shown = page(&trial);
    assert!(shown.title.starts_with("Plan: Undo run 2: Deactivate"), "{}", shown.title);
    assert!(text(&shown).contains("works again"));
    trial.app.drawn();
    trial.press("y");
    assert_eq!(started(&trial).map(|order| order.errand.clone()), Some(Errand::Undo("2".parse().unwrap())));
    trial.send(Msg::Run(2, RunNews::Ended(None)));
    trial.asked.clear();
    trial.press("8 g R");
    assert!(text(&page(&trial)).contains("halted at step 1 of 1: no permission"));
    trial.app.drawn();
    trial.press("y");
    assert_eq!(
        started(&trial).map(|order| order.errand.clone()),
        Some(Errand::Resume("3".parse().unwrap(), None))
    );
}

#[test]
fn a_journal_that_cannot_be_read_is_not_an_empty_one() {
    let mut trial = armed(false, (120, 40));
    trial.press("8");
    assert!(trial.list().empty[0][0].text.ends_with("it was not read yet."));
    trial.send(Msg::RunsRead(Ok(Vec::new())));
    assert!(trial.list().empty[0][0].text.starts_with("No runs"));
    trial.send(Msg::RunsRead(Err("it was written by a newer keytrail".into())));
    assert!(trial.list().empty[0][0].text.contains("newer keytrail"));
    assert_eq!(trial.app.pane(), PaneId::Runs);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever is typed: nothing starts that was not on the screen, and nothing at all without --write.
    #[test]
    fn no_key_starts_what_nobody_saw(
        write: bool,
        keys in prop::collection::vec(prop::sample::select(vec![
            "a", "enter", "y", "o", "j", "g", "1", "8", "R", "u", "W", "esc", "space", "ctrl-s", "?", "x", "tab",
        ]), 1..40),
    ) {
        let mut trial = armed(write, (100, 30));
        to_key(&mut trial, RESTING);
        for key in keys {
            trial.press(key);
            if !write {
                trial.app.drawn();
            }
        }
        prop_assert!(started(&trial).is_none());
    }
}
