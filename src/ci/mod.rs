//! Floor 1: GitLab CI configurations as pure functions over text: YAML with its anchors and tags, `extends`, `!reference` and local
//! includes, and what each job says about AWS. It never knows where a text came from.

mod include;
mod job;
mod resolve;
mod secret;
mod tree;

#[cfg(test)]
mod tests;

pub use include::Files;

use self::{include::Whole, job::Reader, resolve::resolve};
use crate::{model::ci::CiJob, script::written};

/// Jobs read of one configuration; GitLab allows 500 in a pipeline, and a configuration may hold more of them.
const MOST_JOBS: usize = 2_000;

/// Bytes of scripts searched in one configuration, all jobs together: shared scripts make a small file say much.
const MOST_SCRIPT: usize = 8 << 20;

/// What a configuration says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Read {
    /// Jobs that can run, in their order.
    pub jobs: Vec<CiJob>,
    /// What could not be made sense of, one sentence each, with the line.
    pub problems: Vec<String>,
    /// Includes that were not followed, as written: other projects', remote ones, local ones that `files` does not have.
    pub unread: Vec<String>,
}

impl Read {
    /// Was everything the text says understood, so that merging it elsewhere would tell no more?
    pub fn is_whole(&self) -> bool {
        self.problems.is_empty() && self.unread.is_empty()
    }

    /// Does any job show anything of AWS: an id token, a secret, a variable, a clue?
    pub fn shows_aws(&self) -> bool {
        self.jobs.iter().any(|job| {
            !job.id_tokens.is_empty()
                || !job.secrets.is_empty()
                || !job.variables.is_empty()
                || !job.clues.is_empty()
        })
    }
}

/// Reads the text of a `.gitlab-ci.yml`, or of lint's `merged_yaml`. Any text is read in bounded time and memory; what is wrong with it is
/// among the problems.
pub fn read(text: &str, files: Files<'_>) -> Read {
    let mut whole = Whole::new(files);
    let raw = whole.read(text);
    let Whole { mut problems, unread, .. } = whole;
    let root = resolve(&raw, unread.is_empty(), &mut problems);
    let (mut jobs, mut bytes) = (Vec::new(), 0);
    for (name, job) in root.iter().filter(|(name, _)| job::is_job(name)).take(MOST_JOBS) {
        let reader = Reader::new(&root, job, bytes < MOST_SCRIPT);
        bytes += reader.script_bytes();
        match reader.fault() {
            // What it extends may stand in an include that was not read.
            Some(_) if !unread.is_empty() && job.map().is_some() => jobs.push(reader.read(name)),
            Some(fault) => resolve::add(&mut problems, job.line, &format!("{} {fault}", written(name))),
            None => jobs.push(reader.read(name)),
        }
    }
    if bytes > MOST_SCRIPT {
        problems.push("the jobs' scripts are longer than the 8 MB that are searched".to_owned());
    }
    Read { jobs, problems, unread }
}
