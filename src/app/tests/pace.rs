//! When worlds and lists are asked for, when a frame is worth drawing, and how sweeps begin and end.

use crate::{
    app::{
        App, Effect, Msg, Settings,
        show::Tone,
        trial::{NOW, Trial, after, company, empty, event, saw},
        update,
    },
    base::name::KeyId,
    model::{
        entity::Entity,
        event::{Caller, Event},
        id::{Id, Kind},
    },
};

fn app() -> App {
    App::new(Settings { now: NOW, ..Settings::default() }).unwrap()
}

fn digests(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::Digest { .. })).count()
}

#[test]
fn the_first_report_is_digested_at_once_and_later_ones_at_the_pace_of_their_cost() {
    let mut app = app();
    assert_eq!(digests(&update(&mut app, Msg::Reported(company()))), 1);
    assert_eq!(digests(&update(&mut app, Msg::Reported(saw("x", "y", 1, Vec::new())))), 0, "one at a time");
    update(&mut app, Msg::Digested { world: empty(), cost_ms: 2000 });
    assert_eq!(digests(&update(&mut app, crate::app::trial::after(1))), 0, "twice its cost have not passed");
    assert_eq!(digests(&update(&mut app, crate::app::trial::after(4))), 1);
    update(&mut app, Msg::Digested { world: empty(), cost_ms: 1 });
    assert_eq!(digests(&update(&mut app, crate::app::trial::after(30))), 0, "nothing new was reported");
    assert_eq!(digests(&update(&mut app, crate::app::trial::after(60))), 1, "but ages must not stand still");
}

#[test]
fn only_the_pane_that_is_seen_asks_for_rows() {
    let mut app = app();
    update(&mut app, Msg::Reported(company()));
    let lists =
        |effects: &[Effect]| effects.iter().filter(|effect| matches!(effect, Effect::List(_))).count();
    update(&mut app, Msg::Digested { world: empty(), cost_ms: 1 });
    assert_eq!(lists(&update(&mut app, Msg::Key("1".parse().unwrap()))), 1);
    assert_eq!(lists(&update(&mut app, Msg::Key("j".parse().unwrap()))), 0);
    assert_eq!(lists(&update(&mut app, Msg::Key("2".parse().unwrap()))), 1);
}

#[test]
fn a_frame_is_drawn_only_when_it_would_differ() {
    let mut trial = Trial::of_company(120, 40);
    trial.app.drawn();
    trial.send(crate::app::trial::after(0));
    assert!(!trial.app.dirty_screen());
    trial.send(crate::app::trial::after(1));
    assert!(trial.app.dirty_screen(), "`swept 13 s ago` is news");
    trial.app.drawn();
    trial.press("j");
    assert!(trial.app.dirty_screen());
}

#[test]
fn a_sweep_is_ordered_stopped_and_told() {
    let mut trial = Trial::new();
    trial.press("r");
    assert!(trial.asked.is_empty(), "the first one is under way");
    trial.press("c");
    assert!(matches!(trial.asked.pop(), Some(Effect::StopSweep)));
    trial.send(Msg::Swept);
    trial.press("r");
    assert!(matches!(trial.asked.pop(), Some(Effect::Sweep)));
}

#[test]
fn a_message_gives_way_after_a_while() {
    let mut trial = Trial::of_company(120, 40);
    trial.send(Msg::Said { text: "written\u{7} to keys.csv".into(), tone: Tone::Good });
    assert_eq!(trial.screen().footer.message.unwrap().text, "written? to keys.csv");
    trial.send(crate::app::trial::after(10));
    assert!(trial.screen().footer.message.is_none());
}

#[test]
fn quitting_is_asked_for_from_everywhere() {
    for keys in ["q", "ctrl-c", "1 ctrl-c", "? ctrl-c", "1 / ctrl-c", ": ctrl-c"] {
        let mut trial = Trial::of_company(120, 40);
        trial.press(keys);
        assert!(matches!(trial.asked.last(), Some(Effect::Quit)), "{keys}");
    }
    let mut trial = Trial::of_company(120, 40);
    trial.press("? q");
    assert!(trial.asked.is_empty(), "q closes the help first");
}

/// Nobody has read the call that minted its key; CloudTrail is asked for it by the key's id, once.
#[test]
fn a_session_whose_beginning_was_not_read_is_looked_up_by_its_key() {
    let mut trial = Trial::of_company(120, 40);
    let Entity::Event(first) = event() else { panic!("no event") };
    // Its id encodes 029608264753.
    let key = KeyId::new("ASIAQNZGKIQY56JQ7WML").unwrap();
    let caller = Caller { key: Some(key.clone()), ..first.caller.clone() };
    let used = Event {
        event_id: "used".into(),
        name: "GetCallerIdentity".into(),
        caller,
        role: None,
        minted: None,
        ..first
    };
    trial.send(Msg::Reported(saw("123456789012", "more events", 1, vec![used.into()])));
    trial.send(after(5));
    let tick = |trial: &mut Trial, uptime_ms: u64| trial.send(Msg::Ticked { now: NOW, uptime_ms });
    trial.app.jump(&Id::session(key.as_str()));
    tick(&mut trial, 10_000);
    tick(&mut trial, 10_600);
    tick(&mut trial, 20_000);
    let asked: Vec<String> = trial
        .asked
        .iter()
        .filter_map(|one| match one {
            Effect::LookUp { account, name } => Some(format!("{account} {name}")),
            _ => None,
        })
        .collect();
    assert_eq!(asked, ["029608264753 ASIAQNZGKIQY56JQ7WML"]);
}

#[test]
fn a_project_that_one_stays_on_is_read_more_closely_once() {
    let mut trial = Trial::of_company(120, 40);
    let project = trial.app.world().estate.ids(Kind::Project).next().unwrap().clone();
    let closer =
        |asked: &[Effect]| asked.iter().filter(|one| matches!(one, Effect::LookCloser { .. })).count();
    let tick = |trial: &mut Trial, uptime_ms: u64| trial.send(Msg::Ticked { now: NOW, uptime_ms });
    trial.app.jump(&project);
    tick(&mut trial, 1_000);
    tick(&mut trial, 1_400);
    assert_eq!(closer(&trial.asked), 0, "a row that is passed is nobody's wish");
    tick(&mut trial, 1_500);
    tick(&mut trial, 9_000);
    assert_eq!(closer(&trial.asked), 1, "{:?}", trial.asked);
}
