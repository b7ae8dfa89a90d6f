//! The company itself: plain facts, as its own administrators would know them. Both servers answer from it and write to it;
//! `company` makes it from a seed, `life` changes it while time passes.

use std::{
    collections::BTreeMap,
    sync::{Arc, RwLock},
    time::{Duration, Instant},
};

use super::company::Truth;
use crate::base::time::{Clock, Timestamp};

pub mod compute;
pub mod logs;

/// What both servers share.
#[derive(Clone)]
pub struct Shared {
    pub world: Arc<RwLock<World>>,
    /// The world's time. Signature dates are checked against the machine's clock instead, as the clients use that.
    pub clock: Arc<dyn Clock>,
    pub front: super::front::Front,
}

#[derive(Clone, Debug, Default)]
pub struct World {
    pub gitlab: GitLab,
    /// By account number.
    pub accounts: BTreeMap<u64, Account>,
    /// Where everything stands that was planted on purpose, for tests: `leaked key` -> `AKIA...`.
    pub planted: BTreeMap<&'static str, String>,
    /// gitlab-runner's own files: text by name, `linux-docker-3/config.toml`.
    pub runner_files: Vec<(String, String)>,
    pub logs: logs::Logs,
    /// Every way into AWS that the company itself knows of.
    pub truth: Vec<Truth>,
    /// How long IAM refuses a new access key; about four seconds, as measured, where nothing is said.
    pub key_delay: Option<Duration>,
    /// Seconds until CloudTrail shows a record; half a minute where nothing is said.
    pub record_delay: Option<i64>,
}

// ---- GitLab ----

#[derive(Clone, Debug, Default)]
pub struct GitLab {
    /// What the company calls it: `https://gitlab.acme.example`. Used in `web_url` and as OIDC issuer.
    pub external_url: String,
    pub version: String,
    pub users: BTreeMap<u64, GitLabUser>,
    pub tokens: Vec<GitLabToken>,
    pub groups: BTreeMap<u64, Group>,
    pub projects: BTreeMap<u64, Project>,
    pub runners: BTreeMap<u64, Runner>,
    pub instance_variables: Vec<Variable>,
    pub jobs: BTreeMap<u64, Job>,
}

#[derive(Clone, Debug)]
pub struct GitLabUser {
    pub id: u64,
    pub login: String,
    pub name: String,
    pub is_admin: bool,
}

#[derive(Clone, Debug)]
pub struct GitLabToken {
    pub id: u64,
    pub user: u64,
    pub name: String,
    /// `glpat-...`
    pub token: String,
    pub scopes: Vec<String>,
    pub expires: Option<Timestamp>,
    pub revoked: bool,
    pub created: Timestamp,
}

#[derive(Clone, Debug)]
pub struct Group {
    pub id: u64,
    pub name: String,
    /// Whole path: `acme/platform`.
    pub full_path: String,
    pub parent: Option<u64>,
    pub variables: Vec<Variable>,
}

#[derive(Clone, Debug)]
pub struct Project {
    pub id: u64,
    pub name: String,
    /// `acme/platform/infra`.
    pub full_path: String,
    pub group: u64,
    pub default_branch: String,
    pub visibility: &'static str,
    pub archived: bool,
    pub ci_config_path: Option<String>,
    pub id_token_components: Vec<String>,
    pub shared_runners_enabled: bool,
    pub group_runners_enabled: bool,
    pub protected_branches: Vec<String>,
    /// Names and wildcards: `v*`.
    pub protected_tags: Vec<String>,
    pub branches: Vec<String>,
    pub last_activity: Timestamp,
    pub created: Timestamp,
    pub variables: Vec<Variable>,
    pub schedules: Vec<Schedule>,
    /// What stands in its repository, on every branch the same: text by path. Projects share texts.
    pub files: BTreeMap<String, Arc<str>>,
}

