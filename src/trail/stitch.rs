//! Events to sessions: which call minted which credentials, who asked for them, and what was done with them.
//! One pass to file what was minted, one to fold what was used; the order of the events does not matter.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{
    counts::Counts,
    stitch_parts::{expected_arn, kept_copies, remember, service_word},
};
use crate::{
    base::{
        name::{Arn, KeyId},
        time::Timestamp,
    },
    model::{
        activity::{Activity, Facet},
        event::{Caller, Event},
        id::Id,
        session::{Address, Opener, Session},
    },
};

/// Sessions, addresses and how events belong to them.
#[derive(Debug, Default)]
pub struct Stitched {
    /// Sorted by when they were opened, then by name.
    pub sessions: Vec<Session>,
    /// Every address events came from, sorted; `known` is always false here.
    pub addresses: Vec<Address>,
    /// Minting event and the session it minted. Both copies of a cross-account call are here.
    pub minted: Vec<(Id, Id)>,
    pub used: Vec<Use>,
}

/// An event made with a session or a long-term key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// A session's id, or a key's for long-term keys.
    pub by: Id,
    pub event: Id,
    /// Not by key: only role, session name and minting time agree (see [`stitch`]).
    pub probable: bool,
}

/// A session being put together, with the event that minted it.
struct Draft<'e> {
    session: Session,
    minting: Option<&'e Event>,
}

/// Which session was minted for an assumed-role ARN in one second: nobody guesses between two.
#[derive(Clone, Copy)]
enum Candidate {
    One(usize),
    Several,
}

#[derive(Default)]
struct Work<'e> {
    drafts: Vec<Draft<'e>>,
    by_key: FxHashMap<KeyId, usize>,
    by_arn_and_second: FxHashMap<(Arn, i64), Candidate>,
    /// Sessions by `AROA...:session`, learnt from their use: the only name the called account's copy has for a caller.
    by_principal: FxHashMap<Arc<str>, Vec<usize>>,
    minted: Vec<(Id, usize)>,
    used: Vec<(Used, Id, bool)>,
    addresses: FxHashMap<Arc<str>, Address>,
    counts: Counts,
}

enum Used {
    Key(KeyId),
    Session(usize),
}

/// Stitches the events of all accounts.
///
/// A later event belongs to a session when its caller's key is the minted key. Where no event minted that key, and
/// exactly one session has the caller's assumed-role ARN and was minted within two seconds of the caller's
/// `creationDate`, it belongs there *probably*: Identity Center is known to hand out another key than the one
/// CloudTrail shows as minted. Otherwise the key is a session of its own whose minting was not seen.
///
/// What was folded counts where it was not read call by call: of an account's calls with one session the larger number is told, of events
/// or of any one trail's activity, because a trail holds the events that were looked up as well.
pub fn stitch(events: &[&Event], activities: &[&Activity]) -> Stitched {
    let mut work = Work::default();
    let kept = kept_copies(events);
    for copies in &kept {
        work.file_minting(copies.event, &copies.twins);
    }
    for copies in &kept {
        work.fold(copies.event);
    }
    let mut activities = activities.to_vec();
    activities.sort_by(|a, b| (a.account, &a.key, &a.trail).cmp(&(b.account, &b.key, &b.trail)));
    for activity in activities {
        work.fold_activity(activity);
    }
    work.count();
    work.name_openers();
    work.finish()
}

