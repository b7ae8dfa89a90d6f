//! Policy documents as this AWS reads them when it must decide: Effect, Action, Resource, Condition.

use serde_json::Value;

use super::{
    condition::{self, Context},
    wildcard,
};

/// What a set of documents says about one action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Allowed,
    /// A Deny statement applies.
    Denied,
    /// Nothing says anything.
    Silent,
}

/// The statements of a document; none where it is not one.
pub(crate) fn statements(document: &str) -> Vec<Value> {
    let Ok(Value::Object(mut document)) = serde_json::from_str(document) else { return Vec::new() };
    match document.remove("Statement") {
        Some(Value::Array(statements)) => statements,
        Some(statement @ Value::Object(_)) => vec![statement],
        _ => Vec::new(),
    }
}

/// Does the statement's Action, or NotAction, cover this action?
pub(crate) fn covers_action(statement: &Value, action: &str) -> bool {
    let any = |value: &Value| condition::texts(value).iter().any(|p| wildcard::matches_action(p, action));
    match (statement.get("Action"), statement.get("NotAction")) {
        (Some(patterns), _) => any(patterns),
        (None, Some(patterns)) => !any(patterns),
        (None, None) => false,
    }
}

fn covers_resource(statement: &Value, resource: &str, context: &Context) -> bool {
    // A call that is about nothing in particular is about `*`, which only `*` covers.
    let any = |value: &Value| {
        condition::texts(value).iter().any(|pattern| wildcard::matches(&context.fill(pattern), resource))
    };
    match (statement.get("Resource"), statement.get("NotResource")) {
        (Some(patterns), _) => any(patterns),
        (None, Some(patterns)) => !any(patterns),
        (None, None) => false,
    }
}

/// What the documents together say.
pub(crate) fn judge<'a>(
    documents: impl IntoIterator<Item = &'a str>,
    action: &str,
    resource: &str,
    context: &Context,
) -> Verdict {
    let mut verdict = Verdict::Silent;
    for statement in documents.into_iter().flat_map(statements) {
        let applies = covers_action(&statement, action)
            && covers_resource(&statement, resource, context)
            && condition::holds(statement.get("Condition"), context);
        match statement.get("Effect").and_then(Value::as_str) {
            Some("Deny") if applies => return Verdict::Denied,
            Some("Allow") if applies => verdict = Verdict::Allowed,
            _ => {}
        }
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deny_wins_and_silence_is_silence() {
        let allow = r#"{"Statement":{"Effect":"Allow","Action":["iam:List*"],"Resource":"*"}}"#;
        let deny = r#"{"Statement":[{"Effect":"Deny","NotAction":"sts:*","Resource":"*"}]}"#;
        let own = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:iam::*:user/${aws:username}"}}"#;
        let mut context = Context::default();
        context.set("aws:username", "ann");
        let judge = |documents: &[&str], action: &str, resource: &str| {
            super::judge(documents.iter().copied(), action, resource, &context)
        };
        assert_eq!(judge(&[allow], "iam:ListUsers", "x"), Verdict::Allowed);
        assert_eq!(judge(&[allow], "iam:GetUser", "x"), Verdict::Silent);
        assert_eq!(judge(&[allow, deny], "iam:ListUsers", "x"), Verdict::Denied);
        assert_eq!(judge(&[own], "iam:GetUser", "arn:aws:iam::1:user/ann"), Verdict::Allowed);
        assert_eq!(judge(&[own], "iam:GetUser", "arn:aws:iam::1:user/bob"), Verdict::Silent);
        assert_eq!(judge(&["not json"], "iam:GetUser", "x"), Verdict::Silent);
    }
}
