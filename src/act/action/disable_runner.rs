//! Takes a project runner away from one project.

use super::{
    Action, Ground, WhyNot, Wishes,
    fleet::{Fleet, blocks, project_name},
    plan,
};
use crate::{
    act::{
        call::AssignRunner,
        plan::Plan,
        wish::{Takes, Wish},
    },
    model::{
        gitlab::{Runner, RunnerType},
        id::{Id, Kind},
    },
};

const PROJECT: Wish = Wish {
    name: "project",
    about: "the project whose jobs the runner is to take no longer",
    takes: Takes::OneOf(projects),
    must: true,
};

pub(super) const ACTION: Action = Action {
    name: "disable-runner",
    about: "Takes a project runner away from one project (--project).",
    kind: Kind::Runner,
    wishes: &[PROJECT],
    make,
};

/// None where it has only the one that owns it.
fn projects(ground: &Ground<'_>, target: &Id) -> Vec<String> {
    let is_shared = |runner: &&Runner| {
        runner.runner_type == Some(RunnerType::Project)
            && runner.projects.as_ref().is_some_and(|own| own.len() > 1)
    };
    let runner = ground.estate.find::<Runner>(target).filter(is_shared);
    let named = |runner: &Runner| {
        let numbers = runner.projects.iter().flatten();
        numbers.map(|number| project_name(ground, &runner.instance, *number)).collect()
    };
    runner.map(named).unwrap_or_default()
}

fn make(ground: &Ground<'_>, target: &Id, wishes: &Wishes) -> Result<Plan, WhyNot> {
    let fleet = Fleet::of(ground, target)?;
    let runner = fleet.runner;
    match (runner.runner_type, runner.projects.as_deref()) {
        (Some(RunnerType::Project), Some([_])) => {
            return Err(WhyNot::new(format!(
                "{} has one project, which owns it: GitLab takes it from there only with the runner; delete-runner does",
                fleet.says()
            )));
        }
        (Some(RunnerType::Project), Some(_)) => {}
        (Some(RunnerType::Project), None) => {
            return Err(WhyNot::new(format!("which projects {} has was not seen", fleet.says())));
        }
        (Some(_), _) => {
            return Err(WhyNot::new(
                "it is no runner of projects: a project turns those off in its own settings",
            ));
        }
        (None, _) => return Err(WhyNot::new(format!("of which type {} is was not seen", fleet.says()))),
    }
    let wished = wishes.text(&PROJECT);
    let is_wished = |number: &u64| {
        let (name, number) = (project_name(ground, &runner.instance, *number), number.to_string());
        wished.is_some_and(|wished| wished == name || wished == number)
    };
    let project = runner.projects.iter().flatten().copied().find(is_wished).ok_or_else(|| {
        let own = projects(ground, target).join(", ");
        WhyNot::new(format!("name one of the projects of {} with --project: {own}", fleet.says()))
    })?;
    let call = AssignRunner { instance: fleet.instance(), runner: runner.number, project, to: false };
    let name = project_name(ground, &runner.instance, project);
    let title = format!("Take {} from {name}", fleet.says());
    let of_project = fleet.jobs(ground).filter(|job| job.project == Some(project));
    let blocks = blocks(ground, of_project);
    let plan = plan(ground, &ACTION, target, title, vec![call.into()], fleet.consumers(ground))?;
    let mut cautions = vec![
        "Jobs it runs go on until they end. GitLab refuses it for the project that owns the runner."
            .to_owned(),
    ];
    if runner.locked == Some(true) {
        cautions.push("It is locked: GitLab lets administrators alone take it from a project.".into());
    } else {
        cautions.push("It is not locked: whoever administers the project and may use the runner elsewhere can give it back.".into());
    }
    Ok(Plan { blocks, cautions, ..plan })
}
