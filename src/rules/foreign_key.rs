//! A key id in a variable that no account we read knows.

use super::{Case, Finding, Rule, Severity};
use crate::model::{aws::Account, gitlab::Variable, id::Id, link::Grade, observe::Outcome};

pub(super) const RULE: Rule = Rule {
    name: "foreign-key",
    about: "A CI/CD variable carries an access key id that IAM does not list: deleted there, or of an account keytrail does not \
            read. In the second case nothing is known of what it opens.",
    check,
};

fn check(case: &Case) -> Vec<Finding> {
    let read: Vec<String> = case.estate.all::<Account>().map(|account| account.number.to_string()).collect();
    let listed_whole = |account: &str| {
        case.estate.sweeps().any(|(scope, state)| {
            &*scope.source == account
                && &*scope.what == "access keys"
                && state.outcome == Some(Outcome::Whole)
        })
    };
    let carriers =
        case.estate.all::<Variable>().filter_map(|variable| Some((variable, variable.sighting.as_ref()?)));
    carriers
        .flat_map(|(variable, sighting)| sighting.keys.iter().map(move |key| (variable, key)))
        .filter(|(_, key)| key.is_long_term() && case.estate.get(&Id::key(key)).is_none())
        .filter_map(|(variable, key)| {
            let account = key.account().map(|account| account.to_string());
            let (severity, says) = match account {
                Some(account) if listed_whole(&account) => {
                    (Severity::Low, format!("carries {key}, which account {account} no longer has"))
                }
                // Its own account is being read, or was refused: Coverage says so, and a claim would be early.
                Some(account) if read.contains(&account) => return None,
                Some(account) => (
                    Severity::Medium,
                    format!("carries {key} of account {account}, which keytrail does not read"),
                ),
                None => (Severity::Medium, format!("carries {key}, an old id that names no account")),
            };
            Some(Finding {
                rule: RULE.name,
                about: variable.id(),
                severity,
                confidence: Grade::Inferred,
                says,
                evidence: vec!["the account a key id encodes; IAM's list of access keys".into()],
                remedy: "Add the account to the configuration, or delete the variable if the key is gone.",
            })
        })
        .collect()
}
