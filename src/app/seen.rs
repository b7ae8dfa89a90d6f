//! What is looked up for many rows, worked out once for each world: keys nobody listed, how far accounts were read,
//! which roles may do everything.

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use crate::{
    base::name::AccountId,
    model::{
        aws::{Policy, Role},
        estate::Estate,
        event::Event,
        gitlab::Variable,
        id::Id,
        observe::Outcome,
    },
};

/// Long-term keys that variables carry or events were made with and that no account listed, sorted.
pub(super) fn dangling_keys(estate: &Estate) -> Vec<Id> {
    let carried = estate.all::<Variable>().filter_map(|variable| variable.sighting.as_ref());
    let carried = carried.flat_map(|sighting| &sighting.keys);
    let used = estate.all::<Event>().filter_map(|event| event.caller.key.as_ref());
    let keys = carried.chain(used).filter(|key| key.is_long_term()).map(Id::key);
    let unseen: FxHashSet<Id> = keys.filter(|id| estate.get(id).is_none()).collect();
    let mut unseen: Vec<Id> = unseen.into_iter().collect();
    unseen.sort();
    unseen
}

/// The accounts that were looked into, and whether all of IAM was read there.
pub(super) fn accounts_read(estate: &Estate) -> FxHashMap<AccountId, bool> {
    let mut read: FxHashMap<AccountId, bool> = FxHashMap::default();
    for (scope, state) in estate.sweeps() {
        if let Ok(account) = scope.source.parse() {
            *read.entry(account).or_insert(true) &= state.outcome == Some(Outcome::Whole);
        }
    }
    read
}

/// Roles that may do everything: AWS's AdministratorAccess, or an own policy that allows every action on everything
/// without a condition. What a boundary takes away again is not considered.
pub(super) fn admins(estate: &Estate) -> FxHashSet<Id> {
    let policies = estate.all::<Policy>().filter(|policy| policy.document.as_deref().is_some_and(allows_all));
    let policies: FxHashSet<Id> = policies.map(Policy::id).collect();
    let is_admin = |role: &&Role| {
        let mut attached = role.attached.iter().flatten();
        attached
            .any(|arn| arn.resource() == "policy/AdministratorAccess" || policies.contains(&Id::policy(arn)))
            || role.inline.iter().flatten().any(|policy| allows_all(&policy.document))
    };
    estate.all::<Role>().filter(is_admin).map(Role::id).collect()
}

fn allows_all(document: &str) -> bool {
    // Most documents hold no such star; parsing them all would be felt.
    if !document.contains("\"*\"") && !document.contains("\"*:*\"") {
        return false;
    }
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let all = |value: &Value| {
        let is_star = |value: &Value| matches!(value.as_str(), Some("*" | "*:*"));
        is_star(value) || value.as_array().is_some_and(|values| values.iter().any(is_star))
    };
    let opens = |statement: &Value| {
        statement["Effect"] == "Allow"
            && all(&statement["Action"])
            && all(&statement["Resource"])
            && statement.get("Condition").is_none()
    };
    match &document["Statement"] {
        Value::Array(statements) => statements.iter().any(opens),
        statement => opens(statement),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_unconditional_allow_of_everything_is_an_administrator() {
        let statement = |rest: &str| format!(r#"{{"Statement":[{{"Effect":"Allow",{rest}}}]}}"#);
        assert!(allows_all(&statement(r#""Action":"*","Resource":"*""#)));
        assert!(allows_all(r#"{"Statement":{"Effect":"Allow","Action":["s3:*","*"],"Resource":["*"]}}"#));
        assert!(!allows_all(&statement(r#""Action":"s3:*","Resource":"*""#)));
        assert!(!allows_all(&statement(r#""Action":"*","Resource":"*","Condition":{"Bool":{}}"#)));
        assert!(!allows_all(r#"{"Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#));
        assert!(!allows_all("not json \"*\""));
    }
}
