//! `environment = ["NAME=value"]`: the names, and of the values what may be known.

use crate::{
    model::{ci::Setting, gitlab::Sighting},
    script,
};

/// An entry without a name is none: gitlab-runner passes over it. Source: gitlab-runner, `common/variables.go`, `ParseVariable`.
pub(super) fn read(entries: &[&str]) -> Vec<Setting> {
    entries
        .iter()
        .filter_map(|entry| entry.split_once('='))
        .map(|(name, value)| setting(name, value))
        .collect()
}

fn setting(name: &str, value: &str) -> Setting {
    let name = name.trim();
    Setting {
        name: script::written(name),
        sighting: Sighting { shown: script::shown(name, value), ..script::look(value) },
    }
}
