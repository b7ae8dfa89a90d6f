//! Taking things along: ids and addresses to the clipboard, pages in a browser, records to read.

use std::sync::Arc;

use super::{
    Effect,
    detail::Act,
    name,
    pane::{PaneId, RowId},
    show::{Focus, Span, Tone},
    state::{App, Chart, Layer},
    url,
};
use crate::{
    base::text::{clean, plural},
    model::{
        entity::Entity,
        event::{Event, Origin},
        id::Id,
    },
};

impl App {
    /// The thing under the cursor: a row of the list, a link of the detail, or what the detail is about.
    pub(super) fn thing_here(&self) -> Option<Id> {
        match &self.chart {
            Some(Chart::Map(map)) => return map.here().cloned(),
            Some(Chart::Tree(tree)) => return tree.here().cloned(),
            Some(Chart::Timeline(timeline)) => return timeline.here().cloned(),
            Some(Chart::Preview(_) | Chart::Run(_)) => return None,
            None => {}
        }
        if self.pane == PaneId::Overview {
            let finding = self.world.summary().first.get(self.first_cursor)?;
            return self.world.findings.get(*finding).map(|finding| finding.about.clone());
        }
        if self.focus == Focus::Detail {
            if let Some(Act::Follow(id)) = self.act_under_cursor() {
                return Some(id.clone());
            }
            return self.trail().here().and_then(|stop| stop.row.thing()).cloned();
        }
        self.table().selected.as_ref().and_then(RowId::thing).cloned()
    }

    /// The marked things in a list with marks; otherwise the one under the cursor.
    pub(super) fn things_here(&self) -> Vec<Id> {
        let marks = &self.table().marks;
        if self.chart.is_none() && self.focus == Focus::List && !marks.is_empty() {
            return marks.iter().filter_map(RowId::thing).cloned().collect();
        }
        self.thing_here().into_iter().collect()
    }

    pub(super) fn copy_id(&mut self) -> Vec<Effect> {
        let texts: Vec<String> = self.things_here().iter().map(|id| id.key_text().to_owned()).collect();
        self.copy(&texts, "Nothing here has an id to copy.")
    }

    pub(super) fn copy_address(&mut self) -> Vec<Effect> {
        let things = self.things_here();
        let texts: Vec<String> =
            things.iter().filter_map(|id| url::arn(id).or_else(|| url::of(&self.world, id))).collect();
        self.copy(&texts, "This has no ARN and no web address that keytrail knows.")
    }

    fn copy(&mut self, texts: &[String], nothing: &'static str) -> Vec<Effect> {
        let texts: Vec<String> = texts.iter().map(|text| clean(text).into_owned()).collect();
        match texts.as_slice() {
            [] => {
                self.say(Span::new(nothing, Tone::Notice));
                return Vec::new();
            }
            [one] => self.say(Span::new(format!("Copied {one}"), Tone::Good)),
            many => {
                self.say(Span::new(format!("Copied {}.", plural(many.len(), "line", "lines")), Tone::Good));
            }
        }
        vec![Effect::Copy(texts.join("\n"))]
    }

    pub(super) fn open(&mut self) -> Vec<Effect> {
        let address = self.thing_here().and_then(|id| url::of(&self.world, &id));
        if address.is_none() {
            self.say(Span::new("This has no page at GitLab or AWS that keytrail knows.", Tone::Notice));
        }
        address.map(Effect::Open).into_iter().collect()
    }

    /// Shows the text behind what is under the cursor, or behind what the detail is about: the record of an event or
    /// of a session's start, a role's trust policy, a policy's document.
    pub(super) fn read_record(&mut self) -> Vec<Effect> {
        let under_cursor = self.thing_here();
        let about = self.trail().here().and_then(|stop| stop.row.thing()).cloned();
        let found = under_cursor.into_iter().chain(about).find_map(|id| self.text_of(&id));
        match found {
            Some((title, Text::Here(text))) => self.show_text(title, &text),
            Some((title, Text::At(origin))) => return vec![Effect::Read { title, origin }],
            None => {
                let text = "Nothing to read here: choose an event, a session whose start was seen, a role or a policy.";
                self.say(Span::new(text, Tone::Notice));
            }
        }
        Vec::new()
    }

    pub(super) fn show_text(&mut self, title: String, text: &str) {
        let lines = pretty(text).lines().map(|line| vec![Span::plain(clean(line))]).collect();
        self.layer = Some(Layer::Text { title, lines, scroll: 0 });
        self.dirty = true;
    }

    fn text_of(&self, id: &Id) -> Option<(String, Text)> {
        let world = &self.world;
        let record = |event: &Event| {
            let text = match &event.origin {
                Some(origin) if event.raw.is_empty() => Text::At(origin.clone()),
                _ => Text::Here(event.raw.clone()),
            };
            (name::of(world, &event.id()), text)
        };
        match world.get(id)? {
            Entity::Event(event) => Some(record(event)),
            Entity::Session(session) => Some(record(world.estate.find(session.minted_by.as_ref()?)?)),
            Entity::Role(role) => {
                let title = format!("trust policy of {}", name::of(world, id));
                Some((title, Text::Here(role.trust.clone()?)))
            }
            Entity::Policy(policy) => Some((name::of(world, id), Text::Here(policy.document.clone()?))),
            _ => None,
        }
    }
}

/// A text to read, or where it can be read again.
enum Text {
    Here(Arc<str>),
    At(Origin),
}

/// Indented JSON; the text as it is where it is not JSON.
fn pretty(raw: &str) -> String {
    let value: Result<serde_json::Value, _> = serde_json::from_str(raw);
    value.and_then(|value| serde_json::to_string_pretty(&value)).unwrap_or_else(|_| raw.to_owned())
}
