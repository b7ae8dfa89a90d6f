//! Which runner ran a job, and whose job it was.

use super::{Join, linked::Weave};
use crate::model::{
    estate::Estate,
    gitlab::Job,
    id::Id,
    link::{Grade, Proof, Relation},
};

pub(super) const JOIN: Join = Join { name: "job", add };

fn add(estate: &Estate, _: &super::Policies<'_>, weave: &mut Weave) {
    let recorded = Proof::of("GitLab's record of the job");
    for job in estate.all::<Job>() {
        if let Some(runner) = job.runner {
            let runner = Id::runner(&job.instance, runner);
            weave.add(runner, Relation::Ran, job.id(), Grade::Observed, recorded.clone());
        }
        if let Some(project) = job.project {
            let project = Id::project(&job.instance, project);
            weave.add(project, Relation::HadJob, job.id(), Grade::Observed, recorded.clone());
        }
    }
}
