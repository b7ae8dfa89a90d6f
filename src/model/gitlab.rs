//! What exists at GitLab. A field that is `None` was not seen; an empty list was seen and is empty.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{id::Id, merge::merge};
use crate::base::{
    name::{Arn, KeyId},
    time::Timestamp,
};

/// One GitLab and the token keytrail reads it with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Instance {
    /// The name from the configuration; part of every id.
    pub name: Arc<str>,
    /// The address jobs' `iss` claim carries: `https://gitlab.example.com`.
    pub url: Option<String>,
    pub version: Option<String>,
    /// The login of the token's user.
    pub login: Option<String>,
    pub is_admin: Option<bool>,
    pub token_scopes: Option<Vec<String>>,
    pub token_expires: Option<Timestamp>,
}
merge!(Instance { url, version, login, is_admin, token_scopes, token_expires });

impl Instance {
    pub fn id(&self) -> Id {
        Id::instance(&self.name)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Group {
    pub instance: Arc<str>,
    pub number: u64,
    /// `acme/platform`.
    pub path: Option<String>,
    pub parent: Option<u64>,
    pub url: Option<String>,
}
merge!(Group { path, parent, url });

impl Group {
    pub fn id(&self) -> Id {
        Id::group(&self.instance, self.number)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Project {
    pub instance: Arc<str>,
    pub number: u64,
    /// `acme/platform/infra`.
    pub path: Option<String>,
    pub default_branch: Option<String>,
    /// `private`, `internal` or `public`.
    pub visibility: Option<String>,
    pub archived: Option<bool>,
    pub ci_config_path: Option<String>,
    /// `ci_id_token_sub_claim_components`; GitLab's default is `project_path, ref_type, ref`.
    pub id_token_components: Option<Vec<String>>,
    pub shared_runners: Option<bool>,
    pub group_runners: Option<bool>,
    /// Names and globs of protected branches.
    pub protected_branches: Option<Vec<String>>,
    /// Names and globs of protected tags.
    pub protected_tags: Option<Vec<String>>,
    pub last_activity: Option<Timestamp>,
    pub url: Option<String>,
}
merge!(Project {
    path,
    default_branch,
    visibility,
    archived,
    ci_config_path,
    id_token_components,
    shared_runners,
    group_runners,
    protected_branches,
    protected_tags,
    last_activity,
    url,
});

impl Project {
    pub fn id(&self) -> Id {
        Id::project(&self.instance, self.number)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunnerType {
    Instance,
    Group,
    Project,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Runner {
    pub instance: Arc<str>,
    pub number: u64,
    pub description: Option<String>,
    pub runner_type: Option<RunnerType>,
    pub paused: Option<bool>,
    pub locked: Option<bool>,
    /// `access_level = ref_protected`: takes jobs of protected refs only.
    pub protected: Option<bool>,
    pub run_untagged: Option<bool>,
    pub tags: Option<Vec<String>>,
    /// `online`, `offline`, `stale` or `never_contacted`.
    pub status: Option<String>,
    pub contacted: Option<Timestamp>,
    pub created: Option<Timestamp>,
    /// Projects a project runner is enabled for.
    pub projects: Option<Vec<u64>>,
    /// Groups a group runner belongs to (GitLab allows one).
    pub groups: Option<Vec<u64>>,
    pub maximum_timeout: Option<u64>,
}
merge!(Runner {
    description,
    runner_type,
    paused,
    locked,
    protected,
    run_untagged,
    tags,
    status,
    contacted,
    created,
    projects,
    groups,
    maximum_timeout,
});

impl Runner {
    pub fn id(&self) -> Id {
        Id::runner(&self.instance, self.number)
    }
}

/// A runner manager: one process, on one machine, that takes jobs for a runner.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Manager {
    pub instance: Arc<str>,
    pub runner: u64,
    pub system_id: Arc<str>,
    /// As GitLab sees it: the address it connects from.
    pub address: Option<String>,
    pub version: Option<String>,
    /// `docker`, `kubernetes`, `docker+machine` ...; GitLab tells it over GraphQL only.
    pub executor: Option<String>,
    pub platform: Option<String>,
    pub architecture: Option<String>,
    pub status: Option<String>,
    pub contacted: Option<Timestamp>,
}
merge!(Manager { address, version, executor, platform, architecture, status, contacted });

impl Manager {
    pub fn id(&self) -> Id {
        Id::manager(&self.instance, self.runner, &self.system_id)
    }
}

/// Who a CI/CD variable belongs to. Text form: `project/42`, `group/7`, `instance`, `schedule/42/3`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    #[default]
    Instance,
    Group(u64),
    Project(u64),
    Schedule {
        project: u64,
        schedule: u64,
    },
}

impl Owner {
    pub fn id(&self, instance: &str) -> Id {
        match *self {
            Self::Instance => Id::instance(instance),
            Self::Group(group) => Id::group(instance, group),
            Self::Project(project) => Id::project(instance, project),
            Self::Schedule { project, schedule } => Id::schedule(instance, project, schedule),
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instance => f.write_str("instance"),
            Self::Group(group) => write!(f, "group/{group}"),
            Self::Project(project) => write!(f, "project/{project}"),
            Self::Schedule { project, schedule } => write!(f, "schedule/{project}/{schedule}"),
        }
    }
}

/// What a variable's value showed before it died at decode: public names only, never the value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sighting {
    /// Access key ids found in the value; a file variable may hold several profiles.
    pub keys: Vec<KeyId>,
    /// Role ARNs found in the value.
    pub roles: Vec<Arn>,
    /// The value has the shape of an AWS secret access key (forty base-64 characters).
    pub secret_shaped: bool,
    /// The value itself where the variable's name says that it holds a public name and nothing of it looks like a secret: `IAM_ROLE`,
    /// `AWS_ROLE_ARN`, `AWS_REGION`, `AWS_PROFILE`, `VAULT_ADDR`, `KUBERNETES_SERVICE_ACCOUNT_OVERWRITE`.
    pub shown: Option<String>,
    /// A hash under a key that lives as long as the process: equal values have equal hashes, and that is all it tells.
    pub hash: Option<u64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Variable {
    pub instance: Arc<str>,
    pub owner: Owner,
    /// The variable's name: `AWS_ACCESS_KEY_ID`.
    pub key: Arc<str>,
    /// `*`, `production`, `review/*`.
    pub environment_scope: Arc<str>,
    pub protected: Option<bool>,
    pub masked: Option<bool>,
    /// Masked and hidden: GitLab never shows the value again, so what it holds cannot be known.
    pub hidden: Option<bool>,
    pub raw: Option<bool>,
    /// `variable_type = file`.
    pub file: Option<bool>,
    pub description: Option<String>,
    /// `None` when the value was not read (not permitted, hidden, or not asked for).
    pub sighting: Option<Sighting>,
}
merge!(Variable { protected, masked, hidden, raw, file, description, sighting });

impl Variable {
    pub fn id(&self) -> Id {
        Id::variable(&self.instance, &self.owner, &self.key, &self.environment_scope)
    }
}

/// A pipeline schedule, which may carry variables of its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Schedule {
    pub instance: Arc<str>,
    pub project: u64,
    pub number: u64,
    pub description: Option<String>,
    pub git_ref: Option<String>,
    pub cron: Option<String>,
    pub active: Option<bool>,
    pub owner: Option<String>,
}
merge!(Schedule { description, git_ref, cron, active, owner });

impl Schedule {
    pub fn id(&self) -> Id {
        Id::schedule(&self.instance, self.project, self.number)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Job {
    pub instance: Arc<str>,
    pub number: u64,
    pub project: Option<u64>,
    pub name: Option<String>,
    pub git_ref: Option<String>,
    pub tag: Option<bool>,
    pub status: Option<String>,
    pub created: Option<Timestamp>,
    pub started: Option<Timestamp>,
    pub finished: Option<Timestamp>,
    pub runner: Option<u64>,
    pub system_id: Option<Arc<str>>,
    pub pipeline: Option<u64>,
    pub user: Option<String>,
    pub url: Option<String>,
}
merge!(Job {
    project,
    name,
    git_ref,
    tag,
    status,
    created,
    started,
    finished,
    runner,
    system_id,
    pipeline,
    user,
    url,
});

impl Job {
    pub fn id(&self) -> Id {
        Id::job(&self.instance, self.number)
    }
}
