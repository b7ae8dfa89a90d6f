//! What the company runs jobs on besides EC2 instances, as plain facts: Auto Scaling groups and what they launch, ECS task definitions,
//! EKS clusters.

use crate::base::time::Timestamp;

/// Everything of one account in one region.
#[derive(Clone, Debug, Default)]
pub struct Compute {
    pub scaling_groups: Vec<ScalingGroup>,
    pub launch_configurations: Vec<LaunchConfiguration>,
    pub launch_templates: Vec<LaunchTemplate>,
    pub task_definitions: Vec<TaskDefinition>,
    pub clusters: Vec<Cluster>,
}

#[derive(Clone, Debug)]
pub struct ScalingGroup {
    pub name: String,
    pub launches: Launches,
    /// `i-0abc...`
    pub instances: Vec<String>,
    pub maximum: u32,
    pub created: Timestamp,
}

/// What a group makes instances from. `version` is a number, `$Latest` or `$Default`.
#[derive(Clone, Debug)]
pub enum Launches {
    Template {
        id: String,
        version: String,
    },
    /// A template inside a mixed instances policy.
    Mixed {
        id: String,
        version: String,
    },
    /// A launch configuration, by name.
    Configuration(String),
}

/// Instance profile and metadata options of the machines to come.
#[derive(Clone, Debug, Default)]
pub struct Blueprint {
    /// Instance profile name.
    pub profile: Option<String>,
    /// The profile is written as an ARN, not by its name.
    pub by_arn: bool,
    /// IMDSv2 only and hop limit, where they are set.
    pub metadata: Option<(bool, u32)>,
}

/// The older form of a launch template.
#[derive(Clone, Debug)]
pub struct LaunchConfiguration {
    pub name: String,
    pub blueprint: Blueprint,
    pub created: Timestamp,
}

#[derive(Clone, Debug)]
pub struct LaunchTemplate {
    /// `lt-0abc...`
    pub id: String,
    pub name: String,
    /// Counted from 1.
    pub default_version: usize,
    /// The first is version 1.
    pub versions: Vec<Blueprint>,
    pub created: Timestamp,
}

/// One revision.
#[derive(Clone, Debug)]
pub struct TaskDefinition {
    pub family: String,
    pub revision: u32,
    /// ARN: what containers get.
    pub task_role: Option<String>,
    /// ARN: what the agent uses.
    pub execution_role: Option<String>,
    pub image: String,
    /// Deregistered revisions are kept as `INACTIVE`.
    pub is_active: bool,
    pub registered: Timestamp,
}

#[derive(Clone, Debug)]
pub struct Cluster {
    pub name: String,
    /// Without the scheme.
    pub issuer: String,
    pub version: &'static str,
    pub created: Timestamp,
    pub pod_identities: Vec<PodIdentity>,
}

/// Pods of this service account get this role.
#[derive(Clone, Debug)]
pub struct PodIdentity {
    /// `a-0abc...`
    pub id: String,
    pub namespace: String,
    pub service_account: String,
    /// ARN.
    pub role: String,
    pub created: Timestamp,
}
