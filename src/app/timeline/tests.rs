//! The timeline over a key's calls: where it opens, how it is zoomed, what a column tells.

use proptest::prelude::*;

use crate::{
    app::{
        Msg,
        pane::PaneId,
        show::{Body, Line, TimelineShown},
        trial::{NOW, Trial, after, event, saw},
    },
    model::{entity::Entity, event::Event},
};

/// The leaked key's calls, so many seconds ago; every third was refused.
fn calls(ago: &[i64]) -> Vec<Entity> {
    let Entity::Event(first) = event() else { panic!("no event") };
    let one = |(number, ago): (usize, &i64)| {
        let error = (number % 3 == 2).then(|| "AccessDenied".into());
        let event_id = format!("call-{number}").into();
        Event { event_id, at: NOW.minus(*ago), error, ..first.clone() }.into()
    };
    ago.iter().enumerate().map(one).collect()
}

fn trial(ago: &[i64], columns: u16, lines: u16) -> Trial {
    let mut trial = Trial::of_company(columns, lines);
    trial.send(Msg::Reported(saw("123456789012 eu-west-1", "more events", 1, calls(ago))));
    trial.send(after(5));
    trial
}

fn shown(trial: &Trial) -> TimelineShown {
    match trial.screen().body {
        Body::Timeline(timeline) => timeline,
        body => panic!("no timeline: {body:?}"),
    }
}

fn text(line: &Line) -> String {
    line.iter().map(|span| span.text.as_str()).collect()
}

fn sum(shown: &TimelineShown) -> u64 {
    shown.bars.iter().map(|(calls, _)| calls).sum()
}

#[test]
fn it_opens_on_everything_with_the_cursor_on_what_was_last() {
    let mut trial = trial(&[30, 3600 * 5, 3600 * 100], 120, 40);
    trial.press("0 t");
    let all = shown(&trial);
    assert!(all.title.starts_with("When: all sessions and keys, "), "{}", all.title);
    let (last, _) = all.bars[all.cursor];
    assert!(last > 0 && all.bars[all.cursor + 1..].iter().all(|(calls, _)| *calls == 0));
    assert!(sum(&all) >= 3, "{:?}", all.bars);
    assert!(all.rows.iter().any(|row| row.cursor), "{all:?}");
    trial.press("esc");
    assert!(matches!(trial.screen().body, Body::Overview(_)));
}

#[test]
fn a_key_has_its_own_and_left_goes_from_call_to_call() {
    let mut trial = trial(&[30, 3600 * 5 + 60, 3600 * 100], 120, 40);
    trial.press("1");
    assert_eq!(trial.app.pane(), PaneId::Keys);
    trial.press("enter t");
    let first = shown(&trial);
    assert!(first.title.starts_with("When: key "), "{}", first.title);
    trial.press("h");
    let second = shown(&trial);
    assert!(second.cursor < first.cursor && second.bars[second.cursor].0 > 0, "{first:?}\n{second:?}");
    let says = text(&second.says);
    assert!(says.contains("1 call"), "{says}");
    let [row] = second.rows.as_slice() else { panic!("{:?}", second.rows) };
    assert!(text(&row.spans).contains("sts:"), "{row:?}");
    trial.press("enter");
    assert!(trial.detail().title.contains("event"), "{}", trial.detail().title);
}

#[test]
fn zooming_goes_down_to_minutes_and_says_what_it_leaves_out() {
    let mut trial = trial(&[90, 30], 120, 40);
    trial.press("1 enter t + + +");
    let close = shown(&trial);
    assert!(close.title.ends_with("in columns of 1m"), "{}", close.title);
    assert!(text(&close.says).contains("kept one by one"), "{}", text(&close.says));
    assert!(close.bars[close.cursor].0 >= 1);
    trial.press("+");
    assert_eq!(shown(&trial).title, close.title, "no closer than that");
    trial.press("- - - -");
    assert!(shown(&trial).title.ends_with("in columns of 3h"), "{}", shown(&trial).title);
}

#[test]
fn over_the_edge_the_columns_move_along() {
    let mut trial = trial(&[30, 86_400 * 13], 80, 24);
    trial.press("1 enter t + h");
    let mut there = shown(&trial);
    let time = NOW.minus(86_400 * 13).utc().format("%Y-%m-%d").to_string();
    for _ in 0..8 {
        if !text(&there.says).starts_with(&time) {
            trial.press("h");
            there = shown(&trial);
        }
    }
    assert!(there.bars[there.cursor].0 > 0, "{there:?}");
    assert!(text(&there.says).starts_with(&time), "{} {time}", text(&there.says));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn no_keys_lead_out_of_it(
        ago in proptest::collection::vec(0..86_400 * 900_i64, 1..6),
        keys in proptest::collection::vec(proptest::sample::select(vec!["h", "l", "j", "k", "+", "-", "G", "g", "ctrl-d"]), 0..40),
        size in proptest::sample::select(vec![(80, 24), (200, 60), (60, 16), (40, 12)]),
    ) {
        let mut trial = trial(&ago, size.0, size.1);
        trial.press("1 enter t");
        for key in keys {
            trial.press(key);
            let shown = shown(&trial);
            prop_assert!(shown.cursor < shown.bars.len());
            prop_assert!(shown.rows.len() <= shown.total);
        }
        trial.send(Msg::Resized { columns: 100, lines: 30 });
        shown(&trial);
    }
}
