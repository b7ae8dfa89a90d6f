//! The filter language as a table: a filter and which of a few rows match.

use super::*;
use crate::app::{
    pane::{Cell, PaneId},
    show::Tone,
};

/// Key, user, age in days, flags active and carried.
fn row(key: &str, user: &str, days: i64, active: Option<bool>, carried: bool) -> Record {
    let mut cells: Vec<Cell> = PaneId::Keys.pane().columns().iter().map(|_| Cell::none("-")).collect();
    cells[1] = Cell::text(key, Tone::Plain);
    cells[2] = Cell::text(user, Tone::Plain);
    cells[4] = Cell::age(crate::base::time::Age::from_days(days), Tone::Plain);
    cells[6] = Cell::text(if active == Some(true) { "active" } else { "inactive" }, Tone::Plain);
    Record {
        cells,
        flags: vec![active, Some(carried), Some(false)],
        extras: vec![format!("AKIA{key}"), format!("arn:aws:iam::1:user/{user}")],
        rank: (0, 0),
        time: None,
    }
}

fn matching(text: &str) -> String {
    let filter = Filter::parse(text, PaneId::Keys.pane()).unwrap();
    let rows = [
        ("a", row("A", "ci-deploy", 412, Some(true), true)),
        ("b", row("B", "ci-legacy", 90, Some(false), true)),
        ("c", row("C", "Vault Root", 3, None, false)),
    ];
    rows.iter().filter(|(_, row)| filter.passes(row, &|_, _| false)).map(|(name, _)| *name).collect()
}

#[test]
fn the_language_is_what_the_help_says() {
    for (text, rows) in [
        ("", "abc"),
        ("ci", "ab"),
        ("CI deploy", "a"),
        ("-ci", "c"),
        ("age>90", "a"),
        ("age>=90", "ab"),
        ("age<30", "c"),
        ("age<=90 age>3", "b"),
        ("age=90", "b"),
        ("age<100h", "c"),
        ("-age>90", "bc"),
        ("status:active", "a"),
        ("status:*active", "abc"),
        ("user:ci-*", "ab"),
        ("-user:ci-*", "c"),
        ("user:CI-deploy", "a"),
        ("user:ci", ""),
        ("user:root", "c"),
        ("active", "a"),
        ("-active", "bc"),
        ("carried -active", "b"),
        ("\"vault root\"", "c"),
        ("user:\"vault root\"", "c"),
        ("-\"vault root\"", "ab"),
        ("\"active\"", "abc"),
        ("arn:*user/ci-*", "ab"),
        ("arn:aws:iam::1:user/ci-deploy", ""),
        ("id:AKIAB", "b"),
        ("key:a", "a"),
    ] {
        assert_eq!(matching(text), rows, "`{text}`");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (text, at, says) in [
        ("ci \"open", 3, "never closed"),
        ("age>ninety", 4, "compared with a number"),
        ("ci planet:mars", 3, "no column `planet`"),
        ("-planet:mars", 1, "no column `planet`"),
        ("weight>3", 0, "no column `weight`"),
        ("ümlaut user:", 12, "what should `user` be"),
        ("user>3", 5, "not a number"),
        ("carried>3d", 8, "compared with a number"),
    ] {
        let error = Filter::parse(text, PaneId::Keys.pane()).unwrap_err();
        assert_eq!(error.at, at, "`{text}`: {error}");
        assert!(error.says.contains(says), "`{text}`: {error}");
    }
}

#[test]
fn stars_stand_for_anything_anywhere() {
    for (pattern, text, holds) in [
        ("*", "", true),
        ("a*c", "abc", true),
        ("a*c", "ac", true),
        ("a*c", "abcd", false),
        ("*b*", "abc", true),
        ("a*b*c", "a-b-b-c", true),
        ("ab*ba", "aba", false),
        ("abc", "abc", true),
        ("abc", "abcd", false),
    ] {
        assert_eq!(matches(pattern, text), holds, "{pattern} {text}");
    }
}
