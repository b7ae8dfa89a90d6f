//! A runner on a machine with a role, open to jobs of unprotected branches.

use std::collections::BTreeMap;

use super::{Case, Finding, Rule, Severity};
use crate::{
    base::text::plural,
    model::{gitlab::Runner, id::Id, link::Grade},
    way::CredentialPath,
};

pub(super) const RULE: Rule = Rule {
    name: "runner-role",
    about: "A runner that takes jobs of unprotected refs sits on an EC2 instance with an instance profile, and nothing that was read \
            keeps its jobs from the metadata service: whoever can push a branch to one of its projects gets the instance's role.",
    check,
};

fn check(case: &Case) -> Vec<Finding> {
    let mut by_runner: BTreeMap<&Id, Vec<&CredentialPath>> = BTreeMap::new();
    for path in case.paths.iter().filter(|path| path.way == "instance-profile") {
        by_runner.entry(&path.from).or_default().push(path);
    }
    by_runner.into_iter().filter_map(|(id, paths)| finding(case, id, &paths)).collect()
}

fn finding(case: &Case, id: &Id, paths: &[&CredentialPath]) -> Option<Finding> {
    let runner: &Runner = case.estate.find(id)?;
    if runner.protected != Some(false) || runner.paused != Some(false) {
        return None;
    }
    // The surest is the one to speak of.
    let first = paths.iter().max_by(|a, b| a.grade().cmp(&b.grade()).then_with(|| b.to.cmp(&a.to)))?;
    let projects = case.linked.reach().project_count(runner).unwrap_or_default();
    let role = |path: &CredentialPath| path.to.key_text().to_owned();
    let mut evidence: Vec<String> = paths
        .iter()
        .flat_map(|path| {
            let holds = format!("the machine's instance profile holds {}", role(path));
            std::iter::once(holds).chain(path.cautions.iter().cloned())
        })
        .collect();
    evidence.dedup();
    Some(Finding {
        rule: RULE.name,
        about: id.clone(),
        severity: if projects > 1 { Severity::High } else { Severity::Medium },
        confidence: first.grade().min(Grade::Configured),
        says: format!(
            "any branch of {} can reach role {}",
            plural(projects, "project", "projects"),
            role(first).rsplit('/').next().unwrap_or_default()
        ),
        evidence,
        remedy: "Protect the runner, or give its machine a role that can do nothing and let jobs use id tokens.",
    })
}
