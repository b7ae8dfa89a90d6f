//! Every pane at every size, on nothing and on a small company.

use crate::app::{
    Msg,
    pane::{PaneId, View},
    show::{BlockBody, Body, Overlay},
    trial::{GITLAB, Trial},
};

const SIZES: [(u16, u16); 4] = [(40, 12), (80, 24), (120, 40), (200, 60)];

#[test]
fn before_the_first_answer_every_pane_says_that_nothing_was_read() {
    for (columns, lines) in SIZES {
        let mut trial = Trial::new();
        trial.send(Msg::Resized { columns, lines });
        assert!(trial.screen().bar.left.iter().any(|span| span.text == GITLAB));
        for pane in PaneId::ALL.into_iter().skip(1) {
            trial.press(&pane.pane().digit().to_string());
            let list = trial.list();
            assert!(list.rows.is_empty() && list.empty[0][0].text.contains("yet"), "{:?}", list.empty);
        }
    }
}

#[test]
fn every_pane_shows_the_company_at_every_size() {
    for (columns, lines) in SIZES {
        let mut trial = Trial::of_company(columns, lines);
        for (digit, fact) in [
            ("1", "AKIA..RP6LN"),
            ("2", "deploy-prod"),
            ("3", "linux-docker-3"),
            ("4", "hidden: cannot know"),
            ("6", "night-shift"),
            ("9", "forbidden"),
        ] {
            trial.press(digit);
            let rows = trial.rows().join("\n");
            assert!(rows.contains(fact), "{digit} {fact}\n{rows}");
            let list = trial.list();
            assert!(list.rows.iter().all(|row| row.cells.len() == list.columns.len()));
            let fits = crate::app::layout::of(columns, lines);
            assert!(list.rows.len() <= fits.list_rows);
        }
    }
}

#[test]
fn a_terminal_too_small_is_told_so() {
    let mut trial = Trial::of_company(120, 40);
    trial.send(Msg::Resized { columns: 20, lines: 5 });
    assert!(matches!(trial.screen().body, Body::TooSmall(text) if text.contains("40 columns")));
}

#[test]
fn the_selected_row_is_seen_after_every_resize() {
    let mut trial = Trial::of_company(120, 40);
    trial.press("1 G");
    for lines in [10, 12, 24, 60, 11] {
        trial.send(Msg::Resized { columns: 100, lines });
        assert!(trial.list().rows.iter().any(|row| row.selected), "{lines}");
    }
}

#[test]
fn the_top_line_tells_places_mode_age_and_gaps() {
    let trial = Trial::of_company(120, 40);
    let bar = trial.screen().bar;
    let text = |spans: &[crate::app::show::Span]| {
        spans.iter().map(|span| span.text.as_str()).collect::<Vec<_>>().join("  ")
    };
    assert_eq!(text(&bar.left), "keytrail  gitlab.test  1 account  events 14 d");
    assert!(text(&bar.right).starts_with("READ-ONLY  swept in part 0 s ago  1 gap"), "{}", text(&bar.right));
    let tabs = trial.screen().tabs;
    assert_eq!(tabs.len(), 9);
    assert_eq!((tabs[1].key, tabs[1].count.as_deref()), ('1', Some("3")));
}

#[test]
fn the_overview_counts_what_is_there() {
    let trial = Trial::of_company(120, 40);
    let blocks = trial.overview().blocks;
    assert!(
        matches!(&blocks[0].body, BlockBody::Ranked { rows, cursor: Some(0) } if !rows.is_empty() && rows.len() <= 10)
    );
    let BlockBody::Histogram { buckets, limit } = &blocks[2].body else { panic!("{:?}", blocks[2]) };
    assert_eq!(limit, &Some(3));
    let counts: Vec<(&str, u64)> = buckets.iter().map(|(label, count, _)| (label.as_str(), *count)).collect();
    assert_eq!(counts[0], ("0-30", 1));
    assert_eq!(counts[5], (">360", 1));
    let BlockBody::Bars(bars) = &blocks[3].body else { panic!("{:?}", blocks[3]) };
    assert_eq!((bars[0].1, bars[4].1), (2, 1), "{bars:?}");
    let BlockBody::Sparks(series) = &blocks[4].body else { panic!("{:?}", blocks[4]) };
    assert_eq!((series[0].1.len(), series[0].3.as_str(), series[1].3.as_str()), (15, "1", "0"));
}

#[test]
fn a_rank_found_without_the_row_is_the_rank_of_the_row() {
    let trial = Trial::of_company(120, 40);
    let world = trial.app.world();
    let view = View::new(world, false);
    for pane in PaneId::ALL.map(PaneId::pane) {
        for id in pane.rows(world) {
            assert_eq!(pane.rank(&view, &id), pane.row(&view, &id).rank, "{id:?}");
        }
    }
}

#[test]
fn coverage_names_each_refused_call_and_what_would_fix_it() {
    let mut trial = Trial::of_company(160, 40);
    trial.press("9 enter");
    let text = trial.detail_text();
    assert!(text.contains("forbidden: GET /runners/all"), "{text}");
    assert!(text.contains("the token needs admin_mode."), "{text}");
}

#[test]
fn help_lists_every_command_with_its_keys_and_footers_fit_the_place() {
    let mut trial = Trial::of_company(120, 40);
    trial.press("?");
    let Some(Overlay::Help { groups, .. }) = trial.screen().overlay else { panic!("no help") };
    let rows: usize = groups.iter().map(|(_, rows)| rows.len()).sum();
    assert_eq!(rows, crate::app::command::table().len());
    trial.press("esc 1");
    let hints = |trial: &Trial| trial.screen().footer.hints.iter().map(|(_, does)| *does).collect::<Vec<_>>();
    assert!(hints(&trial).contains(&"filter") && !hints(&trial).contains(&"back"));
    trial.press("enter");
    assert!(hints(&trial).contains(&"back") && !hints(&trial).contains(&"filter"));
}
