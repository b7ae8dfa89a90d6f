//! A long-term access key in a runner's own file.

use super::{Case, Finding, Rule, Severity};
use crate::model::{
    link::{Grade, Relation},
    runner_config::RunnerConfig,
};

pub(super) const RULE: Rule = Rule {
    name: "key-in-runner-file",
    about: "A long-term access key stands in a runner's own file. In its environment every job gets it; in the settings of its \
            cache or of the machines it starts it lies on the runner manager's host, where jobs of the shell executor read it.",
    check,
};

fn check(case: &Case) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (id, config) in case.estate.named::<RunnerConfig>() {
        let mut places: Vec<&str> =
            config.keys().filter(|(key, _)| key.is_long_term()).map(|(_, place)| place).collect();
        places.sort_unstable();
        places.dedup();
        if places.is_empty() {
            continue;
        }
        let for_all = places.iter().any(|place| place.contains("environment"));
        let on_host = config.executor.as_deref() == Some("shell");
        let (severity, who) = match (for_all, on_host) {
            (true, _) => (Severity::High, "that every job gets"),
            (false, true) => (Severity::High, "that jobs can read on the runner's host"),
            (false, false) => (Severity::Medium, "that stays on the runner's host"),
        };
        let keys = case.linked.targets(id, Relation::Keeps);
        let mut evidence: Vec<String> =
            keys.map(|key| format!("the file keeps {}", key.key_text())).collect();
        evidence.dedup();
        evidence.extend(config.line.map(|line| format!("{} line {line}", config.file)));
        findings.push(Finding {
            rule: RULE.name,
            about: id.clone(),
            severity,
            confidence: Grade::Configured,
            says: format!("an access key {who}: in its {}", places.join(", ")),
            evidence,
            remedy: "Give the runner's machine an instance profile with these rights, and take the key out of the file.",
        });
    }
    findings
}
