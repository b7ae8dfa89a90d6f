//! Deletes a runner for good.

use super::{
    Action, Ground, WhyNot, Wishes,
    fleet::{Fleet, blocks},
    plan,
};
use crate::{
    act::{
        call::DeleteRunner,
        plan::{Block, Plan},
    },
    base::text::plural,
    model::{
        id::{Id, Kind},
        link::Relation,
    },
};

pub(super) const ACTION: Action = Action {
    name: "delete-runner",
    about: "Deletes a runner for good: its machines get no more jobs with it.",
    kind: Kind::Runner,
    wishes: &[],
    make,
};

fn make(ground: &Ground<'_>, target: &Id, _: &Wishes) -> Result<Plan, WhyNot> {
    let fleet = Fleet::of(ground, target)?;
    let call = DeleteRunner { instance: fleet.instance(), runner: fleet.runner.number };
    let title = format!("Delete {} of {}", fleet.says(), fleet.runner.instance);
    let consumers = fleet.consumers(ground);
    let mut speaks = blocks(ground, fleet.jobs(ground));
    if consumers.running > 0 {
        let jobs = plural(consumers.running, "job is", "jobs are");
        speaks.push(Block::new(format!("{jobs} running on it: pause-runner lets them end first")));
    }
    let plan = plan(ground, &ACTION, target, title, vec![call.into()], consumers)?;
    let mut cautions = vec!["A deleted runner never comes back; pause-runner can be undone.".to_owned()];
    if fleet.runner.projects.as_ref().is_some_and(|projects| projects.len() > 1) {
        cautions.push("It has several projects: GitLab lets administrators alone delete it.".into());
    }
    let files = ground.linked.origins(target, Relation::Configures).map(Id::key_text);
    cautions.extend(files.map(|file| format!("{file} still names it: take it out there.")));
    Ok(Plan { blocks: speaks, cautions, confirm: Some(fleet.says()), ..plan })
}
