//! Sessions in the order of their chains: each under the one it was opened with, chains by when they began, the newest first.

use rustc_hash::{FxHashMap, FxHashSet};

use super::world::World;
use crate::{
    base::time::Timestamp,
    join::Linked,
    model::{
        entity::Entity,
        id::Id,
        session::{Opener, Session},
    },
};

/// Where a session lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// In the whole list, from 0.
    position: u32,
    /// Sessions above it in its chain.
    pub depth: u16,
    /// Sessions below it, however deep.
    pub below: u32,
}

impl Place {
    /// The greater comes first.
    pub fn rank(self) -> i64 {
        -i64::from(self.position)
    }
}

/// All chains.
#[derive(Clone, Debug, Default)]
pub struct Chains {
    sessions: Vec<Id>,
    places: FxHashMap<Id, Place>,
    /// The first session of each chain, by the others.
    roots: FxHashMap<Id, Id>,
}

impl Chains {
    pub fn of(linked: &Linked) -> Self {
        let sessions = linked.all_derived().filter_map(|entity| match entity {
            Entity::Session(session) => Some(session),
            _ => None,
        });
        let mut sessions: Vec<&Session> = sessions.collect();
        sessions.sort_by(|a, b| (began(b), &b.name).cmp(&(began(a), &a.name)));
        let known: FxHashSet<&str> = sessions.iter().map(|session| &*session.name).collect();
        let mut below: FxHashMap<&str, Vec<&Session>> = FxHashMap::default();
        let mut roots: Vec<&Session> = Vec::new();
        for session in &sessions {
            match &session.opened_by {
                Opener::Session(parent) if known.contains(&**parent) && *parent != session.name => {
                    below.entry(parent).or_default().push(session);
                }
                _ => roots.push(session),
            }
        }
        let mut chains = Self::default();
        // Records that say that two sessions opened each other are false, and yet neither may be lost.
        for session in roots.iter().chain(&sessions) {
            chains.walk(session, &below);
        }
        chains
    }

    /// Files a root and all below it; nothing where it is filed already. Not by recursion: chains may be long.
    fn walk(&mut self, root: &Session, below: &FxHashMap<&str, Vec<&Session>>) {
        let first = self.sessions.len();
        let mut waiting = vec![(root, 0_u16)];
        let mut depths = Vec::new();
        while let Some((session, depth)) = waiting.pop() {
            let id = session.id();
            if self.places.contains_key(&id) {
                continue;
            }
            let position = u32::try_from(self.sessions.len()).unwrap_or(u32::MAX);
            self.places.insert(id.clone(), Place { position, depth, below: 0 });
            if depth > 0 {
                self.roots.insert(id.clone(), root.id());
            }
            self.sessions.push(id);
            depths.push(depth);
            // Newest first in the list, so the oldest is taken first from its end: a chain reads downwards in time.
            let children = below.get(&*session.name).into_iter().flatten();
            waiting.extend(children.map(|child| (*child, depth.saturating_add(1))));
        }
        // Those below one are those that follow until one as high as it comes; from the end, each is seen once.
        let mut open: Vec<(u16, usize)> = Vec::new();
        for (index, &depth) in depths.iter().enumerate().rev() {
            let mut last = index + 1;
            while let Some(&(deeper, end)) = open.last() {
                if deeper <= depth {
                    break;
                }
                last = last.max(end);
                open.pop();
            }
            open.push((depth, last));
            let count = u32::try_from(last - index - 1).unwrap_or(u32::MAX);
            if let Some(place) = self.places.get_mut(&self.sessions[first + index]) {
                place.below = count;
            }
        }
    }

    /// Every session, in order.
    pub fn sessions(&self) -> &[Id] {
        &self.sessions
    }

    pub fn place(&self, session: &Id) -> Place {
        self.places.get(session).copied().unwrap_or_default()
    }

    /// The first session of the chain that this one is in.
    pub fn root<'a>(&'a self, session: &'a Id) -> &'a Id {
        self.roots.get(session).unwrap_or(session)
    }

    /// Who opened the first session of the chain that this one is in.
    pub fn root_opener<'a>(&self, world: &'a World, session: &Id) -> Option<&'a Opener> {
        match world.get(self.root(session)) {
            Some(Entity::Session(root)) => Some(&root.opened_by),
            _ => None,
        }
    }
}

fn began(session: &Session) -> Option<Timestamp> {
    session.opened.or(session.first_seen).or(session.last_seen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::name::{Arn, KeyId},
        model::{
            event::{Caller, Event},
            observe::{Observation, Report, Scope, Sweep},
        },
    };
    use crate::{
        join::{Policies, link},
        model::{entity::Entity, estate::Estate},
    };

    fn session(number: u8, parent: Option<u8>, second: i64) -> Entity {
        let key = |number| KeyId::new(&format!("ASIARZPUZDIKAAAAAA{number:02}"));
        let long = || KeyId::new("AKIARZPUZDIKNSFRP6LN");
        let event = Event {
            account: "111111111111".parse().unwrap(),
            event_id: format!("e{number}").into(),
            region: "eu-west-1".into(),
            at: Timestamp::from_seconds(second),
            source: "sts.amazonaws.com".into(),
            name: "AssumeRole".into(),
            caller: Caller { key: parent.map_or_else(long, key), ..Caller::default() },
            address: None,
            agent: None,
            error: None,
            message: None,
            role: Arn::new("arn:aws:iam::111111111111:role/r"),
            session_name: None,
            minted: key(number),
            minted_expires: None,
            assumed: None,
            subject: None,
            provider: None,
            audience: None,
            about: None,
            shared_id: None,
            raw: "{}".into(),
            origin: None,
        };
        event.into()
    }

    /// `1 2. 3..`: sessions in order, a dot for each session above, and in brackets how many are below.
    fn order(saw: Vec<Entity>) -> String {
        let mut estate = Estate::default();
        let sweep = Sweep { scope: Scope::new("a", "b"), run: 1 };
        estate.absorb(Report::Saw(Observation {
            sweep,
            at: Timestamp::from_seconds(0),
            saw,
            gaps: Vec::new(),
        }));
        let chains = Chains::of(&link(&estate, &Policies::of(&estate)));
        let told = chains.sessions().iter().map(|id| {
            let place = chains.place(id);
            let number: u8 = id.key_text()[18..].parse().unwrap();
            let below = if place.below > 0 { format!("({})", place.below) } else { String::new() };
            format!("{number}{}{below}", ".".repeat(place.depth.into()))
        });
        told.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn chains_read_downwards_and_the_newest_comes_first() {
        let saw = vec![
            session(1, None, 10),
            session(2, Some(1), 20),
            session(3, Some(2), 30),
            session(4, Some(1), 40),
            session(5, None, 35),
        ];
        assert_eq!(order(saw), "5 1(3) 2.(1) 3.. 4.");
    }

    #[test]
    fn sessions_that_opened_each_other_are_lost_no_more_than_others() {
        let saw = vec![session(1, Some(2), 10), session(2, Some(1), 20), session(3, Some(3), 30)];
        let order = order(saw);
        assert_eq!(order, "3 2(1) 1.");
    }
}
