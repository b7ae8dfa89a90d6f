//! What can be set of a runner.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::act::outside::RunnerState;

/// One of a runner's settings, as it is or is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// It takes no new jobs.
    Paused(bool),
    /// No other project can be given it.
    Locked(bool),
    /// It takes jobs of protected branches and tags alone.
    Protected(bool),
    /// It takes jobs that name no tag.
    RunUntagged(bool),
    /// In the order of the alphabet.
    Tags(Vec<String>),
}

impl Setting {
    /// GitLab's own name of it, and its value there. Source: doc/api/runners.md.
    pub fn field(&self) -> (&'static str, Value) {
        match self {
            Self::Paused(to) => ("paused", json!(to)),
            Self::Locked(to) => ("locked", json!(to)),
            Self::Protected(to) => {
                ("access_level", json!(if *to { "ref_protected" } else { "not_protected" }))
            }
            Self::RunUntagged(to) => ("run_untagged", json!(to)),
            Self::Tags(tags) => ("tag_list", json!(tags)),
        }
    }

    /// The same setting as the runner has it; `None` where GitLab does not tell.
    pub fn of(&self, runner: &RunnerState) -> Option<Self> {
        match self {
            Self::Paused(_) => runner.paused.map(Self::Paused),
            Self::Locked(_) => runner.locked.map(Self::Locked),
            Self::Protected(_) => runner.protected.map(Self::Protected),
            Self::RunUntagged(_) => runner.run_untagged.map(Self::RunUntagged),
            Self::Tags(_) => runner.tags.clone().map(Self::Tags),
        }
    }

    /// What it means for a runner, after its name.
    pub(super) fn says(&self) -> String {
        match self {
            Self::Paused(true) => "takes no new jobs; those it runs go on".into(),
            Self::Paused(false) => "takes jobs again".into(),
            Self::Locked(true) => "cannot be given to other projects".into(),
            Self::Locked(false) => "can be given to other projects".into(),
            Self::Protected(true) => "takes jobs of protected branches and tags alone".into(),
            Self::Protected(false) => "takes jobs of every branch and tag".into(),
            Self::RunUntagged(true) => "takes jobs that name no tag".into(),
            Self::RunUntagged(false) => "takes only jobs that name a tag of it".into(),
            Self::Tags(tags) if tags.is_empty() => "has no tag".into(),
            Self::Tags(tags) => format!("has the tags {}", tags.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_is_spelled_as_gitlab_does_and_found_again() {
        let runner = RunnerState {
            paused: Some(true),
            locked: Some(false),
            protected: Some(true),
            run_untagged: None,
            tags: Some(vec!["a".into(), "b".into()]),
        };
        let fields = [
            (Setting::Paused(false), "paused", json!(false), Some(Setting::Paused(true))),
            (Setting::Locked(true), "locked", json!(true), Some(Setting::Locked(false))),
            (
                Setting::Protected(false),
                "access_level",
                json!("not_protected"),
                Some(Setting::Protected(true)),
            ),
            (Setting::RunUntagged(false), "run_untagged", json!(false), None),
            (Setting::Tags(vec![]), "tag_list", json!([]), Some(Setting::Tags(vec!["a".into(), "b".into()]))),
        ];
        for (setting, name, value, is) in fields {
            assert_eq!(setting.field(), (name, value));
            assert_eq!(setting.of(&runner), is);
        }
    }
}
