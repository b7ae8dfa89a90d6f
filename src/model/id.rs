//! The name of a thing: its kind and its natural key. It survives restarts and page orders, and round-trips as text.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};

use super::gitlab::Owner;
use crate::base::name::{AccountId, Arn, KeyId};

/// What a thing is. The order is the order of groups in a detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Key,
    Variable,
    Project,
    Group,
    Schedule,
    Runner,
    Manager,
    Job,
    User,
    Role,
    Session,
    Address,
    Machine,
    Profile,
    Provider,
    /// An AWS service that assumes roles itself: `ec2.amazonaws.com`. Known by its name alone.
    Service,
    Policy,
    IamGroup,
    Account,
    Instance,
    Event,
    CiConfig,
    RunnerConfig,
    ScalingGroup,
    LaunchTemplate,
    TaskDefinition,
    Cluster,
    PodIdentity,
    /// A Kubernetes service account: `cluster or ?/namespace/name`. Known by its name alone.
    ServiceAccount,
    /// A secret in Secrets Manager or a parameter in Parameter Store, by its ARN or as a script names it. Known by its name alone.
    StoredSecret,
    /// A Vault server or mount: `https://vault.acme.example/aws`. Known by its name alone.
    Vault,
    /// A credential path: how a project, ref or runner gets into AWS.
    Path,
    /// What one access key did in one account, folded from one trail.
    Activity,
}

impl Kind {
    pub const ALL: [Self; 33] = [
        Self::Key,
        Self::Variable,
        Self::Project,
        Self::Group,
        Self::Schedule,
        Self::Runner,
        Self::Manager,
        Self::Job,
        Self::User,
        Self::Role,
        Self::Session,
        Self::Address,
        Self::Machine,
        Self::Profile,
        Self::Provider,
        Self::Service,
        Self::Policy,
        Self::IamGroup,
        Self::Account,
        Self::Instance,
        Self::Event,
        Self::CiConfig,
        Self::RunnerConfig,
        Self::ScalingGroup,
        Self::LaunchTemplate,
        Self::TaskDefinition,
        Self::Cluster,
        Self::PodIdentity,
        Self::ServiceAccount,
        Self::StoredSecret,
        Self::Vault,
        Self::Path,
        Self::Activity,
    ];

    /// The word before the colon in an id's text.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Variable => "variable",
            Self::Project => "project",
            Self::Group => "group",
            Self::Schedule => "schedule",
            Self::Runner => "runner",
            Self::Manager => "manager",
            Self::Job => "job",
            Self::User => "user",
            Self::Role => "role",
            Self::Session => "session",
            Self::Address => "address",
            Self::Machine => "instance",
            Self::Profile => "instance-profile",
            Self::Provider => "provider",
            Self::Service => "service",
            Self::Policy => "policy",
            Self::IamGroup => "iam-group",
            Self::Account => "account",
            Self::Instance => "gitlab",
            Self::Event => "event",
            Self::CiConfig => "ci-config",
            Self::RunnerConfig => "runner-config",
            Self::ScalingGroup => "scaling-group",
            Self::LaunchTemplate => "launch-template",
            Self::TaskDefinition => "task-definition",
            Self::Cluster => "cluster",
            Self::PodIdentity => "pod-identity",
            Self::ServiceAccount => "service-account",
            Self::StoredSecret => "stored-secret",
            Self::Vault => "vault",
            Self::Path => "path",
            Self::Activity => "activity",
        }
    }
}

/// Kind and natural key: `key:AKIA...`, `role:arn:aws:iam::1:role/x`, `project:gitlab.acme.example/42`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    kind: Kind,
    key: Arc<str>,
}

impl Id {
    pub fn new(kind: Kind, key: impl Into<Arc<str>>) -> Self {
        Self { kind, key: key.into() }
    }

    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The natural key without the kind.
    pub fn key_text(&self) -> &str {
        &self.key
    }

    pub fn instance(name: &str) -> Self {
        Self::new(Kind::Instance, name)
    }

    pub fn group(instance: &str, group: u64) -> Self {
        Self::new(Kind::Group, format!("{instance}/{group}"))
    }

    pub fn project(instance: &str, project: u64) -> Self {
        Self::new(Kind::Project, format!("{instance}/{project}"))
    }

    pub fn runner(instance: &str, runner: u64) -> Self {
        Self::new(Kind::Runner, format!("{instance}/{runner}"))
    }

    /// A runner manager: one process that runs jobs for a runner, told apart by its `system_id`.
    pub fn manager(instance: &str, runner: u64, system_id: &str) -> Self {
        Self::new(Kind::Manager, format!("{instance}/{runner}/{system_id}"))
    }

    pub fn variable(instance: &str, owner: &Owner, key: &str, environment_scope: &str) -> Self {
        Self::new(Kind::Variable, format!("{instance}/{owner}/{key}@{environment_scope}"))
    }

    pub fn schedule(instance: &str, project: u64, schedule: u64) -> Self {
        Self::new(Kind::Schedule, format!("{instance}/{project}/{schedule}"))
    }

