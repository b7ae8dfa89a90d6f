//! Floor 2: the configuration: file, environment, flags; where a token comes from; errors with the line.
//! It does not know who uses it.

mod address;
mod environment;
mod error;
mod origin;
mod place;
mod sections;
mod table;
mod token;
mod trail;

use std::{collections::BTreeMap, io, path::PathBuf, sync::Arc};

pub use self::{
    error::ConfigError,
    origin::{Origin, hand_over},
    place::{Env, journal_file},
    trail::{TrailSource, TrailStore},
};
use crate::base::secret::Secret;

/// What the command line says about the configuration; it wins over file and environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// The file to read instead of the one in the XDG place; it must exist.
    pub config: Option<PathBuf>,
    pub theme: Option<String>,
    pub ascii: bool,
    pub mouse: bool,
    /// Files and folders of gitlab-runner, besides those of the file.
    pub runner_files: Vec<PathBuf>,
    /// CloudTrail's log files and folders with them, besides those of the file.
    pub trail: Vec<PathBuf>,
    /// Nothing is kept between two starts.
    pub no_cache: bool,
    /// May plans be carried out?
    pub write: bool,
}

/// Everything that was configured, checked.
#[derive(Debug, Default)]
pub struct Config {
    pub gitlab: Vec<GitLabSource>,
    pub aws: Vec<AwsSource>,
    /// Files of gitlab-runner, and folders to look through for them.
    pub runner_files: Vec<PathBuf>,
    /// CloudTrail's log files, and folders to look through for them.
    pub trail: Vec<PathBuf>,
    /// Where what was read of trails is kept; `None` where it shall not be.
    pub cache: Option<PathBuf>,
    /// May plans be carried out? Nothing is changed where nobody said so.
    pub write: bool,
    pub limits: Limits,
    pub screen: Screen,
    /// Command name to keys, as written.
    pub keys: BTreeMap<String, Vec<String>>,
}

impl Config {
    /// Reads the file (if there is one), lets the environment name the sources where the file names none, and lets the
    /// flags have the last word. Token files are read and token commands are run here.
    pub fn load(flags: &Flags, env: &Env<'_>) -> Result<Self, ConfigError> {
        let path = flags.config.clone().unwrap_or_else(|| place::default_file(env));
        let mut config = match std::fs::read_to_string(&path) {
            Ok(text) => sections::read(&path, &text, env)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound && flags.config.is_none() => {
                Self::default()
            }
            Err(error) => return Err(ConfigError::Unreadable { path, reason: error.to_string() }),
        };
        if config.gitlab.is_empty() && config.aws.is_empty() {
            config.gitlab.extend(environment::gitlab(env)?);
            config.aws.extend(environment::aws(env)?);
        }
        config.runner_files.extend(flags.runner_files.iter().cloned());
        config.trail.extend(flags.trail.iter().cloned());
        let has_files = !config.runner_files.is_empty() || !config.trail.is_empty();
        if config.gitlab.is_empty() && config.aws.is_empty() && !has_files {
            return Err(ConfigError::Nothing(path));
        }
        config.cache = if flags.no_cache { None } else { place::cache(env) };
        config.screen.theme = flags.theme.clone().or(config.screen.theme);
        config.write |= flags.write;
        config.screen.ascii |= flags.ascii;
        config.screen.mouse |= flags.mouse;
        Ok(config)
    }
}

/// A commented file with everything that can be configured.
pub fn sample() -> &'static str {
    include_str!("sample.toml")
}

/// One GitLab to read.
#[derive(Debug)]
pub struct GitLabSource {
    /// Part of every id and shown on the screen; the host where the file gives none.
    pub name: Arc<str>,
    /// With scheme and, where there is one, the relative URL root: `https://example.com/gitlab`. No trailing slash.
    pub url: String,
    pub token: Secret,
    /// Group paths to read; empty means everything the token can see.
    pub include: Vec<String>,
    /// Group paths to leave out.
    pub exclude: Vec<String>,
    /// A PEM file with the certificate authorities to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Requests a second at most.
    pub per_second: f64,
    /// Requests under way at once.
    pub concurrency: usize,
}

impl GitLabSource {
    /// Requests a second where nobody said otherwise: a third of what GitLab.com grants a user.
    pub const PER_SECOND: f64 = 10.0;
    /// Requests under way at once where nobody said otherwise.
    pub const CONCURRENCY: usize = 8;
}

/// One AWS account to read.
#[derive(Clone, Debug)]
pub struct AwsSource {
    /// Shown on the screen; the account's alias or number where the file gives none.
    pub name: Option<Arc<str>>,
    /// A profile of the AWS configuration; the SDK's own chain where there is none.
    pub profile: Option<String>,
    /// A role to assume with those credentials.
    pub role: Option<String>,
    pub external_id: Option<String>,
    /// Regions whose events and instances are read; us-east-1 is always among them.
    pub regions: Vec<String>,
    /// Another endpoint for every service: a private endpoint, moto, the demo company.
    pub endpoint: Option<String>,
    /// Days of events to read.
    pub event_days: i64,
    /// The account's trail, where one is kept; it reaches back further than CloudTrail can be asked.
    pub trail: Option<TrailSource>,
    /// Credentials given by the program itself, for the demo company. Never read from a file.
    pub given: Option<Given>,
}

impl AwsSource {
    /// Days of events where nobody said otherwise.
    pub const EVENT_DAYS: i64 = 14;
}

impl Default for AwsSource {
    /// The SDK's own credential chain, us-east-1, two weeks of events.
    fn default() -> Self {
        Self {
            name: None,
            profile: None,
            role: None,
            external_id: None,
            regions: Vec::new(),
            endpoint: None,
            event_days: Self::EVENT_DAYS,
            trail: None,
            given: None,
        }
    }
}

/// Credentials that the program holds already.
#[derive(Clone, Debug)]
pub struct Given {
    pub access_key_id: String,
    pub secret_access_key: Arc<Secret>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Days after which an access key is old.
    pub key_age_days: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { key_age_days: 90 }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Screen {
    /// A theme's name; the terminal's background decides where there is none.
    pub theme: Option<String>,
    pub ascii: bool,
    pub mouse: bool,
}

#[cfg(test)]
mod tests;
