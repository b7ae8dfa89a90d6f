//! What happened around one event or session: every event within a quarter of an hour by the same principal, from the same address or
//! on the same role, in all accounts.

use std::collections::BTreeSet;

use super::{
    name,
    show::{Line, Span, Tone},
    state::{App, Layer},
    world::World,
};
use crate::{
    base::{
        name::{Arn, KeyId},
        text::{clean, plural},
        time::Timestamp,
    },
    model::{
        entity::Entity,
        event::{Caller, Event},
        id::{Id, Kind},
        session::Session,
    },
};

/// Seconds before and after.
const REACH: i64 = 15 * 60;
/// Lines shown at most; the rest is counted.
const MOST: usize = 2000;

/// What is looked around for.
#[derive(Debug, Default)]
struct Anchor {
    from: Timestamp,
    to: Timestamp,
    /// Access keys and principal ids.
    principals: BTreeSet<String>,
    addresses: BTreeSet<String>,
    roles: BTreeSet<String>,
}

impl App {
    pub(super) fn look_around(&mut self) {
        let about = self.trail().here().and_then(|stop| stop.row.thing()).cloned();
        let wanted = self.thing_here().into_iter().chain(about);
        let found = wanted.filter(|id| matches!(id.kind(), Kind::Event | Kind::Session)).find_map(|id| {
            let anchor = Anchor::of(&self.world, &id)?;
            Some((id, anchor))
        });
        let Some((id, anchor)) = found else {
            let text = "Choose an event or a session first: what happened around it is shown then.";
            self.say(Span::new(text, Tone::Notice));
            return;
        };
        let title = format!("around {} {}", id.kind().word(), name::of(&self.world, &id));
        let lines = anchor.tell(&self.world, &id);
        self.layer = Some(Layer::Text { title, lines, scroll: 0 });
    }
}

impl Anchor {
    fn of(world: &World, id: &Id) -> Option<Self> {
        match world.get(id)? {
            Entity::Event(event) => Some(Self::of_event(event)),
            Entity::Session(session) => Some(Self::of_session(world, session)),
            _ => None,
        }
    }

    fn of_event(event: &Event) -> Self {
        let mut anchor = Self { from: event.at, to: event.at, ..Self::default() };
        anchor.take(event);
        anchor.widened()
    }

    fn of_session(world: &World, session: &Session) -> Self {
        let from = session.opened.or(session.first_seen).unwrap_or_default();
        let to = session.last_seen.unwrap_or(from).max(from);
        let mut anchor = Self { from, to, ..Self::default() };
        anchor.principals.extend(session.key.iter().map(ToString::to_string));
        anchor.addresses.extend(session.addresses.iter().map(ToString::to_string));
        anchor.roles.extend(session.role.iter().map(ToString::to_string));
        let minting = session.minted_by.as_ref().and_then(|id| world.estate.find::<Event>(id));
        if let Some(event) = minting {
            anchor.take(event);
        }
        anchor.widened()
    }

    fn take(&mut self, event: &Event) {
        self.principals.extend(principals(&event.caller).map(str::to_owned));
        self.principals.extend(event.minted.iter().map(ToString::to_string));
        self.addresses.extend(event.address.iter().map(ToString::to_string));
        self.roles.extend(roles(event).map(str::to_owned));
    }

    fn widened(mut self) -> Self {
        (self.from, self.to) = (self.from.minus(REACH), self.to.plus(REACH));
        self
    }

