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
                [one] => format!("first used with {} {}", one.sort.word(), short(one)),
                many => format!("used with {} things it was never used with before", many.len()),
            },
            evidence: [Sort::Address, Sort::Role, Sort::Agent]
                .into_iter()
                .filter_map(|sort| line(sort, &news))
                .collect(),
            remedy: "Ask whoever runs these jobs whether that is theirs; if nobody knows, treat the key as leaked.",
        });
    }
    findings
}

/// The new ones of a sort, and when the first of them was: `role data-admin, deploy: from 2026-11-19T10:04:00Z on`.
fn line(sort: Sort, news: &[&News]) -> Option<String> {
    let of: Vec<&&News> = news.iter().filter(|news| news.sort == sort).collect();
    let first = of.iter().map(|news| news.first).min()?;
    let names: Vec<String> = of.iter().map(|news| short(news)).collect();
    Some(format!("{} {}: from {first} on", sort.word(), names.join(", ")))
}

fn short(news: &News) -> String {
    clean(news.short()).into_owned()
}
