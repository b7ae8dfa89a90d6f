//! Takes a tag from a runner, so that jobs which ask for it are no longer its.

use super::{
    Action, Ground, WhyNot, Wishes,
    fleet::{Fleet, unread},
    held::few,
};
use crate::{
    act::{
        call::Setting,
        plan::{Block, Plan},
        wish::{Takes, Wish},
    },
    model::{
        gitlab::Runner,
        id::{Id, Kind},
    },
};

const TAG: Wish =
    Wish { name: "tag", about: "the tag the runner is to lose", takes: Takes::OneOf(tags), must: true };

pub(super) const ACTION: Action = Action {
    name: "remove-runner-tag",
    about: "Takes a tag from a runner (--tag): jobs that ask for it are no longer its.",
    kind: Kind::Runner,
    wishes: &[TAG],
    make,
};

/// Those that it can lose.
fn tags(ground: &Ground<'_>, target: &Id) -> Vec<String> {
    let can_lose = |runner: &&Runner| {
        runner.run_untagged == Some(true) || runner.tags.as_ref().is_some_and(|own| own.len() > 1)
    };
    let runner = ground.estate.find::<Runner>(target).filter(can_lose);
    runner.and_then(|runner| runner.tags.clone()).unwrap_or_default()
}

fn make(ground: &Ground<'_>, target: &Id, wishes: &Wishes) -> Result<Plan, WhyNot> {
    let fleet = Fleet::of(ground, target)?;
    let Some(mut from) = fleet.runner.tags.clone() else {
        return Err(WhyNot::new(format!("which tags {} has was not seen", fleet.says())));
    };
    from.sort();
    if let ([last], false) = (from.as_slice(), fleet.runner.run_untagged == Some(true)) {
        return Err(WhyNot::new(format!(
            "{last} is the last tag of {}, and it takes no untagged jobs: GitLab refuses that; pause-runner stops it",
            fleet.says()
        )));
    }
    let tag = wishes.text(&TAG).filter(|tag| from.iter().any(|own| own == tag)).ok_or_else(|| {
        WhyNot::new(match from.as_slice() {
            [] => format!("{} has no tags", fleet.says()),
            own => format!("name one of the tags of {} with --tag: {}", fleet.says(), own.join(", ")),
        })
    })?;
    let to: Vec<String> = from.iter().filter(|own| *own != tag).cloned().collect();
    let (ran, missing) = fleet.configured(ground, |job| job.tags.iter().any(|asked| asked == tag));
    let title = format!("Take the tag {tag} from {}", fleet.says());
    let plan = fleet.set(ground, &ACTION, &title, (Setting::Tags(from), Setting::Tags(to)))?;
    let lose =
        format!("it ran jobs that ask for {tag}, which wait for another runner then: {}", few(ran.clone()));
    let blocks = (!ran.is_empty()).then(|| Block::new(lose)).into_iter().collect();
    let mut cautions =
        vec!["A tag keeps nobody out: whoever writes a job names what other tags the runner has.".to_owned()];
    cautions.extend(unread(missing));
    Ok(Plan { blocks, cautions, ..plan })
}
