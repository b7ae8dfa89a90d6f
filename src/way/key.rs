//! A long-term access key at the end of a path: whose it is, whether a runner was seen to use it, and what a person should know of it.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::Ground;
use crate::{
    base::name::KeyId,
    model::{
        aws::{AccessKey, KeyStatus, User},
        id::{Id, Kind},
        link::{Link, Proof, Relation},
        runner_config::RunnerConfig,
    },
};

/// Whose credentials the key is: its user's, or only its own where no account shows the user; and the link that says so.
pub(super) fn owner(ground: &Ground<'_>, key: &Id) -> (Id, Option<Link>) {
    let owns = ground.linked.to(key).find(|link| link.relation == Relation::Owns).cloned();
    (owns.as_ref().map_or_else(|| key.clone(), |link| link.from.clone()), owns)
}

/// The latest use of a key from the address of a runner manager, or of a machine that runs jobs.
pub(super) fn used_by_runner(ground: &Ground<'_>, key: &Id) -> Option<Arc<Proof>> {
    let uses = ground.linked.from(key).filter(|link| link.relation == Relation::UsedFrom);
    let by_runner =
        uses.filter(|used| managers_at(ground, &used.to).next().is_some() || runs_jobs(ground, &used.to));
    let latest = by_runner.max_by_key(|used| used.proof.at)?;
    let text = format!("{} from {}, a runner's address", latest.proof.text, latest.to.key_text());
    Some(Arc::new(Proof { text: text.into(), at: latest.proof.at }))
}

/// Runner managers that have an address.
pub(super) fn managers_at<'a>(ground: &Ground<'a>, address: &Id) -> impl Iterator<Item = &'a Id> {
    ground.linked.targets(address, Relation::AddressOf).filter(|owner| owner.kind() == Kind::Manager)
}

/// Is it the address of an EC2 instance that a runner manager sits on or a runner's scaling group launched?
fn runs_jobs(ground: &Ground<'_>, address: &Id) -> bool {
    let machines =
        ground.linked.targets(address, Relation::AddressOf).filter(|owner| owner.kind() == Kind::Machine);
    machines.into_iter().any(|machine| {
        ground.linked.to(machine).any(|link| matches!(link.relation, Relation::SitsOn | Relation::Launches))
    })
}

/// What a person should know of a key, one sentence each.
pub(super) fn cautions(ground: &Ground<'_>, key: &Id) -> Vec<String> {
    let known = ground.estate.find::<AccessKey>(key);
    let says = match known.map(|key| key.status) {
        Some(Some(KeyStatus::Inactive)) => {
            "The key is inactive: it works again as soon as somebody activates it."
        }
        Some(Some(KeyStatus::Expired)) => "The key has expired.",
        Some(Some(KeyStatus::Active) | None) => return Vec::new(),
        None if account_is_read(ground, key) => {
            "Its account was read and does not list the key: it was deleted."
        }
        None => {
            "No account that was read lists the key: whose it is, and whether it still works, cannot be known."
        }
    };
    vec![says.to_owned()]
}

/// Were users of the account read that the key's id encodes?
fn account_is_read(ground: &Ground<'_>, key: &Id) -> bool {
    let account = KeyId::new(key.key_text()).and_then(|key| key.account());
    account.is_some_and(|account| ground.estate.all::<User>().any(|user| user.arn.account() == Some(account)))
}

/// Long-term keys that events were made with and that no variable and no runner's file is known to hold.
pub(super) fn unexplained<'a>(ground: &Ground<'a>) -> FxHashSet<&'a Id> {
    let filed: FxHashSet<Id> =
        ground.estate.all::<RunnerConfig>().flat_map(in_runner_file).map(|(key, _)| Id::key(key)).collect();
    let used = ground.linked.iter().filter(|link| link.relation == Relation::UsedFrom);
    let keys = used.map(|link| &link.from).filter(|id| id.kind() == Kind::Key);
    let long = keys.filter(|id| KeyId::new(id.key_text()).is_some_and(|key| key.is_long_term()));
    let held =
        |id: &&Id| filed.contains(*id) || ground.linked.origins(id, Relation::Carries).next().is_some();
    long.filter(|id| !held(id)).collect()
}

/// Where in a runner's file a key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// `environment`.
    Environment,
    /// `[[runners.docker.services]] environment`.
    Services,
    /// `[runners.cache.s3]`.
    Cache { has_secret: bool },
    /// `[runners.machine]`.
    Machine { has_secret: bool },
}

/// Every long-term key of a runner's entry, and where it stands.
pub(super) fn in_runner_file(config: &RunnerConfig) -> impl Iterator<Item = (&KeyId, Place)> {
    let environment = config.environment.iter().flatten().map(|setting| (setting, Place::Environment));
    let docker = config.docker.iter().flat_map(|docker| &docker.services_environment);
    let services = docker.map(|setting| (setting, Place::Services));
    let settings = environment.chain(services);
    let keys =
        settings.flat_map(|(setting, place)| setting.sighting.keys.iter().map(move |key| (key, place)));
    let cache = config
        .cache
        .iter()
        .filter_map(|cache| Some((cache.key.as_ref()?, Place::Cache { has_secret: cache.has_secret })));
    let machine = config.machine.iter().filter_map(|machine| {
        Some((machine.key.as_ref()?, Place::Machine { has_secret: machine.has_secret }))
    });
    keys.chain(cache).chain(machine).filter(|(key, _)| key.is_long_term())
}
