//! Going from thing to thing with enter and back with esc.

use crate::app::{
    show::{Body, DetailKind, Focus},
    trial::{FOREIGN, LEAKED, STRANGER, Trial},
};

fn at_leaked_key(columns: u16) -> Trial {
    let mut trial = Trial::of_company(columns, 40);
    trial.press("1");
    assert!(trial.selected().contains("AKIA..RP6LN"), "{:#?}", trial.rows());
    trial
}

#[test]
fn from_the_leaked_key_to_the_runner_and_back_with_enter_and_esc() {
    for columns in [80, 160] {
        let mut trial = at_leaked_key(columns);
        trial.press("enter");
        assert!(trial.detail().title.contains(LEAKED));
        trial.follow("CARRIED BY");
        assert_eq!(trial.detail().title, "variable AWS_ACCESS_KEY_ID");
        trial.follow("HELD BY");
        assert_eq!(trial.detail().title, "project acme/infra");
        trial.follow("MAY RUN ON");
        assert_eq!(trial.detail().title, "runner linux-docker-3");
        assert_eq!(trial.detail().breadcrumb.len(), 4);
        for title in ["project acme/infra", "variable AWS_ACCESS_KEY_ID", LEAKED] {
            trial.press("esc");
            assert_eq!(trial.detail().title, title);
        }
        trial.press("esc");
        assert!(matches!(trial.screen().body, Body::Table { focus: Focus::List, .. }));
        assert!(trial.selected().contains("AKIA..RP6LN"));
    }
}

#[test]
fn from_the_leaked_key_to_its_user_and_the_roles_it_may_assume() {
    let mut trial = at_leaked_key(120);
    trial.press("enter").follow("OWNED BY");
    assert_eq!(trial.detail().title, "user gitlab-deploy");
    trial.follow("MAY ASSUME");
    assert_eq!(trial.detail().title, "role deploy-prod");
    assert!(trial.detail_text().contains("may do everything"), "{}", trial.detail_text());
}

#[test]
fn from_the_leaked_key_to_the_session_and_the_address_nobody_knows() {
    let mut trial = at_leaked_key(120);
    trial.press("enter").follow("OPENED SESSIONS");
    assert!(trial.detail().title.contains("deploy-prod/night-shift"), "{}", trial.detail().title);
    trial.follow("USED FROM");
    assert_eq!(trial.detail().title, format!("address {STRANGER}"));
    assert!(trial.detail_text().contains("nobody we know"));
    trial.press("esc esc");
    assert!(trial.detail().title.contains(LEAKED));
}

#[test]
fn coming_back_puts_the_cursor_on_the_link_that_was_followed() {
    let mut trial = at_leaked_key(120);
    trial.press("enter").follow("OWNED BY");
    trial.press("esc");
    assert!(trial.under_cursor().contains("gitlab-deploy"), "{}", trial.under_cursor());
}

#[test]
fn brackets_walk_the_history_both_ways() {
    let mut trial = at_leaked_key(120);
    trial.press("enter").follow("CARRIED BY").follow("HELD BY");
    trial.press("[ [");
    assert!(trial.detail().title.contains(LEAKED));
    trial.press("] ]");
    assert_eq!(trial.detail().title, "project acme/infra");
    trial.press("]");
    assert_eq!(trial.detail().title, "project acme/infra");
}

#[test]
fn on_a_narrow_terminal_only_the_focused_side_is_built() {
    let mut trial = at_leaked_key(80);
    assert!(matches!(trial.screen().body, Body::Table { detail: None, focus: Focus::List, .. }));
    trial.press("tab");
    assert!(matches!(trial.screen().body, Body::Table { detail: Some(_), focus: Focus::Detail, .. }));
    trial.press("tab");
    assert!(matches!(trial.screen().body, Body::Table { focus: Focus::List, .. }));
}

#[test]
fn every_line_of_a_detail_can_be_reached_and_is_then_seen() {
    for lines in [12, 24, 60] {
        let mut trial = Trial::of_company(80, lines);
        trial.press("1 enter g");
        let window = crate::app::layout::of(80, lines).detail_rows;
        let mut seen = vec![false; trial.detail().lines.len()];
        for _ in 0..seen.len() * 2 {
            let detail = trial.detail();
            let cursor = detail.cursor.unwrap();
            assert!((detail.first..detail.first + window).contains(&cursor));
            seen.iter_mut().skip(detail.first).take(window).for_each(|line| *line = true);
            trial.press("j");
        }
        assert!(seen.iter().all(|line| *line), "{lines}: {seen:?}");
    }
}

#[test]
fn every_link_of_every_thing_can_be_followed_to_a_detail_that_says_something() {
    let mut trial = Trial::of_company(160, 40);
    let world = trial.app.world().clone();
    let mut ids: Vec<_> =
        crate::model::id::Kind::ALL.into_iter().flat_map(|kind| world.estate.of(kind)).collect();
    ids.extend(world.linked.all_derived());
    let mut followed = 0;
    for entity in ids {
        trial.app.jump(&entity.id());
        trial.press("g");
        assert!(trial.detail_text().len() > 10, "{}", entity.id());
        for line in trial.detail().lines {
            if let DetailKind::Link { to, .. } = line.kind {
                trial.app.jump(&to);
                trial.press("g");
                assert!(trial.detail_text().len() > 10, "{to}");
                followed += 1;
            }
        }
    }
    assert!(followed > 20, "{followed}");
}

#[test]
fn a_key_that_no_account_lists_says_what_that_means() {
    let mut trial = Trial::of_company(160, 40);
    trial.send(crate::app::Msg::Pasted(format!("2026-11-20 08:00 ERROR denied for {FOREIGN}, retrying")));
    assert!(trial.detail().title.contains(FOREIGN));
    assert!(
        trial.detail_text().contains("account 029608264753, which is not read"),
        "{}",
        trial.detail_text()
    );
    assert!(trial.selected().contains("account not read"), "{:#?}", trial.rows());
    trial.follow("CARRIED BY");
    assert_eq!(trial.detail().title, "variable PARTNER_KEY");
}

#[test]
fn the_overviews_ranked_list_leads_to_the_thing() {
    let mut trial = Trial::of_company(120, 40);
    let world = trial.app.world().clone();
    let about = &world.findings[world.summary().first[1]].about;
    trial.press("j enter");
    let row = crate::app::pane::RowId::Thing(about.clone());
    assert_eq!(trial.detail().title, crate::app::detail::title(&world, &row));
    assert_eq!(trial.app.pane(), crate::app::pane::PaneId::home(about.kind()));
    trial.press("esc");
    assert!(matches!(trial.screen().body, Body::Table { focus: Focus::List, .. }));
}