    pub fn job(instance: &str, job: u64) -> Self {
        Self::new(Kind::Job, format!("{instance}/{job}"))
    }

    pub fn account(account: AccountId) -> Self {
        Self::new(Kind::Account, account.to_string())
    }

    pub fn key(key: &KeyId) -> Self {
        Self::new(Kind::Key, key.as_str())
    }

    pub fn user(arn: &Arn) -> Self {
        Self::new(Kind::User, arn.as_str())
    }

    pub fn role(arn: &Arn) -> Self {
        Self::new(Kind::Role, arn.as_str())
    }

    pub fn profile(arn: &Arn) -> Self {
        Self::new(Kind::Profile, arn.as_str())
    }

    pub fn provider(arn: &Arn) -> Self {
        Self::new(Kind::Provider, arn.as_str())
    }

    /// An AWS service as a principal: `ec2.amazonaws.com`.
    pub fn service(name: &str) -> Self {
        Self::new(Kind::Service, name)
    }

    pub fn policy(arn: &Arn) -> Self {
        Self::new(Kind::Policy, arn.as_str())
    }

    pub fn iam_group(arn: &Arn) -> Self {
        Self::new(Kind::IamGroup, arn.as_str())
    }

    /// An EC2 instance.
    pub fn machine(account: AccountId, region: &str, instance: &str) -> Self {
        Self::new(Kind::Machine, format!("{account}/{region}/{instance}"))
    }

    /// A CloudTrail record. The same event id in two accounts is two records: cross-account twins have ids of their own.
    pub fn event(account: AccountId, event: &str) -> Self {
        Self::new(Kind::Event, format!("{account}/{event}"))
    }

    /// A role session: the minted key id, or the id of the event that must have minted it.
    pub fn session(name: &str) -> Self {
        Self::new(Kind::Session, name)
    }

    /// The CI configuration of a project.
    pub fn ci_config(instance: &str, project: u64) -> Self {
        Self::new(Kind::CiConfig, format!("{instance}/{project}"))
    }

    /// One `[[runners]]` entry of a gitlab-runner file, counted from 0.
    pub fn runner_config(file: &str, index: usize) -> Self {
        Self::new(Kind::RunnerConfig, format!("{file}#{index}"))
    }

    pub fn scaling_group(account: AccountId, region: &str, name: &str) -> Self {
        Self::new(Kind::ScalingGroup, format!("{account}/{region}/{name}"))
    }

    pub fn launch_template(account: AccountId, region: &str, template: &str, version: &str) -> Self {
        Self::new(Kind::LaunchTemplate, format!("{account}/{region}/{template}@{version}"))
    }

    pub fn task_definition(arn: &Arn) -> Self {
        Self::new(Kind::TaskDefinition, arn.as_str())
    }

    pub fn cluster(arn: &Arn) -> Self {
        Self::new(Kind::Cluster, arn.as_str())
    }

    pub fn pod_identity(arn: &Arn) -> Self {
        Self::new(Kind::PodIdentity, arn.as_str())
    }

    /// A Kubernetes service account. `cluster` is the EKS cluster's ARN, its issuer, or `?` where it is not known.
    pub fn service_account(cluster: &str, namespace: &str, name: &str) -> Self {
        Self::new(Kind::ServiceAccount, format!("{cluster}/{namespace}/{name}"))
    }

    /// A secret in Secrets Manager or a parameter in Parameter Store: its ARN, or what a script calls it.
    pub fn stored_secret(name: &str) -> Self {
        Self::new(Kind::StoredSecret, name)
    }

    /// A Vault server or one of its mounts, as configurations name it.
    pub fn vault(name: &str) -> Self {
        Self::new(Kind::Vault, name)
    }

    /// What a key did in an account, as one trail shows it. The trail comes last: its name may hold slashes.
    pub fn activity(trail: &str, account: AccountId, key: &KeyId) -> Self {
        Self::new(Kind::Activity, format!("{account}/{key}/{trail}"))
    }

    /// An IP address or, for calls AWS makes itself, a service's DNS name.
    pub fn address(address: &str) -> Self {
        Self::new(Kind::Address, address)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.word(), self.key)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an id: expected a kind, a colon and a name, as in `key:AKIA...`")]
pub struct BadId(String);

impl FromStr for Id {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (word, key) = text.split_once(':').ok_or_else(|| BadId(text.to_owned()))?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.word() == word);
        kind.map(|kind| Self::new(kind, key)).ok_or_else(|| BadId(text.to_owned()))
    }
}

impl Serialize for Id {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ids_round_trip_as_text(kind in 0..Kind::ALL.len(), key in ".*") {
            let id = Id::new(Kind::ALL[kind], key);
            prop_assert_eq!(id.to_string().parse::<Id>().unwrap(), id);
        }
    }

    #[test]
    fn text_without_a_known_kind_is_refused() {
        assert!("AKIARZPUZDIKNSFRP6LN".parse::<Id>().is_err());
        assert!("planet:mars".parse::<Id>().is_err());
    }
}
