//! Pipeline schedules and the variables they carry. GitLab tells them for one project at a time, and the variables for one
//! schedule at a time, so that in a large company only the projects that hold AWS-looking variables are asked.

use std::ops::ControlFlow;

use gitlab::api::projects::pipeline_schedules::{PipelineSchedule, PipelineSchedules};
use serde::Deserialize;

use super::super::{
    endpoint::built,
    roster::Holder,
    strand::Strand,
    tally::Tally,
    variable,
    walk::{Halt, Walk},
    wire::Numbered,
};
use crate::{
    base::{blame::Blame, text::plural},
    model::{
        entity::Entity,
        gitlab::{Owner, Schedule},
    },
    net::{Error, Place},
};

/// Up to so many projects every one is asked: a minute and a half at the pace nobody has to configure.
const ALL: usize = 500;

const LIST: &str = "GET /projects/:id/pipeline_schedules";
const FIX: &str = "needs a token of an administrator, or of a maintainer of the projects.";

#[derive(Deserialize)]
struct Detail<'a> {
    id: u64,
    description: Option<String>,
    #[serde(rename = "ref")]
    git_ref: Option<String>,
    cron: Option<String>,
    active: Option<bool>,
    owner: Option<Person>,
    /// Left out where the token may see the schedule and not its variables.
    #[serde(borrow)]
    variables: Option<Vec<variable::Listed<'a>>>,
}

#[derive(Deserialize)]
struct Person {
    username: Option<String>,
}

pub(in super::super) async fn walk(walk: &Walk) {
    let strand = walk.begin("schedules").await;
    let projects: Vec<(u64, Holder)> =
        walk.roster.projects().into_iter().filter(|(_, project)| !project.archived).collect();
    let few = projects.len() <= ALL;
    let (asked, left): (Vec<_>, Vec<_>) =
        projects.into_iter().partition(|(_, project)| few || project.carries);
    if !left.is_empty() {
        let left = plural(left.len(), "project", "projects");
        let sentence =
            format!("{left} without AWS-looking variables were not asked, it takes a request for each.");
        strand.gap(LIST, Blame::Skipped(sentence)).await;
    }
    let tally = Tally::new(LIST, FIX);
    walk.each(asked, async |(number, project): (u64, Holder)| match read(walk, &strand, number).await {
        Ok(()) => ControlFlow::Continue(()),
        Err(halt) => tally.add(&project.path, &halt),
    })
    .await;
    tally.tell(&strand).await;
    if walk.is_stopped() {
        strand.in_part();
    }
    strand.end().await;
}

async fn read(walk: &Walk, strand: &Strand<'_>, project: u64) -> Result<(), Halt> {
    let mut pages = walk.pages(built(PipelineSchedules::builder().project(project).build())?, Place::Start);
    let mut numbers = Vec::new();
    while let Some(page) = pages.next().await? {
        let listed: Vec<Numbered> = page.answer.json("a list of schedules")?;
        numbers.extend(listed.into_iter().map(|schedule| schedule.id));
    }
    let mut closed = false;
    for number in numbers {
        let endpoint = built(PipelineSchedule::builder().project(project).id(number).build())?;
        let answer = walk.ask(&endpoint).await?;
        let detail: Detail<'_> = answer.json("a schedule")?;
        closed |= detail.variables.is_none();
        strand.saw(seen(walk, project, detail)).await;
    }
    if closed {
        // GitLab shows a schedule's variables to its owner and to maintainers only, and leaves the field out for others.
        return Err(Halt::Failed(Error::Refused { status: 403, message: String::new() }));
    }
    Ok(())
}

/// The schedule and its variables.
fn seen(walk: &Walk, project: u64, detail: Detail<'_>) -> Vec<Entity> {
    let owner = Owner::Schedule { project, schedule: detail.id };
    let variables = detail.variables.unwrap_or_default().into_iter();
    let schedule = Schedule {
        instance: walk.instance().clone(),
        project,
        number: detail.id,
        description: detail.description,
        git_ref: detail.git_ref,
        cron: detail.cron,
        active: detail.active,
        owner: detail.owner.and_then(|person| person.username),
    };
    let variables = variables.map(|variable| Entity::from(variable.seen(walk.instance(), owner)));
    std::iter::once(Entity::from(schedule)).chain(variables).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_peoples_recorded_schedules_are_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/gitlab-api/");
        for (file, variables) in [
            ("gitlab4j/pipeline-schedule.json", Some(1)),
            ("python-gitlab/pipeline_schedules__content.json", None),
        ] {
            let Ok(body) = std::fs::read_to_string(format!("{folder}{file}")) else {
                println!("skipped: {file} is not here");
                continue;
            };
            let detail: Detail<'_> = serde_json::from_str(&body).unwrap();
            assert_eq!(detail.variables.map(|variables| variables.len()), variables, "{file}");
            assert!(detail.cron.is_some() && detail.git_ref.is_some());
        }
    }
}
