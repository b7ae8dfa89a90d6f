//! Makes the company from a seed: who works there, what they build, what their jobs may do in AWS, and fourteen days of
//! what happened. It changes nothing later: that is `life` and the servers.
//!
//! # What is planted
//!
//! `World::planted` says where each of these stands: keys, roles, users and providers by id or ARN, machines and addresses
//! by themselves, the rest as `runner/3`, `project/101`, and variables as `project/101 AWS_ACCESS_KEY_ID *` (owner, key,
//! environment scope).
//!
//! | Name | What it is |
//! |---|---|
//! | `token admin` | `glpat-` of ada, scope `api`: the auditor's |
//! | `token read_api` | `glpat-` of a user who is no administrator |
//! | `token expired` | expired a month ago |
//! | `token revoked` | revoked |
//! | `token read_user` | may sign in and nothing else |
//! | `audit user` | the auditor in the identity account |
//! | `audit key` | its key |
//! | `instance runner` | a good Docker runner for everybody |
//! | `runner of the leaked key` | most honest uses of the leaked key come from here |
//! | `locked shell runner` | a project runner on a shell |
//! | `protected runner` | takes protected refs only, locked to one project |
//! | `paused runner` | paused |
//! | `stale runner` | not heard of for 200 days |
//! | `runner never contacted` | has no manager |
//! | `runner with three managers` | one runner, three machines |
//! | `offline runner` | not heard of for six hours |
//! | `runner with hostile text` | escapes and bidirectional controls in description and tag |
//! | `leaked key` | 412 days old, in three variables, used by somebody else for a day |
//! | `leaked key user` | `gitlab-deploy` |
//! | `leaked key role` | `deploy-prod`, trusts the user |
//! | `leaked key role in staging` | `deploy-staging`, trusts the whole identity account |
//! | `leaked key chained role` | `data-admin`, trusts `deploy-prod` |
//! | `leaked key second chained role` | `warehouse-replica` in staging, trusts `data-admin` |
//! | `leaked key project` | where it stands unprotected and unmasked |
//! | `leaked key project variable` | unprotected, unmasked |
//! | `leaked key group variable` | protected, for all of acme/shop |
//! | `leaked key schedule variable` | on a nightly schedule |
//! | `leaked key runner address` | the runner's |
//! | `leaked key unknown address` | nobody's |
//! | `leaked key first unknown session` | the thief's first `deploy-prod` session |
//! | `leaked key chained session` | and the `data-admin` session opened from it |
//! | `leaked key second chained session` | and the `warehouse-replica` session opened from that |
//! | `leaked key last unknown session` | five hours old |
//! | `static key, good` | fresh, narrow, masked, protected, production only |
//! | `static key user, good` | its user |
//! | `variable protected and masked` | its variable |
//! | `key in a hidden variable` | GitLab never shows it |
//! | `variable hidden` | its variable, scope `review/*` |
//! | `key in a hidden variable, unused` | and nothing tells which key it is |
//! | `variable hidden, unexplained` | its variable |
//! | `key in an instance variable` | every job of the instance has it |
//! | `variable instance` | its variable |
//! | `key in a group variable` | 540 days old, unused for 200, plain |
//! | `variable group` | its variable |
//! | `key in a schedule variable` | 255 days old, plain |
//! | `variable schedule` | its variable |
//! | `file variable with two profiles` | an `~/.aws/credentials` with two keys |
//! | `first key in a file` | of prod |
//! | `second key in a file` | of staging |
//! | `key inside other text` | in the middle of a backend configuration |
//! | `variable with a key inside` | its variable |
//! | `key of an account not scanned` | encodes 444444444444 |
//! | `variable of an account not scanned` | its variable |
//! | `deleted key` | IAM knows it no longer |
//! | `variable with a deleted key` | its variable |
//! | `variable with hostile text` | its description carries escapes |
//! | `key never used` | 388 days old, never used |
//! | `variable of a key never used` | its variable |
//! | `old unused key` | 1,204 days old, carried by nothing |
//! | `inactive key` | switched off, still in a variable |
//! | `user with two keys` | one of them should go |
//! | `first of two keys` | 230 days old |
//! | `second of two keys` | 11 days old |
//! | `admin user` | AdministratorAccess, a password and no second factor |
//! | `admin key` | its key |
//! | `broker user` | may assume two roles and nothing else |
//! | `broker key` | its key, 34 days old |
//! | `broker variable` | masked and protected, for all of acme/payments |
//! | `broker role in prod` | asks for an external id |
//! | `runner machine, good` | IMDSv2, hop limit 1 |
//! | `runner machine, bad` | IMDSv1, hop limit 2: containers reach its role |
//! | `instance profile role, good` | the runner cache only |
//! | `instance profile role, bad` | may pass any role and read any secret |
//! | `job machine of docker+machine` | a machine for one job |
//! | `job machine of docker-autoscaler` | a machine for one job |
//! | `docker+machine role` | may do everything |
//! | `docker-autoscaler role` | pulls images |
//! | `docker+machine runner` | its manager's runner |
//! | `docker-autoscaler runner` | its manager's runner |
//! | `scaling group` | of the docker-autoscaler runner; its template's default version is not the one it takes |
//! | `launch template` | the latest version gives `gitlab-fleet-vm`, the default one `gitlab-job-vm` |
//! | `scaling group whose template is refused` | in staging, where the auditor may not read launch templates |
//! | `fargate task definition` | the latest revision of `gitlab-ci-job` |
//! | `fargate role` | the role of a task |
//! | `fargate runner` | custom executor |
//! | `eks provider` | the cluster's OIDC provider |
//! | `eks cluster` | `ci`, whose issuer is the provider |
//! | `eks cluster whose associations are refused` | in staging, where the auditor may not list them |
//! | `irsa service account` | the one `irsa role, good` trusts |
//! | `pod identity service account` | associated with `pod identity role` |
//! | `irsa role, good` | one service account |
//! | `irsa role, bad` | every service account of the cluster |
//! | `irsa runner` | Kubernetes executor |
//! | `pod identity role` | trusts pods.eks.amazonaws.com |
//! | `pod identity runner` | Kubernetes executor, protected |
//! | `runner cache user` | its key stands in a config.toml only |
//! | `runner cache key` | no variable carries it |
//! | `runner file with keys` | of the cache and of the machine driver |
//! | `runner file without walls` | privileged, and the daemon's socket is mounted |
//! | `runner file that is broken` | no TOML |
//! | `runner file that is a template` | for `gitlab-runner register` |
//! | `runner file of a runner that is gone` | GitLab knows no runner of its id |
//! | `key of a runner that is gone` | in that file, unknown to IAM |
//! | `gitlab provider in prod` | GitLab's issuer |
//! | `gitlab provider in staging` | GitLab's issuer |
//! | `project with its own subject` | `project_id` comes first in its tokens |
//! | `oidc role, exact subject` | good |
//! | `oidc role, project id subject` | good, and safe from renamed paths |
//! | `oidc role, two exact subjects` | good |
//! | `oidc role, any project` | `project_path:acme/*` |
//! | `oidc role, audience only` | no subject at all: every project of the instance |
//! | `variable that names a role` | `AWS_ROLE_ARN`, in the project's settings |
//! | `oidc role, prefix without a slash` | `project_path:acme*`: also `acme-evil/x` |
//! | `oidc role, absent claim` | `IfExists` on a claim that never comes: every project |
//! | `oidc role, ForAllValues` | a set operator on a single value |
//! | `oidc role, any ref` | every branch of one project |
//! | `oidc role, release without a slash` | `release*`, where `release/*` is protected |
//! | `oidc role, any type of ref` | a tag named main gets in, too |
//! | `oidc role, administrator from any ref` | AdministratorAccess for every branch of one project |
//! | `oidc role, path of no project` | whoever makes it gets in |
//! | `oidc role, audience the provider refuses` | nobody |
//! | `oidc role, trust that is no policy` | IAM would refuse it today |
//! | `oidc role, dead rule` | a wildcard under StringEquals: nobody |
//! | `oidc role, stale subject` | names the path of a project whose tokens carry its id |
//! | `vault user` | Vault's root, may make users |
//! | `vault key` | its key, 201 days old |
//! | `vault role` | one Vault may assume for jobs |
//! | `vault user, fresh` | made for a job an hour ago |
//! | `vault user, left behind` | its lease ended months ago |
//! | `vault variable` | where jobs find Vault |
//! | `vault project` | fetches its keys with `secrets:` |
//! | `metadata proxy variable` | `IAM_ROLE`, a narrow role |
//! | `metadata proxy variable, bad` | `IAM_ROLE`, an administrator for release branches |
//! | `metadata proxy role` | builds images |
//! | `metadata proxy role, bad` | may do everything |
//! | `metadata proxy role, default` | for jobs that name none |
//! | `metadata proxy runner` | the proxy sits on its machine |
//! | `secrets manager role` | reads one secret |
//! | `secrets manager user` | whose key the secret holds |
//! | `secrets manager key` | that key |
//! | `secrets manager project` | its job fetches it |
//! | `project without a CI file` | nothing to lint |

