//! All links of an estate, found from either end, and the things that exist only because of links.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Reach;
use crate::model::{
    entity::Entity,
    estate::Estate,
    id::{Id, Kind},
    link::{Grade, Link, Proof, Relation},
    news::News,
    session::Hour,
};

/// Links by their ends. Sessions and addresses, which no page shows, live here too.
#[derive(Debug, Default)]
pub struct Linked {
    links: Vec<Link>,
    from: Chains,
    to: Chains,
    derived: FxHashMap<Id, Entity>,
    hours: FxHashMap<Id, Vec<Hour>>,
    news: FxHashMap<Id, Vec<News>>,
    reach: Reach,
}

impl Linked {
    /// Links that begin here, those of [`Reach`] left out: see [`Linked::around`].
    pub fn from<'a>(&'a self, id: &Id) -> impl Iterator<Item = &'a Link> {
        self.from.of(id).map(|index| &self.links[index])
    }

    /// Links that end here.
    pub fn to<'a>(&'a self, id: &Id) -> impl Iterator<Item = &'a Link> {
        self.to.of(id).map(|index| &self.links[index])
    }

    /// The far ends of one relation, forwards.
    pub fn targets<'a>(&'a self, id: &Id, relation: Relation) -> impl Iterator<Item = &'a Id> {
        self.from(id).filter(move |link| link.relation == relation).map(|link| &link.to)
    }

    /// The far ends of one relation, backwards.
    pub fn origins<'a>(&'a self, id: &Id, relation: Relation) -> impl Iterator<Item = &'a Id> {
        self.to(id).filter(move |link| link.relation == relation).map(|link| &link.from)
    }

    /// Every link with this thing at an end, those included that are too many to store and are worked out when asked
    /// for: which projects may run on which runners.
    pub fn around(&self, estate: &Estate, id: &Id) -> Vec<Link> {
        let mut links: Vec<Link> = self.from(id).chain(self.to(id)).cloned().collect();
        match id.kind() {
            Kind::Project => links.extend(self.reach.runners_of(estate, id)),
            Kind::Runner => links.extend(self.reach.projects_of(estate, id)),
            _ => {}
        }
        links
    }

    /// Which projects may run on which runners.
    pub const fn reach(&self) -> &Reach {
        &self.reach
    }

    /// A session or an address.
    pub fn derived(&self, id: &Id) -> Option<&Entity> {
        self.derived.get(id)
    }

    /// When a key or a role was used, by the hour and sorted: a key's calls, and those of a role's sessions. Of a session its own record
    /// tells it.
    pub fn hours(&self, id: &Id) -> &[Hour] {
        self.hours.get(id).map_or(&[], Vec::as_slice)
    }

    /// The same of every key and role.
    pub fn all_hours(&self) -> impl Iterator<Item = (&Id, &[Hour])> {
        self.hours.iter().map(|(id, hours)| (id, hours.as_slice()))
    }

    /// What a long-term key or a role was used with for the first time after days of use, the latest first.
    pub fn news(&self, id: &Id) -> &[News] {
        self.news.get(id).map_or(&[], Vec::as_slice)
    }

    /// All sessions and addresses.
    pub fn all_derived(&self) -> impl Iterator<Item = &Entity> {
        self.derived.values()
    }

    pub fn len(&self) -> usize {
        self.links.len()
    }

    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// Every stored link, for tests and exports.
    pub fn iter(&self) -> impl Iterator<Item = &Link> {
        self.links.iter()
    }
}

/// Links under construction.
pub(super) struct Weave {
    linked: Linked,
}

impl Weave {
    pub(super) fn new(reach: Reach) -> Self {
        Self { linked: Linked { reach, ..Linked::default() } }
    }

    pub(super) fn add(&mut self, from: Id, relation: Relation, to: Id, grade: Grade, proof: Arc<Proof>) {
        self.linked.push(Link { from, relation, to, grade, proof });
    }

    pub(super) fn derive(&mut self, entity: Entity) {
        self.linked.derived.insert(entity.id(), entity);
    }

    /// Counts more calls of a thing by the hour.
    pub(super) fn busy(&mut self, id: Id, hours: Vec<Hour>) {
        let known = self.linked.hours.entry(id).or_default();
        for hour in hours {
            match known.binary_search_by_key(&hour.at, |known| known.at) {
                Ok(place) => {
                    known[place].calls = known[place].calls.saturating_add(hour.calls);
                    known[place].denied = known[place].denied.saturating_add(hour.denied);
                }
                Err(place) => known.insert(place, hour),
            }
        }
    }

    pub(super) fn news(&mut self, id: Id, news: Vec<News>) {
        if !news.is_empty() {
            self.linked.news.insert(id, news);
        }
    }

    pub(super) const fn so_far(&self) -> &Linked {
        &self.linked
    }

    pub(super) fn derived_mut(&mut self) -> impl Iterator<Item = &mut Entity> {
        self.linked.derived.values_mut()
    }

    pub(super) fn finish(self) -> Linked {
        self.linked
    }
}

impl Linked {
    fn push(&mut self, link: Link) {
        self.from.push(&link.from);
        self.to.push(&link.to);
        self.links.push(link);
    }
}

/// Links by one of their ends: each end knows its first and its last link, each link the next one of the same end. Most
/// ends have one or two links, for which lists of their own would cost more than the links.
#[derive(Debug, Default)]
struct Chains {
    ends: FxHashMap<Id, (u32, u32)>,
    /// By link; a last one follows itself.
    next: Vec<u32>,
}

impl Chains {
    /// The links of an end, in the order they were added.
    fn of(&self, id: &Id) -> impl Iterator<Item = usize> {
        let first = self.ends.get(id).map(|&(first, _)| first);
        let after = |&index: &u32| Some(self.next[index as usize]).filter(|next| *next != index);
        std::iter::successors(first, after).map(|index| index as usize)
    }

    /// Files the next link under its end.
    #[expect(clippy::cast_possible_truncation, reason = "four billion links would not fit in memory")]
    fn push(&mut self, end: &Id) {
        let index = self.next.len() as u32;
        self.next.push(index);
        match self.ends.get_mut(end) {
            Some((_, last)) => {
                self.next[*last as usize] = index;
                *last = index;
            }
            None => {
                self.ends.insert(end.clone(), (index, index));
            }
        }
    }
}
