//! A role that lets in anybody a provider vouches for, whoever picks a name that begins right, or anybody at all.

use super::{Case, Finding, Rule, Severity};
use crate::{
    base::text::clean,
    join::{Beyond, TokenTrust},
    model::{aws::Role, link::Grade},
    policy::{Kind, Trusted, principal::Principal, trusted},
};

pub(super) const RULE: Rule = Rule {
    name: "open-trust",
    about: "A role's trust policy lets in every subject of an identity provider (for gitlab.com: every project of anyone; the \
            audience restricts nobody, a job chooses it), whoever makes a group whose name begins as a pattern does, every project of \
            a group, or everyone, with an external id or without.",
    check,
};

fn check(case: &Case) -> Vec<Finding> {
    let tokens = case.tokens.all().iter().flat_map(|trust| beyond(case, trust));
    let others = case.estate.all::<Role>().flat_map(|role| everybody(case, role));
    tokens.chain(others).collect()
}

/// Projects that nobody knows yet and that get in by id token.
fn beyond<'a>(case: &'a Case, trust: &'a TokenTrust) -> impl Iterator<Item = Finding> + 'a {
    trust.beyond.iter().filter_map(move |beyond| {
        let strong = case.is_mighty(&trust.role);
        let (severity, says) = match beyond {
            Beyond::AnyProject if trust.beyond_if.is_empty() => {
                (Severity::Critical, format!("any project of {} may assume it", clean(&trust.issuer)))
            }
            Beyond::AnyProject => {
                (Severity::High, format!("any project of {} may assume it", clean(&trust.issuer)))
            }
            // Inside a group not everybody may make projects.
            Beyond::Prefix(prefix) if prefix.contains('/') => (
                if strong { Severity::Medium } else { Severity::Low },
                format!("any project whose path begins as {} may assume it", clean(prefix)),
            ),
            Beyond::Prefix(prefix) => (
                if strong { Severity::Critical } else { Severity::High },
                format!("whoever makes a group named like {} may assume it", clean(prefix)),
            ),
            Beyond::Group(group) => (
                if strong { Severity::Medium } else { Severity::Low },
                format!("any project of group {} may assume it, also one made tomorrow", clean(group)),
            ),
            // A path that is free is a rule that is dead until somebody takes it.
            Beyond::Phantom(_) => return None,
        };
        let faults = trust.faults.iter().filter(|fault| *beyond == Beyond::AnyProject && fault.opens);
        let faults =
            faults.map(|fault| format!("trust policy statement {}: {}", fault.statement + 1, fault.says));
        Some(Finding {
            rule: RULE.name,
            about: trust.role.clone(),
            severity,
            confidence: if trust.beyond_if.is_empty() { Grade::Configured } else { Grade::Inferred },
            says,
            evidence: trust.beyond_if.iter().cloned().chain(faults).collect(),
            remedy: "Name the exact subjects: the issuer's `sub` with project and protected ref.",
        })
    })
}

/// Those that no id token of a GitLab is asked of.
fn everybody(case: &Case, role: &Role) -> Vec<Finding> {
    let Some(trust) = case.policies.trust(role) else { return Vec::new() };
    let weighed: Vec<&TokenTrust> = case.tokens.all_of_role(&role.id()).collect();
    let is_weighed = |entry: &Trusted| {
        entry.web.as_ref().is_some_and(|web| weighed.iter().any(|trust| *trust.issuer == *web.issuer))
    };
    let entries = trusted(trust).into_iter().filter(|entry| !entry.excepted && !is_weighed(entry));
    let found = entries.filter_map(|entry| {
        let (severity, says) = open(&entry)?;
        let statement = format!("trust policy statement {}", entry.statement + 1);
        Some(Finding {
            rule: RULE.name,
            about: role.id(),
            severity,
            confidence: Grade::Configured,
            says,
            evidence: std::iter::once(statement).chain(entry.conditions.iter().cloned()).collect(),
            remedy: "Name who may assume it: roles by their ARN, id tokens by their exact subjects.",
        })
    });
    found.collect()
}

/// How an entry of a trust policy is open to strangers, if it is.
fn open(entry: &Trusted) -> Option<(Severity, String)> {
    if let Some(web) = entry.web.as_ref().filter(|web| !web.constrained) {
        return Some((Severity::Critical, format!("any subject of {} may assume it", web.issuer)));
    }
    if *entry.principal != Principal::Everyone || entry.kind != Kind::AssumeRole {
        return None;
    }
    Some(if entry.conditions.is_empty() {
        (Severity::Critical, "anyone with an AWS account may assume it".into())
    } else {
        (Severity::High, format!("anyone may assume it, if {}", entry.conditions.join(" and ")))
    })
}
