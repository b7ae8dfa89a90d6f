//! The map and the tree: what is lit, what hangs on what, and the ways in and out.

use crate::app::{
    Msg,
    pane::PaneId,
    show::{Body, MapShown, TreeShown},
    trial::Trial,
    trial_ways::{paths, project, role},
};

fn map(trial: &Trial) -> MapShown {
    match trial.screen().body {
        Body::Map(map) => map,
        body => panic!("no map: {body:?}"),
    }
}

fn tree(trial: &Trial) -> TreeShown {
    match trial.screen().body {
        Body::Tree(tree) => tree,
        body => panic!("no tree: {body:?}"),
    }
}

fn text(spans: &[crate::app::show::Span]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}

/// The lit things of a column, the one under the cursor with a sign.
fn lit(map: &MapShown, column: usize) -> Vec<String> {
    let rows = map.columns[column].rows.iter().filter(|row| row.lit);
    rows.map(|row| format!("{}{}", if row.cursor { ">" } else { "" }, text(&row.spans[1..2]))).collect()
}

/// A tree's lines with the grade behind.
fn lines(trial: &Trial) -> Vec<String> {
    let grade = |row: &crate::app::show::TreeRow| row.grade.map_or("", crate::model::link::Grade::word);
    tree(trial)
        .rows
        .iter()
        .map(|row| format!("{} {}", text(&row.spans), grade(row)).trim_end().to_owned())
        .collect()
}

#[test]
fn the_map_lights_what_the_cursor_touches_and_says_how() {
    let mut trial = Trial::of_ways(paths(), 120, 40);
    trial.press("m");
    let first = map(&trial);
    assert_eq!(first.columns.iter().map(|column| column.total).collect::<Vec<_>>(), [3, 3, 2]);
    assert_eq!(lit(&first, 0), [">acme/infra"]);
    assert_eq!(lit(&first, 1), ["AWS_ACCESS_KEY_ID"]);
    assert_eq!(lit(&first, 2), ["gitlab-deploy"]);
    let how = text(&first.how[0]);
    assert!(how.starts_with("[observed] static-key reaches admin, 1 role  acme/infra holds"), "{how}");
    assert!(
        how.ends_with("AWS_ACCESS_KEY_ID carries AKIARZPUZDIKNSFRP6LN belongs to gitlab-deploy"),
        "{how}"
    );
    trial.press("j");
    assert_eq!(lit(&map(&trial), 0), [">linux-docker-3"]);
    trial.press("right right");
    let ends = map(&trial);
    assert_eq!((ends.active, lit(&ends, 2)), (2, vec![">reader".to_owned()]));
    assert_eq!(lit(&ends, 0), ["linux-docker-3", "acme/web"], "both ways into the role");
    assert_eq!(ends.how.len(), 2);
    trial.press("left left left");
    assert_eq!(map(&trial).active, 0);
    assert_eq!(lit(&map(&trial), 0), [">linux-docker-3"]);
}

#[test]
fn the_map_is_centred_on_the_thing_one_comes_from_and_enter_opens_things() {
    let mut trial = Trial::of_ways(paths(), 160, 40);
    trial.app.jump(&role("reader"));
    trial.press("esc m");
    assert_eq!((map(&trial).active, lit(&map(&trial), 2)), (2, vec![">reader".to_owned()]));
    trial.press("left enter");
    assert_eq!(trial.app.pane(), PaneId::Runners);
    assert!(trial.detail().title.starts_with("instance"), "{}", trial.detail().title);
    // A thing in the middle of a path stands for the path's beginning.
    trial.send(Msg::Pasted(crate::app::trial::LEAKED.to_owned()));
    trial.press("m");
    assert_eq!(lit(&map(&trial), 0), [">acme/infra"]);
    trial.press("esc");
    assert_eq!(trial.detail().title, crate::app::trial::LEAKED);
}

#[test]
fn the_map_is_filtered_and_esc_first_clears_the_filter() {
    let mut trial = Trial::of_ways(paths(), 120, 40);
    trial.press("m /").type_in("reader oidc").press("enter");
    let shown = map(&trial);
    assert_eq!(shown.columns.iter().map(|column| column.total).collect::<Vec<_>>(), [1, 1, 1]);
    assert_eq!((shown.filter.as_str(), lit(&shown, 0)), ("reader oidc", vec![">acme/web".to_owned()]));
    trial.press("/").type_in(" nothing").press("enter");
    assert!(text(&map(&trial).how[0]).contains("esc clears"), "{:?}", map(&trial).how);
    trial.press("esc");
    assert_eq!(map(&trial).columns[0].total, 3);
    trial.press("esc");
    assert!(matches!(trial.screen().body, Body::Overview(_)));
}

