//! ECS: families of task definitions, and the latest revision of each.

use serde::Deserialize;

use super::{Page, request::Request};

const SERVICE: &str = "AmazonEC2ContainerServiceV20141113";

/// Families with an active revision.
pub(in super::super) fn list_families() -> Request {
    Request::json("ecs", &format!("{SERVICE}.ListTaskDefinitionFamilies"))
        .with("status", "ACTIVE")
        .with("maxResults", 100)
}

/// A family without a revision means its latest active one.
pub(in super::super) fn describe(family: &str) -> Request {
    Request::json("ecs", &format!("{SERVICE}.DescribeTaskDefinition")).with("taskDefinition", family)
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in super::super) struct Families {
    pub(in super::super) families: Vec<String>,
    next_token: Option<String>,
}

impl Page for Families {
    fn next(&self) -> Option<&str> {
        self.next_token.as_deref()
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Described {
    pub(in super::super) task_definition: TaskDefinition,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names of the protocol")]
pub(in super::super) struct TaskDefinition {
    pub(in super::super) task_definition_arn: String,
    pub(in super::super) task_role_arn: Option<String>,
    pub(in super::super) execution_role_arn: Option<String>,
}
