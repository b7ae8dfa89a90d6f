//! A policy that cannot be read as one.

use super::{Case, Finding, Rule, Severity};
use crate::{
    base::text::clean,
    model::{
        aws::{IamGroup, InlinePolicy, Policy, Role, User},
        id::Id,
        link::Grade,
    },
};

pub(super) const RULE: Rule = Rule {
    name: "unreadable-policy",
    about: "keytrail cannot read a policy document: what it allows is not known, which is no proof that it allows nothing. Everything \
            else that is said of who may assume the role, or of what the user or role may do, leaves this document out.",
    check,
};

fn check(case: &Case) -> Vec<Finding> {
    let estate = case.estate;
    let mut findings = Vec::new();
    for (id, role) in estate.named::<Role>() {
        if let Some(trust) = &role.trust {
            findings.extend(judge(case, id, "its trust policy", trust));
        }
        findings.extend(inline(case, id, role.inline.as_deref()));
    }
    for (id, user) in estate.named::<User>() {
        findings.extend(inline(case, id, user.inline.as_deref()));
    }
    for (id, group) in estate.named::<IamGroup>() {
        findings.extend(inline(case, id, group.inline.as_deref()));
    }
    for (id, policy) in estate.named::<Policy>() {
        if let Some(document) = &policy.document {
            findings.extend(judge(case, id, "it", document));
        }
    }
    findings
}

fn inline(case: &Case, holder: &Id, policies: Option<&[InlinePolicy]>) -> Vec<Finding> {
    let policies = policies.unwrap_or_default().iter();
    let judged = policies.filter_map(|policy| {
        judge(case, holder, &format!("its policy {}", clean(&policy.name)), &policy.document)
    });
    judged.collect()
}

fn judge(case: &Case, about: &Id, what: &str, document: &str) -> Option<Finding> {
    let bad = case.policies.bad(document)?;
    Some(Finding {
        rule: RULE.name,
        about: about.clone(),
        severity: Severity::Medium,
        confidence: Grade::Configured,
        says: format!("{what} cannot be read: {}", clean(&bad.to_string())),
        evidence: Vec::new(),
        remedy: "Look at the document in IAM; where IAM takes it, keytrail should too: report it.",
    })
}