#[test]
fn a_terminal_too_small_for_the_map_is_told_so_and_the_map_comes_back() {
    let mut trial = Trial::of_ways(paths(), 40, 12);
    trial.press("m");
    assert!(matches!(trial.screen().body, Body::TooSmall(text) if text.contains("60 columns")));
    trial.send(Msg::Resized { columns: 80, lines: 24 });
    assert_eq!(lit(&map(&trial), 0), [">acme/infra"]);
}

#[test]
fn the_map_shows_windows_of_long_columns() {
    let mut trial = Trial::of_ways(crate::app::trial_ways::many(10_000), 80, 24);
    trial.press("m G");
    let shown = map(&trial);
    let rows = crate::app::layout::of(80, 24).map_rows;
    assert_eq!((shown.columns[0].rows.len(), shown.columns[0].total), (rows, 10_000));
    assert!(shown.columns[0].rows.last().unwrap().cursor);
    assert!(shown.columns[1].rows.iter().any(|row| row.lit), "what is lit elsewhere is in the window");
}

#[test]
fn the_tree_unfolds_what_a_thing_reaches_across_keys_users_and_roles() {
    let mut trial = Trial::of_ways(paths(), 120, 40);
    trial.app.jump(&project(1));
    trial.press("g x");
    assert_eq!(tree(&trial).title, "What this reaches: project acme/infra");
    let seen = lines(&trial);
    assert!(seen[1].contains("holds ! variable AWS_ACCESS_KEY_ID"), "{seen:#?}");
    trial.press("j space j space j space");
    let seen = lines(&trial);
    assert!(seen.iter().any(|line| line.contains("belongs to user gitlab-deploy")), "{seen:#?}");
    assert!(
        seen.iter().any(|line| line.contains("may assume role deploy-prod  123456789012  administrator")),
        "{seen:#?}"
    );
    let unfolded = seen.len();
    trial.press("left");
    assert!(lines(&trial).len() < unfolded, "left folds");
    trial.press("j k enter");
    assert!(!matches!(trial.screen().body, Body::Tree(_)));
}

#[test]
fn turned_round_the_tree_says_who_can_get_here() {
    let mut trial = Trial::of_ways(paths(), 120, 40);
    trial.app.jump(&role("reader"));
    trial.press("esc x");
    assert_eq!(
        tree(&trial).title,
        "Who can get here: role reader",
        "nothing hangs below a role that reaches nothing"
    );
    let seen = lines(&trial);
    assert!(
        seen.iter()
            .any(|line| line.contains("is given by instance-profile runner") && line.ends_with("configured")),
        "{seen:#?}"
    );
    trial.press("tab");
    assert_eq!(tree(&trial).title, "What this reaches: role reader");
    assert!(tree(&trial).empty.is_some());
    trial.press("left");
    assert_eq!(tree(&trial).title, "Who can get here: role reader", "left of the root turns the tree");
    trial.press("q");
    assert!(!matches!(trial.screen().body, Body::Tree(_)));
}

#[test]
fn a_cycle_is_marked_in_words_and_goes_no_further() {
    let mut trial = Trial::of_ways(paths(), 120, 40);
    trial.send(Msg::Reported(crate::app::trial_ways::round()));
    trial.send(crate::app::trial::after(5));
    trial.app.jump(&role("ring-a"));
    trial.press("esc x j space");
    let seen = lines(&trial);
    assert!(
        seen[2].contains("↻ may assume role ring-a") && seen[2].contains("again: it stands above"),
        "{seen:#?}"
    );
    trial.press("j space l");
    assert_eq!(lines(&trial).len(), seen.len());
}

#[test]
fn help_and_footer_know_both() {
    let mut trial = Trial::of_ways(paths(), 200, 60);
    let hints = |trial: &Trial| trial.screen().footer.hints.iter().map(|(_, does)| *does).collect::<Vec<_>>();
    assert!(hints(&trial).contains(&"map"));
    trial.press("m");
    assert!(hints(&trial).contains(&"open") && hints(&trial).contains(&"filter"));
    trial.press("x");
    assert!(hints(&trial).contains(&"turn") && hints(&trial).contains(&"fold"));
    trial.press("5");
    assert!(matches!(trial.screen().body, Body::Table { .. }), "a digit leaves the tree");
}