mod accounts;
mod attack;
mod brokers;
mod compute;
mod crowd;
mod document;
mod fleet;
mod history;
mod iam;
mod identity;
mod keys;
mod leak;
mod people;
mod pipelines;
mod places;
mod runner_files;
mod steps;
mod teams;
#[cfg(test)]
mod tests;
mod truth;
mod variables;

pub(super) use accounts::arm;
pub(super) use brokers::VAULT_ADDRESS;
pub(super) use compute::EKS_ISSUER;
pub use truth::Truth;

use std::collections::BTreeMap;

use super::{
    rng::Rng,
    start::{Access, Size},
    world::World,
};
use crate::base::time::Timestamp;

/// Users live here and only assume roles elsewhere.
pub const IDENTITY: u64 = 111_111_111_111;
pub const PROD: u64 = 222_222_222_222;
pub const STAGING: u64 = 333_333_333_333;
/// An account of the company that nobody gave keytrail access to.
pub const UNSCANNED: u64 = 444_444_444_444;
/// The regions every account has switched on.
pub const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];
/// GitLab's host name, and so the OIDC provider's.
pub const HOST: &str = "gitlab.acme.example";
/// What the audit roles ask for.
pub const EXTERNAL_ID: &str = "acme-keytrail";

/// The company and the credentials an auditor is given.
pub struct Made {
    pub world: World,
    pub gitlab_token: String,
    pub access_key_id: String,
    pub secret_access_key: String,
    pub accounts: Vec<Access>,
}

