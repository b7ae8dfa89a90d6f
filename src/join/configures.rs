//! Which runner an entry of a runner's file configures: the GitLab it takes jobs from, and the runner's id there. Where the file has no
//! id, its system id says which manager runs from it.

use rustc_hash::FxHashMap;

use super::{Join, linked::Weave};
use crate::model::{
    estate::Estate,
    gitlab::{Instance, Manager},
    id::Id,
    link::{Grade, Proof, Relation},
    runner_config::RunnerConfig,
};

pub(super) const JOIN: Join = Join { name: "configures", add };

fn add(estate: &Estate, _: &super::Policies<'_>, weave: &mut Weave) {
    let mut by_system: FxHashMap<&str, Vec<(&str, Id)>> = FxHashMap::default();
    for manager in estate.all::<Manager>() {
        let runner = Id::runner(&manager.instance, manager.runner);
        by_system.entry(&manager.system_id).or_default().push((&manager.instance, runner));
    }
    let numbered = Proof::of("the entry's url and id are the runner's");
    let system = Proof::of("the file's system id is that of the runner's manager");
    for (id, config) in estate.named::<RunnerConfig>() {
        let Some(written) = config.url.as_deref().filter(|url| !url.is_empty()) else { continue };
        let instances: Vec<&str> = estate
            .all::<Instance>()
            .filter(|instance| {
                [instance.url.as_deref().unwrap_or_default(), &instance.name]
                    .iter()
                    .any(|known| bare(known) == bare(written))
            })
            .map(|instance| &*instance.name)
            .collect();
        if let Some(number) = config.number {
            for instance in instances {
                let runner = Id::runner(instance, number);
                weave.add(id.clone(), Relation::Configures, runner, Grade::Configured, numbered.clone());
            }
            continue;
        }
        let managers = config.system_id.as_deref().and_then(|system_id| by_system.get(system_id));
        for (_, runner) in managers.into_iter().flatten().filter(|(instance, _)| instances.contains(instance))
        {
            // One system id may serve several runners of a machine, so that this says less than the id would.
            weave.add(id.clone(), Relation::Configures, runner.clone(), Grade::Inferred, system.clone());
        }
    }
}

/// Host and path of a URL.
fn bare(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/')
}
