//! Jobs in Fargate tasks: the custom executor's driver starts them from a task definition, whose task role every container has.

use super::{
    CredentialPath, Ground, Life, Way, sessions,
    start::{self, Rest},
};
use crate::model::{
    compute::TaskDefinition,
    id::{Id, Kind},
    link::{Link, Relation},
    runner_config::RunnerConfig,
    session::Opener,
};

pub(super) const WAY: Way = Way {
    name: "fargate",
    title: "task role of Fargate jobs",
    life: Life::Short,
    better: "Take the task role away and let the jobs' id tokens open roles of their own: a task role is the same for every job.",
    find,
};

const LIST: &str = "ecs:ListTaskDefinitionFamilies";
const DESCRIBE: &str = "ecs:DescribeTaskDefinition";

fn find(ground: &Ground<'_>) -> Vec<CredentialPath> {
    let mut paths = Vec::new();
    for (id, _) in ground.estate.named::<RunnerConfig>() {
        let starts = ground.linked.from(id).filter(|link| link.relation == Relation::Starts);
        let tasks: Vec<&Link> = starts.filter(|link| link.to.kind() == Kind::TaskDefinition).collect();
        for start in start::of_config(ground, id) {
            let rests = tasks.iter().filter_map(|starts| rest(ground, starts));
            paths.extend(rests.map(|rest| start.path(&WAY, rest)));
        }
    }
    paths
}

/// To the task's role; `None` where the definition was read and has none.
fn rest(ground: &Ground<'_>, starts: &Link) -> Option<Rest> {
    let task = &starts.to;
    let unresolved = ground.estate.find::<TaskDefinition>(task).is_none();
    if unresolved {
        let why = [LIST, DESCRIBE].into_iter().find_map(|action| start::refused(ground, None, action));
        let why = why.unwrap_or_else(|| format!("It would take {DESCRIBE}."));
        return Some(Rest {
            via: task.clone(),
            to: task.clone(),
            hops: vec![starts.clone()],
            used: None,
            cautions: vec![format!("The task definition was not read. {why}")],
        });
    }
    let has_role = ground.linked.from(task).find(|link| link.relation == Relation::HasRole)?;
    Some(Rest {
        via: task.clone(),
        to: has_role.to.clone(),
        hops: vec![starts.clone(), has_role.clone()],
        used: used(ground, &has_role.to),
        cautions: Vec::new(),
    })
}

/// ECS opens sessions for tasks; which task definition they had, no record says.
fn used(ground: &Ground<'_>, role: &Id) -> Option<std::sync::Arc<crate::model::link::Proof>> {
    sessions::seen(
        ground,
        role,
        "opened by ECS for tasks",
        |session| matches!(&session.opened_by, Opener::Service(service) if **service == *"ecs-tasks.amazonaws.com"),
    )
}
