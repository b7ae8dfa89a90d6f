//! The ways into AWS that a thing lies on: how a project's jobs get in, what begins at a runner, what ends at a role.

use super::{
    facts::Facts,
    groups::{Shown, head, link, more, most},
    path,
};
use crate::{
    app::{
        name,
        pane::paths::refs,
        show::{Span, Tone},
    },
    model::id::{Id, Kind},
    way::{self, CredentialPath, Life, WAYS},
};

const JOBS: &str = "HOW ITS JOBS GET IN";
const FROM: &str = "WAYS INTO AWS FROM HERE";
const TO: &str = "WAYS THAT END HERE";
const THROUGH: &str = "WAYS THROUGH HERE";

pub(super) fn tell(facts: &mut Facts<'_>, id: &Id, shown: Shown<'_>) {
    let world = facts.view.world;
    if id.kind() == Kind::Project {
        let paths: Vec<&CredentialPath> = world.paths_of_project(id).collect();
        jobs(facts, id, &paths, shown);
        return;
    }
    let (mut from, mut to, mut through) = (Vec::new(), Vec::new(), Vec::new());
    for path in world.paths_through(id) {
        if path.from == *id {
            from.push(path);
        } else if path.to == *id {
            to.push(path);
        } else {
            through.push(path);
        }
    }
    for (heading, paths) in [(FROM, from), (TO, to), (THROUGH, through)] {
        group(facts, heading, paths, shown);
    }
}

fn group(facts: &mut Facts<'_>, heading: &'static str, mut paths: Vec<&CredentialPath>, shown: Shown<'_>) {
    if paths.is_empty() {
        return;
    }
    head(facts, heading, paths.len());
    let world = facts.view.world;
    paths.sort_by_cached_key(|path| std::cmp::Reverse(world.risk(&path.id)));
    let most = most(shown, heading);
    for path in paths.iter().take(most) {
        let (spans, grade) = path::line(facts, path, heading == FROM);
        link(facts, &path.id, Some(grade), spans);
    }
    more(facts, heading, paths.len().saturating_sub(most));
}

/// Grouped by way, the one to leave first at the top; a path that begins elsewhere says where.
fn jobs(facts: &mut Facts<'_>, project: &Id, paths: &[&CredentialPath], shown: Shown<'_>) {
    head(facts, JOBS, paths.len());
    if paths.is_empty() {
        facts.say("no way that was found", Tone::Dim, 2);
        return;
    }
    let world = facts.view.world;
    let mut sorted = paths.to_vec();
    let place = |way: &str| WAYS.iter().position(|known| known.name == way).unwrap_or(WAYS.len());
    sorted.sort_by_cached_key(|path| (place(path.way), path.way, std::cmp::Reverse(world.risk(&path.id))));
    let most = most(shown, JOBS);
    let mut last = "";
    for path in sorted.iter().take(most) {
        if path.way != last {
            last = path.way;
            let title = way::named(path.way).map_or(path.way, |way| way.title);
            let tone = if path.life == Life::Long { Tone::Warn } else { Tone::Plain };
            facts.push(vec![Span::new(title, tone)]);
        }
        let (words, tone) = refs(&path.refs);
        let mark = crate::app::glyph::risk(world.risk(&path.id).map(|risk| risk.severity));
        let mut spans = vec![
            Span::new(format!("{:1} ", mark.text), mark.tone),
            Span::new(name::of(world, &path.to), Tone::Strong),
        ];
        if let Some(context) = name::context(world, &path.to) {
            spans.push(Span::new(format!("  {context}"), Tone::Dim));
        }
        spans.push(Span::new(format!("  refs: {words}"), tone));
        if let Some(end) = world.end(&path.id) {
            let cell = crate::app::pane::paths::reaches(&facts.view, end);
            spans.push(Span::new(format!("  {}", cell.span.text), cell.span.tone));
        }
        if path.from != *project {
            let from = name::of(world, &path.from);
            spans.push(Span::new(format!("  by way of {} {from}", path.from.kind().word()), Tone::Dim));
        }
        link(facts, &path.id, Some(path.grade()), spans);
    }
    more(facts, JOBS, paths.len().saturating_sub(most));
}
