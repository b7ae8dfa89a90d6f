//! Filters, finding, the palette, pasting.

use crate::app::{
    Msg,
    pane::PaneId,
    show::{Overlay, Prompt},
    trial::{LEAKED, STRANGER, Trial},
};

fn prompt(trial: &Trial) -> Option<Prompt> {
    trial.screen().footer.prompt
}

#[test]
fn a_filter_works_while_it_is_typed_and_says_how_many_it_hides() {
    let mut trial = Trial::of_company(160, 40);
    trial.press("1 /").type_in("gitlab");
    assert_eq!((trial.list().total, trial.list().hidden), (1, 2));
    assert_eq!(prompt(&trial).unwrap().text, "gitlab");
    trial.press("enter");
    assert!(prompt(&trial).is_none());
    assert_eq!((trial.list().filter.as_str(), trial.list().hidden), ("gitlab", 2));
    trial.press("esc");
    assert_eq!((trial.list().filter.as_str(), trial.list().total), ("", 3));
}

#[test]
fn a_filter_given_up_is_taken_away() {
    let mut trial = Trial::of_company(160, 40);
    trial.press("1 /").type_in("age>90");
    assert_eq!(trial.list().total, 1);
    trial.press("esc");
    assert_eq!(trial.list().total, 3);
}

#[test]
fn a_filter_not_understood_says_where_and_keeps_the_last_good_rows() {
    let mut trial = Trial::of_company(160, 40);
    trial.press("1 /").type_in("gitlab planet:mars");
    let (at, says) = prompt(&trial).unwrap().error.unwrap();
    assert_eq!(at, 7);
    assert!(says.starts_with("there is no column `planet`"), "{says}");
    assert_eq!((trial.list().filter.as_str(), trial.list().hidden), ("gitlab planet", 3));
    trial.press("enter");
    assert!(prompt(&trial).is_some(), "it stays open until it is understood");
}

#[test]
fn when_nothing_matches_the_list_says_what_is_hidden() {
    let mut trial = Trial::of_company(160, 40);
    trial.press("1 /").type_in("zzz");
    assert!(trial.list().empty[0][0].text.contains("3 are hidden"));
}

#[test]
fn a_text_is_found_in_a_detail_and_again() {
    let mut trial = Trial::of_company(160, 40);
    trial.press("1 enter /").type_in("account");
    trial.press("enter");
    let first = trial.detail().cursor;
    assert!(trial.under_cursor().to_lowercase().contains("account"));
    trial.press("n");
    assert!(trial.under_cursor().to_lowercase().contains("account"));
    trial.press("N");
    assert_eq!(trial.detail().cursor, first);
}

fn palette(trial: &Trial) -> Vec<String> {
    match trial.screen().overlay {
        Some(Overlay::Palette { items, .. }) => {
            items.iter().map(|(line, _)| line.iter().map(|span| span.text.as_str()).collect()).collect()
        }
        other => panic!("no palette: {other:?}"),
    }
}

#[test]
fn the_palette_runs_commands_and_finds_every_object() {
    let mut trial = Trial::of_company(160, 40);
    trial.press(":").type_in("cover").press("enter");
    assert_eq!(trial.app.pane(), PaneId::Coverage);
    for (text, title) in
        [("acme/inf", "project acme/infra"), ("linux-dock", "runner linux-docker-3"), (STRANGER, "address")]
    {
        trial.press(":").type_in(text);
        let items = palette(&trial);
        let index = items.iter().position(|item| item.contains(title.rsplit(' ').next().unwrap()));
        for _ in 0..index.unwrap_or_else(|| items.iter().position(|item| item.contains(text)).unwrap()) {
            trial.press("down");
        }
        trial.press("enter");
        assert!(trial.detail().title.starts_with(title), "{} for {text}", trial.detail().title);
    }
}

#[test]
fn a_whole_log_line_in_the_palette_leads_to_the_key_in_it() {
    let mut trial = Trial::of_company(160, 40);
    trial.press(":");
    trial.send(Msg::Pasted(format!("aws_access_key_id={LEAKED}\n[error] denied")));
    assert_eq!(palette(&trial), [LEAKED]);
    trial.press("enter");
    assert!(trial.detail().title.contains(LEAKED));
    assert!(trial.selected().contains("AKIA..RP6LN"));
}

#[test]
fn going_to_an_object_takes_away_a_filter_that_hides_it() {
    let mut trial = Trial::of_company(160, 40);
    trial.press("1 /").type_in("nightly").press("enter");
    trial.send(Msg::Pasted(LEAKED.to_owned()));
    assert_eq!(trial.list().hidden, 0);
    assert!(trial.selected().contains("AKIA..RP6LN"));
}

#[test]
fn pasting_something_else_goes_nowhere_and_says_so() {
    let mut trial = Trial::of_company(160, 40);
    trial.send(Msg::Pasted("hello".into()));
    assert!(trial.screen().footer.message.unwrap().text.contains("No access key id"));
}
