//! What a project's CI configuration says about AWS: each job's id tokens, secrets, variables, and what its scripts show.
//! Scripts and values themselves are not kept.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{gitlab::Sighting, id::Id, merge::merge};
use crate::base::name::Arn;

/// How a CI configuration was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CiReading {
    /// GitLab's CI lint merged it: what jobs really get.
    Lint,
    /// keytrail read `.gitlab-ci.yml` itself, since lint was refused: includes of other projects and remote ones are missing.
    Local,
}

/// The CI configuration of one project at one commit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CiConfig {
    pub instance: Arc<str>,
    pub project: u64,
    /// The ref it was read at: the default branch.
    pub git_ref: Option<String>,
    /// The commit it was read at, where GitLab told.
    pub sha: Option<String>,
    pub reading: Option<CiReading>,
    pub valid: Option<bool>,
    /// What GitLab or keytrail could not make sense of, one sentence each, with the line where it is known.
    pub problems: Option<Vec<String>>,
    /// Includes that were not followed, as written.
    pub unread: Option<Vec<String>>,
    /// Jobs that can run, with `default:`, global variables and `extends` folded in; hidden jobs are left out.
    pub jobs: Option<Vec<CiJob>>,
}
merge!(CiConfig { git_ref, sha, reading, valid, problems, unread, jobs });

impl CiConfig {
    pub fn id(&self) -> Id {
        Id::ci_config(&self.instance, self.project)
    }

    /// The project it configures.
    pub fn project_id(&self) -> Id {
        Id::project(&self.instance, self.project)
    }
}

/// One job of a CI configuration, as far as it matters for credentials.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CiJob {
    pub name: String,
    pub stage: Option<String>,
    pub tags: Vec<String>,
    /// The environment's name: what environment scopes of variables are matched with. May hold variables.
    pub environment: Option<String>,
    pub id_tokens: Vec<IdToken>,
    pub secrets: Vec<CiSecret>,
    /// Variables set in the configuration: the job's, then the global ones it does not override.
    pub variables: Vec<Setting>,
    /// What its scripts show.
    pub clues: Vec<Clue>,
    /// `rules:` and `only:` as written, for people: who may push may also rewrite them, so they guard nothing.
    pub limits: Vec<String>,
}

/// `id_tokens: { NAME: { aud: ... } }`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdToken {
    /// The variable the job finds it in.
    pub name: String,
    /// Empty: GitLab's default, the instance's URL.
    pub audiences: Vec<String>,
}

/// One entry of `secrets:`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CiSecret {
    /// The variable the job finds it in.
    pub name: String,
    /// `vault`, `aws_secrets_manager`, `azure_key_vault`, `gcp_secret_manager`, `akeyless`, `gitlab_secrets_manager`.
    pub engine: String,
    /// `ops/data/aws/production@secrets`, a secret's id: as written.
    pub path: String,
    /// The id token it signs in with.
    pub token: Option<String>,
}

/// A variable set in a file: its name, and of its value only what may be known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    pub name: String,
    pub sighting: Sighting,
}

/// Something a script shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clue {
    pub kind: ClueKind,
    /// Where: `script:3`, `before_script:1`; counted from 1.
    pub place: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClueKind {
    /// A role ARN stands in the script.
    Role(Arn),
    /// `aws sts assume-role`; with the role as written when it is no whole ARN (`$ROLE_ARN`).
    AssumeRole(String),
    /// `aws sts assume-role-with-web-identity`, or `AWS_WEB_IDENTITY_TOKEN_FILE` is set.
    WebIdentity(String),
    /// `vault read aws/creds/deploy`, `vault write aws/sts/deploy`: the path.
    Vault(String),
    /// `aws secretsmanager get-secret-value`: the secret's id as written.
    SecretsManager(String),
    /// `aws ssm get-parameter`: the parameter's name as written.
    ParameterStore(String),
    /// `aws configure set aws_access_key_id ...`, a here-document into `~/.aws/credentials`: the variable it takes, or the name of what it
    /// sets where it takes none.
    Configures(String),
    /// `echo $AWS_SECRET_ACCESS_KEY`, `printenv`, or any use under `set -x`: the variable that ends in the job's log; `*` for all of them
    /// (`env`), `~/.aws/credentials` for the file.
    Prints(String),
    /// `169.254.169.254`, `169.254.170.2`.
    Metadata,
    /// The `aws` command line, terraform, CDK, SAM ... is called: the tool.
    UsesAws(String),
}
