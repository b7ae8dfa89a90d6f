//! A variable that by its name holds AWS credentials and whose value nobody can read any more.

use super::{Case, Finding, Rule, Severity};
use crate::model::{gitlab::Variable, link::Grade};

pub(super) const RULE: Rule = Rule {
    name: "hidden-credential",
    about: "A hidden CI/CD variable is named like an AWS access key. GitLab never shows its value again, so which key it holds \
            cannot be known from here: a blind spot, not an all-clear.",
    check,
};

fn check(case: &Case) -> Vec<Finding> {
    let hidden = case.estate.all::<Variable>().filter(|variable| variable.hidden == Some(true));
    hidden
        .filter(|variable| variable.key.to_ascii_uppercase().contains("ACCESS_KEY"))
        .map(|variable| Finding {
            rule: RULE.name,
            about: variable.id(),
            severity: Severity::Info,
            confidence: Grade::Inferred,
            says: "named like an AWS credential and hidden: which key it holds cannot be known".into(),
            evidence: vec!["GitLab: hidden variables are never shown again".into()],
            remedy: "Look for its use in the sessions of its project's jobs, or set it anew from a known key.",
        })
        .collect()
}
