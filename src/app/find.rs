//! The palette's search over every object by name, id, ARN, path or address: a pure function, run away from the screen.

use std::sync::Arc;

use super::{name, world::World};
use crate::model::{
    entity::Entity,
    id::{Id, Kind},
};

/// Hits returned at most; [`Found::more`] counts the rest.
pub const MOST: usize = 50;

#[derive(Clone, Debug)]
pub struct FindRequest {
    pub world: Arc<World>,
    pub text: String,
    pub generation: u64,
}

/// Best first.
#[derive(Clone, Debug)]
pub struct Found {
    pub generation: u64,
    pub hits: Vec<Hit>,
    pub more: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    pub id: Id,
    /// The thing's name, cleaned.
    pub name: String,
}

/// Matches a text against every object's name and id, tolerating gaps. Takes a while for large worlds.
pub fn find(request: &FindRequest) -> Found {
    let world = &*request.world;
    let text = request.text.trim();
    let nothing = Found { generation: request.generation, hits: Vec::new(), more: 0 };
    if text.is_empty() {
        return nothing;
    }
    if let Some(id) = spot(text) {
        let name = name::of(world, &id);
        return Found { hits: vec![Hit { id, name }], ..nothing };
    }
    let index = world.names();
    let haystacks: Vec<&str> = index.iter().map(|(_, text)| &**text).collect();
    let config = frizbee::Config::default();
    let mut matches = frizbee::Matcher::from_query(text, &config).match_list(&haystacks);
    // Of equals what is comes before what happened: a role before the hundred jobs that bear its name.
    let happened = |at: u32| {
        index.get(at as usize).is_some_and(|(id, _)| matches!(id.kind(), Kind::Job | Kind::Session))
    };
    matches.sort_by_key(|hit| (std::cmp::Reverse(hit.score), happened(hit.index)));
    let hits = matches.iter().take(MOST).filter_map(|hit| index.get(hit.index as usize));
    let hits: Vec<Hit> = hits.map(|(id, _)| Hit { id: id.clone(), name: name::of(world, id) }).collect();
    Found { generation: request.generation, more: matches.len() - hits.len(), hits }
}

/// What the search goes over: name and id of everything but events, which are found from their sessions.
pub(super) fn index(world: &World) -> Vec<(Id, String)> {
    let read = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Event);
    let read = read.flat_map(|kind| world.estate.of(kind)).map(Entity::id);
    let derived = world.linked.all_derived().map(Entity::id);
    let ids = read.chain(derived).chain(world.dangling_keys().iter().cloned());
    ids.map(|id| {
        let name = name::of(world, &id);
        let text = if id.key_text().contains(&name) {
            id.key_text().to_owned()
        } else {
            format!("{name} {}", id.key_text())
        };
        (id, text)
    })
    .collect()
}

/// The first access key id, or failing that the first role or user ARN, anywhere in a text: a whole log line will do.
pub fn spot(text: &str) -> Option<Id> {
    use crate::base::name::{Arn, KeyId};
    let mut words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    if let Some(key) = words.find_map(KeyId::new) {
        return Some(if key.is_long_term() { Id::key(&key) } else { Id::session(key.as_str()) });
    }
    let start = text.find("arn:aws")?;
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || ":/_+=,.@-".contains(letter);
    let arn = text[start..].split(|letter| !is_part(letter)).next()?;
    let arn = Arn::new(arn.trim_end_matches([',', '.', ':']))?;
    match arn.resource().split('/').next()? {
        "role" => Some(Id::role(&arn)),
        "user" => Some(Id::user(&arn)),
        "instance-profile" => Some(Id::profile(&arn)),
        "oidc-provider" => Some(Id::provider(&arn)),
        "policy" => Some(Id::policy(&arn)),
        _ => None,
    }
}
