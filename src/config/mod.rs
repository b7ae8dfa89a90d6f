//! Floor 2: the configuration: file, environment, flags; where a token comes from; errors with the line.
//! It does not know who uses it.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use crate::base::secret::Secret;

/// Everything that was configured, checked.
#[derive(Debug, Default)]
pub struct Config {
    pub gitlab: Vec<GitLabSource>,
    pub aws: Vec<AwsSource>,
    pub limits: Limits,
    pub screen: Screen,
    /// Command name to keys, as written.
    pub keys: BTreeMap<String, Vec<String>>,
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

/// One AWS account to read.
#[derive(Clone, Debug, Default)]
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
    /// Credentials given by the program itself, for the demo company. Never read from a file.
    pub given: Option<Given>,
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
