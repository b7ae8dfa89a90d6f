//! A trail of any length becomes the calls that matter and a tally for each key.

use std::{
    collections::{BTreeMap, BTreeSet, hash_map::Entry},
    sync::Arc,
};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{
    is_kept, plain,
    record::{self, BadRecord, Place},
    scan::scan,
    seen::Seen,
    sighted::Sighted,
    stitch_parts::service_word,
};
use crate::{
    base::name::{AccountId, KeyId},
    model::{
        activity::{Activity, Facet, Tally},
        event::{Event, Origin},
    },
};

pub(super) mod names;
mod work;

use names::{Name, Names};
use work::Work;

/// What was read so far. Folds of parts of a trail merge to the fold of the whole, in whatever order.
///
/// A record that stands in a trail twice is one record: where [`Seen`] has met it, it is counted as a duplicate and nothing else. One
/// `Seen` for the whole trail would grow with it, so there is one for each day of an account and region, as the names of files tell it,
/// and one for each folder of other files. A call that CloudTrail delivers twice, once before midnight and once after, is tallied twice;
/// an event that is kept is never kept twice.
#[derive(Debug, Default)]
pub struct Fold {
    names: Names,
    kept: FxHashMap<(AccountId, Arc<str>), Event>,
    /// Where further copies of kept events stand: of all copies the first by its file's name counts, whichever was read first.
    copies: FxHashMap<(AccountId, Arc<str>), Origin>,
    keys: FxHashMap<(AccountId, Name), Work>,
    windows: FxHashMap<(AccountId, Name), Tally>,
    refused: BTreeSet<Refusal>,
    records: u64,
    duplicates: u64,
    without_key: u64,
}

/// A record that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Refusal {
    pub file: Arc<str>,
    /// Which of the file's records, from 0.
    pub record: u32,
    pub why: String,
}

/// What a trail, or a part of one, came to, sorted. [`Fold::take_in`] puts parts together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Folded {
    /// By time, account and id. Their text is empty, their origin tells where it stands.
    pub events: Vec<Event>,
    /// By account and key.
    pub activities: Vec<Activity>,
    /// The `eventID` of each activity's earliest record, which named its caller; in the order of `activities`.
    pub earliest: Vec<Arc<str>>,
    /// For each account and region the calls there, with the first and the last.
    pub windows: Vec<((AccountId, Arc<str>), Tally)>,
    pub refused: Vec<Refusal>,
    /// Records that were read, each counted once.
    pub records: u64,
    pub duplicates: u64,
    /// Records without an access key: calls of services and of web identities.
    pub without_key: u64,
}

impl Fold {
    /// Reads a log file's text. `file` is its name for people, and for [`Origin`].
    pub fn read(&mut self, text: &str, file: &Arc<str>, place: Place<'_>, seen: &Seen) {
        scan(text, place, &mut |number, found| self.take(number, found, file, place, seen));
    }

    /// As [`Fold::read`], by the slow way: what the fast one is measured and judged by.
    pub fn read_plainly(&mut self, text: &str, file: &Arc<str>, place: Place<'_>, seen: &Seen) {
        plain::scan(text, place, &mut |number, found| self.take(number, found, file, place, seen));
    }

    /// Takes one record in, or notes why it is none.
    pub(super) fn take(
        &mut self,
        number: u32,
        found: Result<Sighted<'_>, BadRecord>,
        file: &Arc<str>,
        place: Place<'_>,
        seen: &Seen,
    ) {
        match found {
            Ok(record) if seen.is_new(&record) => self.count(number, &record, file, place),
            Ok(record) => {
                self.duplicates += 1;
                if is_kept(&record.name) {
                    let id = (record.account, Arc::from(&*record.event_id));
                    self.note_copy(id, Origin { file: file.clone(), record: number });
                }
            }
            Err(why) => self.refuse(number, &why, file),
        }
    }

    fn refuse(&mut self, record: u32, why: &BadRecord, file: &Arc<str>) {
        self.refused.insert(Refusal { file: file.clone(), record, why: why.to_string() });
    }

    fn count(&mut self, number: u32, record: &Sighted<'_>, file: &Arc<str>, place: Place<'_>) {
        self.records += 1;
        let tally = Tally::of(record.at, record.error.is_some());
        let region = self.names.of(&record.region);
        add(&mut self.windows, (record.account, region), tally);
        if is_kept(&record.name) {
            match record::read_call(record.text, place) {
                Ok(mut event) => {
                    event.origin = Some(Origin { file: file.clone(), record: number });
                    self.names.share(&mut event);
                    self.keep(event);
                }

                Err(why) => self.refuse(number, &why, file),
            }
        }
        match record.key.as_deref().map(|key| (self.names.of(key), key)) {
            Some((name, key)) if self.is_key(record.account, name, key) => {
                self.tally(record, (record.account, name), key, region, tally);
            }
            _ => self.without_key += 1,
        }
    }

    /// Is this the id of an access key? Known ones are not looked at twice.
    fn is_key(&self, account: AccountId, name: Name, key: &str) -> bool {
        self.keys.contains_key(&(account, name)) || KeyId::new(key).is_some()
    }

