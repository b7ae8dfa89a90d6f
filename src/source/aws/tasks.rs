//! ECS task definitions of each region: the latest revision of each family, as Fargate runners start them.

use super::{
    signed::{
        Line,
        ecs::{self, Described, Families},
        in_each_region, until_refused,
    },
    visit::Visit,
};
use crate::{
    base::{blame::Blame, name::Arn},
    model::compute::TaskDefinition,
};

const LIST: &str = "ecs:ListTaskDefinitionFamilies";
const DESCRIBE: &str = "ecs:DescribeTaskDefinition";

/// Families described in a region. Which of them runners start is not known here, and some accounts have thousands.
const MOST: usize = 300;

pub(super) async fn collect(visit: &Visit) {
    in_each_region(visit, ("task definitions", LIST), |line| Box::pin(read(line))).await;
}

async fn read(line: Line<'_>) {
    let mut families = Vec::new();
    let keep = |page: Families| {
        families.extend(page.families);
        Vec::new()
    };
    line.pages(LIST, ecs::list_families(), keep).await;
    // Names with `ci` or `runner` in them are the likelier ones, should there be too many.
    families.sort_by_key(|family| !is_likely(family));
    if families.len() > MOST {
        let rest = format!("{} of {} families of task definitions", families.len() - MOST, families.len());
        line.walk.gap(DESCRIBE, Blame::Skipped(rest)).await;
        families.truncate(MOST);
    }
    until_refused(families, |family| describe(line, family)).await;
}

fn is_likely(family: &str) -> bool {
    let family = family.to_ascii_lowercase();
    ["gitlab", "runner", "ci"]
        .iter()
        .any(|word| family.split(|letter: char| !letter.is_alphanumeric()).any(|part| part == *word))
}

async fn describe(line: Line<'_>, family: String) -> bool {
    let arn = |text: Option<String>| text.and_then(|text| Arn::new(&text));
    let read = |Described { task_definition: found }: Described| {
        let seen = TaskDefinition {
            arn: Arn::new(&found.task_definition_arn)?,
            task_role: arn(found.task_role_arn),
            execution_role: arn(found.execution_role_arn),
        };
        Some(seen.into())
    };
    line.ask_one(&format!("{DESCRIBE} {family}"), ecs::describe(&family), read).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likely_families_go_first() {
        assert!(is_likely("GitLab-job") && is_likely("team_ci_build"));
        assert!(!is_likely("invoice-precision"));
    }
}
