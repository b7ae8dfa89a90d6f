//! The timeline in words: its columns, what the column under the cursor holds, and its calls.

use super::{BY_HOUR, HOUR, TimelineState};
use crate::{
    app::{
        name,
        pane::View,
        show::{Line, Span, TimelineShown, Tone, TreeRow},
    },
    base::{
        name::Arn,
        text::{clean, plural, short_age},
        time::{Age, Timestamp},
    },
    model::{event::Event, id::Id},
};

/// Columns from one time under the axis to the next.
const APART: usize = 14;

impl TimelineState {
    pub(in crate::app) fn shown(&self, view: &View<'_>, window: usize) -> TimelineShown {
        let about = self.about.as_ref().map_or_else(
            || "all sessions and keys".to_owned(),
            |id| format!("{} {}", id.kind().word(), name::of(view.world, id)),
        );
        let span = self.end.seconds() - self.begin(0).seconds();
        let title = format!(
            "When: {about}, {} in columns of {}",
            short_age(Age::from_seconds(span)),
            short_age(Age::from_seconds(self.seconds()))
        );
        let rows = self.kept().iter().enumerate().skip(self.first).take(window);
        TimelineShown {
            title,
            bars: (0..self.cells).map(|cell| self.count(cell)).collect(),
            labels: (0..self.cells).step_by(APART).map(|cell| (cell, self.label(cell))).collect(),
            cursor: self.cell,
            says: self.says(view),
            rows: rows
                .map(|(index, (at, id))| TreeRow {
                    spans: row(view, *at, id),
                    grade: None,
                    cursor: index == self.at,
                })
                .collect(),
            first: self.first,
            total: self.kept().len(),
        }
    }

    /// A time as the axis says it: no finer than a column.
    fn label(&self, cell: usize) -> String {
        let form = match self.seconds() {
            ..HOUR => "%d %H:%M",
            HOUR..=43_200 => "%m-%d %Hh",
            _ => "%Y-%m-%d",
        };
        self.begin(cell).utc().format(form).to_string()
    }

    /// What the column under the cursor holds.
    fn says(&self, view: &View<'_>) -> Line {
        let (calls, denied) = self.count(self.cell);
        let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        let from = self.begin(self.cell).utc().format("%Y-%m-%d %H:%M");
        let to = self.begin(self.cell + 1).utc().format("%H:%M");
        let mut line = vec![
            Span::plain(format!("{from} to {to} UTC  ")),
            Span::new(plural(number(calls), "call", "calls"), Tone::Strong),
        ];
        if denied > 0 {
            line.push(Span::new(format!("  {denied} denied"), Tone::Warn));
        }
        let kept = self.kept().len();
        let note = if self.step < BY_HOUR {
            "  below an hour only calls that were kept one by one are counted".to_owned()
        } else if number(calls) > kept {
            format!("  {} {kept} of them kept one by one", view.glyphs.dot)
        } else {
            String::new()
        };
        line.push(Span::new(note, Tone::Dim));
        line
    }
}

fn row(view: &View<'_>, at: Timestamp, id: &Id) -> Line {
    let time = Span::new(format!("{}  ", at.utc().format("%m-%d %H:%M:%S")), Tone::Dim);
    let Some(event) = view.world.estate.find::<Event>(id) else { return vec![time] };
    let service = event.source.split('.').next().unwrap_or_default();
    let tone = if event.is_denied() { Tone::Warn } else { Tone::Plain };
    let mut line = vec![time, Span::new(clean(&format!("{service}:{}", event.name)).into_owned(), tone)];
    let about = event.role.as_ref().map(Arn::name).or(event.about.as_deref());
    if let Some(about) = about {
        line.push(Span::new(format!("  {}", clean(about)), Tone::Strong));
    }
    if let Some(error) = &event.error {
        line.push(Span::new(format!("  {}", clean(error)), Tone::Warn));
    }
    if let Some(address) = &event.address {
        line.push(Span::new(format!("  from {}", clean(address)), Tone::Dim));
    }
    // Both sides of a call across accounts have a record of it.
    line.push(Span::new(format!("  in {}", event.account), Tone::Dim));
    let news = news(view, event);
    if !news.is_empty() {
        line.push(Span::new(format!("  {} new {news}", view.glyphs.warn), Tone::Notice));
    }
    line
}

/// What had never been seen before this call, of its key or its role.
fn news(view: &View<'_>, event: &Event) -> String {
    let key = event.caller.key.as_ref().map(Id::key);
    let role = event.role.as_ref().map(Id::role);
    let news = [key, role].into_iter().flatten().flat_map(|id| view.world.linked.news(&id));
    let mut words: Vec<&str> =
        news.filter(|news| news.first == event.at).map(|news| news.sort.word()).collect();
    words.sort_unstable();
    words.dedup();
    words.join(", ")
}
