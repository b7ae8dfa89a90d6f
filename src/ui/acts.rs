//! The screens about actions as they are drawn, for the tests of this floor: the menu, a plan, a run, the runs of the past.

use super::shot::rows;
use crate::app::{
    Effect, Msg,
    action::{KeptRun, RunNews},
    show::Body,
    trial::{LEAKED, NOW, Trial},
    trial_acts::{armed, asking, choose, finished, halted, kept, notes, to_key},
};

const SIZES: [(u16, u16); 2] = [(80, 24), (200, 60)];

/// What is read on each size after `act`.
fn look(name: &str, act: impl Fn(&mut Trial)) {
    for (columns, lines) in SIZES {
        let mut trial = armed(true, (columns, lines));
        to_key(&mut trial, LEAKED);
        act(&mut trial);
        let seen: Vec<String> =
            rows(&trial.screen(), columns, lines).iter().map(|line| line.trim_end().to_owned()).collect();
        insta::assert_snapshot!(format!("{name}_{columns}x{lines}"), seen.join("\n"));
    }
}

#[test]
fn the_menu() {
    look("acts_menu", |trial| _ = trial.press("a"));
}

#[test]
fn a_plan() {
    look("acts_plan", |trial| choose(trial, "contain-key"));
}

/// Confirms the containment.
fn start(trial: &mut Trial) {
    choose(trial, "contain-key");
    trial.press("o").type_in("it is leaked").press("enter");
    trial.app.drawn();
    trial.press("y").type_in(LEAKED);
}

#[test]
fn a_name_is_typed() {
    look("acts_confirm", |trial| {
        start(trial);
        trial.press("backspace");
    });
}

#[test]
fn a_run_under_way() {
    look("acts_run", |trial| {
        start(trial);
        trial.press("enter");
        let run = "7".parse().unwrap();
        trial.send(Msg::Run(1, RunNews::Begun { run, begun: NOW, notes: Vec::new() }));
        for (second, note) in (0..).zip(notes()) {
            trial.send(Msg::Run(1, RunNews::Noted { at: NOW.plus(second), note }));
        }
    });
}

#[test]
fn the_runs() {
    look("acts_runs", |trial| {
        start(trial);
        trial.press("enter");
        let plan = trial.asked.iter().find_map(|effect| match effect {
            Effect::Start(order) => Some(order.plan.clone()),
            _ => None,
        });
        let plan = plan.expect("it starts");
        trial.send(Msg::RunsRead(Ok(vec![kept("2", &plan, &halted()), kept("1", &plan, &notes())])));
        trial.press("8");
    });
}

#[test]
fn what_is_wished() {
    look("acts_form", |trial| {
        choose(trial, "rotate-key");
        trial.press("k");
    });
}

#[test]
fn a_rung_is_left_out() {
    look("acts_ladder", |trial| {
        choose(trial, "contain-key");
        for _ in 0..60 {
            trial.press("j");
            let Body::Page(page) = trial.screen().body else { continue };
            let here = page.cursor.and_then(|cursor| page.lines.get(cursor - page.first));
            if here.is_some_and(|line| line.iter().any(|span| span.text.contains("PutUserPolicy"))) {
                break;
            }
        }
        trial.press("space");
    });
}

#[test]
fn a_run_asks() {
    look("acts_asks", |trial| {
        start(trial);
        trial.press("enter");
        let plan = trial.asked.iter().find_map(|effect| match effect {
            Effect::Start(order) => Some(order.plan.clone()),
            _ => None,
        });
        let stuck = asking();
        trial.send(Msg::RunsRead(Ok(vec![kept("1", &plan.expect("it starts"), &stuck)])));
        trial.press("8 R");
    });
}

#[test]
fn a_run_of_which_a_step_was_undone() {
    look("acts_undone", |trial| {
        start(trial);
        trial.press("enter");
        let plan = trial.asked.iter().find_map(|effect| match effect {
            Effect::Start(order) => Some(order.plan.clone()),
            _ => None,
        });
        let plan = plan.expect("it starts");
        let done = finished(&plan);
        let back = [(0, "2".parse().expect("a number"))].into();
        trial.send(Msg::RunsRead(Ok(vec![KeptRun { taken_back: back, ..kept("1", &plan, &done) }])));
        trial.press("8 enter j");
    });
}