    /// What of an event is the same, in words; empty where nothing is.
    fn shares(&self, event: &Event) -> Vec<&'static str> {
        let minted = event.minted.as_ref().map(KeyId::as_str);
        let principal =
            principals(&event.caller).chain(minted).any(|principal| self.principals.contains(principal));
        let address = event.address.as_deref().is_some_and(|address| self.addresses.contains(address));
        let role = roles(event).any(|role| self.roles.contains(role));
        let said = [(principal, "principal"), (address, "address"), (role, "role")];
        said.into_iter().filter_map(|(same, word)| same.then_some(word)).collect()
    }

    fn tell(&self, world: &World, about: &Id) -> Vec<Line> {
        let near = world.estate.all::<Event>().filter(|event| (self.from..=self.to).contains(&event.at));
        let mut near: Vec<(&Event, Vec<&str>)> =
            near.map(|event| (event, self.shares(event))).filter(|(_, shared)| !shared.is_empty()).collect();
        near.sort_by(|(a, _), (b, _)| (a.at, a.account, &a.event_id).cmp(&(b.at, b.account, &b.event_id)));
        let accounts: BTreeSet<_> = near.iter().map(|(event, _)| event.account).collect();
        let head = format!(
            "{} in {}, {} to {}: same principal, address or role.",
            plural(near.len(), "event", "events"),
            plural(accounts.len(), "account", "accounts"),
            self.from,
            self.to
        );
        let mut lines = vec![vec![Span::new(head, Tone::Dim)], Vec::new()];
        lines.extend(near.iter().take(MOST).map(|(event, shared)| line(event, shared, event.id() == *about)));
        if near.len() > MOST {
            let text = format!("{} more are not shown.", near.len() - MOST);
            lines.push(vec![Span::new(text, Tone::Notice)]);
        }
        let text = "Only events that were read are here: pane 9, Coverage, says how far they go.";
        lines.extend([Vec::new(), vec![Span::new(text, Tone::Dim)]]);
        lines
    }
}

fn line(event: &Event, shared: &[&str], is_anchor: bool) -> Line {
    let tone = if is_anchor { Tone::Strong } else { Tone::Plain };
    let source = event.source.split('.').next().unwrap_or(&event.source);
    let mut spans = vec![
        Span::new(format!("{}  {} {}  ", event.at, event.account, clean(&event.region)), Tone::Dim),
        Span::new(format!("{}:{}", clean(source), clean(&event.name)), tone),
    ];
    if let Some(role) = &event.role {
        spans.push(Span::new(format!(" {}", clean(role.name())), tone));
    }
    if let Some(error) = &event.error {
        spans.push(Span::new(format!("  {}", clean(error)), Tone::Bad));
    }
    let from =
        event.address.as_deref().map(|address| format!(" from {}", clean(address))).unwrap_or_default();
    spans.push(Span::new(format!("  same {}{from}", shared.join(", ")), Tone::Dim));
    spans
}

fn principals(caller: &Caller) -> impl Iterator<Item = &str> {
    caller.key.as_ref().map(KeyId::as_str).into_iter().chain(caller.principal_id.as_deref())
}

fn roles(event: &Event) -> impl Iterator<Item = &str> {
    event.role.iter().chain(&event.caller.issuer).map(Arn::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trail::{self, Place};

    fn event(id: &str, second: i64, key: &str, address: &str) -> Event {
        let at = Timestamp::from_seconds(1_800_000_000 + second);
        let record = format!(
            r#"{{"eventTime":"{at}","eventSource":"iam.amazonaws.com","eventName":"CreateUser","awsRegion":"us-east-1",
                "eventID":"{id}","recipientAccountId":"111111111111","sourceIPAddress":"{address}",
                "userIdentity":{{"type":"IAMUser","accessKeyId":"{key}"}}}}"#
        );
        trail::read(&record, Place::default()).unwrap()
    }

    #[test]
    fn the_same_key_or_address_is_near_and_anything_else_is_not() {
        let anchor = Anchor::of_event(&event("e1", 0, "AKIARZPUZDIKNSFRP6LN", "203.0.113.9"));
        let shares = |other: Event| anchor.shares(&other).join(",");
        assert_eq!(shares(event("e2", 9, "AKIARZPUZDIKNSFRP6LN", "10.0.0.1")), "principal");
        assert_eq!(shares(event("e3", 9, "AKIAQNZGKIQY56JQ7WML", "203.0.113.9")), "address");
        assert_eq!(shares(event("e4", 9, "AKIAQNZGKIQY56JQ7WML", "10.0.0.1")), "");
        assert_eq!(anchor.to.seconds() - anchor.from.seconds(), 2 * REACH);
    }
}
