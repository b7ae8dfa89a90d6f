//! A key used with something that days of its use had never shown.

use super::{Case, Finding, Rule, Severity};
use crate::{
    base::text::clean,
    model::{
        aws::AccessKey,
        link::Grade,
        news::{News, Sort},
    },
};

pub(super) const RULE: Rule = Rule {
    name: "first-time",
    about: "In the last two days a key was used from an address, with a user agent or for a role that at least three days of its \
            earlier use had never shown. Keys with many different ones (as with hosted runners) are left out: every day has a new one.",
    check,
};

fn check(case: &Case) -> Vec<Finding> {
    let mut findings = Vec::new();
    for key in case.estate.all::<AccessKey>() {
        let id = key.id();
        let news: Vec<&News> = case.linked.news(&id).iter().filter(|news| news.is_fresh(case.now)).collect();
        // The sorts are in the order of what they mean.
        let Some(worst) = news.iter().map(|news| news.sort).min() else { continue };
        findings.push(Finding {
            rule: RULE.name,
            about: id,
            severity: if worst == Sort::Agent { Severity::Low } else { Severity::Medium },
            confidence: Grade::Observed,
            says: match news.as_slice() {
                [one] => format!("first used with {} {}", one.sort.word(), clean(&one.value)),
                many => format!("used with {} things it was never used with before", many.len()),
            },
            evidence: news
                .iter()
                .map(|news| {
                    format!(
                        "{} {}: first {}, never since {}",
                        news.sort.word(),
                        clean(&news.value),
                        news.first,
                        news.since
                    )
                })
                .collect(),
            remedy: "Ask whoever runs these jobs whether that is theirs; if nobody knows, treat the key as leaked.",
        });
    }
    findings
}
