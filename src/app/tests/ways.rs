//! Ways into AWS on the screen: the pane of paths, a path's detail, what projects, roles and runners say of them, the overview's bars.

use crate::app::{
    Msg,
    show::{BlockBody, DetailKind, Overlay, Tone},
    trial::Trial,
    trial_ways::{many, paths, role, trusting},
};

fn trial(columns: u16, lines: u16) -> Trial {
    Trial::of_ways(paths(), columns, lines)
}

#[test]
fn the_riskiest_path_stands_first_and_every_column_tells() {
    let mut trial = trial(200, 60);
    trial.press("5");
    let rows = trial.rows();
    assert_eq!(
        rows[0],
        "> # | static-key | acme/infra | any | 1 | gitlab-deploy | 123456789012 | admin, 1 role | long | observed"
    );
    assert!(rows[1].contains("instance-profile | linux-docker-3 | any | 2 | reader"), "{rows:#?}");
    assert!(rows[2].contains("oidc | acme/web | main +1 | 1 | reader | 123456789012 |"), "{rows:#?}");
    assert_eq!(trial.list().title, "Paths, worst first");
}

#[test]
fn paths_are_filtered_by_way_life_account_ends_and_any_of_their_projects() {
    for (filter, ways) in [
        ("way:oidc", vec!["oidc"]),
        ("life:long", vec!["static-key"]),
        ("long", vec!["static-key"]),
        ("-long", vec!["instance-profile", "oidc"]),
        ("unprotected", vec!["static-key", "instance-profile"]),
        ("-unprotected", vec!["oidc"]),
        ("admin", vec!["static-key"]),
        ("observed", vec!["static-key"]),
        ("project:acme/web", vec!["instance-profile", "oidc"]),
        ("project:ACME/* way:oidc", vec!["oidc"]),
        ("project:nobody", vec![]),
        ("account:123456789012", vec!["static-key", "instance-profile", "oidc"]),
        ("account:222222222222", vec![]),
        ("to:gitlab-*", vec!["static-key"]),
        ("from:linux*", vec!["instance-profile"]),
        ("projects>1", vec!["instance-profile"]),
        ("via:AWS_ACCESS_KEY_ID", vec!["static-key"]),
    ] {
        let mut trial = trial(200, 60);
        trial.press("5 /").type_in(filter).press("enter");
        let mut seen: Vec<String> = trial.list().rows.iter().map(|row| row.cells[1].text.clone()).collect();
        seen.sort();
        let mut ways: Vec<&str> = ways;
        ways.sort_unstable();
        assert_eq!(seen, ways, "{filter}");
    }
}

