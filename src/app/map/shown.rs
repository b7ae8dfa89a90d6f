//! The map as words and tones: the windows of its columns, and how the thing under the cursor touches the rest.

use super::{COLUMNS, MapState, Node};
use crate::{
    app::{
        glyph::risk,
        name,
        pane::{View, paths::reaches},
        routes::steps,
        show::{Line, MapColumn, MapRow, MapShown, Span, Tone},
        verb,
    },
    base::text::plural,
    way::CredentialPath,
};

const TITLES: [&str; COLUMNS] = ["From", "Carried by", "To"];

impl MapState {
    /// What is seen of it; `window` rows of each column, `room` lines below.
    pub(in crate::app) fn shown(&self, view: &View<'_>, window: usize, room: usize) -> MapShown {
        let columns = (0..COLUMNS).map(|column| self.column_shown(view, column, window)).collect();
        let mut how: Vec<Line> = Vec::new();
        for path in self.lit.paths.iter().take(room) {
            how.push(chain(view, &view.world.paths[*path as usize]));
        }
        let left = self.lit.paths.len() - how.len();
        if left > 0
            && let Some(last) = how.last_mut()
        {
            last.insert(0, Span::new(format!("+{left} more  "), Tone::Accent));
        }
        if how.is_empty() {
            how.push(vec![Span::new(Self::nothing(view), Tone::Dim)]);
        }
        MapShown { columns, active: self.column, filter: self.filter.clone(), how }
    }

    fn nothing(view: &View<'_>) -> &'static str {
        if view.world.paths.is_empty() {
            "No way into AWS is known: pane 9, Coverage, says what was not read."
        } else {
            "No path matches; esc clears the filter."
        }
    }

    fn column_shown(&self, view: &View<'_>, column: usize, window: usize) -> MapColumn {
        let (nodes, kept) = (&view.world.map().columns[column], &self.kept.nodes[column]);
        let first = self.first[column];
        let rows = kept.iter().skip(first).take(window).map(|&index| {
            let node = &nodes[index as usize];
            let here = self.at[column].as_ref() == Some(&node.id);
            MapRow {
                spans: row(view, node),
                lit: self.lit.nodes[column].contains(&index),
                cursor: here && column == self.column,
            }
        });
        let lit = self.lit.nodes[column].len();
        let title = if column == self.column {
            format!("{} {}", TITLES[column], kept.len())
        } else {
            format!("{} {lit} of {}", TITLES[column], kept.len())
        };
        MapColumn { title, rows: rows.collect(), first, total: kept.len() }
    }
}

fn row(view: &View<'_>, node: &Node) -> Line {
    let mark = risk(node.worst.map(|risk| risk.severity));
    let mut spans = vec![Span::new(format!("{:1} ", mark.text), mark.tone), Span::plain(node.name.clone())];
    if let Some(context) = name::context(view.world, &node.id) {
        spans.push(Span::new(format!("  {context}"), Tone::Dim));
    }
    spans
}

/// `[observed] static-key reaches admin  acme/infra holds AWS_ACCESS_KEY_ID carries AKIA.. belongs to gitlab-deploy`.
fn chain(view: &View<'_>, path: &CredentialPath) -> Line {
    let world = view.world;
    let tone =
        world.risk(&path.id).map_or(Tone::Plain, |path| crate::app::glyph::severity_tone(path.severity));
    let mut spans =
        vec![Span::new(format!("[{}] ", path.grade().word()), Tone::Dim), Span::new(path.way, tone)];
    // The long chain stands last: what of a line is cut should not be what it comes to.
    if path.projects.len() > 1 {
        let projects = plural(path.projects.len(), "project", "projects");
        spans.push(Span::new(format!(" for {projects}"), Tone::Dim));
    }
    if let Some(end) = world.end(&path.id) {
        let cell = reaches(view, end);
        spans.push(Span::new(" reaches ", Tone::Dim));
        spans.push(cell.span);
    }
    spans.push(Span::new(format!("  {}", name::of(world, &path.from)), Tone::Strong));
    for step in steps(path) {
        spans.push(Span::new(format!(" {} ", verb::of(step.link.relation, step.forward)), Tone::Dim));
        spans.push(Span::plain(name::of(world, step.to)));
    }
    spans
}
