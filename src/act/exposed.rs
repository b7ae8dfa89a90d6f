//! Runners that a leaked key lies on: those whose own files keep it, and project runners whose every project gets it from a variable. Pausing
//! these hands nobody else's jobs to a machine that may be in somebody's hands; runners that others use as well are named and go on.

use std::collections::BTreeSet;

use super::{action::Ground, call::SetRunner, consumers::readers_of, plan::Step};
use crate::{
    base::text::plural,
    model::{
        gitlab::{Runner, RunnerType, Variable},
        id::{Id, Kind},
        link::Relation,
    },
};

/// Steps that pause them, and a sentence for each runner that is left alone.
pub(super) fn paused(ground: &Ground<'_>, key: &Id) -> (Vec<Step>, Vec<String>) {
    let linked = ground.linked;
    let carriers = linked.origins(key, Relation::Carries);
    let carriers = carriers.filter_map(|id| ground.estate.find::<Variable>(id));
    let readers: BTreeSet<Id> = carriers.flat_map(|variable| readers_of(ground.estate, variable)).collect();
    let files = linked.origins(key, Relation::Keeps);
    let kept: BTreeSet<&Id> = files
        .flat_map(|file| linked.targets(file, Relation::Configures))
        .filter(|id| id.kind() == Kind::Runner)
        .collect();
    let (mut steps, mut left) = (Vec::new(), Vec::new());
    for (id, runner) in ground.estate.named::<Runner>() {
        let projects = runner.projects.as_deref().unwrap_or_default();
        let others =
            projects.iter().filter(|number| !readers.contains(&Id::project(&runner.instance, **number)));
        let others = others.count();
        let is_exposed =
            kept.contains(id) || (runner.runner_type == Some(RunnerType::Project) && others < projects.len());
        if !is_exposed || runner.paused != Some(false) {
            continue;
        }
        let is_shared = runner.runner_type != Some(RunnerType::Project) || others > 0;
        if is_shared {
            let whom = match runner.runner_type {
                Some(RunnerType::Project) => plural(others, "other project", "other projects"),
                _ => "other projects too".to_owned(),
            };
            let how = if kept.contains(id) {
                "its own file keeps the key"
            } else {
                "jobs that get the key run there"
            };
            left.push(format!(
                "Not paused: runner {} of {}, which serves {whom}: {how}.",
                runner.number, runner.instance
            ));
        } else {
            steps.push(SetRunner::paused(&runner.instance, runner.number, true).into());
        }
    }
    (steps, left)
}
