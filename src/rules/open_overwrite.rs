//! A Kubernetes runner whose jobs may choose their service account, and with it their role.

use regex::Regex;

use super::{Case, Finding, Rule, Severity};
use crate::model::{
    id::Kind,
    link::{Grade, Relation},
    runner_config::{KubernetesSettings, RunnerConfig},
};

pub(super) const RULE: Rule = Rule {
    name: "open-overwrite",
    about: "A Kubernetes runner lets its jobs choose any service account, any namespace or their own token for the cluster: they get \
            the role of whichever service account they name. Also told: a pattern that is not anchored, which matches names that only \
            contain what it means.",
    check,
};

/// Names that nobody means: a pattern that matches all of them matches anything.
const ANYBODY: [&str; 3] = ["keytrail-probe", "0", "zz-9-plural-z-alpha"];

fn check(case: &Case) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (id, config) in case.estate.named::<RunnerConfig>() {
        let Some(pods) = &config.kubernetes else { continue };
        let Some((severity, says, evidence)) = open(pods) else { continue };
        let runner = case.linked.targets(id, Relation::Configures).find(|to| to.kind() == Kind::Runner);
        findings.push(Finding {
            rule: RULE.name,
            about: runner.unwrap_or(id).clone(),
            severity,
            confidence: Grade::Configured,
            says: says.into(),
            evidence,
            remedy: "Leave the overwrite patterns out, or name the few accounts in them, between ^ and $.",
        });
    }
    findings
}

/// The worst that a runner's settings leave open.
fn open(pods: &KubernetesSettings) -> Option<(Severity, &'static str, Vec<String>)> {
    let patterns = [
        ("service_account_overwrite_allowed", &pods.service_account_overwrite_allowed),
        ("namespace_overwrite_allowed", &pods.namespace_overwrite_allowed),
    ];
    let written = |(name, pattern): &(&str, &Option<String>)| {
        format!("{name} = {}", pattern.as_deref().unwrap_or("\"\""))
    };
    let evidence =
        || patterns.iter().filter(|(_, pattern)| pattern.is_some()).map(written).collect::<Vec<_>>();
    let any = |pattern: &Option<String>| pattern.as_deref().is_some_and(matches_anybody);
    if pods.bearer_token_overwrite_allowed {
        let says = "jobs may talk to the cluster with a token of their own";
        return Some((Severity::High, says, vec!["bearer_token_overwrite_allowed = true".into()]));
    }
    match (any(&pods.service_account_overwrite_allowed), any(&pods.namespace_overwrite_allowed)) {
        (true, true) => {
            Some((Severity::Critical, "jobs may choose any service account of any namespace", evidence()))
        }
        (true, false) => {
            Some((Severity::High, "jobs may choose any service account of the namespace", evidence()))
        }
        (false, true) => Some((Severity::Medium, "jobs may choose any namespace", evidence())),
        (false, false) => {
            let loose = |pattern: &Option<String>| pattern.as_deref().is_some_and(is_loose);
            let says = "the overwrite pattern also matches names that only contain what it means";
            patterns.iter().any(|(_, pattern)| loose(pattern)).then(|| (Severity::Low, says, evidence()))
        }
    }
}

/// gitlab-runner looks for a match anywhere in the name. Source: executors/kubernetes/overwrites.go, `regexp.MatchString`.
fn matches_anybody(pattern: &str) -> bool {
    Regex::new(pattern).is_ok_and(|pattern| ANYBODY.iter().all(|name| pattern.is_match(name)))
}

/// An empty pattern allows nothing.
fn is_loose(pattern: &str) -> bool {
    let (begins, ends) = (pattern.starts_with('^'), pattern.ends_with('$'));
    !pattern.is_empty() && (!begins || !ends)
}
