//! A metadata proxy that gives a job whichever role the job names.

use std::collections::{BTreeMap, BTreeSet};

use super::{Case, Finding, Rule, Severity};
use crate::{
    base::text::plural,
    model::{
        gitlab::Runner,
        id::{Id, Kind},
        link::{Grade, Relation},
        runner_config::RunnerConfig,
    },
};

pub(super) const RULE: Rule = Rule {
    name: "chosen-role",
    about: "A runner's machine hands out the role that IAM_ROLE names (an EC2 metadata proxy), or its pods the one of their annotation: \
            whoever writes a pipeline writes that name, and gets any role that the machine's own role may assume.",
    check,
};

fn check(case: &Case) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        proxies(case).iter().filter_map(|(own, proxy)| by_proxy(case, own, proxy)).collect();
    for (id, config) in case.estate.named::<RunnerConfig>() {
        findings.extend(by_annotation(case, id, config));
    }
    findings
}

/// Roles of machines that were asked for other roles by name, with who asked for which.
fn proxies<'a>(case: &'a Case) -> BTreeMap<Id, BTreeSet<&'a Id>> {
    let mut runners: BTreeMap<Id, BTreeSet<&Id>> = BTreeMap::new();
    let named: BTreeSet<&Id> = case
        .paths
        .iter()
        .filter(|path| path.way == "metadata-proxy" && path.grade() > Grade::Inferred)
        .map(|path| &path.to)
        .collect();
    let assumed_by = |own: &Id| case.graph.out_of(own).iter().any(|link| named.contains(&link.to));
    for (runner, _) in case.estate.named::<Runner>() {
        for own in own_roles(case, runner).into_iter().filter(|own| assumed_by(own)) {
            runners.entry(own.clone()).or_default().insert(runner);
        }
    }
    runners
}

/// Roles of the machines a runner's managers sit on.
fn own_roles<'a>(case: &'a Case, runner: &Id) -> BTreeSet<&'a Id> {
    let linked = case.linked;
    linked
        .targets(runner, Relation::HasManager)
        .flat_map(|manager| linked.targets(manager, Relation::SitsOn))
        .flat_map(|machine| linked.targets(machine, Relation::HasProfile))
        .flat_map(|profile| linked.targets(profile, Relation::HasRole))
        .collect()
}

fn by_proxy(case: &Case, own: &Id, runners: &BTreeSet<&Id>) -> Option<Finding> {
    let mut roles: Vec<Id> = case.graph.out_of(own).into_iter().map(|link| link.to).collect();
    roles.sort();
    roles.dedup();
    let about = runners.first()?;
    let administrator = roles.iter().find_map(|role| case.graph.administrator(role));
    let mut evidence =
        vec![format!("{} may assume {}", own.key_text(), plural(roles.len(), "role", "roles"))];
    evidence
        .extend(administrator.map(|role| format!("{} may do everything in its account", role.key_text())));
    evidence.extend(runners.iter().skip(1).map(|runner| format!("the same on {runner}")));
    Some(Finding {
        rule: RULE.name,
        about: (*about).clone(),
        severity: if administrator.is_some() { Severity::Critical } else { Severity::High },
        confidence: Grade::Configured,
        says: format!(
            "a job here gets whichever of {} it names in IAM_ROLE",
            plural(roles.len(), "role", "roles")
        ),
        evidence,
        remedy: "Let the jobs' id tokens open their roles, or let the proxy give each project the roles of a list.",
    })
}

/// kube2iam and kiam give a pod the role of its annotation, which jobs may set where a pattern lets them.
fn by_annotation(case: &Case, id: &Id, config: &RunnerConfig) -> Option<Finding> {
    let pods = config.kubernetes.as_ref()?;
    let default = pods.annotated_role.as_deref()?;
    let pattern = pods.pod_annotations_overwrite_allowed.as_deref()?;
    let allows = regex::Regex::new(pattern).is_ok_and(|pattern| pattern.is_match("iam.amazonaws.com/role"));
    let runner = case.linked.targets(id, Relation::Configures).find(|to| to.kind() == Kind::Runner);
    allows.then(|| Finding {
        rule: RULE.name,
        about: runner.unwrap_or(id).clone(),
        severity: Severity::High,
        confidence: Grade::Configured,
        says: "a job here gets whichever role it writes into its pod's annotation".into(),
        evidence: vec![
            format!("iam.amazonaws.com/role = {default}"),
            format!("pod_annotations_overwrite_allowed = {pattern}"),
        ],
        remedy: "Leave the pattern out, and give each project a service account with a role of its own.",
    })
}
