//! Policies that take away: written into a user or a role, beside what it may.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{need::Right, request::quoted};
use crate::base::{name::Arn, time::Timestamp};

/// What is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deny {
    /// Everything, to temporary credentials that were issued before a time. Long-term keys have no such time, and go on.
    OlderSessions,
    /// Everything, to everybody.
    Everything,
}

/// A session that is issued while the policy spreads must not slip through. AWS's own console writes no such margin, and its documentation
/// speaks of "approximately 30 seconds into the future".
const MARGIN: i64 = 30;

impl Deny {
    /// The name the policy has; for sessions the one AWS's own console uses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OlderSessions => "AWSRevokeOlderSessions",
            Self::Everything => "KeytrailQuarantine",
        }
    }

    /// The document in words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::OlderSessions => "Deny * on * where aws:TokenIssueTime is before that moment and 30 s",
            Self::Everything => "Deny * on *",
        }
    }

    pub(super) fn document(self, now: Timestamp) -> String {
        let mut statement = json!({ "Effect": "Deny", "Action": ["*"], "Resource": ["*"] });
        if self == Self::OlderSessions {
            statement["Condition"] =
                json!({ "DateLessThan": { "aws:TokenIssueTime": now.plus(MARGIN).to_string() } });
        }
        json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
    }

    /// Does a document that stands there deny this, for everything up to `since`?
    pub(super) fn is_in(self, document: &str, since: Timestamp) -> bool {
        match self {
            Self::OlderSessions => revoked_until(document).is_some_and(|until| until >= since),
            Self::Everything => same(document, &self.document(since)),
        }
    }
}

/// Until when sessions are refused by a document of the kind that revokes; `None` for any other.
pub(super) fn revoked_until(document: &str) -> Option<Timestamp> {
    let document: Value = serde_json::from_str(document).ok()?;
    let statement = match document.get("Statement")? {
        Value::Array(all) => all.first().filter(|_| all.len() == 1)?,
        one => one,
    };
    let is_all = |name: &str| match statement.get(name) {
        Some(Value::String(text)) => text == "*",
        Some(Value::Array(texts)) => texts.iter().any(|text| text == "*"),
        _ => false,
    };
    if statement.get("Effect")? != "Deny" || !is_all("Action") || !is_all("Resource") {
        return None;
    }
    let conditions = statement.get("Condition")?.as_object()?;
    let times = conditions.get("DateLessThan")?.as_object()?;
    if conditions.len() != 1 || times.len() != 1 {
        return None;
    }
    times.get("aws:TokenIssueTime")?.as_str()?.parse().ok()
}

/// Do two texts mean the same JSON?
pub(super) fn same(one: &str, two: &str) -> bool {
    let read = |text: &str| serde_json::from_str::<Value>(text).ok();
    one == two || read(one).is_some_and(|one| Some(one) == read(two))
}

/// `User` or `Role`, as the calls spell it.
pub(super) fn kind(holder: &Arn) -> &'static str {
    if is_user(holder) { "User" } else { "Role" }
}

pub(super) fn parameter(holder: &Arn) -> &'static str {
    if is_user(holder) { "UserName" } else { "RoleName" }
}

/// Permissions to write, look at and take out such a policy.
pub(super) fn needs(holder: &Arn) -> Vec<Right> {
    let right =
        |verb| Some(Right::aws(holder.account()?, &format!("iam:{verb}{}Policy", kind(holder)), holder));
    ["Get", "Put", "Delete"].into_iter().filter_map(right).collect()
}

/// `aws iam put-role-policy ...`, for a shell.
pub(super) fn by_hand(verb: &str, holder: &Arn, deny: Deny, document: Option<&str>) -> String {
    let kind = kind(holder).to_ascii_lowercase();
    let document = document.map_or_else(String::new, |text| format!(" --policy-document {}", quoted(text)));
    let (name, policy) = (quoted(holder.name()), deny.name());
    format!("aws iam {verb}-{kind}-policy --{kind}-name {name} --policy-name {policy}{document}")
}

pub(super) fn is_user(holder: &Arn) -> bool {
    holder.resource().starts_with("user/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_revoked_up_to_half_a_minute_ahead() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let document = Deny::OlderSessions.document(now);
        assert_eq!(
            document,
            r#"{"Statement":[{"Action":["*"],"Condition":{"DateLessThan":{"aws:TokenIssueTime":"2026-11-20T12:00:30Z"}},"Effect":"Deny","Resource":["*"]}],"Version":"2012-10-17"}"#
        );
        assert_eq!(revoked_until(&document), Some(now.plus(30)));
        assert!(Deny::OlderSessions.is_in(&document, now.plus(30)));
        assert!(!Deny::OlderSessions.is_in(&document, now.plus(31)));
        let console = r#"{"Version":"2012-10-17","Statement":{"Sid":"x","Effect":"Deny","Action":"*","Resource":"*",
            "Condition":{"DateLessThan":{"aws:TokenIssueTime":"2026-11-20T12:00:30.000Z"}}}}"#;
        assert_eq!(revoked_until(console), Some(now.plus(30)));
        for other in ["{}", "[]", "nonsense", r#"{"Statement":[]}"#, &Deny::Everything.document(now)] {
            assert_eq!(revoked_until(other), None, "{other}");
        }
        let narrower = console.replace(r#""Action":"*""#, r#""Action":"s3:*""#);
        assert_eq!(revoked_until(&narrower), None);
        assert!(Deny::Everything.is_in(&format!(" {} ", Deny::Everything.document(now)), now));
    }
}
