//! Role sessions as evidence: those of a role that were opened as a way would open them.

use std::sync::Arc;

use super::Ground;
use crate::{
    base::text::plural,
    model::{
        entity::Entity,
        id::Id,
        link::{Proof, Relation},
        session::Session,
    },
};

/// The sessions of a role that fit, as one proof; `how` ends the sentence: `named after i-0abc`.
pub(super) fn seen(
    ground: &Ground<'_>,
    role: &Id,
    how: &str,
    fits: impl Fn(&Session) -> bool,
) -> Option<Arc<Proof>> {
    let of_role = ground.linked.targets(role, Relation::AssumedAs);
    let sessions = of_role.filter_map(|id| match ground.linked.derived(id)? {
        Entity::Session(session) => Some(session),
        _ => None,
    });
    let fitting: Vec<&Session> = sessions.filter(|session| fits(session)).collect();
    let latest = fitting.iter().map(|session| session.opened.or(session.last_seen)).max()?;
    let text = format!("{} {how}", plural(fitting.len(), "session", "sessions"));
    Some(Arc::new(Proof { text: text.into(), at: latest }))
}