/// Makes the company as it is at `now`. The same arguments give the same company, to the byte.
pub fn build(seed: u64, size: Size, now: Timestamp) -> Made {
    let size = size.at_least(Size::of(12));
    let mut maker = Maker {
        world: World::default(),
        rng: Rng::new(seed),
        now,
        size,
        paths: BTreeMap::new(),
        notes: truth::Notes::default(),
    };
    let gitlab_token = maker.people();
    maker.places();
    maker.fleet();
    let (access_key_id, secret_access_key) = maker.accounts();
    maker.leak();
    maker.keys();
    maker.compute();
    maker.identity();
    maker.brokers();
    maker.runner_files();
    maker.team_roles();
    maker.crowd();
    maker.team_keys();
    maker.ordinary_variables();
    maker.pipelines();
    maker.history();
    maker.attack();
    maker.world.truth = maker.truth();
    Made { world: maker.world, gitlab_token, access_key_id, secret_access_key, accounts: accounts::access() }
}

/// The company in the making.
struct Maker {
    world: World,
    rng: Rng,
    now: Timestamp,
    size: Size,
    /// Project and group ids by path.
    paths: BTreeMap<String, u64>,
    notes: truth::Notes,
}

impl Maker {
    fn days_ago(&self, days: i64) -> Timestamp {
        self.now.minus(days * 86_400)
    }

    fn hours_ago(&self, hours: i64) -> Timestamp {
        self.now.minus(hours * 3600)
    }

    /// Some time on the day that many days ago.
    fn around(&mut self, days: i64) -> Timestamp {
        let at = self.days_ago(days);
        at.minus(self.rng.between(0, 80_000))
    }

    fn plant(&mut self, name: &'static str, value: impl Into<String>) {
        self.world.planted.insert(name, value.into());
    }

    /// The id of a project or group that [`Maker::places`] made.
    fn id(&self, path: &str) -> u64 {
        self.paths.get(path).copied().unwrap_or_default()
    }
}
