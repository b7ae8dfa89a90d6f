//! Pages in any order, twice, and broken: what an estate promises.

use proptest::prelude::*;

use super::*;
use crate::model::gitlab::Project;

fn sweep(source: &str, run: u32) -> Sweep {
    Sweep { scope: Scope::new(source, "projects"), run }
}

/// A page of one sweep that shows one project, with whatever of it that page knows.
fn page(source: u8, run: u32, at: i64, number: u64, path: Option<u8>, branch: Option<u8>) -> Report {
    let project = Project {
        instance: "g".into(),
        number,
        path: path.map(|letter| format!("p{letter}")),
        default_branch: branch.map(|letter| format!("b{letter}")),
        ..Project::default()
    };
    Report::Saw(Observation {
        sweep: sweep(&source.to_string(), run),
        at: Timestamp::from_seconds(at),
        saw: vec![project.into()],
        gaps: Vec::new(),
    })
}

fn absorbed<'a>(reports: impl IntoIterator<Item = &'a Report>) -> Estate {
    let mut estate = Estate::default();
    reports.into_iter().for_each(|report| estate.absorb(report.clone()));
    estate
}

fn facts(estate: &Estate) -> Vec<(Id, String)> {
    let mut facts: Vec<(Id, String)> =
        estate.of(Kind::Project).map(|entity| (entity.id(), format!("{entity:?}"))).collect();
    facts.sort();
    facts
}

fn pages() -> impl Strategy<Value = Vec<Report>> {
    let one =
        (0..3_u8, 1..2_u32, 0..4_i64, 0..4_u64, proptest::option::of(0..3_u8), proptest::option::of(0..3_u8));
    proptest::collection::vec(
        one.prop_map(|(source, run, at, number, path, branch)| page(source, run, at, number, path, branch)),
        0..24,
    )
}

proptest! {
    #[test]
    fn pages_twice_say_no_more_than_pages_once(pages in pages()) {
        let once = absorbed(&pages);
        let twice = absorbed(pages.iter().chain(&pages));
        prop_assert_eq!(facts(&once), facts(&twice));
        let seen = |estate: &Estate| estate.sweeps().map(|(_, state)| state.seen).collect::<Vec<_>>();
        prop_assert_eq!(seen(&once), seen(&twice));
    }

    #[test]
    fn the_order_of_pages_does_not_matter(pages in pages(), turn in 0..24_usize) {
        let mut turned = pages.clone();
        if !turned.is_empty() {
            let middle = turn % turned.len();
            turned.rotate_left(middle);
            turned.reverse();
        }
        prop_assert_eq!(facts(&absorbed(&pages)), facts(&absorbed(&turned)));
    }

    #[test]
    fn a_broken_sweep_removes_nothing(pages in pages()) {
        let mut estate = absorbed(&pages);
        let before = facts(&estate);
        for source in 0..3_u8 {
            let sweep = sweep(&source.to_string(), 2);
            let at = Timestamp::from_seconds(9);
            estate.absorb(Report::Began { sweep: sweep.clone(), at });
            estate.absorb(Report::Ended { sweep, at, outcome: Outcome::Partial });
        }
        prop_assert_eq!(before, facts(&estate));
    }
}

#[test]
fn a_whole_sweep_forgets_what_it_alone_had_seen() {
    let mut estate = absorbed(&[page(1, 1, 1, 10, Some(1), None), page(1, 1, 1, 11, Some(1), None)]);
    estate.absorb(page(2, 1, 1, 11, None, Some(2)));
    estate.absorb(page(1, 2, 5, 12, Some(1), None));
    let at = Timestamp::from_seconds(6);
    estate.absorb(Report::Ended { sweep: sweep("1", 2), at, outcome: Outcome::Whole });
    let left: Vec<u64> = estate.all::<Project>().map(|project| project.number).collect();
    // 10 is gone; 11 is still known to the other scope, which never knew its path.
    assert_eq!(left, [11, 12]);
    assert_eq!(estate.find::<Project>(&Id::project("g", 11)).unwrap().path, None);
}

#[test]
fn a_refusal_stays_until_the_next_walk_has_ended() {
    let mut estate = Estate::default();
    let gap =
        Gap { call: "GET /runners/all".into(), blame: crate::base::blame::Blame::Scope("admin".into()) };
    let at = Timestamp::from_seconds(1);
    estate.absorb(Report::Saw(Observation { sweep: sweep("1", 1), at, saw: vec![], gaps: vec![gap] }));
    estate.absorb(Report::Began { sweep: sweep("1", 2), at });
    assert_eq!(estate.gaps().count(), 1);
    estate.absorb(Report::Ended { sweep: sweep("1", 2), at, outcome: Outcome::Whole });
    assert_eq!(estate.gaps().count(), 0);
}
