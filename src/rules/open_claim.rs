//! A condition on a claim that is never there, written so that it then keeps nobody out.

use super::{Case, Finding, Rule, Severity};
use crate::{
    join::{Beyond, TokenTrust},
    model::link::Grade,
};

pub(super) const RULE: Rule = Rule {
    name: "open-claim",
    about: "A trust policy guards a role by a claim of id tokens that AWS does not pass on, or by another issuer's key, under an operator \
            that holds where the key is missing: IfExists, ForAllValues or a negated one. Whoever wrote it believes in a guard that is \
            not there. AWS passes on nine claims of gitlab.com besides sub and aud, and none of a GitLab of one's own.",
    check,
};

fn check(case: &Case) -> Vec<Finding> {
    // Where anybody gets in, that is what there is to say, and this is why.
    let closed = case.tokens.all().iter().filter(|trust| !trust.beyond.contains(&Beyond::AnyProject));
    closed.filter_map(judge).collect()
}

fn judge(trust: &TokenTrust) -> Option<Finding> {
    let open: Vec<_> = trust.faults.iter().filter(|fault| fault.opens).collect();
    let first = open.first()?;
    Some(Finding {
        rule: RULE.name,
        about: trust.role.clone(),
        severity: Severity::Medium,
        confidence: Grade::Configured,
        says: first.says.clone(),
        evidence: open
            .iter()
            .map(|fault| format!("trust policy statement {}", fault.statement + 1))
            .collect(),
        remedy: "Guard by `sub`: let the project's subject hold what is to be asked, by its components.",
    })
}
