//! A key in a variable that no job gets.

use std::collections::BTreeMap;

use super::{Case, Finding, Rule, Severity};
use crate::{
    model::{
        gitlab::Project,
        id::{Id, Kind},
        link::{Grade, Relation},
    },
    way::CredentialPath,
};

pub(super) const RULE: Rule = Rule {
    name: "shadowed-key",
    about: "A group or instance variable carries a long-term key that no job gets, because every project below has a value of its own. \
            Nobody would miss it, and the next project that is made will get it.",
    check,
};

fn check(case: &Case) -> Vec<Finding> {
    let nobody = case.paths.iter().filter(|path| path.projects.is_empty() && has_projects(case, &path.from));
    // A key file has several keys, a broker several roles: the variable is one.
    let variables: BTreeMap<&Id, &Id> = nobody.filter_map(carries).collect();
    variables
        .into_iter()
        .map(|(variable, key)| Finding {
            rule: RULE.name,
            about: variable.clone(),
            severity: Severity::Low,
            confidence: Grade::Configured,
            says: "carries a key that no job gets: every project below has a value of its own".into(),
            evidence: vec![format!("it carries {}", key.key_text())],
            remedy: "Delete the variable, after its key was deactivated and nobody missed it.",
        })
        .collect()
}

/// The variable and the key, where a path begins with one that is certain.
fn carries(path: &CredentialPath) -> Option<(&Id, &Id)> {
    let carries =
        path.hops.get(1).filter(|hop| hop.relation == Relation::Carries && hop.grade > Grade::Inferred)?;
    Some((&carries.from, &carries.to))
}

fn has_projects(case: &Case, holder: &Id) -> bool {
    match holder.kind() {
        Kind::Group => !case.linked.reach().projects_in(holder).is_empty(),
        Kind::Instance => case.estate.all::<Project>().any(|project| *project.instance == *holder.key_text()),
        _ => false,
    }
}
