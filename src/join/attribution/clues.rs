//! What a session tells of its job, and how much of it fits one job.

use std::{borrow::Cow, sync::Arc};

use super::roll::{Home, Roll};
use crate::{
    base::time::Timestamp,
    join::{Linked, event::subject, names::Names},
    model::{
        id::{Id, Kind},
        link::{Grade, Relation},
        session::{Candidate, Opener, Session},
    },
};

/// Shorter numbers in a session's name are versions, counters and parts of dates.
const FEWEST_DIGITS: usize = 3;

pub(super) struct Clues<'a> {
    /// When it was asked for; for sessions that a service keeps ready for a whole machine, how long it was used.
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    /// Numbers in the session's name: `GitLabRunner-${CI_PROJECT_ID}-${CI_PIPELINE_ID}` is GitLab's documented example.
    pub(super) numbers: Vec<u64>,
    /// The project that the id token's subject names, or the name of the job's pod.
    pub(super) project: Option<Id>,
    /// The token's subject names it, signed by GitLab.
    is_proven: bool,
    git_ref: Option<&'a str>,
    /// Runner managers at the addresses it was asked for or used from.
    pub(super) homes: Vec<Home<'a>>,
    /// An address that is nobody's, if it was asked for or used from one.
    stranger: Option<&'a Arc<str>>,
    /// Projects that hold a variable with the key that opened it.
    carriers: Vec<Id>,
}

/// A candidate and how much speaks for it.
pub(super) struct Weighed {
    pub(super) points: u32,
    pub(super) candidate: Candidate,
}

impl<'a> Clues<'a> {
    pub(super) fn of(session: &'a Session, names: &Names<'_>, linked: &Linked, roll: &Roll<'a>) -> Self {
        let at = session.opened.or(session.first_seen).unwrap_or_default();
        let name = session.session_name.as_deref().unwrap_or_default();
        let is_service = matches!(session.opened_by, Opener::Service(_));
        let mut clues = Self {
            from: at,
            to: if is_service { session.last_seen.unwrap_or(at).max(at) } else { at },
            numbers: numbers(name),
            project: None,
            is_proven: false,
            git_ref: None,
            homes: session.addresses.iter().flat_map(|address| roll.at(address)).copied().collect(),
            stranger: session.addresses.iter().find(|address| is_stranger(linked, address)),
            carriers: Vec::new(),
        };
        clues.homes.extend(roll.on(name));
        match &session.opened_by {
            Opener::Subject { provider, subject: text } => {
                clues.project = subject(provider.as_ref(), Some(text), names);
                clues.is_proven = clues.project.is_some();
                clues.git_ref = text.split_once(":ref:").and_then(|(_, rest)| rest.split(':').next());
            }
            Opener::Key(key) => {
                let key = Id::key(key);
                let variables = linked.origins(&key, Relation::Carries);
                let holders = variables.flat_map(|variable| linked.origins(variable, Relation::Holds));
                clues.carriers = holders.filter(|holder| holder.kind() == Kind::Project).cloned().collect();
            }
            _ => {}
        }
        if clues.project.is_none() {
            clues.project = pod_project(name).and_then(|project| {
                let instance = &clues.homes.first()?.manager.instance;
                Some(Id::project(instance, project))
            });
        }
        clues
    }

    /// `None` where nothing but the time fits, or where the token names another project or ref.
    pub(super) fn weigh(&self, roll: &Roll<'_>, index: usize) -> Option<Weighed> {
        let job = *roll.jobs.get(index)?;
        let project = job.project.map(|project| Id::project(&job.instance, project));
        let mut reasons: Vec<(u32, &'static str)> = Vec::new();
        let mut say = |worth: u32, reason: &'static str| reasons.push((worth, reason));
        if let Some(named) = &self.project {
            if project.as_ref() != Some(named) {
                return None;
            }
            say(
                30,
                if self.is_proven { "the id token names its project" } else { "its pod names its project" },
            );
        }
        if let Some(named) = self.git_ref.filter(|_| self.is_proven) {
            match job.git_ref.as_deref() {
                Some(git_ref) if git_ref == named => say(10, "and its ref"),
                Some(_) => return None,
                None => {}
            }
        }
        let has_number = self.numbers.contains(&job.number);
        if has_number {
            say(60, "the session's name holds its id");
        }
        if job.pipeline.is_some_and(|pipeline| self.numbers.contains(&pipeline)) {
            say(40, "the session's name holds its pipeline's id");
        }
        if self.homes.iter().any(|home| home.ran(job)) {
            say(25, "it ran on the runner at the session's address");
        }
        if reasons.is_empty() {
            return None;
        }
        if project.is_some_and(|project| self.carriers.contains(&project)) {
            reasons.push((5, "its project has the key in a variable"));
        }
        reasons.push((0, "it was running then"));
        let mut points: u32 = reasons.iter().map(|(worth, _)| worth).sum();
        let mut reasons: Vec<Cow<'static, str>> =
            reasons.into_iter().map(|(_, reason)| reason.into()).collect();
        if let Some(stranger) = self.stranger {
            points = points.saturating_sub(20).max(1);
            reasons.push(format!("but {stranger} is no runner that is known").into());
        }
        let grade = if self.is_proven && has_number { Grade::Observed } else { Grade::Inferred };
        Some(Weighed { points, candidate: Candidate { job: job.id(), grade, reasons } })
    }
}

fn is_stranger(linked: &Linked, address: &str) -> bool {
    use crate::model::entity::Entity;
    matches!(linked.derived(&Id::address(address)), Some(Entity::Address(address)) if !address.known)
}

/// Runs of digits that can be ids.
pub(super) fn numbers(name: &str) -> Vec<u64> {
    let runs = name.split(|letter: char| !letter.is_ascii_digit());
    runs.filter(|run| run.len() >= FEWEST_DIGITS).filter_map(|run| run.parse().ok()).collect()
}

/// `runner-k3xq-project-42-concurrent-0-abc`: how gitlab-runner names the pods and containers of a job.
pub(super) fn pod_project(name: &str) -> Option<u64> {
    let (_, rest) = name.split_once("-project-")?;
    let (number, rest) = rest.split_once('-')?;
    rest.starts_with("concurrent").then(|| number.parse().ok()).flatten()
}
