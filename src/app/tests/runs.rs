//! Runs of the journal and runs under way: several at once, carried on when they are due, answered when they ask, undone step by step.

use std::sync::Arc;

use crate::{
    act::{Ask, Note, Plan},
    app::{
        Effect, Msg,
        action::{Errand, KeptRun, Order, RunNews},
        trial::{LEAKED, NOW, Trial, after},
        trial_acts::{RESTING, armed, asking, choose, finished, kept, menu, page, said, text, to_key},
    },
    base::name::KeyId,
};

fn orders(trial: &Trial) -> Vec<&Order> {
    let started = trial.asked.iter().filter_map(|effect| match effect {
        Effect::Start(order) => Some(order),
        _ => None,
    });
    started.collect()
}

/// A containment as it was planned.
fn containment(trial: &mut Trial) -> Arc<Plan> {
    to_key(trial, LEAKED);
    choose(trial, "contain-key");
    trial.press("o").type_in("leaked").press("enter");
    trial.app.drawn();
    trial.press("y").type_in(LEAKED).press("enter");
    orders(trial).last().expect("it starts").plan.clone()
}

/// Into the detail of the run, and down to a line.
fn to_line(trial: &mut Trial, words: &str) {
    trial.press("8 g enter g");
    for _ in 0..200 {
        let detail = trial.detail();
        let line = &detail.lines[detail.cursor.unwrap()];
        if line.spans.iter().any(|span| span.text.contains(words)) {
            return;
        }
        trial.press("j");
    }
    panic!("no line {words}:\n{}", trial.detail_text());
}

#[test]
fn a_step_of_a_run_is_undone_by_itself_and_the_run_tells_it() {
    let mut trial = armed(true, (200, 60));
    let plan = containment(&mut trial);
    trial.send(Msg::Run(1, RunNews::Ended(None)));
    trial.send(Msg::RunsRead(Ok(vec![kept("1", &plan, &finished(&plan))])));
    to_line(&mut trial, "UpdateAccessKey");
    trial.press("enter");
    assert_eq!(said(&trial), "u takes this step back, U the whole run.");
    trial.press("u");
    assert!(page(&trial).title.starts_with("Plan: Undo step 1 of run 1: Contain"), "{}", page(&trial).title);
    let shown = text(&page(&trial));
    assert!(shown.contains("1 change, as") && shown.contains(&format!("{LEAKED} works again")), "{shown}");
    trial.app.drawn();
    trial.press("y");
    let order = orders(&trial).pop().expect("it starts").clone();
    assert_eq!((order.number, order.errand), (2, Errand::Undo("1".parse().unwrap())));
    assert_eq!(order.plan.undoes.as_ref().map(|undoes| undoes.steps.clone()), Some(vec![vec![0]]));
    trial.send(Msg::Run(2, RunNews::Ended(None)));
    // What the journal says then.
    let back =
        KeptRun { taken_back: [(0, "2".parse().unwrap())].into(), ..kept("1", &plan, &finished(&plan)) };
    trial.send(Msg::RunsRead(Ok(vec![kept("2", &order.plan, &finished(&order.plan)), back])));
    trial.press("8 g");
    assert!(trial.rows()[1].contains("part undone"), "{:?}", trial.rows());
    trial.press("j enter");
    let told = trial.detail_text();
    assert!(told.contains("done; 1 step of it was taken back since, by run 2"), "{told}");
    assert!(told.contains("undone  iam UpdateAccessKey") && told.contains("taken back by run 2"), "{told}");
    // Not twice; a blanked secret not at all; and the rest of the run with U.
    to_line(&mut trial, "Undo step 1");
    trial.press("8 g j enter g");
    while !trial.detail().lines[trial.detail().cursor.unwrap()]
        .spans
        .iter()
        .any(|span| span.text.contains("undone"))
    {
        trial.press("j");
    }
    trial.press("u");
    assert_eq!(said(&trial), "Step 1 of run 1 cannot be undone: step 1 was taken back already.");
    trial.press("U");
    let shown = text(&page(&trial));
    assert!(
        page(&trial).title.starts_with("Plan: Undo run 1: ") && !shown.contains("works again"),
        "{shown}"
    );
}

fn waiting(until: i64) -> Vec<Note> {
    vec![
        Note::Begun { mark: "keytrail-1".into() },
        Note::Waiting { step: 0, until: NOW.plus(until), why: "soaking".into() },
    ]
}

