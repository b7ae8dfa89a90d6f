//! Events to sessions: which call minted which credentials, who asked for them, and what was done with them.
//! One pass to file what was minted, one to fold what was used; the order of the events does not matter.

use std::{collections::BTreeMap, sync::Arc};

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    ledger::{Count, Ledger},
    stitch_parts::{expected_arn, kept_copies},
};
use crate::{
    base::name::{AccountId, Arn, KeyId},
    model::{
        activity::{Activity, Tally},
        event::{Caller, Event},
        id::Id,
        session::{Address, Hour, Opener, Session},
    },
};

/// The longest that temporary credentials live: thirty-six hours, of GetSessionToken and GetFederationToken. Source: STS API reference.
const LONGEST: i64 = 36 * 3600;

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
    /// Where keys and sessions were used from, sorted by user and address.
    pub from: Vec<Origin>,
    /// When long-term keys were used, by the hour; sessions tell it themselves.
    pub hours: Vec<(KeyId, Vec<Hour>)>,
}

/// The calls of one key or session from one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// A session's id, or a key's for long-term keys.
    pub by: Id,
    pub address: Arc<str>,
    pub calls: Tally,
    /// Some of the calls belong to the session only probably.
    pub probable: bool,
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
    /// Its use has shown its principal id.
    is_named: bool,
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
    /// Sessions by `AROA...:session`, learnt from their use: the only name the called account's copy has for a caller. Sorted by when they
    /// were opened once all are known.
    by_principal: FxHashMap<Arc<str>, Vec<usize>>,
    minted: Vec<(Id, usize)>,
    used: Vec<(Used, Id, bool)>,
    /// What each key did in each account; calls without a key tell of their addresses only.
    ledgers: FxHashMap<(Option<KeyId>, AccountId), Ledger>,
}

enum Used {
    Key(KeyId),
    Session(usize),
}

