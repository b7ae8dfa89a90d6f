//! An access key written into the CI configuration itself: everyone who may read the repository has it, and so has its history.

use std::collections::BTreeSet;

use super::{Case, Finding, Rule, Severity};
use crate::{
    base::name::KeyId,
    model::{
        ci::{CiConfig, CiJob},
        link::Grade,
    },
};

pub(super) const RULE: Rule = Rule {
    name: "key-in-ci-file",
    about: "The CI configuration itself holds a long-term access key, or what has the shape of a secret access key beside AWS's names.",
    check,
};

fn check(case: &Case) -> Vec<Finding> {
    let configs = case.estate.named::<CiConfig>();
    configs
        .flat_map(|(id, config)| of_config(config).into_iter().map(|found| found.finding(id.clone())))
        .collect()
}

/// A key id, or none where only a secret stands there, and the jobs that hold it.
struct Found {
    key: Option<KeyId>,
    secret: bool,
    jobs: BTreeSet<String>,
}

fn of_config(config: &CiConfig) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for job in config.jobs.iter().flatten() {
        let secret = holds_secret(job);
        let keys =
            job.variables.iter().flat_map(|setting| &setting.sighting.keys).filter(|key| key.is_long_term());
        let mut keys: Vec<Option<KeyId>> = keys.cloned().map(Some).collect();
        if keys.is_empty() && secret {
            keys.push(None);
        }
        for key in keys {
            let place = found.iter().position(|one| one.key == key).unwrap_or_else(|| {
                found.push(Found { key, secret: false, jobs: BTreeSet::new() });
                found.len() - 1
            });
            if let Some(one) = found.get_mut(place) {
                one.secret |= secret;
                one.jobs.insert(job.name.clone());
            }
        }
    }
    found
}

/// Forty characters of a secret's shape are a secret access key where the variable's name says so: other things have forty as well.
fn holds_secret(job: &CiJob) -> bool {
    job.variables.iter().any(|setting| {
        let name = setting.name.to_ascii_uppercase();
        let named = name.contains("AWS") || name.contains("SECRET_ACCESS") || name.contains("SECRET_KEY");
        setting.sighting.secret_shaped && (named || !setting.sighting.keys.is_empty())
    })
}

impl Found {
    fn finding(self, about: crate::model::id::Id) -> Finding {
        let (severity, says) = match (&self.key, self.secret) {
            (Some(key), true) => {
                (Severity::Critical, format!("{key} and a secret access key stand in the CI configuration"))
            }
            (Some(key), false) => {
                (Severity::Medium, format!("{key} stands in the CI configuration, without its secret"))
            }
            (None, _) => (
                Severity::Critical,
                "what looks like a secret access key stands in the CI configuration".to_owned(),
            ),
        };
        let jobs: Vec<String> = self.jobs.into_iter().take(3).collect();
        Finding {
            rule: RULE.name,
            about,
            severity,
            confidence: Grade::Configured,
            says,
            evidence: vec![format!("GitLab: variables and scripts of {}", jobs.join(", "))],
            remedy: "Retire the key: it stays in the repository's history. Then let jobs sign in with an id token.",
        }
    }
}
