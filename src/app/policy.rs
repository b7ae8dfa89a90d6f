//! A role's trust policy as a page to read: the statements that let somebody in are marked, and what of it cannot be read is said first.

use std::sync::Arc;

use super::{
    name,
    show::{Line, Span, Tone},
    state::{App, Layer},
    world::World,
};
use crate::{
    base::text::clean,
    join::{Page, TokenTrust, policy_page},
    model::{
        aws::{Policy, Role},
        id::{Id, Kind},
    },
};

/// Stands before each line of a statement that decides.
const MARK: &str = ">";

/// What is read: its title, its text, and the statements to mark.
struct Reading {
    title: String,
    text: Arc<str>,
    marked: Vec<usize>,
    /// Sentences above the page.
    notes: Vec<(String, Tone)>,
}

impl App {
    /// The trust policy of the role under the cursor, of the role the detail is about, or of the one a path ends at. With a thing under the
    /// cursor that it lets in, the statement that does so is marked; otherwise every statement that lets some project in.
    pub(super) fn read_policy(&mut self) {
        let under_cursor = self.thing_here();
        let about = self.trail().here().and_then(|stop| stop.row.thing()).cloned();
        let world = Arc::clone(&self.world);
        let ids: Vec<Id> = under_cursor.iter().chain(&about).cloned().collect();
        let ends = ids.iter().filter_map(|id| world.path(id)).map(|path| path.to.clone());
        let found =
            ids.iter().cloned().chain(ends).find_map(|id| reading(&world, &id, under_cursor.as_ref()));
        let Some(reading) = found else {
            self.say(Span::new(
                "Nothing to read here: choose a role whose trust policy was read, or a policy.",
                Tone::Notice,
            ));
            return;
        };
        let lines = reading.lines();
        let window = self.fits.overlay_rows;
        // What decides is in sight, with what stands above it as far as there is room.
        let marked = |line: &Line| line.first().is_some_and(|span| span.text.starts_with(MARK));
        let last = lines.iter().rposition(marked).unwrap_or(0);
        let first = lines.iter().position(marked).unwrap_or(0);
        let scroll = (last + 1).saturating_sub(window).min(first);
        self.layer = Some(Layer::Text { title: reading.title.clone(), lines, scroll });
    }
}

fn reading(world: &World, id: &Id, who: Option<&Id>) -> Option<Reading> {
    match id.kind() {
        Kind::Role => {
            let role: &Role = world.estate.find(id)?;
            let text = role.trust.clone()?;
            let title = format!("trust policy of {}", name::of(world, id));
            let who = who.map(|who| world.path(who).map_or(who, |path| &path.from)).filter(|who| *who != id);
            let (marked, notes) = decided(world, id, who, &text);
            Some(Reading { title, text, marked, notes })
        }
        Kind::Policy => {
            let policy: &Policy = world.estate.find(id)?;
            let text = policy.document.clone()?;
            Some(Reading { title: name::of(world, id), text, marked: Vec::new(), notes: Vec::new() })
        }
        _ => None,
    }
}

/// The statements that decide, and what is to be said of them.
fn decided(world: &World, role: &Id, who: Option<&Id>, text: &str) -> (Vec<usize>, Vec<(String, Tone)>) {
    let mut notes = Vec::new();
    let trusts: Vec<&TokenTrust> = world.tokens.all_of_role(role).collect();
    let admits = trusts.iter().flat_map(|trust| &trust.admits);
    let mut marked: Vec<usize> = admits
        .filter(|admitted| who.is_none_or(|who| admitted.project == *who))
        .map(|admitted| admitted.statement)
        .collect();
    if let Some(who) = who.filter(|_| marked.is_empty()) {
        marked = naming(text, who);
    }
    if !marked.is_empty() {
        let whom = who.map_or_else(
            || "projects in by their id tokens".to_owned(),
            |who| format!("{} in", name::of(world, who)),
        );
        notes.push((format!("Marked: what lets {whom}."), Tone::Accent));
    }
    marked.sort_unstable();
    marked.dedup();
    for fault in trusts.iter().flat_map(|trust| &trust.faults) {
        let tone = if fault.opens { Tone::Bad } else { Tone::Warn };
        notes.push((format!("Statement {}: {}", fault.statement + 1, fault.says), tone));
    }
    (marked, notes)
}

/// Statements in which an ARN or a service stands as it is.
fn naming(text: &str, who: &Id) -> Vec<usize> {
    let quoted = format!("\"{}\"", who.key_text());
    let lines = policy_page(text).lines.into_iter();
    lines.filter(|line| line.text.contains(&quoted)).filter_map(|line| line.statement).collect()
}

impl Reading {
    fn lines(&self) -> Vec<Line> {
        let Page { lines, fault } = policy_page(&self.text);
        let bad = fault.as_ref().and_then(|(statement, _)| *statement);
        let mut said: Vec<Line> = Vec::new();
        if let Some((statement, says)) = &fault {
            let which = statement
                .map_or_else(String::new, |index| format!("Statement {} cannot be read. ", index + 1));
            let text = format!(
                "{which}AWS would not take this as a policy, and keytrail concludes nothing from it: {says}"
            );
            said.push(vec![Span::new(clean(&text), Tone::Bad)]);
        }
        said.extend(self.notes.iter().map(|(text, tone)| vec![Span::new(clean(text), *tone)]));
        if !said.is_empty() {
            said.push(Vec::new());
        }
        said.extend(lines.iter().map(|line| {
            let (sign, tone) = match line.statement {
                Some(index) if bad == Some(index) => ("!", Tone::Bad),
                Some(index) if self.marked.contains(&index) => (MARK, Tone::Accent),
                _ if self.marked.is_empty() => (" ", Tone::Plain),
                _ => (" ", Tone::Dim),
            };
            vec![Span::new(format!("{sign} {}", clean(&line.text)), tone)]
        }));
        said
    }
}
