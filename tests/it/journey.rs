//! The binary as a person uses it: in a terminal, by keyboard, on the demo company.

use keytrail::way::WAYS;

use crate::{
    pty::{Session, text},
    screens,
};

/// The company's clock stands still, so that ages and order are the same every time.
pub(crate) const STILL: [&str; 4] = ["demo", "--still", "--at", "2026-11-20T12:00:00Z"];

pub(crate) fn start(arguments: &[&str], cols: u16, rows: u16) -> Session {
    let mut all = vec![env!("CARGO_BIN_EXE_keytrail")];
    all.extend(STILL);
    all.extend(arguments);
    Session::start(&all, &[], cols, rows)
}

/// The text under the detail's cursor, from its mark on. The list's own mark stands at the left edge.
fn cursor_line(screen: &vt100::Screen) -> String {
    let (_, cols) = screen.size();
    let marked = screen.rows(0, cols.get()).skip(2).find_map(|row| {
        let at = row.rfind('\u{25b8}')?;
        (row[..at].chars().count() > 20).then(|| row[at..].to_owned())
    });
    marked.unwrap_or_default()
}

/// Moves down until the cursor is on a link that says this, and follows it. Only whole frames are looked at: in half of one a cursor may
/// be missing, or still be the last page's.
#[track_caller]
fn follow(session: &mut Session, words: &str, then: &str) {
    for _ in 0..160 {
        let before = session.frame("a whole screen", |_| true);
        let line = cursor_line(&before);
        // The ways through a thing name the same things as its links, and stand above them.
        let is_way = WAYS.iter().any(|way| line.contains(&format!(" {}  ", way.name)));
        if line.contains(words) && !is_way {
            session.send("<enter>");
            session.frame(then, |screen| screen.contents().contains(then));
            return;
        }
        // Where a page begins with more facts than fit, its first link lies below and no cursor is seen yet.
        session.send("j");
        session.frame("the cursor to move", |screen| {
            if line.is_empty() { text(screen) != text(&before) } else { cursor_line(screen) != line }
        });
    }
    panic!("no link says `{words}`:\n{}", session.screen());
}

/// Gives the prompt up. What follows must wait until that is seen: esc and a letter in one go are another key.
fn leave_prompt(session: &mut Session) {
    session.send("<esc>");
    session.wait_for("? help");
}

fn leave(mut session: Session) {
    session.send("q");
    assert_eq!(session.exit_code(), 0);
    assert!(session.is_restored());
}

#[test]
fn every_pane_opens_by_its_digit_on_a_small_and_a_large_terminal() {
    for (cols, rows) in [(80, 24), (200, 60)] {
        let mut session = start(&[], cols, rows);
        session.wait_for("What to do first");
        for (key, words) in [
            ("1", "Keys, worst first"),
            ("2", "Roles, worst first"),
            ("3", "Runners, worst first"),
            ("4", "Variables, worst first"),
            ("6", "Sessions, newest first"),
            ("9", "Coverage, gaps first"),
            ("0", "What to do first"),
        ] {
            session.send(key);
            session.wait_for(words);
        }
        session.send("?");
        session.wait_for("ctrl-d");
        session.send("<esc>");
        session.wait_gone("ctrl-d");
        leave(session);
    }
}

/// Begins when everything was read: while rows still move, a key meets another row than the one that was seen.
#[tokio::test(flavor = "multi_thread")]
async fn from_the_leaked_key_enter_leads_everywhere_and_esc_leads_back() {
    let mut session = start(&[], 200, 60);
    screens::settle(&session, &screens::tabs(&screens::truth().await));
    session.send("1");
    session.wait_for("gitlab-deploy");
    session.send("<enter>");
    // The detail stood beside the list before: only its keys in the footer say that it has the cursor now.
    session.wait_for("esc back");
    session.wait_for("CARRIED BY  3");
    follow(&mut session, "acme/platform/infra", "HELD BY");
    follow(&mut session, "acme/platform/infra", "HOW ITS JOBS GET IN");
    follow(&mut session, "linux-docker", "PROJECTS THAT MAY RUN HERE");
    for heading in ["HOW ITS JOBS GET IN", "HELD BY", "CARRIED BY  3"] {
        session.send("<esc>");
        session.wait_for(heading);
    }
    follow(&mut session, "gitlab-deploy", "MAY ASSUME");
    follow(&mut session, "deploy-prod", "WHO MAY ASSUME IT");
    session.send("<esc>");
    session.wait_for("ACCESS KEYS");
    session.send("<esc>");
    session.wait_for("CARRIED BY  3");
    follow(&mut session, "203.0.113.9", "USED HERE");
    session.send("<esc>");
    session.wait_for("CARRIED BY  3");
    follow(&mut session, "deploy-prod/", "OPENED BY");
    session.send("<esc>");
    session.wait_for("CARRIED BY  3");
    session.send("<esc>");
    session.wait_for("/ filter");
    leave(session);
}

