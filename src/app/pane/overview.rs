//! The overview: a dashboard of blocks, readable from two metres, and what to do first.

use super::{ColumnDef, Pane, PaneId, Record, RowId, View, coverage};
use crate::{
    app::{
        glyph::{severity_mark, severity_tone},
        name,
        show::{Block, BlockBody, Line, Overview, Span, Tone},
        world::World,
    },
    base::text::{clean, plural},
    model::id::Kind,
    rules::Severity,
};

pub struct OverviewPane;

impl Pane for OverviewPane {
    fn id(&self) -> PaneId {
        PaneId::Overview
    }

    fn digit(&self) -> char {
        '0'
    }

    fn title(&self) -> &'static str {
        "Overview"
    }

    fn columns(&self) -> &'static [ColumnDef] {
        &[]
    }

    fn count(&self, _world: &World) -> Option<usize> {
        None
    }

    fn rows(&self, _world: &World) -> Vec<RowId> {
        Vec::new()
    }

    fn row(&self, _view: &View<'_>, _row: &RowId) -> Record {
        Record::default()
    }

    fn empty(&self, _world: &World) -> Vec<Line> {
        Vec::new()
    }
}

/// All blocks; everything in them was counted before.
pub fn blocks(view: &View<'_>, cursor: usize) -> Overview {
    let world = view.world;
    let ranked = world.summary().first.len();
    let mut blocks = vec![first(view, Some(cursor).filter(|cursor| *cursor < ranked))];
    blocks.extend([ways(world, cursor.checked_sub(ranked)), ages(world), carriers(world)]);
    blocks.extend([calls(world), severities(world), looked_at(world)]);
    Overview { blocks }
}

fn lines(title: &str, text: String) -> Block {
    Block { title: title.to_owned(), body: BlockBody::Lines(vec![vec![Span::new(text, Tone::Dim)]]) }
}

/// Is anything of this kind still being read? What is not there may yet come.
fn reading(world: &World) -> bool {
    let mut sweeps = world.estate.sweeps().peekable();
    sweeps.peek().is_none() || sweeps.any(|(_, sweep)| sweep.ended.is_none())
}

fn first(view: &View<'_>, cursor: Option<usize>) -> Block {
    let world = view.world;
    let title = "What to do first";
    let first = &world.summary().first;
    if first.is_empty() {
        let text = if reading(world) { "reading: nothing found so far" } else { "nothing found" };
        return lines(title, text.into());
    }
    let rows = first.iter().filter_map(|index| world.findings.get(*index)).map(|finding| {
        let tone = severity_tone(finding.severity);
        vec![
            Span::new(format!("{} {:<9}", severity_mark(finding.severity), finding.severity.word()), tone),
            Span::new(format!("{}  ", name::of(world, &finding.about)), Tone::Strong),
            Span::plain(clean(&finding.says)),
        ]
    });
    Block { title: title.to_owned(), body: BlockBody::Ranked { rows: rows.collect(), cursor } }
}

/// How many projects get into AWS by each way; what gives keys that work until somebody turns them off is alarming.
fn ways(world: &World, cursor: Option<usize>) -> Block {
    let title = "Projects by way into AWS";
    let ways = world.ways();
    if ways.is_empty() {
        let text = if reading(world) { "ways: reading, none seen yet" } else { "no way into AWS was found" };
        return lines(title, text.into());
    }
    let bars = ways.iter().map(|count| {
        let tone = if count.long { Tone::Bad } else { Tone::Good };
        let label = if count.long {
            format!("{} {}", severity_mark(Severity::High), count.way)
        } else {
            format!("  {}", count.way)
        };
        (label, count.projects, tone)
    });
    Block { title: title.to_owned(), body: BlockBody::Choice { bars: bars.collect(), cursor } }
}

fn ages(world: &World) -> Block {
    let (summary, limit) = (world.summary(), world.limits.key_age_days);
    let title = format!("Active access keys by age in days, limit {limit}");
    if world.estate.count(Kind::Key) == 0 {
        let text = if reading(world) { "keys: reading, none seen yet" } else { "no access keys were seen" };
        return lines(&title, text.into());
    }
    let tone = |over: bool, bucket: usize| match (over, bucket) {
        (false, _) => Tone::Good,
        (true, 3) => Tone::Warn,
        (true, _) => Tone::Bad,
    };
    let buckets = summary.ages.iter().enumerate();
    let buckets =
        buckets.map(|(index, (label, count, over))| (label.clone(), *count, tone(*over, index))).collect();
    let without =
        if summary.ageless > 0 { format!("; {} of unknown age", summary.ageless) } else { String::new() };
    Block {
        title: format!("{title}{without}"),
        body: BlockBody::Histogram { buckets, limit: Some(summary.limit) },
    }
}

fn carriers(world: &World) -> Block {
    let title = "What variables hold";
    if world.estate.count(Kind::Variable) == 0 {
        let text =
            if reading(world) { "variables: reading, none seen yet" } else { "no variables were seen" };
        return lines(title, text.into());
    }
    let carriers = &world.summary().carriers;
    let bars = [
        ("access keys, unprotected", carriers.keys_unprotected, Tone::Bad),
        ("access keys, protected", carriers.keys_protected, Tone::Warn),
        ("secret access keys", carriers.secrets, Tone::Warn),
        ("role names", carriers.roles, Tone::Good),
        ("hidden: cannot know", carriers.hidden, Tone::Notice),
        ("value not read", carriers.not_read, Tone::Dim),
    ];
    let bars = bars.into_iter().map(|(label, count, tone)| (label.to_owned(), count, tone)).collect();
    Block { title: title.to_owned(), body: BlockBody::Bars(bars) }
}

fn calls(world: &World) -> Block {
    let summary = world.summary();
    let days = summary.assumed.len();
    if days == 0 {
        return lines("AssumeRole calls", coverage::events(world));
    }
    let series = |label: &str, values: &[u64], tone| {
        let total: u64 = values.iter().sum();
        (label.to_owned(), values.to_vec(), tone, total.to_string())
    };
    Block {
        title: format!("AssumeRole calls a day, {}", plural(days, "day", "days")),
        body: BlockBody::Sparks(vec![
            series("allowed", &summary.assumed, Tone::Accent),
            series("denied", &summary.denied, Tone::Bad),
        ]),
    }
}

fn severities(world: &World) -> Block {
    let title = "Findings";
    if world.findings.is_empty() {
        let text = if reading(world) { "reading: none so far" } else { "none" };
        return lines(title, text.into());
    }
    let bars = world.summary().severities.iter();
    let bars = bars.map(|(severity, count)| {
        let label = format!("{} {}", severity_mark(*severity), severity.word());
        (label, *count, severity_tone(*severity))
    });
    Block { title: title.to_owned(), body: BlockBody::Bars(bars.collect()) }
}

fn looked_at(world: &World) -> Block {
    let gaps = world.estate.gaps().count();
    let mut lines =
        vec![vec![Span::plain(coverage::in_short(world))], vec![Span::plain(coverage::events(world))]];
    for (scope, gap) in world.estate.gaps().take(2) {
        let text = format!("{}: {} {} ({})", gap.blame.word(), scope.source, scope.what, gap.call);
        lines.push(vec![Span::new(clean(&text), Tone::Warn)]);
    }
    if gaps > 2 {
        lines.push(vec![Span::new(format!("and {} more: 9 shows them", gaps - 2), Tone::Warn)]);
    }
    Block { title: "Coverage".to_owned(), body: BlockBody::Lines(lines) }
}
