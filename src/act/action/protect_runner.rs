//! Keeps a runner for jobs of protected branches and tags.

use std::collections::BTreeSet;

use super::{
    Action, Ground, WhyNot, Wishes,
    fleet::{Fleet, project_name},
    held::few,
};
use crate::{
    act::{
        call::Setting,
        plan::{Block, Plan},
    },
    base::text::plural,
    model::{
        gitlab::{Job, Project},
        id::{Id, Kind},
    },
    policy::pattern::matches,
};

pub(super) const ACTION: Action = Action {
    name: "protect-runner",
    about: "Lets a runner take jobs of protected branches and tags alone.",
    kind: Kind::Runner,
    wishes: &[],
    make,
};

fn make(ground: &Ground<'_>, target: &Id, _: &Wishes) -> Result<Plan, WhyNot> {
    let fleet = Fleet::of(ground, target)?;
    if fleet.runner.protected == Some(true) {
        return Err(WhyNot::new(format!("{} takes jobs of protected refs alone already", fleet.says())));
    }
    let (mut open, mut unknown) = (BTreeSet::new(), BTreeSet::new());
    for job in fleet.jobs(ground) {
        let (Some(project), Some(name)) = (job.project, job.git_ref.as_deref()) else { continue };
        match is_protected(ground, job, project, name) {
            Some(true) => {}
            Some(false) => {
                _ = open.insert(format!("{name} of {}", project_name(ground, &job.instance, project)));
            }
            None => _ = unknown.insert(project),
        }
    }
    let title = format!("Protect {}", fleet.says());
    let plan = fleet.set(ground, &ACTION, &title, (Setting::Protected(false), Setting::Protected(true)))?;
    let lose = format!(
        "it ran jobs of refs that nobody protects, which wait for another runner then: {}",
        few(open.clone())
    );
    let blocks = (!open.is_empty()).then(|| Block::new(lose)).into_iter().collect();
    let mut cautions = vec![
        "Jobs it runs go on until they end. Pipelines of merge requests are of no protected ref.".to_owned(),
    ];
    if !unknown.is_empty() {
        let projects = plural(unknown.len(), "project", "projects");
        cautions.push(format!("Which refs are protected was not seen of {projects} whose jobs it ran."));
    }
    Ok(Plan { blocks, cautions, ..plan })
}

/// `None` where what the project protects was not seen.
fn is_protected(ground: &Ground<'_>, job: &Job, project: u64, name: &str) -> Option<bool> {
    let project = ground.estate.find::<Project>(&Id::project(&job.instance, project))?;
    let protected = if job.tag? { &project.protected_tags } else { &project.protected_branches };
    let patterns = protected.as_ref()?;
    Some(patterns.iter().any(|pattern| matches(pattern, name)))
}