#[test]
fn a_path_is_told_hop_by_hop_and_every_hop_leads_to_its_thing() {
    let mut trial = trial(160, 60);
    trial.press("5 enter");
    let text = trial.detail_text();
    for said in [
        "project acme/infra\nholds variable AWS_ACCESS_KEY_ID  acme/infra  its page of variables",
        "carries key AKIARZPUZDIKNSFRP6LN  the value is the key's id",
        "belongs to user gitlab-deploy  123456789012  IAM lists it",
        "may do everything in its account, as deploy-prod",
        "role deploy-prod  123456789012  administrator",
        "any branch or tag: anybody who may push",
        "PROJECTS\nacme/infra",
        "CAUTIONS\n  The variable is not masked",
        "USED\n  812 events made with the key, last 3 h ago",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    let grades: Vec<_> = trial
        .detail()
        .lines
        .into_iter()
        .filter_map(|line| match line.kind {
            DetailKind::Link { grade, .. } => Some(grade.map(crate::model::link::Grade::word)),
            _ => None,
        })
        .collect();
    assert_eq!(grades[..4], [None, Some("configured"), Some("configured"), Some("configured")]);
    trial.press("g j j j enter");
    assert_eq!(trial.detail().title, "AKIARZPUZDIKNSFRP6LN");
    trial.follow("WAYS THROUGH HERE");
    assert_eq!(trial.detail().title, "path static-key: acme/infra to gitlab-deploy");
}

#[test]
fn a_project_says_how_its_jobs_get_in_and_by_way_of_what() {
    let mut trial = trial(160, 60);
    trial.app.jump(&crate::app::trial_ways::project(2));
    trial.press("g");
    let text = trial.detail_text();
    assert!(text.contains("HOW ITS JOBS GET IN  2"), "{text}");
    assert!(text.contains("reader  123456789012  refs: main +1"), "{text}");
    assert!(text.contains("by way of runner linux-docker-3"), "{text}");
    trial.app.jump(&crate::model::id::Id::runner(crate::app::trial::GITLAB, 7));
    trial.press("g");
    assert!(trial.detail_text().contains("WAYS INTO AWS FROM HERE"), "{}", trial.detail_text());
    trial.app.jump(&role("reader"));
    trial.press("g");
    assert!(trial.detail_text().contains("WAYS THAT END HERE  2"), "{}", trial.detail_text());
}

#[test]
fn the_overview_counts_projects_by_way_and_each_bar_leads_to_its_paths() {
    let mut trial = trial(120, 40);
    let block = trial.overview().blocks.into_iter().find(|block| block.title.contains("by way")).unwrap();
    let BlockBody::Choice { bars, cursor: None } = &block.body else { panic!("{block:?}") };
    let mut counts: Vec<(&str, u64, Tone)> =
        bars.iter().map(|(label, count, tone)| (label.trim(), *count, *tone)).collect();
    counts.sort_unstable_by_key(|(label, ..)| *label);
    assert_eq!(
        counts,
        [("! static-key", 1, Tone::Bad), ("instance-profile", 2, Tone::Good), ("oidc", 1, Tone::Good)]
    );
    trial.press("tab enter");
    let title = trial.list().filter;
    assert!(title.starts_with("way:"), "{title}");
    assert_eq!(trial.list().rows.len(), 1);
    trial.press("esc");
    assert_eq!(trial.list().rows.len(), 3, "esc clears the filter");
}

#[test]
fn the_trust_policy_is_a_page_with_what_decides_marked() {
    let mut trial = trial(120, 40);
    trial.app.jump(&role("deploy-prod"));
    trial.press("g").follow("WHO MAY ASSUME IT").press("esc P");
    let Some(Overlay::Text { title, lines, .. }) = trial.screen().overlay else { panic!("no page") };
    assert_eq!(title, "trust policy of deploy-prod");
    let text: Vec<String> =
        lines.iter().map(|line| line.iter().map(|span| span.text.as_str()).collect()).collect();
    assert_eq!(text[0], "Marked: what lets gitlab-deploy in.");
    assert!(text.contains(&">     {".to_owned()) && text.contains(&"  {".to_owned()), "{text:#?}");
    trial.press("P");
    assert!(trial.screen().overlay.is_none());
}

fn lines_of_page(trial: &Trial) -> Vec<String> {
    let Some(Overlay::Text { lines, .. }) = trial.screen().overlay else { panic!("no page") };
    lines.iter().map(|line| line.iter().map(|span| span.text.as_str()).collect()).collect()
}

#[test]
fn a_role_says_which_refs_of_which_projects_and_which_strangers_get_in() {
    let mut trial = trial(160, 60);
    trial.send(Msg::Reported(trusting()));
    trial.send(crate::app::trial::after(5));
    trial.app.jump(&role("release"));
    trial.press("g");
    let text = trial.detail_text();
    assert!(text.contains("WHO CAN ASSUME IT BY ID TOKEN  2"), "{text}");
    assert!(text.contains("acme/web  main (protected)"), "{text}");
    assert!(text.contains("acme/infra  ") && text.contains("any branch"), "{text}");
    assert!(text.contains("STRANGERS TOO") && text.contains("path begins with acme/infra"), "{text}");
    // Those that anybody can get in by stand first; the cursor on the other one marks its own statement.
    trial.follow("WHO CAN ASSUME").press("esc j P");
    let page = lines_of_page(&trial);
    assert_eq!(page[0], "Marked: what lets acme/web in.");
    let marked: Vec<&String> = page.iter().filter(|line| line.starts_with('>')).collect();
    assert!(marked.iter().any(|line| line.contains("acme/web:ref_type")), "{page:#?}");
    assert!(!marked.iter().any(|line| line.contains("acme/infra*")), "{page:#?}");
    trial.press("esc esc");
    trial.app.jump(&crate::app::trial_ways::project(2));
    trial.press("g");
    assert!(trial.detail_text().contains("ROLES THAT ITS ID TOKENS OPEN"), "{}", trial.detail_text());
}

#[test]
fn a_hundred_thousand_paths_are_listed_and_drawn_without_delay() {
    let mut trial = Trial::of_ways(many(100_000), 200, 60);
    trial.press("5");
    assert_eq!(trial.list().total, 100_000);
    // A frame builds the rows of the window and no others: bounded work, whatever the machine.
    assert_eq!(trial.list().rows.len(), crate::app::layout::of(200, 60).list_rows);
    trial.press("m");
    assert!(matches!(trial.screen().body, crate::app::show::Body::Map(_)));
}