    fn tally(&mut self, record: &Sighted<'_>, id: (AccountId, Name), key: &str, region: Name, tally: Tally) {
        let names = &mut self.names;
        let service = service_word(&record.source);
        let values = [
            (Facet::Service, Some(names.of(service))),
            (Facet::Call, Some(names.call(service, &record.name))),
            (Facet::Region, Some(region)),
            (Facet::Address, record.address.as_deref().map(|text| names.of(text))),
            (Facet::Agent, record.agent.as_deref().map(|text| names.of(text))),
            (Facet::Error, record.error.as_deref().map(|text| names.of(text))),
            (Facet::Hour, Some(names.hour(record.at))),
        ];
        let work = match self.keys.entry(id) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let Some(key) = KeyId::new(key) else { return };
                entry.insert(Work::begin(key, record))
            }
        };
        work.add(record, tally);
        for (facet, name) in values {
            if let Some(name) = name {
                work.count(facet, name, tally);
            }
        }
    }

    fn keep(&mut self, event: Event) {
        self.kept.entry((event.account, event.event_id.clone())).or_insert(event);
    }

    fn note_copy(&mut self, id: (AccountId, Arc<str>), origin: Origin) {
        let known = self.copies.entry(id).or_insert_with(|| origin.clone());
        if origin < *known {
            *known = origin;
        }
    }

    /// Takes in what another fold has read. Both must have shared their [`Seen`]s.
    pub fn merge(&mut self, other: Self) {
        self.records += other.records;
        self.duplicates += other.duplicates;
        self.without_key += other.without_key;
        self.refused.extend(other.refused);
        other.kept.into_values().for_each(|event| self.meet(event));
        for (id, origin) in other.copies {
            self.note_copy(id, origin);
        }
        let names: Vec<Name> = other.names.all().map(|text| self.names.of(text)).collect();
        for ((account, region), tally) in other.windows {
            add(&mut self.windows, (account, names[region.index()]), tally);
        }
        for ((account, key), work) in other.keys {
            let id = (account, names[key.index()]);
            match self.keys.entry(id) {
                Entry::Occupied(entry) => entry.into_mut().merge(work, |name| names[name.index()]),
                Entry::Vacant(entry) => drop(entry.insert(work.renamed(&names))),
            }
        }
    }

    /// Takes in what a part of the trail came to that was read at another time. No record may stand in both.
    pub fn take_in(&mut self, part: Folded) {
        self.records += part.records;
        self.duplicates += part.duplicates;
        self.without_key += part.without_key;
        self.refused.extend(part.refused);
        for mut event in part.events {
            self.names.share(&mut event);
            self.meet(event);
        }
        for ((account, region), tally) in part.windows {
            let region = self.names.of(&region);
            add(&mut self.windows, (account, region), tally);
        }
        for (activity, earliest) in part.activities.into_iter().zip(part.earliest) {
            let id = (activity.account, self.names.of(activity.key.as_str()));
            let work = Work::of(activity, &earliest, &mut self.names);
            match self.keys.entry(id) {
                Entry::Occupied(entry) => entry.into_mut().merge(work, |name| name),
                Entry::Vacant(entry) => drop(entry.insert(work)),
            }
        }
    }

    /// Keeps an event that another part kept. Two may have been met apart, on both sides of a midnight.
    fn meet(&mut self, event: Event) {
        let id = (event.account, event.event_id.clone());
        match self.kept.get(&id).and(event.origin.clone()) {
            Some(origin) => self.note_copy(id, origin),
            None => self.keep(event),
        }
    }

    /// What it came to. `trail` names where the records are.
    pub fn finish(mut self, trail: &Arc<str>) -> Folded {
        for (id, origin) in std::mem::take(&mut self.copies) {
            if let Some(event) = self.kept.get_mut(&id)
                && event.origin.as_ref().is_none_or(|known| origin < *known)
            {
                event.origin = Some(origin);
            }
        }
        let mut events: Vec<Event> = self.kept.into_values().collect();
        events.sort_by(|a, b| (a.at, a.account, &a.event_id).cmp(&(b.at, b.account, &b.event_id)));
        let mut keys: Vec<(Activity, Arc<str>)> = self
            .keys
            .into_iter()
            .map(|((account, _), work)| work.finish(trail, account, &mut self.names))
            .collect();
        keys.sort_by(|(a, _), (b, _)| (a.account, &a.key).cmp(&(b.account, &b.key)));
        let (activities, earliest) = keys.into_iter().unzip();
        let windows: BTreeMap<(AccountId, Arc<str>), Tally> = self
            .windows
            .into_iter()
            .map(|((account, region), tally)| ((account, self.names.text(region)), tally))
            .collect();
        Folded {
            events,
            activities,
            earliest,
            windows: windows.into_iter().collect(),
            refused: self.refused.into_iter().collect(),
            records: self.records,
            duplicates: self.duplicates,
            without_key: self.without_key,
        }
    }
}

fn add(windows: &mut FxHashMap<(AccountId, Name), Tally>, id: (AccountId, Name), tally: Tally) {
    windows.entry(id).and_modify(|known| known.add(tally)).or_insert(tally);
}

#[cfg(test)]
mod tests;
