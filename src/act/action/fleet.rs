//! Runners that are acted on, and what their jobs have shown.

use std::collections::BTreeSet;

use super::{Action, Ground, WhyNot, held::few, plan};
use crate::{
    act::{
        call::{SetRunner, Setting},
        consumers::Consumers,
        plan::{Block, Plan},
    },
    base::{text::plural, time::Timestamp},
    model::{
        ci::{CiConfig, CiJob},
        gitlab::{Job, Project, Runner},
        id::Id,
    },
};

/// A runner as it was seen.
pub(super) struct Fleet<'a> {
    pub(super) runner: &'a Runner,
    id: Id,
}

impl<'a> Fleet<'a> {
    pub(super) fn of(ground: &Ground<'a>, target: &Id) -> Result<Self, WhyNot> {
        let runner = ground.estate.find::<Runner>(target);
        let runner =
            runner.ok_or_else(|| WhyNot::new(format!("runner {} was not seen", target.key_text())))?;
        Ok(Self { runner, id: target.clone() })
    }

    pub(super) fn instance(&self) -> String {
        self.runner.instance.to_string()
    }

    /// `runner 7`.
    pub(super) fn says(&self) -> String {
        format!("runner {}", self.runner.number)
    }

    /// A plan that sets one thing of it.
    pub(super) fn set(
        &self,
        ground: &Ground<'_>,
        action: &Action,
        title: &str,
        (from, to): (Setting, Setting),
    ) -> Result<Plan, WhyNot> {
        let title = format!("{title} of {}", self.runner.instance);
        let call = SetRunner { instance: self.instance(), runner: self.runner.number, from, to };
        plan(ground, action, &self.id, title, vec![call.into()], self.consumers(ground))
    }

    /// Jobs that were seen on it.
    pub(super) fn jobs<'g>(&self, ground: &Ground<'g>) -> impl Iterator<Item = &'g Job> + use<'g> {
        let (instance, number) = (self.runner.instance.clone(), self.runner.number);
        ground.estate.all::<Job>().filter(move |job| job.runner == Some(number) && job.instance == instance)
    }

    pub(super) fn consumers(&self, ground: &Ground<'_>) -> Consumers {
        let projects: BTreeSet<u64> = self.jobs(ground).filter_map(|job| job.project).collect();
        let running = self.jobs(ground).filter(|job| job.status.as_deref() == Some("running")).count();
        Consumers { projects: projects.len(), running, ..Consumers::default() }
    }

    /// Jobs of configurations that ran on it, by what their configuration says of them.
    pub(super) fn configured(
        &self,
        ground: &Ground<'a>,
        is_meant: impl Fn(&CiJob) -> bool,
    ) -> (BTreeSet<String>, usize) {
        let mut found = BTreeSet::new();
        let mut unread = BTreeSet::new();
        for job in self.jobs(ground) {
            let (Some(project), Some(name)) = (job.project, job.name.as_deref()) else { continue };
            let config = ground.estate.find::<CiConfig>(&Id::ci_config(&job.instance, project));
            let Some(jobs) = config.and_then(|config| config.jobs.as_deref()) else {
                unread.insert(project);
                continue;
            };
            if jobs.iter().any(|one| is_named(name, &one.name) && is_meant(one)) {
                found.insert(format!("{name} of {}", project_name(ground, &job.instance, project)));
            }
        }
        (found, unread.len())
    }
}

/// Projects whose jobs it was seen to run find no runner any more, if it was their only one.
pub(super) fn blocks<'j>(ground: &Ground<'_>, jobs: impl Iterator<Item = &'j Job>) -> Vec<Block> {
    let mut projects = BTreeSet::new();
    let mut last = Timestamp::default();
    for job in jobs {
        projects.extend(job.project.map(|project| project_name(ground, &job.instance, project)));
        last = last.max(job.started.or(job.created).unwrap_or_default());
    }
    let says = format!("it ran jobs of {}, the last at {last}", few(projects.iter().cloned()));
    (!projects.is_empty()).then(|| Block::new(says)).into_iter().collect()
}

/// What was not read may hold such jobs too.
pub(super) fn unread(projects: usize) -> Option<String> {
    let configurations = plural(projects, "project", "projects");
    (projects > 0)
        .then(|| format!("The CI configurations of {configurations} whose jobs it ran were not read."))
}

/// A job of `parallel:` bears its number, or its matrix' values, after its name.
fn is_named(job: &str, configured: &str) -> bool {
    job.strip_prefix(configured)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(' ') || rest.starts_with(':'))
}

pub(super) fn project_name(ground: &Ground<'_>, instance: &str, number: u64) -> String {
    let project = ground.estate.find::<Project>(&Id::project(instance, number));
    project.and_then(|project| project.path.clone()).unwrap_or_else(|| format!("project {number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_known_by_the_beginning_of_its_name() {
        for (job, configured, is) in [
            ("deploy", "deploy", true),
            ("deploy 1/3", "deploy", true),
            ("deploy: [eu-west-1]", "deploy", true),
            ("deploy-prod", "deploy", false),
        ] {
            assert_eq!(is_named(job, configured), is, "{job}");
        }
    }
}