impl<'e> Work<'e> {
    fn file_minting(&mut self, event: &'e Event, twins: &[&'e Event]) {
        let key = event.minted.clone().or_else(|| twins.iter().find_map(|twin| twin.minted.clone()));
        let key = key.filter(|key| !key.is_long_term());
        // CloudTrail may mask the key; a call that went through has minted one all the same.
        let silent = key.is_none() && event.is_assume_role() && !event.is_denied() && event.role.is_some();
        if key.is_none() && !silent {
            return;
        }
        if key.as_ref().is_some_and(|key| self.by_key.contains_key(key)) {
            return;
        }
        let index = self.drafts.len();
        let session = Session {
            name: key.as_ref().map_or_else(|| event.event_id.clone(), |key| key.as_str().into()),
            key: key.clone(),
            role: event.role.clone(),
            session_name: event.session_name.clone(),
            minted_by: Some(event.id()),
            opened_by: Opener::Unknown(None),
            opened: Some(event.at),
            expires: event.minted_expires,
            first_seen: None,
            last_seen: None,
            calls: 0,
            denied: 0,
            services: Vec::new(),
            regions: Vec::new(),
            agents: Vec::new(),
            errors: Vec::new(),
            addresses: event.address.iter().cloned().collect(),
        };
        self.drafts.push(Draft { session, minting: Some(event) });
        if let Some(key) = key {
            self.by_key.insert(key, index);
        }
        if let Some(arn) = event.assumed.clone().or_else(|| expected_arn(event)) {
            self.by_arn_and_second
                .entry((arn, event.at.seconds()))
                .and_modify(|candidate| *candidate = Candidate::Several)
                .or_insert(Candidate::One(index));
        }
        self.minted.push((event.id(), index));
        self.minted.extend(twins.iter().map(|twin| (twin.id(), index)));
    }

    fn fold(&mut self, event: &'e Event) {
        self.fold_address(event);
        let Some(key) = &event.caller.key else { return };
        if key.is_long_term() {
            self.used.push((Used::Key(key.clone()), event.id(), false));
            return;
        }
        let (index, probable) = self.session_of(key, &event.caller);
        self.learn_principal(&event.caller, index);
        let session = &mut self.drafts[index].session;
        seen(session, event.at, event.at);
        remember(&mut session.services, service_word(&event.source));
        remember(&mut session.regions, &event.region);
        for (words, word) in [
            (&mut session.addresses, &event.address),
            (&mut session.agents, &event.agent),
            (&mut session.errors, &event.error),
        ] {
            if let Some(word) = word {
                remember(words, word);
            }
        }
        self.counts.event((index, event.account), event.is_denied());
        self.used.push((Used::Session(index), event.id(), probable));
    }

    /// The session a temporary key belongs to, and whether that is only probable. A key nobody was seen to mint
    /// becomes a session of its own.
    fn session_of(&mut self, key: &KeyId, caller: &Caller) -> (usize, bool) {
        if let Some(&index) = self.by_key.get(key) {
            let exact = self.drafts[index].session.key.as_ref() == Some(key);
            return (index, !exact);
        }
        if let Some(index) = self.probable_session(caller) {
            self.by_key.insert(key.clone(), index);
            return (index, true);
        }
        let index = self.drafts.len();
        let name = caller.arn.as_ref().and_then(|arn| arn.assumed_role()).map(|(_, session)| session.into());
        let session = Session {
            name: key.as_str().into(),
            key: Some(key.clone()),
            role: caller.issuer.clone().filter(|issuer| issuer.resource().starts_with("role/")),
            session_name: name,
            minted_by: None,
            opened_by: Opener::Unknown(caller.account.map(|account| account.to_string().into())),
            opened: caller.session_created,
            expires: None,
            first_seen: None,
            last_seen: None,
            calls: 0,
            denied: 0,
            services: Vec::new(),
            regions: Vec::new(),
            agents: Vec::new(),
            errors: Vec::new(),
            addresses: Vec::new(),
        };
        self.drafts.push(Draft { session, minting: None });
        self.by_key.insert(key.clone(), index);
        (index, false)
    }

    fn probable_session(&self, caller: &Caller) -> Option<usize> {
        let arn = caller.arn.as_ref()?;
        let created = caller.session_created?.seconds();
        let mut found = None;
        for second in created - 2..=created + 2 {
            match self.by_arn_and_second.get(&(arn.clone(), second)) {
                None => {}
                Some(Candidate::One(index)) if found.is_none() => found = Some(*index),
                Some(_) => return None,
            }
        }
        found
    }

    fn learn_principal(&mut self, caller: &Caller, index: usize) {
        if let Some(principal) = &caller.principal_id {
            let sessions = self.by_principal.entry(principal.clone()).or_default();
            if sessions.last() != Some(&index) {
                sessions.push(index);
            }
        }
    }

    /// Calls that were folded before they came here.
    fn fold_activity(&mut self, activity: &Activity) {
        for (address, tally) in activity.parts(Facet::Address) {
            let known = self.addresses.entry(address.clone()).or_insert_with(|| Address {
                address: address.clone(),
                first_seen: tally.first,
                last_seen: tally.last,
                calls: 0,
                denied: 0,
                known: false,
            });
            known.first_seen = known.first_seen.min(tally.first);
            known.last_seen = known.last_seen.max(tally.last);
            self.counts.address(address, &activity.trail, tally);
        }
        if activity.key.is_long_term() {
            return;
        }
        let (index, _) = self.session_of(&activity.key, &activity.caller);
        self.learn_principal(&activity.caller, index);
        let session = &mut self.drafts[index].session;
        seen(session, activity.all.first, activity.all.last);
        for (facet, words) in [
            (Facet::Service, &mut session.services),
            (Facet::Region, &mut session.regions),
            (Facet::Address, &mut session.addresses),
            (Facet::Agent, &mut session.agents),
            (Facet::Error, &mut session.errors),
        ] {
            for (word, _) in activity.parts(facet) {
                remember(words, word);
            }
        }
        self.counts.activity((index, activity.account), &activity.trail, activity.all);
    }

    fn count(&mut self) {
        for (index, calls, denied) in self.counts.sessions() {
            let session = &mut self.drafts[index].session;
            session.calls += calls;
            session.denied += denied;
        }
        for (address, calls, denied) in self.counts.addresses() {
            if let Some(known) = self.addresses.get_mut(&address) {
                known.calls = known.calls.max(calls);
                known.denied = known.denied.max(denied);
            }
        }
    }

    fn fold_address(&mut self, event: &Event) {
        let Some(address) = &event.address else { return };
        let entry = self.addresses.entry(address.clone()).or_insert_with(|| Address {
            address: address.clone(),
            first_seen: event.at,
            last_seen: event.at,
            calls: 0,
            denied: 0,
            known: false,
        });
        entry.first_seen = entry.first_seen.min(event.at);
        entry.last_seen = entry.last_seen.max(event.at);
        entry.calls += 1;
        entry.denied += u64::from(event.is_denied());
    }

    /// Says who opened each session; last, because parents are found by what their use has shown.
    fn name_openers(&mut self) {
        for index in 0..self.drafts.len() {
            if let Some(event) = self.drafts[index].minting {
                self.drafts[index].session.opened_by = self.opener(event, index);
            }
        }
    }

    fn opener(&self, event: &Event, own: usize) -> Opener {
        let caller = &event.caller;
        match (&caller.key, &*caller.kind) {
            (Some(key), _) if key.is_long_term() => Opener::Key(key.clone()),
            (Some(key), _) => {
                let parent = self.by_key.get(key).map(|&index| self.drafts[index].session.name.clone());
                Opener::Session(parent.unwrap_or_else(|| key.as_str().into()))
            }
            (None, "WebIdentityUser" | "SAMLUser") => {
                let subject = event.subject.clone().or_else(|| caller.user_name.clone());
                Opener::Subject { provider: event.provider.clone(), subject: subject.unwrap_or_default() }
            }
            (None, "AWSService") => {
                let service = caller.invoked_by.clone().or_else(|| event.address.clone());
                Opener::Service(service.unwrap_or_default())
            }
            (None, _) => match self.parent_by_principal(event, own) {
                Some(parent) => Opener::Session(parent),
                None => Opener::Unknown(caller.account.map(|account| account.to_string().into())),
            },
        }
    }

    /// The called account's copy names its caller `AROA...:session` and nothing else: the youngest session of that
    /// name that was open then.
    fn parent_by_principal(&self, event: &Event, own: usize) -> Option<Arc<str>> {
        let sessions = self.by_principal.get(event.caller.principal_id.as_ref()?)?;
        let open = sessions.iter().filter(|&&index| index != own).map(|&index| &self.drafts[index].session);
        let open = open.filter(|session| session.opened.is_some_and(|opened| opened <= event.at));
        let open = open.filter(|session| session.expires.is_none_or(|expires| event.at <= expires));
        open.max_by(|a, b| (a.opened, &a.name).cmp(&(b.opened, &b.name))).map(|session| session.name.clone())
    }

    fn finish(self) -> Stitched {
        let ids: Vec<Id> = self.drafts.iter().map(|draft| draft.session.id()).collect();
        let mut sessions: Vec<Session> = self.drafts.into_iter().map(|draft| draft.session).collect();
        sessions.sort_by(|a, b| (a.opened, &a.name).cmp(&(b.opened, &b.name)));
        let mut addresses: Vec<Address> = self.addresses.into_values().collect();
        addresses.sort_by(|a, b| a.address.cmp(&b.address));
        let minted = self.minted.into_iter().map(|(event, index)| (event, ids[index].clone())).collect();
        let used = self.used.into_iter().map(|(by, event, probable)| {
            let by = match by {
                Used::Key(key) => Id::key(&key),
                Used::Session(index) => ids[index].clone(),
            };
            Use { by, event, probable }
        });
        Stitched { sessions, addresses, minted, used: used.collect() }
    }
}

/// Widens the time in which a session was used.
fn seen(session: &mut Session, first: Timestamp, last: Timestamp) {
    session.first_seen = Some(session.first_seen.map_or(first, |known| known.min(first)));
    session.last_seen = session.last_seen.max(Some(last));
}

#[cfg(test)]
mod tests;
