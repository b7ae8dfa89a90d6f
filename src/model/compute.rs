//! What AWS runs jobs on, besides EC2 instances: Auto Scaling groups, launch templates, ECS task definitions, EKS clusters and their pod
//! identity associations.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{id::Id, merge::merge};
use crate::base::name::{AccountId, Arn};

/// An Auto Scaling group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScalingGroup {
    pub account: AccountId,
    pub region: Arc<str>,
    pub name: Arc<str>,
    /// `lt-0abc...` and the version as the group names it: a number, `$Latest` or `$Default`.
    pub template: Option<(Arc<str>, Arc<str>)>,
    /// The profile of a launch configuration, the older form of a template: a name or an ARN.
    pub profile: Option<Arc<str>>,
    /// EC2 instance ids.
    pub instances: Option<Vec<Arc<str>>>,
}
merge!(ScalingGroup { template, profile, instances });

impl ScalingGroup {
    pub fn id(&self) -> Id {
        Id::scaling_group(self.account, &self.region, &self.name)
    }
}

/// One version of an EC2 launch template, as a group asks for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LaunchTemplate {
    pub account: AccountId,
    pub region: Arc<str>,
    /// `lt-0abc...`.
    pub template: Arc<str>,
    /// As it was asked for: a number, `$Latest` or `$Default`.
    pub version: Arc<str>,
    pub name: Option<Arc<str>>,
    /// The instance profile: a name or an ARN. `Some("")`: the template names none.
    pub profile: Option<Arc<str>>,
    pub imds_tokens_required: Option<bool>,
    pub imds_hop_limit: Option<u32>,
}
merge!(LaunchTemplate { name, profile, imds_tokens_required, imds_hop_limit });

impl LaunchTemplate {
    pub fn id(&self) -> Id {
        Id::launch_template(self.account, &self.region, &self.template, &self.version)
    }
}

/// One revision of an ECS task definition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskDefinition {
    /// `arn:aws:ecs:eu-west-1:1:task-definition/family:3`.
    pub arn: Arn,
    /// What the containers of a task get from the metadata address of ECS.
    pub task_role: Option<Arn>,
    /// What the ECS agent pulls images and secrets with; containers do not have it.
    pub execution_role: Option<Arn>,
}
merge!(TaskDefinition { task_role, execution_role });

impl TaskDefinition {
    pub fn id(&self) -> Id {
        Id::task_definition(&self.arn)
    }
}

/// An EKS cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    pub arn: Arn,
    /// Without the scheme: `oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE`.
    pub issuer: Option<String>,
    /// `https://....eks.amazonaws.com`.
    pub endpoint: Option<String>,
}
merge!(Cluster { issuer, endpoint });

impl Cluster {
    pub fn id(&self) -> Id {
        Id::cluster(&self.arn)
    }
}

/// An EKS Pod Identity association: pods of this service account get this role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PodIdentity {
    /// `arn:aws:eks:eu-west-1:1:podidentityassociation/cluster/a-...`.
    pub arn: Arn,
    /// The cluster's name.
    pub cluster: Option<Arc<str>>,
    pub namespace: Option<Arc<str>>,
    pub service_account: Option<Arc<str>>,
    pub role: Option<Arn>,
}
merge!(PodIdentity { cluster, namespace, service_account, role });

impl PodIdentity {
    pub fn id(&self) -> Id {
        Id::pod_identity(&self.arn)
    }
}
