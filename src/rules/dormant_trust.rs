//! A role that lets in id tokens for which no job asks.

use rustc_hash::FxHashSet;

use super::{Case, Finding, Rule, Severity};
use crate::{
    base::text::{clean, plural},
    join::{Beyond, TokenTrust},
    model::{
        aws::{Role, RoleUse},
        ci::CiConfig,
        gitlab::Project,
        id::{Id, Kind},
        link::Grade,
    },
};

pub(super) const RULE: Rule = Rule {
    name: "dormant-trust",
    about: "A role trusts id tokens of GitLab projects whose CI configurations were all read, and no job of theirs asks for one and names \
            the role; nor was it used in the last ninety days. What nobody needs can be taken away before somebody finds it.",
    check,
};

const DAY: i64 = 86_400;

fn check(case: &Case) -> Vec<Finding> {
    let paths = case.paths.iter().filter(|path| path.way == "oidc" && path.grade() > Grade::Inferred);
    let awake: FxHashSet<&Id> = paths.map(|path| &path.to).collect();
    let asleep = case.tokens.all().iter().filter(|trust| {
        !trust.admits.is_empty()
            && !awake.contains(&trust.role)
            && !trust.beyond.contains(&Beyond::AnyProject)
    });
    asleep
        .filter(|trust| !is_used(case, trust) && is_read(case, trust))
        .map(|trust| judge(case, trust))
        .collect()
}

/// Was it used lately, by whomever?
fn is_used(case: &Case, trust: &TokenTrust) -> bool {
    let role = case.estate.find::<Role>(&trust.role);
    match role.and_then(|role| role.last_use.as_ref()) {
        Some(RoleUse::At { at, .. }) => case.now.seconds() - at.seconds() < 90 * DAY,
        Some(RoleUse::NotTracked) | None => false,
    }
}

/// Was the CI configuration of every project read that it lets in? What was not read may well ask.
fn is_read(case: &Case, trust: &TokenTrust) -> bool {
    trust.admits.iter().all(|admitted| {
        let config = Id::new(Kind::CiConfig, admitted.project.key_text());
        case.estate.find::<CiConfig>(&config).is_some_and(|config| config.jobs.is_some())
    })
}

fn judge(case: &Case, trust: &TokenTrust) -> Finding {
    let projects = trust.admits.iter().take(10).map(|admitted| {
        let project =
            case.estate.find::<Project>(&admitted.project).and_then(|project| project.path.as_deref());
        format!("no job of {} asks for it", clean(project.unwrap_or(admitted.project.key_text())))
    });
    Finding {
        rule: RULE.name,
        about: trust.role.clone(),
        severity: Severity::Info,
        confidence: Grade::Inferred,
        says: format!(
            "{} may assume it and no job asks to",
            plural(trust.admits.len(), "project", "projects")
        ),
        evidence: projects.collect(),
        remedy: "Take the trust away, and the role with it if nothing else needs it.",
    }
}
