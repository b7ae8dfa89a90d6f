//! Keeps a project runner to the projects it has.

use super::{Action, Ground, WhyNot, Wishes, fleet::Fleet};
use crate::{
    act::{call::Setting, plan::Plan},
    model::{
        gitlab::RunnerType,
        id::{Id, Kind},
    },
};

pub(super) const ACTION: Action = Action {
    name: "lock-runner",
    about: "Keeps a project runner to the projects it has: nobody gives it to another one.",
    kind: Kind::Runner,
    wishes: &[],
    make,
};

fn make(ground: &Ground<'_>, target: &Id, _: &Wishes) -> Result<Plan, WhyNot> {
    let fleet = Fleet::of(ground, target)?;
    match fleet.runner.runner_type {
        Some(RunnerType::Project) => {}
        Some(_) => return Err(WhyNot::new("only runners of projects are given from project to project")),
        None => return Err(WhyNot::new(format!("of which type {} is was not seen", fleet.says()))),
    }
    if fleet.runner.locked == Some(true) {
        return Err(WhyNot::new(format!("{} is locked already", fleet.says())));
    }
    let title = format!("Lock {}", fleet.says());
    let plan = fleet.set(ground, &ACTION, &title, (Setting::Locked(false), Setting::Locked(true)))?;
    let cautions = vec!["Projects that have it keep it; administrators can still give it away.".into()];
    Ok(Plan { cautions, ..plan })
}
