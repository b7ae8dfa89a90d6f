//! `keytrail keys`: every command with its keys, as text.

use std::fmt::Write;

use crate::app::command::table;

/// One line a command: its keys, its name, what it does.
pub(super) fn listing() -> String {
    let mut text = String::new();
    for row in table() {
        let _ = writeln!(text, "{:24} {:20} {}", row.keys.join(" "), row.name, row.help);
    }
    text
}
