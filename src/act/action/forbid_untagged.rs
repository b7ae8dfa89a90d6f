//! Keeps a runner from jobs that name no tag.

use super::{
    Action, Ground, WhyNot, Wishes,
    fleet::{Fleet, unread},
    held::few,
};
use crate::{
    act::{
        call::Setting,
        plan::{Block, Plan},
    },
    model::id::{Id, Kind},
};

pub(super) const ACTION: Action = Action {
    name: "forbid-untagged",
    about: "Lets a runner take only jobs that ask for one of its tags.",
    kind: Kind::Runner,
    wishes: &[],
    make,
};

fn make(ground: &Ground<'_>, target: &Id, _: &Wishes) -> Result<Plan, WhyNot> {
    let fleet = Fleet::of(ground, target)?;
    if fleet.runner.run_untagged == Some(false) {
        return Err(WhyNot::new(format!("{} takes no jobs without tags", fleet.says())));
    }
    match fleet.runner.tags.as_deref() {
        None => return Err(WhyNot::new(format!("which tags {} has was not seen", fleet.says()))),
        Some([]) => {
            return Err(WhyNot::new(format!(
                "{} has no tags: GitLab has it take untagged jobs, or none; pause-runner stops it",
                fleet.says()
            )));
        }
        Some(_) => {}
    }
    let (ran, missing) = fleet.configured(ground, |job| job.tags.is_empty());
    let title = format!("Forbid untagged jobs on {}", fleet.says());
    let plan =
        fleet.set(ground, &ACTION, &title, (Setting::RunUntagged(true), Setting::RunUntagged(false)))?;
    let lose =
        format!("it ran jobs that name no tag, which wait for another runner then: {}", few(ran.clone()));
    let blocks = (!ran.is_empty()).then(|| Block::new(lose)).into_iter().collect();
    let mut cautions =
        vec!["Whoever writes a job may name the tag: this keeps accidents out, not people.".to_owned()];
    cautions.extend(unread(missing));
    Ok(Plan { blocks, cautions, ..plan })
}
