//! A runner on a machine with a role, open to jobs of unprotected branches.

use super::{Case, Finding, Rule, Severity};
use crate::{
    base::text::plural,
    model::{
        gitlab::Runner,
        id::Id,
        link::{Grade, Relation},
    },
};

pub(super) const RULE: Rule = Rule {
    name: "runner-role",
    about: "A runner that takes jobs of unprotected refs sits on an EC2 instance with an instance profile: whoever can push a \
            branch to one of its projects gets the instance's role, unless the runner keeps jobs from the metadata service.",
    check,
};

fn check(case: &Case) -> Vec<Finding> {
    let open = case
        .estate
        .named::<Runner>()
        .filter(|(_, runner)| runner.protected == Some(false) && runner.paused == Some(false));
    open.filter_map(|(id, runner)| {
        let mut roles: Vec<String> = roles_under(case, id).map(|role| role.key_text().to_owned()).collect();
        roles.sort();
        roles.dedup();
        let first = roles.first()?;
        let projects = case.linked.reach().project_count(runner).unwrap_or_default();
        Some(Finding {
            rule: RULE.name,
            about: id.clone(),
            severity: if projects > 1 { Severity::High } else { Severity::Medium },
            confidence: Grade::Inferred,
            says: format!(
                "any branch of {} can reach role {}",
                plural(projects, "project", "projects"),
                first.rsplit('/').next().unwrap_or_default()
            ),
            evidence: roles.iter().map(|role| format!("the machine's instance profile holds {role}")).collect(),
            remedy: "Protect the runner, or give its machine a role that can do nothing and let jobs use id tokens.",
        })
    })
    .collect()
}

/// Roles of the instance profiles of the machines a runner's managers sit on.
fn roles_under<'a>(case: &'a Case, runner: &Id) -> impl Iterator<Item = &'a Id> {
    let linked = case.linked;
    linked
        .targets(runner, Relation::HasManager)
        .flat_map(|manager| linked.targets(manager, Relation::SitsOn))
        .flat_map(|machine| linked.targets(machine, Relation::HasProfile))
        .flat_map(|profile| linked.targets(profile, Relation::HasRole))
}
