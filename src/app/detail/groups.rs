//! Everything one hop away, grouped by relation and direction; the surest first. Ends that nobody showed are marked.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use super::{Act, BuiltLine, FEW, Role, facts::Facts};
use crate::{
    app::{
        glyph::risk,
        name,
        pane::View,
        show::{Line, Span, Tone},
        world::World,
    },
    base::{
        text::{clean, plural, short_age},
        time::Timestamp,
    },
    model::{
        aws::{KeyStatus, LastUse},
        entity::Entity,
        gitlab::Variable,
        id::{Id, Kind},
        link::{Grade, Proof, Relation},
    },
};

/// Links in reading order: where a thing is kept, who uses it and what it may do first; then the many sessions it
/// opened; its account and its events last.
const fn weight(relation: Relation) -> u8 {
    match relation {
        Relation::UsedIn | Relation::AskedFor | Relation::CameFrom => 3,
        Relation::InAccount | Relation::Contains => 2,
        Relation::Opened | Relation::AssumedAs | Relation::HadJob | Relation::Ran => 1,
        _ => 0,
    }
}

struct End {
    grade: Grade,
    proof: Arc<Proof>,
    far: Id,
    name: String,
    /// When it happened, in seconds; 0 for what is rather than happens.
    at: i64,
}

pub(super) fn tell(facts: &mut Facts<'_>, id: &Id, shown: Shown<'_>) {
    let world = facts.view.world;
    let mut groups: BTreeMap<(u8, Relation, bool), Vec<End>> = BTreeMap::new();
    for link in world.around(id) {
        let forward = link.from == *id;
        if forward && link.relation == Relation::ByJob {
            // A session tells of its jobs itself, in their order.
            continue;
        }
        let far = if forward { link.to } else { link.from };
        let name = name::of(world, &far);
        let group = groups.entry((weight(link.relation), link.relation, forward)).or_default();
        let at = happened(world, &far);
        group.push(End { grade: link.grade, proof: link.proof, far, name, at });
    }
    for ((_, relation, forward), ends) in groups {
        let heading = if forward { relation.forward() } else { relation.backward() };
        group(facts, heading, ends, shown);
    }
}