/// Stitches the events of all accounts and what is known of keys whose single calls were not kept.
///
/// A later event belongs to a session when its caller's key is the minted key. Where no event minted that key, and
/// exactly one session has the caller's assumed-role ARN and was minted within two seconds of the caller's
/// `creationDate`, it belongs there *probably*: Identity Center is known to hand out another key than the one
/// CloudTrail shows as minted. Otherwise the key is a session of its own whose minting was not seen.
///
/// An event may be one of those an activity was folded from. So for each key and account the larger of the two counts is taken (in all,
/// by address and by hour), and the sets of services, regions, agents and errors are united; see [`Ledger`]. Neither the order of the
/// events nor that of the activities matters, and the work grows with their number alone.
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
    activities.sort_by(|a, b| {
        let order = |activity: &Activity| (activity.all.first, activity.account);
        (order(a), &a.key, &a.trail).cmp(&(order(b), &b.key, &b.trail))
    });
    for activity in activities {
        work.fold_activity(activity);
    }
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
            call: Some(event.name.clone()),
            source_identity: event.caller.source_identity.clone(),
            opened: Some(event.at),
            expires: event.minted_expires,
            addresses: event.address.iter().cloned().collect(),
            ..Session::default()
        };
        self.drafts.push(Draft { session, minting: Some(event), is_named: false });
        if let Some(key) = key {
            self.by_key.insert(key, index);
        }
        let arn = event.assumed.clone().or_else(|| expected_arn(event));
        // A user's session token works under the user's own name.
        let own = || event.caller.arn.clone().filter(|_| &*event.name == "GetSessionToken");
        if let Some(arn) = arn.or_else(own) {
            self.by_arn_and_second
                .entry((arn, event.at.seconds()))
                .and_modify(|candidate| *candidate = Candidate::Several)
                .or_insert(Candidate::One(index));
        }
        self.minted.push((event.id(), index));
        self.minted.extend(twins.iter().map(|twin| (twin.id(), index)));
    }

    fn fold(&mut self, event: &'e Event) {
        let key = event.caller.key.clone();
        self.ledgers.entry((key.clone(), event.account)).or_default().call(event);
        match key {
            None => {}
            Some(key) if key.is_long_term() => self.used.push((Used::Key(key), event.id(), false)),
            Some(key) => {
                let (index, probable) = self.session_of(&key, &event.caller);
                self.used.push((Used::Session(index), event.id(), probable));
            }
        }
    }

    fn fold_activity(&mut self, activity: &Activity) {
        let key = &activity.key;
        self.ledgers.entry((Some(key.clone()), activity.account)).or_default().fold(activity);
        if !key.is_long_term() {
            self.session_of(key, &activity.caller);
        }
    }

    /// The session a temporary key belongs to, and whether that is only probable. A key nobody was seen to mint
    /// becomes a session of its own.
    fn session_of(&mut self, key: &KeyId, caller: &Caller) -> (usize, bool) {
        let known = self.by_key.get(key).copied();
        let index =
            known.or_else(|| self.probable_session(caller)).unwrap_or_else(|| self.unminted(key, caller));
        if known.is_none() {
            self.by_key.insert(key.clone(), index);
        }
        let draft = &mut self.drafts[index];
        if draft.session.source_identity.is_none() {
            draft.session.source_identity.clone_from(&caller.source_identity);
        }
        if let Some(principal) = caller.principal_id.as_ref().filter(|_| !draft.is_named) {
            draft.is_named = true;
            self.by_principal.entry(principal.clone()).or_default().push(index);
        }
        (index, self.drafts[index].session.key.as_ref() != Some(key))
    }

    /// A session that nobody was seen to mint.
    fn unminted(&mut self, key: &KeyId, caller: &Caller) -> usize {
        let assumed =
            caller.arn.as_ref().and_then(|arn| arn.assumed_role()).map(|(_, session)| session.into());
        let session = Session {
            name: key.as_str().into(),
            key: Some(key.clone()),
            role: caller.issuer.clone().filter(|issuer| issuer.resource().starts_with("role/")),
            session_name: assumed.or_else(|| caller.user_name.clone()),
            opened_by: Opener::Unknown(caller.account.map(|account| account.to_string().into())),
            opened: caller.session_created,
            ..Session::default()
        };
        self.drafts.push(Draft { session, minting: None, is_named: false });
        self.drafts.len() - 1
    }

    fn probable_session(&self, caller: &Caller) -> Option<usize> {
        let arn = caller.arn.as_ref()?;
        let created = caller.session_created?.seconds();
        let mut found = None;
        for second in created.saturating_sub(2)..=created.saturating_add(2) {
            match self.by_arn_and_second.get(&(arn.clone(), second)) {
                None => {}
                Some(Candidate::One(index)) if found.is_none() => found = Some(*index),
                Some(_) => return None,
            }
        }
        found
    }

    /// Says who opened each session; last, because parents are found by what their use has shown.
    fn name_openers(&mut self) {
        let mut by_principal = std::mem::take(&mut self.by_principal);
        for sessions in by_principal.values_mut() {
            sessions.sort_by(|&a, &b| {
                let of = |index: usize| (self.drafts[index].session.opened, &self.drafts[index].session.name);
                of(a).cmp(&of(b))
            });
        }
        self.by_principal = by_principal;
        for index in 0..self.drafts.len() {
            if let Some(event) = self.drafts[index].minting {
                let (opener, is_probable) = self.opener(event, index);
                let session = &mut self.drafts[index].session;
                (session.opened_by, session.is_probable) = (opener, is_probable);
            }
        }
    }

    /// Who made a minting call, and whether that is only probable.
    fn opener(&self, event: &Event, own: usize) -> (Opener, bool) {
        let caller = &event.caller;
        let opener = match (&caller.key, &*caller.kind) {
            (Some(key), _) if key.is_long_term() => Opener::Key(key.clone()),
            (Some(key), _) => {
                let parent = self.by_key.get(key).map(|&index| &self.drafts[index].session);
                let is_probable = parent.is_some_and(|parent| parent.key.as_ref() != Some(key));
                let name = parent.map_or_else(|| key.as_str().into(), |parent| parent.name.clone());
                return (Opener::Session(name), is_probable);
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
                Some(parent) => return (Opener::Session(parent), true),
                None => Opener::Unknown(caller.account.map(|account| account.to_string().into())),
            },
        };
        (opener, false)
    }

    /// The called account's copy names its caller `AROA...:session` and nothing else: the youngest session of that
    /// name that was open then.
    fn parent_by_principal(&self, event: &Event, own: usize) -> Option<Arc<str>> {
        let sessions = self.by_principal.get(event.caller.principal_id.as_ref()?)?;
        let before = sessions.partition_point(|&index| self.drafts[index].session.opened <= Some(event.at));
        let younger = sessions[..before].iter().rev().filter(|&&index| index != own);
        let mut younger = younger.map(|&index| &self.drafts[index].session);
        let alive =
            |session: &&Session| session.opened.is_some_and(|opened| opened >= event.at.minus(LONGEST));
        let open = younger.by_ref().take_while(alive);
        let mut open = open.filter(|session| session.expires.is_none_or(|expires| event.at <= expires));
        open.next().map(|session| session.name.clone())
    }

    fn finish(self) -> Stitched {
        let Self { drafts, by_key, minted, used, ledgers, .. } = self;
        let mut counts: Vec<Count> = drafts.iter().map(|_| Count::default()).collect();
        let mut keys: BTreeMap<KeyId, Count> = BTreeMap::new();
        let mut addresses: BTreeMap<Arc<str>, Tally> = BTreeMap::new();
        let mut probable: FxHashSet<(usize, Arc<str>)> = FxHashSet::default();
        for ((key, _), ledger) in ledgers {
            let count = ledger.close();
            for (address, &calls) in &count.addresses {
                addresses.entry(address.clone()).and_modify(|known| known.add(calls)).or_insert(calls);
            }
            match key {
                None => {}
                Some(key) if key.is_long_term() => keys.entry(key).or_default().add(count),
                Some(key) => {
                    let Some(&index) = by_key.get(&key) else { continue };
                    if drafts[index].session.key.as_ref() != Some(&key) {
                        probable.extend(count.addresses.keys().map(|address| (index, address.clone())));
                    }
                    counts[index].add(count);
                }
            }
        }
        let ids: Vec<Id> = drafts.iter().map(|draft| draft.session.id()).collect();
        let mut from = Vec::new();
        for (key, count) in &keys {
            origins(&Id::key(key), count, |_| false, &mut from);
        }
        for (index, count) in counts.iter().enumerate() {
            origins(&ids[index], count, |address| probable.contains(&(index, address.clone())), &mut from);
        }
        from.sort_by(|a, b| (&a.by, &a.address).cmp(&(&b.by, &b.address)));
        let told = drafts.into_iter().zip(counts).map(|(draft, count)| {
            let mut session = draft.session;
            count.tell(&mut session);
            session
        });
        let mut sessions: Vec<Session> = told.collect();
        sessions.sort_by(|a, b| (a.opened, &a.name).cmp(&(b.opened, &b.name)));
        let minted = minted.into_iter().map(|(event, index)| (event, ids[index].clone())).collect();
        let used = used.into_iter().map(|(by, event, probable)| {
            let by = match by {
                Used::Key(key) => Id::key(&key),
                Used::Session(index) => ids[index].clone(),
            };
            Use { by, event, probable }
        });
        Stitched {
            sessions,
            addresses: addresses.into_iter().map(|(address, calls)| Address::of(address, calls)).collect(),
            minted,
            used: used.collect(),
            from,
            hours: keys.iter().map(|(key, count)| (key.clone(), count.hours())).collect(),
        }
    }
}

fn origins(by: &Id, count: &Count, is_probable: impl Fn(&Arc<str>) -> bool, into: &mut Vec<Origin>) {
    into.extend(count.addresses.iter().map(|(address, &calls)| Origin {
        by: by.clone(),
        address: address.clone(),
        calls,
        probable: is_probable(address),
    }));
}

#[cfg(test)]
mod tests;