#[test]
fn a_filter_hides_rows_and_says_how_many_and_where_it_is_wrong() {
    let mut session = start(&[], 120, 40);
    session.wait_for("swept");
    session.send("1/age>400 status:active<enter>");
    session.wait_until("the filtered rows", |screen| {
        let text = screen.contents();
        let shown = |words: &str| text.contains(words);
        shown("/age>400") && shown("hidden") && shown("gitlab-deploy") && !shown("ci-broker")
    });
    session.send("<esc>");
    session.wait_until("all rows", |screen| {
        screen.contents().contains("ci-broker") && !screen.contents().contains("/age>400")
    });
    session.send("/age>soon");
    session.wait_for("number");
    leave_prompt(&mut session);
    leave(session);
}

#[test]
fn a_pasted_log_line_leads_to_the_key_in_it() {
    let mut session = start(&[], 120, 40);
    session.wait_for("swept");
    session.send("1");
    session.wait_for("gitlab-deploy");
    session.send("<enter>");
    session.wait_for("WAYS THROUGH HERE  6");
    let key = session
        .screen()
        .split_whitespace()
        .find(|word| word.starts_with("AKIA") && word.len() == 20)
        .map(str::to_owned);
    let key = key.expect("the key's id is the detail's title");
    session.send("0");
    session.wait_for("What to do first");
    session.paste(&format!("2026-11-20 WARN leaked credential {key} found in paste"));
    session.wait_for("WAYS THROUGH HERE  6");
    leave(session);
}

#[test]
fn signals_resizes_and_quitting_leave_the_terminal_as_it_was() {
    for signal in ["TERM", "HUP", "INT"] {
        let session = start(&[], 80, 24);
        session.wait_for("What to do first");
        session.kill(signal);
        assert_eq!(session.exit_code(), 0, "{signal}");
        assert!(session.is_restored(), "{signal}");
    }
    let mut session = start(&[], 80, 24);
    session.wait_for("What to do first");
    session.resize(40, 12);
    session.wait_for("small");
    session.resize(20, 5);
    session.resize(200, 60);
    session.wait_for("Findings");
    session.send("<ctrl-c>");
    assert_eq!(session.exit_code(), 0);
    assert!(session.is_restored());
}

/// A window manager resizes while somebody types: an input source that answers the resize and forgets the key would
/// leave the key unread until the next one.
#[test]
fn no_key_is_lost_to_a_resize() {
    let mut session = start(&[], 120, 40);
    session.wait_for("swept");
    for round in 0..60 {
        session.resize(110 + round % 20, 40);
        session.send("?");
        session.wait_for("ctrl-d");
        session.resize(111 + round % 20, 40);
        session.send("?");
        session.wait_gone("ctrl-d");
    }
    leave(session);
}

#[test]
fn every_theme_no_colour_and_ascii_work() {
    for theme in ["dark", "light", "high-contrast", "mono"] {
        let session = start(&["--theme", theme], 80, 24);
        session.wait_for("What to do first");
        leave(session);
    }
    let mut all = vec![env!("CARGO_BIN_EXE_keytrail")];
    all.extend(STILL);
    all.push("--ascii");
    let session = Session::start(&all, &[("NO_COLOR", "1")], 80, 24);
    session.wait_for("What to do first");
    session.wait_for("swept");
    let raw = session.raw();
    assert!(!crate::pty::contains(&raw, b"\x1b[38;"), "NO_COLOR: no colour is sent");
    assert!(session.screen().is_ascii(), "{}", session.screen());
    leave(session);
}
