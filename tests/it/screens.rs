//! The screenshots: what the binary shows of the demo company in a terminal, as pictures. They are compared byte for byte;
//! with `UPDATE=1` they are written anew.

use std::{fs, path::Path, sync::Arc};

use keytrail::{
    app::{
        World,
        filter::Filter,
        list::{ListRequest, Sort, list},
        pane::{PANES, Pane, PaneId},
    },
    base::text::count,
};

use crate::{company, journey, pty::Session, svg};

/// How the name of the folder with the company's runner files begins.
const FOLDER: &str = "keytrail-demo-";
const SIZE: (u16, u16) = (140, 40);

/// One picture: what is typed from the picture before, and what its frame must say.
struct Shot {
    name: &'static str,
    keys: &'static str,
    says: &'static [&'static str],
}

/// What the bar and the overview say when nothing is being read any more.
const READ: [&str; 2] = ["swept", " 0 places being read"];

const SHOTS: [Shot; 15] = [
    Shot { name: "overview", keys: "0", says: &["What to do first"] },
    Shot { name: "keys", keys: "1", says: &["Keys, worst first", "WAYS THROUGH HERE  6", "s sort"] },
    Shot { name: "key-detail", keys: "<enter>", says: &["WAYS THROUGH HERE  6", "esc back"] },
    Shot { name: "roles", keys: "2", says: &["Roles, worst first", "deploy-prod"] },
    Shot { name: "runners", keys: "3", says: &["Runners, worst first", "linux-docker"] },
    Shot { name: "variables", keys: "4", says: &["Variables, worst first", "AWS_ACCESS_KEY_ID"] },
    Shot { name: "paths", keys: "5", says: &["Paths", "HOP BY HOP"] },
    Shot {
        name: "tree",
        keys: "2x",
        says: &["Who can get here: role oidc-audience-only", "may be assumed by"],
    },
    Shot { name: "map", keys: "1m", says: &["Carried by", "l across"] },
    Shot { name: "act", keys: "1a", says: &["What to do with key", "contain-key", "reactivate-key"] },
    Shot { name: "plan", keys: "<enter><enter>", says: &["Plan: ", "AGAINST IT", "carry out"] },
    Shot { name: "timeline", keys: "1t", says: &["When: key AKIA", "sts:AssumeRole", "+ closer"] },
    Shot {
        name: "sessions",
        keys: "6/role:deploy-prod<enter>",
        says: &["Sessions, newest first", "enter follow", "OPENED BY"],
    },
    Shot { name: "coverage", keys: "9", says: &["Coverage, gaps first", "access keys"] },
    Shot { name: "help", keys: "?", says: &["ctrl-d"] },
];

/// The same company, looked at without a terminal: what the screen must come to.
pub(crate) async fn truth() -> World {
    let company = company::open().await;
    company::collect(&company, |_| {}).await
}

/// The tabs as they stand when everything was read.
pub(crate) fn tabs(world: &World) -> Vec<String> {
    let label = |pane: &&dyn Pane| {
        let rows = pane.count(world).map(|rows| format!(" {}", count(rows))).unwrap_or_default();
        format!(" {} {}{rows} ", pane.digit(), pane.title())
    };
    PANES.iter().map(label).collect()
}

/// What the list of a filtered pane says when all its rows were worked out.
fn filtered(world: World) -> String {
    let pane = PaneId::Sessions;
    let filter = Filter::parse("role:deploy-prod", pane.pane()).expect("a filter");
    let request = ListRequest { pane, world: Arc::new(world), filter, sort: Sort::default(), generation: 1 };
    format!("{} hidden by the filter", list(&request).hidden)
}

fn take(session: &mut Session, shot: &Shot, filtered: &str) -> String {
    session.send(shot.keys);
    let filtered = if shot.name == "sessions" { filtered } else { "" };
    let screen = session.frame(&format!("{} with {:?} {filtered}", shot.name, shot.says), |screen| {
        let text = screen.contents();
        text.contains(filtered) && shot.says.iter().all(|words| text.contains(words))
    });
    any_folder(&svg::render(&screen, "keytrail demo"))
}

/// The company's runner files lie in a folder of a new name each time.
fn any_folder(picture: &str) -> String {
    let mut pieces = picture.split(FOLDER);
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let own = piece.chars().take(6).take_while(char::is_ascii_alphanumeric).count();
        text.push_str(FOLDER);
        text.extend(std::iter::repeat_n('x', own));
        text.push_str(&piece[own..]);
    }
    text
}

/// Waits until everything was read and what is shown was worked out from all of it.
pub(crate) fn settle(session: &Session, tabs: &[String]) {
    let what = format!("{READ:?} and {tabs:?}");
    session.wait_until(&what, |screen| {
        let text = screen.contents();
        READ.iter().all(|words| text.contains(words)) && tabs.iter().all(|tab| text.contains(tab))
    });
}

/// Where two texts part: the line's number and both lines.
fn parting<'a>(kept: &'a str, seen: &'a str) -> Option<(usize, &'a str, &'a str)> {
    let lines = kept.lines().count().max(seen.lines().count());
    let (mut kept, mut seen) = (kept.lines(), seen.lines());
    let mut pairs = (1..=lines).map(|number| (number, kept.next().unwrap_or(""), seen.next().unwrap_or("")));
    pairs.find(|(_, kept, seen)| kept != seen)
}

/// Compares a picture with the kept one, or keeps it; says how they differ.
fn compare(name: &str, picture: &str, update: bool) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("screenshots/{name}.svg"));
    let kept = fs::read_to_string(&path).unwrap_or_default();
    if kept == picture {
        return None;
    }
    if update {
        fs::create_dir_all(path.parent()?).expect("a folder for the pictures");
        fs::write(&path, picture).expect("a picture can be written");
        return None;
    }
    let (line, was, is) = parting(&kept, picture)?;
    Some(format!("{name}.svg no longer matches, first in line {line}\n  kept: {was}\n  seen: {is}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_screenshots_show_what_the_program_shows() {
    let update = std::env::var_os("UPDATE").is_some_and(|update| update == "1");
    let mut session = journey::start(&[], SIZE.0, SIZE.1);
    let world = truth().await;
    let tabs = tabs(&world);
    let filtered = filtered(world);
    settle(&session, &tabs);
    let pictures: Vec<String> = SHOTS.iter().map(|shot| take(&mut session, shot, &filtered)).collect();
    session.send("<ctrl-c>");
    assert_eq!(session.exit_code(), 0);
    let differing: Vec<String> = SHOTS
        .iter()
        .zip(&pictures)
        .filter_map(|(shot, picture)| compare(shot.name, picture, update))
        .collect();
    assert!(
        differing.is_empty(),
        "{}\nUPDATE=1 cargo test --test it screens makes them anew; look at them before you keep them",
        differing.join("\n")
    );
}

#[test]
fn a_difference_is_told_by_its_line() {
    assert_eq!(parting("a\nb\nc\n", "a\nx\nc\n"), Some((2, "b", "x")));
    assert_eq!(parting("a\n", "a\nb\n"), Some((2, "", "b")));
    assert_eq!(parting("a\nb\n", "a\nb\n"), None);
}
