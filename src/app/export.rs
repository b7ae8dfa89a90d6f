//! What a pane shows as a file: CSV, or Markdown where the name says so. Nothing secret is in a world to begin with.

use std::{fmt::Write, sync::Arc};

use super::{
    pane::{PaneId, RowId, View},
    world::World,
};

/// A listing to be written; [`Export::text`] runs away from the screen.
#[derive(Clone, Debug)]
pub struct Export {
    pub path: String,
    pub pane: PaneId,
    pub world: Arc<World>,
    pub ids: Arc<Vec<RowId>>,
}

impl Export {
    /// The whole file.
    pub fn text(&self) -> String {
        let lower = self.path.to_lowercase();
        let markdown = [".md", ".markdown"].iter().any(|end| lower.ends_with(end));
        let pane = self.pane.pane();
        let view = View::new(&self.world, true);
        let titles: Vec<String> = pane.columns().iter().map(|column| column.title.to_owned()).collect();
        let rows = self.ids.iter().map(|id| {
            let row = pane.row(&view, id);
            row.cells.into_iter().map(|cell| cell.span.text).collect::<Vec<String>>()
        });
        if markdown { as_markdown(&titles, rows) } else { as_csv(&titles, rows) }
    }
}

fn as_csv(titles: &[String], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut text = String::new();
    for row in std::iter::once(titles.to_vec()).chain(rows) {
        let fields: Vec<String> = row.iter().map(|field| csv_field(field)).collect();
        text.push_str(&fields.join(","));
        text.push_str("\r\n");
    }
    text
}

/// RFC 4180, and an apostrophe before what a spreadsheet would run as a formula: names are written by strangers.
fn csv_field(field: &str) -> String {
    let guarded = if field.starts_with(['=', '+', '-', '@']) && field.len() > 1 {
        format!("'{field}")
    } else {
        field.to_owned()
    };
    if guarded.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}

/// What Markdown would read as more than text is escaped: a runner's name must not become a link or a remote image.
fn markdown_field(field: &str) -> String {
    let mut text = String::with_capacity(field.len());
    for letter in field.chars() {
        if matches!(letter, '\\' | '|' | '`' | '<' | '>' | '[' | ']' | '!' | '*') {
            text.push('\\');
        }
        text.push(letter);
    }
    text
}

fn as_markdown(titles: &[String], rows: impl Iterator<Item = Vec<String>>) -> String {
    let line = |row: &[String]| {
        let fields: Vec<String> = row.iter().map(|field| markdown_field(field)).collect();
        format!("| {} |\n", fields.join(" | "))
    };
    let mut text = line(titles);
    let _ = writeln!(text, "|{}", " --- |".repeat(titles.len()));
    for row in rows {
        text.push_str(&line(&row));
    }
    text
}
