//! Floor 1: gitlab-runner's own files as pure functions over text: `config.toml`, the Fargate driver's file, Helm values. It never knows
//! where a text came from. Tokens and secret keys are looked past: of what a file says only what [`RunnerConfig`] has a place for leaves.

mod assemble;
mod document;
mod entry;
mod environment;
mod fargate;
mod fields;
mod kubernetes;
mod mend;
mod settings;
mod table;
mod template;
mod values;
mod yaml;

use std::{fmt, sync::Arc};

pub use assemble::{File, assemble, missing};

use crate::model::runner_config::{FargateSettings, RunnerConfig};

/// Beside `config.toml`: which runner manager runs from it. Source: gitlab-runner, `common/system_id_state.go`.
pub const SYSTEM_ID_FILE: &str = ".runner_system_id";

/// What a file is, and what of it could not be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Read {
    pub what: What,
    pub problems: Vec<Problem>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum What {
    /// `config.toml`, or Helm values with one inside: its `[[runners]]`, which may be none.
    Runners(Vec<RunnerConfig>),
    /// The Fargate driver's file.
    Fargate(FargateSettings),
    /// `s_...` or `r_...`.
    SystemId(Arc<str>),
    /// Nothing of gitlab-runner's.
    #[default]
    Other,
}

/// Something in a file that could not be read as it stands. It never quotes a value: that might be a token in the wrong place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Both counted from 1.
    pub line: Option<u32>,
    pub column: Option<u32>,
    pub says: String,
    /// Entries may be missing because of it.
    pub lost: bool,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (Some(line), Some(column)) => write!(f, "line {line}, column {column}: {}", self.says),
            (Some(line), None) => write!(f, "line {line}: {}", self.says),
            _ => f.write_str(&self.says),
        }
    }
}

/// Reads one file of whatever kind. It cannot fail: what cannot be read is among the problems.
pub fn read(file_name: &str, text: &str) -> Read {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let name = file_name.rsplit('/').next().unwrap_or_default();
    if name == SYSTEM_ID_FILE {
        return system_id(text);
    }
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("yaml" | "yml") => values::read(file_name, text),
        _ => document::read(file_name, text),
    }
}

/// `s_` and twelve letters or digits, or `r_`, made up where the machine has no id.
fn system_id(text: &str) -> Read {
    let id = text.trim();
    let right = (id.starts_with("s_") || id.starts_with("r_"))
        && id.len() <= 64
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if right {
        return Read { what: What::SystemId(id.into()), problems: Vec::new() };
    }
    let says = "expected a system id like s_0123456789ab".to_owned();
    let problem = Problem { line: Some(1), column: None, says, lost: false };
    Read { what: What::SystemId("".into()), problems: vec![problem] }
}

#[cfg(test)]
mod tests;
