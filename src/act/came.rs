//! Who really opened a role, as the sessions show that were seen: by which id token, or as which user or role.

use std::collections::BTreeMap;

use super::action::Ground;
use crate::{
    base::{
        name::{Arn, KeyId},
        time::Timestamp,
    },
    model::{
        aws::{AccessKey, Role},
        entity::Entity,
        event::Event,
        id::{Id, Kind},
        link::Relation,
        session::{Opener, Session},
    },
};

/// Everybody who was seen to open a role.
#[derive(Debug, Default)]
pub(super) struct Came {
    pub(super) tokens: BTreeMap<Token, Times>,
    /// Users and roles by their ARNs.
    pub(super) principals: BTreeMap<Arn, Times>,
    /// Sessions of whom nobody knows who opened them.
    pub(super) unknown: Times,
}

/// An id token, as it was presented.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Token {
    pub(super) provider: Arn,
    pub(super) subject: String,
    /// `None` where the record does not say it.
    pub(super) audience: Option<String>,
    /// The project that the subject names, where it is known.
    pub(super) project: Option<Id>,
}

/// How often, and between which times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) count: usize,
    pub(super) span: Option<(Timestamp, Timestamp)>,
}

impl Times {
    fn add(&mut self, at: Option<Timestamp>) {
        self.count += 1;
        if let Some(at) = at {
            let (first, last) = self.span.unwrap_or((at, at));
            self.span = Some((first.min(at), last.max(at)));
        }
    }
}

impl Came {
    pub(super) fn to(ground: &Ground<'_>, role: &Id) -> Self {
        let mut came = Self::default();
        for id in ground.linked.targets(role, Relation::AssumedAs) {
            let Some(Entity::Session(session)) = ground.linked.derived(id) else { continue };
            let at = session.opened.or(session.first_seen);
            match &session.opened_by {
                Opener::Subject { provider: Some(provider), subject } => {
                    let mut projects = ground.linked.origins(id, Relation::Opened);
                    let token = Token {
                        provider: provider.clone(),
                        subject: subject.to_string(),
                        audience: audience(ground, session),
                        project: projects.find(|id| id.kind() == Kind::Project).cloned(),
                    };
                    came.tokens.entry(token).or_default().add(at);
                }
                Opener::Key(key) => came.by(owner(ground, key), at),
                Opener::Session(parent) => came.by(role_of(ground, &Id::session(parent)), at),
                Opener::Service(_) => {}
                Opener::Subject { provider: None, .. } | Opener::Unknown(_) => came.unknown.add(at),
            }
        }
        came
    }

    fn by(&mut self, principal: Option<Arn>, at: Option<Timestamp>) {
        match principal {
            Some(principal) => self.principals.entry(principal).or_default().add(at),
            None => self.unknown.add(at),
        }
    }

    /// Between which times sessions were seen.
    pub(super) fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let all = self.tokens.values().chain(self.principals.values()).chain([&self.unknown]);
        let spans = all.filter_map(|times| times.span);
        spans.reduce(|one, two| (one.0.min(two.0), one.1.max(two.1)))
    }
}

fn audience(ground: &Ground<'_>, session: &Session) -> Option<String> {
    let minted = ground.estate.find::<Event>(session.minted_by.as_ref()?)?;
    minted.audience.as_deref().map(str::to_owned)
}

fn owner(ground: &Ground<'_>, key: &KeyId) -> Option<Arn> {
    ground.estate.find::<AccessKey>(&Id::key(key))?.user.clone()
}

/// With its path, which a session's ARN does not have.
fn role_of(ground: &Ground<'_>, session: &Id) -> Option<Arn> {
    let role = ground.linked.origins(session, Relation::AssumedAs).next()?;
    ground.estate.find::<Role>(role).map(|role| role.arn.clone())
}
