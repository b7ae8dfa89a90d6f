//! An access key in a variable that more people and more logs can see than need to.

use super::{Case, Finding, Rule, Severity};
use crate::model::{
    gitlab::Variable,
    link::{Grade, Relation},
};

pub(super) const RULE: Rule = Rule {
    name: "open-variable",
    about: "A CI/CD variable carries an access key id and is not protected (jobs of any branch get it) or not masked (job logs \
            may print it).",
    check,
};

fn check(case: &Case) -> Vec<Finding> {
    // Only a value that was looked at can be linked to a key: the many others are passed over without a look-up.
    let looked_at = case.estate.named::<Variable>().filter(|(_, variable)| variable.sighting.is_some());
    let carriers = looked_at.filter(|(id, _)| case.linked.targets(id, Relation::Carries).next().is_some());
    carriers
        .filter_map(|(id, variable)| {
            let unprotected = variable.protected == Some(false);
            let unmasked = variable.masked == Some(false);
            let (severity, says) = match (unprotected, unmasked) {
                (true, true) => (Severity::High, "an access key in a variable neither protected nor masked"),
                (true, false) => (Severity::Medium, "an access key in a variable that is not protected"),
                (false, true) => (Severity::Low, "an access key in a variable that is not masked"),
                (false, false) => return None,
            };
            Some(Finding {
                rule: RULE.name,
                about: id.clone(),
                severity,
                confidence: Grade::Configured,
                says: says.into(),
                evidence: vec!["GitLab: the variable's flags".into()],
                remedy: "Protect and mask it; better, replace the key by an id token.",
            })
        })
        .collect()
}
