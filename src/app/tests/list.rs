//! Lists: order, selection, marks, copying, writing to a file.

use crate::{
    app::{
        Effect, Mouse, Msg,
        show::{Focus, Overlay},
        trial::{GITLAB, LEAKED, Trial, after, event, key, saw},
    },
    model::{
        entity::Entity,
        event::{Event, Origin},
    },
};

#[test]
fn the_worst_key_stands_first_and_keys_from_nowhere_are_among_them() {
    let mut trial = Trial::of_company(200, 40);
    trial.press("1");
    let rows = trial.rows();
    assert_eq!(rows.len(), 3, "{rows:#?}");
    assert!(
        rows[0].contains("AKIA..RP6LN | gitlab-deploy | 123456789012 | 412d | 3h | active | 1 variable"),
        "{rows:#?}"
    );
    assert!(rows.iter().any(|row| row.contains("account not read")), "{rows:#?}");
    assert_eq!(trial.list().title, "Keys, worst first");
}

#[test]
fn the_selected_row_stays_selected_while_rows_come_in_above() {
    let mut trial = Trial::of_company(160, 40);
    trial.press("1 G");
    let before = trial.selected();
    let older: Vec<_> = ["AKIARZPUZDIKOLDKEYAA", "AKIARZPUZDIKOLDKEYBB"].map(|id| key(id, "old", 900)).into();
    trial.send(Msg::Reported(saw("another", "IAM", 1, older)));
    trial.send(crate::app::trial::after(5));
    assert_eq!(trial.rows().len(), 5);
    assert_eq!(trial.selected(), before);
}

#[test]
fn when_the_selected_thing_vanishes_its_neighbour_is_taken() {
    let mut trial = Trial::new();
    let ids = ["AKIARZPUZDIKOLDKEYAA", "AKIARZPUZDIKOLDKEYBB", "AKIARZPUZDIKOLDKEYCC"];
    let keys = |wanted: &[usize]| wanted.iter().map(|index| key(ids[*index], "x", 900)).collect();
    trial.send(Msg::Reported(saw("a", "IAM", 1, keys(&[0, 1, 2]))));
    trial.press("1 j");
    assert!(trial.selected().contains("AKIA..KEYBB"));
    trial.send(Msg::Reported(saw("a", "IAM", 2, keys(&[0, 2]))));
    trial.send(crate::app::trial::after(5));
    assert!(trial.selected().contains("AKIA..KEYCC"), "{:#?}", trial.rows());
}

#[test]
fn any_column_sorts_both_ways_and_says_so() {
    let mut trial = Trial::of_company(200, 40);
    trial.press("1 s s");
    assert_eq!(trial.list().title, "Keys by KEY, a to z");
    assert_eq!(trial.list().columns[1].sorted, Some(true));
    trial.press("s s s");
    assert_eq!(trial.list().title, "Keys by AGE, largest first");
    assert!(trial.rows()[0].contains("412d"));
    assert!(trial.rows()[2].contains("not seen"), "what is not known comes last: {:#?}", trial.rows());
    trial.press("S");
    assert!(trial.rows()[0].contains("10d") && trial.rows()[2].contains("not seen"), "{:#?}", trial.rows());
    assert_eq!(trial.list().columns[4].sorted, Some(true));
}

#[test]
fn marks_are_copied_together_and_cleared_by_esc() {
    let mut trial = Trial::of_company(160, 40);
    trial.press("1 space space y");
    let Some(Effect::Copy(text)) = trial.asked.pop() else { panic!("nothing copied") };
    assert_eq!(text.lines().count(), 2);
    assert!(trial.list().title.ends_with("2 marked"));
    trial.press("esc");
    assert!(trial.list().rows.iter().all(|row| !row.marked));
    trial.press("g V G V");
    assert!(trial.list().rows.iter().all(|row| row.marked));
}