/// How many lines of each large group are shown.
pub(super) type Shown<'a> = &'a [(&'static str, usize)];

/// How many lines of a group are shown.
pub(super) fn most(shown: Shown<'_>, heading: &'static str) -> usize {
    shown.iter().find(|(group, _)| *group == heading).map_or(FEW, |(_, lines)| *lines)
}

/// The heading of a group, with how many there are.
pub(super) fn head(facts: &mut Facts<'_>, heading: &'static str, count: usize) {
    let count = if count > 1 { format!("  {count}") } else { String::new() };
    facts.heading(vec![Span::plain(heading), Span::new(count, Tone::Dim)]);
}

/// The line under a group of which not all is shown.
pub(super) fn more(facts: &mut Facts<'_>, heading: &'static str, hidden: usize) {
    if hidden > 0 {
        let text = format!("{} {hidden} more: enter shows them", facts.view.glyphs.more);
        let spans = vec![Span::new(text, Tone::Accent)];
        facts.lines.push(BuiltLine::new(spans, Role::Act(Act::More(heading), None)));
    }
}

/// A line that leads to a thing.
pub(super) fn link(facts: &mut Facts<'_>, to: &Id, grade: Option<Grade>, spans: Line) {
    facts.lines.push(BuiltLine::new(spans, Role::Act(Act::Follow(to.clone()), grade)));
}

fn group(facts: &mut Facts<'_>, heading: &'static str, mut ends: Vec<End>, shown: Shown<'_>) {
    head(facts, heading, ends.len());
    let most = most(shown, heading);
    // Of ten thousand only those that are shown are put in order.
    if ends.len() > most {
        ends.select_nth_unstable_by(most, |a, b| order(a).cmp(&order(b)));
    }
    let few = ends.len().min(most);
    ends[..few].sort_by(|a, b| order(a).cmp(&order(b)));
    for end in &ends[..few] {
        let spans = line(&facts.view, end);
        link(facts, &end.far, Some(end.grade), spans);
    }
    more(facts, heading, ends.len() - few);
}

/// The surest first, then what happened latest, then by name.
fn order(end: &End) -> (Reverse<Grade>, Reverse<i64>, &str, &Id) {
    (Reverse(end.grade), Reverse(end.at), &end.name, &end.far)
}

fn happened(world: &World, id: &Id) -> i64 {
    if !matches!(id.kind(), Kind::Event | Kind::Session | Kind::Job | Kind::Address) {
        return 0;
    }
    let at = match world.get(id) {
        Some(Entity::Event(event)) => Some(event.at),
        Some(Entity::Session(session)) => session.opened.or(session.last_seen),
        Some(Entity::Job(job)) => job.started.or(job.created),
        // Nobody we know comes before everybody we know.
        Some(Entity::Address(address)) if !address.known => return i64::MAX,
        Some(Entity::Address(address)) => Some(address.last_seen),
        _ => None,
    };
    at.map_or(0, Timestamp::seconds)
}

fn line(view: &View<'_>, end: &End) -> Line {
    let world = view.world;
    let mut spans = Vec::with_capacity(6);
    let worst = risk(world.worst(&end.far));
    if !worst.text.is_empty() {
        spans.push(Span::new(format!("{} ", worst.text), worst.tone));
    }
    spans.push(Span::plain(end.name.clone()));
    if let Some(context) = name::context(world, &end.far) {
        spans.push(Span::new(format!("  {context}"), Tone::Dim));
    }
    match world.get(&end.far) {
        Some(entity) => spans.extend(hint(view, entity)),
        // These have a name and nothing else to be seen.
        None if is_name_alone(end.far.kind()) => {}
        None => spans.push(Span::new("  not seen", Tone::Notice)),
    }
    let proof = clean(&end.proof.text);
    if !proof.is_empty() {
        spans.push(Span::new(format!("  {proof}"), Tone::Dim));
    }
    spans
}

/// Is a thing of this kind known by its name and by nothing else?
pub(super) const fn is_name_alone(kind: Kind) -> bool {
    matches!(kind, Kind::Service | Kind::ServiceAccount | Kind::StoredSecret | Kind::Vault)
}

/// What matters most of a thing, in a word or two.
fn hint(view: &View<'_>, entity: &Entity) -> Option<Span> {
    let (text, tone) = match entity {
        Entity::Variable(variable) => exposure(variable)?,
        Entity::Address(address) if !address.known => ("nobody we know".to_owned(), Tone::Bad),
        Entity::Key(key) => match (key.status, &key.last_use) {
            (Some(KeyStatus::Inactive), _) => ("inactive".to_owned(), Tone::Dim),
            (_, Some(LastUse::Never)) => ("never used".to_owned(), Tone::Notice),
            (_, Some(LastUse::At { at, .. })) => {
                (format!("used {} ago", short_age(at.age(view.world.now))), Tone::Plain)
            }
            _ => return None,
        },
        Entity::Runner(runner) if runner.paused == Some(true) => ("paused".to_owned(), Tone::Notice),
        Entity::Session(session) => {
            let at = session.opened.or(session.last_seen)?;
            let denied =
                if session.denied > 0 { format!(", {} denied", session.denied) } else { String::new() };
            let tone = if session.denied > 0 { Tone::Warn } else { Tone::Plain };
            let calls = match session.calls {
                0 => String::new(),
                calls => format!(
                    ", {}",
                    plural(usize::try_from(calls).unwrap_or(usize::MAX), "call seen", "calls seen")
                ),
            };
            (format!("{} ago{calls}{denied}", short_age(at.age(view.world.now))), tone)
        }
        Entity::Event(event) => (event.error.as_deref()?.to_owned(), Tone::Bad),
        _ => return None,
    };
    Some(Span::new(format!("  {}", clean(&text)), tone))
}

/// `unprotected, unmasked`: what makes it easy to take the value.
fn exposure(variable: &Variable) -> Option<(String, Tone)> {
    let open = [(variable.protected, "unprotected"), (variable.masked, "unmasked")];
    let words: Vec<&str> =
        open.iter().filter(|(safe, _)| *safe == Some(false)).map(|(_, word)| *word).collect();
    (!words.is_empty()).then(|| (words.join(", "), Tone::Warn))
}
