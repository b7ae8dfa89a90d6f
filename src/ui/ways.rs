//! The screens about ways into AWS as they are drawn, for the tests of this floor: a small company, some keys, a frame.

use super::shot::rows;
use crate::app::{
    Msg,
    trial::{Trial, after},
    trial_ways::{paths, project, role, trusting},
};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];

/// What is read on each size after `act`.
fn look(name: &str, act: impl Fn(&mut Trial)) {
    for (columns, lines) in SIZES {
        let mut trial = Trial::of_ways(paths(), columns, lines);
        trial.send(Msg::Reported(trusting()));
        trial.send(after(5));
        act(&mut trial);
        let seen: Vec<String> =
            rows(&trial.screen(), columns, lines).iter().map(|line| line.trim_end().to_owned()).collect();
        insta::assert_snapshot!(format!("{name}_{columns}x{lines}"), seen.join("\n"));
    }
}

#[test]
fn the_overview() {
    look("ways_overview", |trial| _ = trial.press("tab"));
}

#[test]
fn the_paths() {
    look("ways_paths", |trial| _ = trial.press("5"));
}

#[test]
fn a_path() {
    look("ways_path", |trial| _ = trial.press("5 enter"));
}

#[test]
fn the_map() {
    look("ways_map", |trial| _ = trial.press("m"));
}

#[test]
fn the_tree() {
    look("ways_tree", |trial| {
        trial.app.jump(&project(1));
        trial.press("g x j space j space j space");
    });
}

#[test]
fn a_role() {
    look("ways_role", |trial| {
        trial.app.jump(&role("release"));
        trial.press("g");
    });
}

#[test]
fn a_policy() {
    look("ways_policy", |trial| {
        trial.app.jump(&role("release"));
        trial.press("g").follow("WHO CAN ASSUME").press("esc P");
    });
}

#[test]
fn a_project() {
    look("ways_project", |trial| {
        trial.app.jump(&project(2));
        trial.press("g");
    });
}
