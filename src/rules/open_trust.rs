//! A role that lets in anybody a provider vouches for, or anybody at all.

use super::{Case, Finding, Rule, Severity};
use crate::{
    model::{aws::Role, link::Grade},
    policy::{Kind, Trusted, principal::Principal, trusted},
};

pub(super) const RULE: Rule = Rule {
    name: "open-trust",
    about: "A role's trust policy lets in every subject of an identity provider (for gitlab.com: every project of anyone; the \
            audience restricts nobody, a job chooses it), or everyone who knows an external id, or everyone. A trust policy \
            that cannot be read is reported too: it is no proof that nobody gets in.",
    check,
};

fn check(case: &Case) -> Vec<Finding> {
    let policies = case.policies;
    let mut findings = Vec::new();
    for role in case.estate.all::<Role>() {
        let mut find = |severity, says: String, evidence: Vec<String>| {
            findings.push(Finding {
                rule: RULE.name,
                about: role.id(),
                severity,
                confidence: Grade::Configured,
                says,
                evidence,
                remedy: "Name the exact subjects: the issuer's `sub` with project and protected ref.",
            });
        };
        if let Some(bad) = policies.bad_trust(role) {
            find(Severity::Medium, format!("its trust policy cannot be read: {bad}"), Vec::new());
        }
        let Some(trust) = policies.trust(role) else { continue };
        for entry in trusted(trust).iter().filter(|entry| !entry.excepted) {
            if let Some((severity, says)) = open(entry) {
                let statement = format!("trust policy statement {}", entry.statement + 1);
                find(
                    severity,
                    says,
                    std::iter::once(statement).chain(entry.conditions.iter().cloned()).collect(),
                );
            }
        }
    }
    findings
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