#[derive(Clone, Debug)]
pub struct Variable {
    pub key: String,
    pub value: String,
    pub file: bool,
    pub protected: bool,
    pub masked: bool,
    pub hidden: bool,
    pub raw: bool,
    pub environment_scope: String,
    pub description: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Schedule {
    pub id: u64,
    pub description: String,
    pub git_ref: String,
    pub cron: String,
    pub active: bool,
    pub owner: u64,
    pub variables: Vec<Variable>,
    pub created: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunnerType {
    Instance,
    Group,
    Project,
}

#[derive(Clone, Debug)]
pub struct Runner {
    pub id: u64,
    pub description: String,
    pub kind: RunnerType,
    pub paused: bool,
    pub locked: bool,
    pub ref_protected: bool,
    pub run_untagged: bool,
    pub tags: Vec<String>,
    /// For group runners.
    pub group: Option<u64>,
    /// For project runners; the first is the owner.
    pub projects: Vec<u64>,
    pub maximum_timeout: Option<u64>,
    pub maintenance_note: Option<String>,
    pub created: Timestamp,
    pub token: String,
    /// The token its managers present: an old one, once it was given another and nobody told them.
    pub held: String,
    pub managers: Vec<Manager>,
}

#[derive(Clone, Debug)]
pub struct Manager {
    pub id: u64,
    pub system_id: String,
    pub version: String,
    pub revision: String,
    pub platform: String,
    pub architecture: String,
    pub executor: &'static str,
    pub address: String,
    pub created: Timestamp,
    pub contacted: Timestamp,
}

#[derive(Clone, Debug)]
pub struct Job {
    pub id: u64,
    pub project: u64,
    pub pipeline: u64,
    pub name: String,
    pub stage: String,
    pub git_ref: String,
    pub tag: bool,
    /// `success`, `failed`, `running`.
    pub status: &'static str,
    pub source: &'static str,
    pub created: Timestamp,
    pub started: Option<Timestamp>,
    pub finished: Option<Timestamp>,
    pub runner: Option<u64>,
    pub system_id: Option<String>,
    pub user: u64,
    pub tags: Vec<String>,
    pub sha: String,
}

// ---- AWS ----

#[derive(Clone, Debug, Default)]
pub struct Account {
    pub number: u64,
    pub alias: String,
    /// Regions switched on; CloudTrail and EC2 answer in these.
    pub regions: Vec<String>,
    /// By name.
    pub users: BTreeMap<String, User>,
    pub groups: BTreeMap<String, IamGroup>,
    /// By name (IAM names are unique whatever the path).
    pub roles: BTreeMap<String, Role>,
    /// Customer managed, by ARN.
    pub policies: BTreeMap<String, ManagedPolicy>,
    /// By name.
    pub profiles: BTreeMap<String, InstanceProfile>,
    /// By ARN.
    pub providers: BTreeMap<String, Provider>,
    /// By region.
    pub machines: BTreeMap<String, Vec<Machine>>,
    /// By region.
    pub compute: BTreeMap<String, compute::Compute>,
    /// By region, oldest first.
    pub trail: BTreeMap<String, Vec<TrailEvent>>,
    /// Live temporary credentials, by key id.
    pub sessions: BTreeMap<String, Session>,
    pub root_mfa: bool,
    pub root_keys: u8,
    pub root_password_last_used: Option<Timestamp>,
}

/// A policy: its name and its JSON document.
#[derive(Clone, Debug)]
pub struct Inline {
    pub name: String,
    pub document: String,
}

#[derive(Clone, Debug)]
pub struct User {
    pub name: String,
    pub path: String,
    /// `AIDA...`
    pub id: String,
    pub created: Timestamp,
    pub inline: Vec<Inline>,
    /// ARNs, AWS's own or the customer's.
    pub attached: Vec<String>,
    pub groups: Vec<String>,
    pub boundary: Option<String>,
    pub keys: Vec<AccessKey>,
    pub password_enabled: bool,
    pub password_last_used: Option<Timestamp>,
    pub mfa: bool,
    pub tags: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub struct AccessKey {
    pub id: String,
    pub secret: String,
    pub active: bool,
    pub created: Timestamp,
    pub last_used: Option<KeyUse>,
    /// Until then a freshly made key is refused with InvalidClientTokenId: IAM is eventually consistent.
    pub usable_from: Option<Instant>,
}

#[derive(Clone, Debug)]
pub struct KeyUse {
    pub at: Timestamp,
    pub service: String,
    pub region: String,
}

#[derive(Clone, Debug)]
pub struct IamGroup {
    pub name: String,
    pub path: String,
    /// `AGPA...`
    pub id: String,
    pub created: Timestamp,
    pub inline: Vec<Inline>,
    pub attached: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Role {
    pub name: String,
    pub path: String,
    /// `AROA...`
    pub id: String,
    pub created: Timestamp,
    /// The trust policy's JSON.
    pub trust: String,
    pub inline: Vec<Inline>,
    pub attached: Vec<String>,
    pub boundary: Option<String>,
    pub last_used: Option<(Timestamp, String)>,
    pub max_session: u32,
    pub description: String,
    pub tags: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub struct ManagedPolicy {
    pub arn: String,
    pub name: String,
    pub path: String,
    /// `ANPA...`
    pub id: String,
    pub document: String,
    pub created: Timestamp,
}

#[derive(Clone, Debug)]
pub struct InstanceProfile {
    pub name: String,
    pub path: String,
    /// `AIPA...`
    pub id: String,
    pub created: Timestamp,
    /// Role name.
    pub role: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Provider {
    pub arn: String,
    /// Without the scheme.
    pub url: String,
    pub client_ids: Vec<String>,
    pub thumbprints: Vec<String>,
    pub created: Timestamp,
}

#[derive(Clone, Debug)]
pub struct Machine {
    /// `i-0abc...`
    pub id: String,
    pub name: String,
    pub private_ip: String,
    pub public_ip: Option<String>,
    /// Instance profile name.
    pub profile: Option<String>,
    pub state: &'static str,
    pub launched: Timestamp,
    pub tokens_required: bool,
    pub hop_limit: u32,
    pub tags: Vec<(String, String)>,
}

/// A record in one account's trail in one region.
#[derive(Clone, Debug)]
pub struct TrailEvent {
    pub id: String,
    pub at: Timestamp,
    pub source: String,
    pub name: String,
    pub read_only: bool,
    /// The caller's key id, absent for AWS services and unauthenticated calls.
    pub access_key: Option<String>,
    pub username: Option<String>,
    /// LookupEvents' `Resources`: type and name. For AssumeRole the issued ASIA id, the session and role ARNs.
    pub resources: Vec<(String, String)>,
    /// The whole record as CloudTrail writes it.
    pub record: String,
}

/// Temporary credentials that are still good.
#[derive(Clone, Debug)]
pub struct Session {
    /// `ASIA...`
    pub key: String,
    pub secret: String,
    pub token: String,
    pub role: String,
    pub session_name: String,
    pub issued: Timestamp,
    pub expires: Timestamp,
}

impl World {
    /// The account that owns a long-term key, the user's name and the key.
    pub fn key(&self, id: &str) -> Option<(u64, &str, &AccessKey)> {
        self.accounts.values().find_map(|account| {
            account.users.values().find_map(|user| {
                user.keys.iter().find(|key| key.id == id).map(|key| (account.number, user.name.as_str(), key))
            })
        })
    }
}
