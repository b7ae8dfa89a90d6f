//! Variables that are acted on: one, the other half of its pair, and the jobs that get it.

use super::{Ground, WhyNot};
use crate::{
    act::{
        call::{Flags, Place, Shows},
        consumers::{Consumers, pair_of, readers_of},
        plan::Block,
    },
    base::{name::KeyId, text::plural},
    model::{
        ci::{CiConfig, CiJob},
        gitlab::Variable,
        id::Id,
    },
};

/// A variable as it was seen.
pub(super) struct Held<'a> {
    pub(super) variable: &'a Variable,
    pub(super) place: Place,
    pub(super) flags: Flags,
}

/// What is done to a variable is done to its pair: the secret first, and the id last. The id is public and says whose secret it was, so that
/// whatever is left half done can be found again and finished; a secret alone could not.
pub(super) enum Halves<'a> {
    Alone(Held<'a>),
    Pair { secret: Held<'a>, id: Held<'a> },
}

impl<'a> Held<'a> {
    pub(super) fn of(ground: &Ground<'a>, target: &Id) -> Result<Self, WhyNot> {
        let variable = ground.estate.find::<Variable>(target);
        let variable = variable.ok_or_else(|| WhyNot::new(format!("{} was not seen", target.key_text())))?;
        Ok(Self::new(variable))
    }

    fn new(variable: &'a Variable) -> Self {
        Self { variable, place: Place::of(variable), flags: Flags::of(variable) }
    }

    /// Access keys whose ids it shows.
    pub(super) fn keys(&self) -> Vec<KeyId> {
        self.variable.sighting.as_ref().map(|seen| seen.keys.clone()).unwrap_or_default()
    }

    /// Is another variable of this name at that scope?
    pub(super) fn is_taken(&self, ground: &Ground<'_>, scope: &str) -> bool {
        let Place { instance, owner, key, .. } = &self.place;
        ground.estate.find::<Variable>(&Id::variable(instance, owner, key, scope)).is_some()
    }
}

impl<'a> Halves<'a> {
    pub(super) fn of(ground: &Ground<'a>, target: &Id) -> Result<Self, WhyNot> {
        let held = Held::of(ground, target)?;
        Ok(match pair_of(ground.estate, held.variable) {
            Some((secret, id)) => Self::Pair { secret: Held::new(secret), id: Held::new(id) },
            None => Self::Alone(held),
        })
    }

    /// The key whose value it is, where that can be seen.
    pub(super) fn shows(&self) -> Option<Shows> {
        let held = self.first();
        held.keys().into_iter().next().map(|key| Shows { place: held.place.clone(), key })
    }

    /// In the order in which they are acted on.
    pub(super) fn each(&self) -> Vec<&Held<'a>> {
        match self {
            Self::Alone(held) => vec![held],
            Self::Pair { secret, id } => vec![secret, id],
        }
    }

    /// `X`, or `X and Y`.
    pub(super) fn says(&self) -> String {
        match self {
            Self::Alone(held) => held.place.to_string(),
            Self::Pair { secret, id } => format!("{} and {}", id.place, secret.place.key),
        }
    }

    /// What must be typed where a value is lost: the name of the variable.
    pub(super) fn confirm(&self) -> String {
        match self {
            Self::Alone(held) | Self::Pair { id: held, .. } => held.place.key.clone(),
        }
    }

    fn first(&self) -> &Held<'a> {
        match self {
            Self::Alone(held) | Self::Pair { id: held, .. } => held,
        }
    }

    /// Projects whose jobs get it.
    pub(super) fn readers(&self, ground: &Ground<'_>) -> Vec<Id> {
        readers_of(ground.estate, self.first().variable)
    }

    /// Who gets it, for a plan's reader.
    pub(super) fn consumers(&self, ground: &Ground<'_>) -> Consumers {
        let readers = self.readers(ground).into_iter().collect();
        Consumers::of_place(ground.estate, self.first().place.clone(), &readers)
    }

    /// Whoever gets it is hurt when it goes.
    pub(super) fn blocks(&self, ground: &Ground<'_>, fate: &str) -> Vec<Block> {
        let readers = self.readers(ground).len();
        let says = format!("jobs of {} get it, and {fate}", plural(readers, "project", "projects"));
        (readers > 0).then(|| Block::new(says)).into_iter().collect()
    }

    /// Other variables that show the same key, as a sentence.
    pub(super) fn elsewhere(&self, ground: &Ground<'_>) -> Option<String> {
        let held = self.first();
        let keys = held.keys();
        let key = keys.first()?;
        let shows = |other: &&Variable| {
            other.sighting.as_ref().is_some_and(|seen| seen.keys.contains(key))
                && Place::of(other) != held.place
        };
        let others = ground.estate.all::<Variable>().filter(shows).count();
        (others > 0)
            .then(|| format!("{key} stands in {}", plural(others, "other variable", "other variables")))
    }
}

/// Jobs of these projects' configurations, each with its project; and how many configurations were not read.
pub(super) fn jobs_of<'a>(ground: &Ground<'a>, projects: &[Id]) -> (Vec<(&'a CiConfig, &'a CiJob)>, usize) {
    let mut unread = projects.len();
    let mut jobs = Vec::new();
    for config in ground.estate.all::<CiConfig>().filter(|config| projects.contains(&config.project_id())) {
        if let Some(own) = &config.jobs {
            unread = unread.saturating_sub(1);
            jobs.extend(own.iter().map(|job| (config, job)));
        }
    }
    (jobs, unread)
}

/// The first few of many names.
pub(super) fn few(names: impl IntoIterator<Item = String>) -> String {
    const SHOWN: usize = 3;
    let names: Vec<String> = names.into_iter().collect();
    let shown = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN { format!("{shown} and {} more", names.len() - SHOWN) } else { shown }
}