#[test]
fn a_run_that_waits_goes_on_when_it_is_due_and_only_when_armed() {
    for write in [true, false] {
        let mut trial = armed(true, (200, 40));
        let plan = containment(&mut trial);
        trial.send(Msg::Run(1, RunNews::Ended(None)));
        trial.asked.clear();
        trial.app.settings.write = write;
        let interrupted = kept("4", &plan, &waiting(30)[..1]);
        let busy = KeptRun { is_busy: true, ..kept("3", &plan, &waiting(30)) };
        trial.send(Msg::RunsRead(Ok(vec![interrupted, busy, kept("2", &plan, &waiting(30))])));
        trial.press("8");
        assert!(trial.rows()[2].contains("waiting") && trial.rows()[2].contains("in "), "{:?}", trial.rows());
        trial.send(after(29));
        assert!(orders(&trial).is_empty());
        trial.send(after(31));
        let bar: Vec<String> = trial.screen().bar.right.iter().map(|span| span.text.clone()).collect();
        if !write {
            assert!(orders(&trial).is_empty());
            assert!(bar.contains(&"runs: 2 due".to_owned()), "{bar:?}");
            continue;
        }
        assert_eq!(orders(&trial).len(), 1, "neither the busy one nor the one that somebody stopped");
        assert_eq!(orders(&trial)[0].errand, Errand::Resume("2".parse().unwrap(), None));
        assert!(said(&trial).contains("Run 2 has waited long enough"));
        assert!(bar.contains(&"runs: 1 going, 1 due".to_owned()), "{bar:?}");
        // Another process was quicker: it is not asked again at every tick.
        trial.send(Msg::Run(2, RunNews::Ended(Some("run 2 is being run by another process".into()))));
        for second in 32..80 {
            trial.send(after(second));
        }
        assert_eq!(orders(&trial).len(), 1);
        trial.send(after(95));
        assert_eq!(orders(&trial).len(), 2);
    }
}

#[test]
fn several_runs_are_under_way_but_not_at_the_same_thing() {
    let mut trial = armed(true, (160, 50));
    containment(&mut trial);
    let run = |number: &str| RunNews::Begun { run: number.parse().unwrap(), begun: NOW, notes: Vec::new() };
    trial.send(Msg::Run(1, run("7")));
    // The same key again: no.
    to_key(&mut trial, LEAKED);
    choose(&mut trial, "deactivate-key");
    trial.press("o").type_in("leaked").press("enter");
    trial.app.drawn();
    trial.press("y");
    assert_eq!(said(&trial), format!("Run 7 is at {LEAKED} too: wait for its end, or cancel it (W)."));
    // Another key: yes.
    to_key(&mut trial, RESTING);
    choose(&mut trial, "reactivate-key");
    trial.app.drawn();
    trial.press("y");
    assert_eq!(orders(&trial).len(), 2);
    trial.send(Msg::Run(2, run("8")));
    assert!(page(&trial).title.starts_with("Run 8: Reactivate"), "{}", page(&trial).title);
    trial.press("W");
    assert!(page(&trial).title.starts_with("Run 7: Contain"), "{}", page(&trial).title);
    trial.press("c");
    assert!(matches!(trial.asked.last(), Some(Effect::StopRun(1))));
    trial.press("W");
    assert!(page(&trial).title.starts_with("Run 8: "));
    trial.press("esc q");
    assert!(said(&trial).starts_with("2 runs are under way"));
    trial.send(Msg::Run(1, RunNews::Ended(None)));
    assert_eq!(said(&trial), "Run 7 is over or rests: W shows it.");
    trial.send(Msg::Run(2, RunNews::Ended(None)));
    trial.send(Msg::Run(9, RunNews::Ended(None)));
    trial.press("q");
    assert!(matches!(trial.asked.last(), Some(Effect::Quit)));
}

#[test]
fn what_a_stuck_run_asks_is_answered_with_what_it_means() {
    let mut trial = armed(true, (120, 50));
    let plan = containment(&mut trial);
    trial.send(Msg::Run(1, RunNews::Ended(None)));
    let key = KeyId::new(RESTING).unwrap();
    let stuck = asking();
    trial.send(Msg::RunsRead(Ok(vec![kept("1", &plan, &stuck)])));
    trial.press("8");
    let told = trial.detail_text().replace('\n', " ");
    assert!(told.contains("by nobody else? R") && told.contains("answers."), "{told}");
    trial.press("R");
    let (title, lines) = menu(&trial);
    assert_eq!(title, "Run 1 asks");
    assert_eq!(lines[0], format!(">yes, delete {RESTING}"));
    assert!(lines.join(" ").contains("the run goes on with another key"), "{lines:?}");
    // Not yet: it is only looked at again.
    trial.press("j enter");
    assert!(page(&trial).title.starts_with("Plan: resume run 1") && !text(&page(&trial)).contains("YOU SAY"));
    trial.press("esc R enter");
    assert!(text(&page(&trial)).contains("YOU SAY"), "{}", text(&page(&trial)));
    trial.app.drawn();
    trial.asked.clear();
    trial.press("y").type_in(LEAKED).press("enter");
    assert!(orders(&trial).is_empty(), "the key that is deleted is typed, and no other name");
    trial.press("ctrl-u").type_in(RESTING).press("enter");
    assert_eq!(orders(&trial)[0].errand, Errand::Resume("1".parse().unwrap(), Some(Ask::Ours(key))));
}