#[test]
fn ids_and_addresses_are_copied_and_opened() {
    let mut trial = Trial::of_company(160, 40);
    trial.press("1 y");
    assert!(matches!(trial.asked.pop(), Some(Effect::Copy(text)) if text == LEAKED));
    trial.press("o");
    let Some(Effect::Open(url)) = trial.asked.pop() else { panic!("nothing opened") };
    assert_eq!(
        url,
        "https://console.aws.amazon.com/iam/home#/users/details/gitlab-deploy?section=security_credentials"
    );
    trial.press("2 Y");
    assert!(
        matches!(trial.asked.pop(), Some(Effect::Copy(text)) if text.starts_with("arn:aws:iam::123456789012:role/"))
    );
    trial.press("4 G k o");
    assert!(
        matches!(trial.asked.pop(), Some(Effect::Open(url)) if url.starts_with(&format!("https://{GITLAB}/")))
    );
}

#[test]
fn what_a_pane_shows_is_written_as_csv_or_markdown() {
    let mut trial = Trial::of_company(160, 40);
    trial.press("1 ctrl-s enter");
    let Some(Effect::Save(export)) = trial.asked.pop() else { panic!("nothing written") };
    assert_eq!(export.path, "keys.csv");
    let text = export.text();
    assert!(text.starts_with(" ,KEY,USER,ACCOUNT,AGE"), "{text}");
    assert_eq!(text.lines().count(), 4);
    let markdown = crate::app::export::Export { path: "keys.MD".into(), ..export }.text();
    assert!(markdown.lines().nth(1).unwrap().starts_with("| --- |"), "{markdown}");
}

#[test]
fn a_record_is_read_as_indented_json() {
    let mut trial = Trial::of_company(160, 40);
    trial.app.jump(&event().id());
    trial.press("e");
    let Some(Overlay::Text { lines, .. }) = trial.screen().overlay else { panic!("no text") };
    let text: Vec<String> = lines.iter().flatten().map(|span| span.text.clone()).collect();
    assert!(text.contains(&"  \"eventName\": \"AssumeRole\",".to_owned()), "{text:#?}");
    trial.press("esc");
    assert!(trial.screen().overlay.is_none());
    assert!(!trial.detail_text().contains('\u{1b}'), "control characters are never shown");
}

#[test]
fn a_record_that_was_not_kept_is_read_again_where_it_stands() {
    let mut trial = Trial::of_company(160, 40);
    let Entity::Event(known) = event() else { panic!() };
    let origin = Origin { file: "logs/a.json.gz".into(), record: 7 };
    let kept = Event { event_id: "e-2".into(), raw: "".into(), origin: Some(origin.clone()), ..known };
    let id = kept.id();
    trial.send(Msg::Reported(saw("logs", "logs", 1, vec![kept.into()])));
    trial.send(after(60));
    trial.app.jump(&id);
    trial.press("e");
    let Some(Effect::Read { title, origin: asked }) = trial.asked.pop() else { panic!("nothing read") };
    assert_eq!(asked, origin);
    trial.send(Msg::Read { title: title.clone(), text: Err("logs/a.json.gz has changed\u{1b}[2J".into()) });
    assert!(trial.screen().overlay.is_none());
    trial.send(Msg::Read { title, text: Ok(r#"{"eventName":"AssumeRole\u001b[2J"}"#.into()) });
    let Some(Overlay::Text { lines, .. }) = trial.screen().overlay else { panic!("no text") };
    assert!(lines.iter().flatten().all(|span| !span.text.contains('\u{1b}')));
}

#[test]
fn wheel_and_clicks_do_what_keys_do() {
    let mut trial = Trial::of_company(160, 40);
    trial.press("1");
    trial.send(Msg::Mouse(Mouse::Wheel { over: Focus::List, rows: 1 }));
    assert!(trial.rows()[1].starts_with('>'));
    trial.send(Msg::Mouse(Mouse::ListRow(0)));
    assert!(trial.rows()[0].starts_with('>'));
    trial.send(Msg::Mouse(Mouse::Tab(0)));
    assert!(!trial.overview().blocks.is_empty());
    trial.press("M");
    assert!(matches!(trial.asked.pop(), Some(Effect::Mouse(true))));
}
