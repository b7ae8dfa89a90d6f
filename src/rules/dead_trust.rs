//! A trust policy's rule for id tokens that nobody can meet today.

use super::{Case, Finding, Rule, Severity};
use crate::{
    base::text::clean,
    join::{Beyond, TokenTrust},
    model::link::Grade,
};

pub(super) const RULE: Rule = Rule {
    name: "dead-trust",
    about: "A trust policy asks of GitLab's id tokens what none can meet: a project that does not exist (until somebody makes one of that \
            path, and gets in), a subject that the project no longer presents, a star under StringEquals, another issuer's claim, a \
            claim that AWS does not pass on, an audience that the provider refuses.",
    check,
};

fn check(case: &Case) -> Vec<Finding> {
    let all = case.tokens.all().iter();
    all.flat_map(|trust| phantoms(case, trust).into_iter().chain(dead(trust))).collect()
}

/// Paths that are free to be taken.
fn phantoms(case: &Case, trust: &TokenTrust) -> Option<Finding> {
    let paths: Vec<String> = trust
        .beyond
        .iter()
        .filter_map(|beyond| match beyond {
            Beyond::Phantom(path) => Some(clean(path).into_owned()),
            _ => None,
        })
        .collect();
    let first = paths.first()?;
    Some(Finding {
        rule: RULE.name,
        about: trust.role.clone(),
        severity: if case.is_mighty(&trust.role) { Severity::High } else { Severity::Medium },
        confidence: if trust.beyond_if.is_empty() { Grade::Configured } else { Grade::Inferred },
        says: format!("it trusts {first}, which does not exist: whoever makes that project may assume it"),
        evidence: paths.iter().map(|path| format!("no project that was read has the path {path}")).collect(),
        remedy: "Take the project out of the trust policy, or name it by `project_id`, which is never given twice.",
    })
}

fn dead(trust: &TokenTrust) -> Option<Finding> {
    let dead: Vec<_> = trust.faults.iter().filter(|fault| fault.dead).collect();
    let first = dead.first()?;
    let shut = trust.admits.is_empty() && trust.beyond.is_empty();
    Some(Finding {
        rule: RULE.name,
        about: trust.role.clone(),
        severity: if shut { Severity::Low } else { Severity::Info },
        confidence: Grade::Configured,
        says: if shut {
            format!("no id token of {} gets in: {}", clean(&trust.issuer), first.says)
        } else {
            format!("a part of its trust policy means nothing: {}", first.says)
        },
        evidence: dead
            .iter()
            .map(|fault| format!("trust policy statement {}: {}", fault.statement + 1, fault.says))
            .collect(),
        remedy: "Mend the condition or take it out: a rule that does nothing hides what the role is for.",
    })
}
