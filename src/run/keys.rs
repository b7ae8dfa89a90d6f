//! Whose events are worth looking up: keys that CI holds where it can be read and, when it holds some where it cannot, keys that nobody is
//! known to hold. CloudTrail answers slowly, so the second kind is asked for only by need, and never about more than a few hundred.

use std::{cmp::Reverse, collections::BTreeSet};

use crate::{
    base::{name::KeyId, time::Timestamp},
    model::{
        aws::{AccessKey, KeyStatus, LastUse},
        ci::{CiConfig, ClueKind},
        entity::Entity,
    },
};

/// Keys that nobody is known to hold, the lately used first: at two questions a second, two minutes for each region.
const MOST: usize = 240;

/// What one look has shown of keys.
#[derive(Default)]
pub(super) struct Keys {
    carried: BTreeSet<KeyId>,
    /// Active ones, with their last use.
    used: BTreeSet<(Reverse<Timestamp>, KeyId)>,
    /// Something holds a key, or may, and does not show which.
    riddle: bool,
}

impl Keys {
    pub(super) fn note(&mut self, entity: &Entity) {
        match entity {
            Entity::Variable(variable) => match &variable.sighting {
                Some(sighting) => self.carried.extend(sighting.keys.iter().cloned()),
                None => self.riddle |= variable.key.to_ascii_uppercase().contains("ACCESS_KEY"),
            },
            Entity::CiConfig(config) => {
                let settings = config.jobs.iter().flatten().flat_map(|job| &job.variables);
                self.carried.extend(settings.flat_map(|setting| &setting.sighting.keys).cloned());
                self.riddle |= fetches_secrets(config);
            }
            Entity::RunnerConfig(config) => self.carried.extend(config.keys().map(|(key, _)| key.clone())),
            Entity::Key(AccessKey {
                key,
                status: Some(KeyStatus::Active),
                last_use: Some(LastUse::At { at, .. }),
                ..
            }) => {
                self.used.insert((Reverse(*at), key.clone()));
            }
            _ => {}
        }
    }

    /// The carried ones before the others.
    pub(super) fn wanted(&self) -> Vec<KeyId> {
        let others = self.used.iter().map(|(_, key)| key).filter(|key| !self.carried.contains(*key));
        let others = others.take(if self.riddle { MOST } else { 0 });
        self.carried.iter().chain(others).cloned().collect()
    }
}

/// What lies in a secret store is not read, and may be a key.
fn fetches_secrets(config: &CiConfig) -> bool {
    config.jobs.iter().flatten().any(|job| {
        let clue =
            |kind: &ClueKind| matches!(kind, ClueKind::SecretsManager(_) | ClueKind::ParameterStore(_));
        job.clues.iter().any(|found| clue(&found.kind))
            || job.secrets.iter().any(|secret| secret.engine.starts_with("aws_"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::gitlab::{Sighting, Variable};

    fn key(text: &str) -> KeyId {
        KeyId::new(text).unwrap()
    }

    fn listed(text: &str, last_use: LastUse) -> Entity {
        let status = Some(KeyStatus::Active);
        AccessKey { key: key(text), user: None, created: None, status, last_use: Some(last_use) }.into()
    }

    fn used(seconds: i64) -> LastUse {
        let at = Timestamp::from_seconds(seconds);
        LastUse::At { at, service: "s3".into(), region: "eu-west-1".into() }
    }

    #[test]
    fn keys_that_nobody_holds_are_asked_about_only_where_something_is_hidden() {
        let (carried, old, new) = ("AKIARZPUZDIKNSFRP6LN", "AKIARZPUZDIKKKKKKKKK", "AKIARZPUZDIKJJJJJJJJ");
        let variable = |name: &str, sighting| Variable { key: name.into(), sighting, ..Variable::default() };
        let mut keys = Keys::default();
        for entity in [listed(carried, used(7)), listed(old, used(8)), listed(new, used(9))] {
            keys.note(&entity);
        }
        keys.note(&listed("AKIARZPUZDIKHHHHHHHH", LastUse::Never));
        let sighting = Sighting { keys: vec![key(carried)], ..Sighting::default() };
        keys.note(&variable("DEPLOY", Some(sighting)).into());
        keys.note(&variable("DB_PASSWORD", None).into());
        assert_eq!(keys.wanted(), [key(carried)]);
        keys.note(&variable("AWS_ACCESS_KEY_ID", None).into());
        assert_eq!(keys.wanted(), [key(carried), key(new), key(old)]);
    }
}
