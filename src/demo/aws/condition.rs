//! The Condition block of a policy statement, against what is known of a request. Operators nobody in the company uses
//! (numbers, addresses, binary) are never true.

use serde_json::Value;

use super::wildcard;
use crate::base::time::Timestamp;

/// What is known of a request: condition keys in lower case, each with its values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Context(Vec<(String, Vec<String>)>);

impl Context {
    pub(crate) fn set(&mut self, key: &str, value: impl Into<String>) {
        self.set_all(key, vec![value.into()]);
    }

    pub(crate) fn set_all(&mut self, key: &str, values: Vec<String>) {
        self.0.push((key.to_ascii_lowercase(), values));
    }

    pub(crate) fn get(&self, key: &str) -> Option<&[String]> {
        let key = key.to_ascii_lowercase();
        self.0.iter().find(|(known, _)| *known == key).map(|(_, values)| values.as_slice())
    }

    /// Fills in `${aws:username}`, the one policy variable that self-service policies use.
    pub(crate) fn fill<'a>(&self, pattern: &'a str) -> std::borrow::Cow<'a, str> {
        const VARIABLE: &str = "${aws:username}";
        match self.get("aws:username").and_then(<[String]>::first) {
            Some(name) if pattern.contains(VARIABLE) => pattern.replace(VARIABLE, name).into(),
            _ => pattern.into(),
        }
    }
}

/// One text or a list of them.
pub(crate) fn texts(value: &Value) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match value {
        Value::Array(items) => items.iter().filter_map(text).collect(),
        one => text(one).into_iter().collect(),
    }
}

/// Do all conditions hold? A statement without conditions always does.
pub(crate) fn holds(block: Option<&Value>, context: &Context) -> bool {
    let Some(operators) = block.and_then(Value::as_object) else { return true };
    operators.iter().all(|(operator, keys)| {
        keys.as_object()
            .is_some_and(|keys| keys.iter().all(|(key, wanted)| one(operator, key, &texts(wanted), context)))
    })
}

fn one(operator: &str, key: &str, wanted: &[String], context: &Context) -> bool {
    let (set, operator) = match operator.split_once(':') {
        Some((set, operator)) => (set, operator),
        None => ("", operator),
    };
    let (operator, if_exists) =
        operator.strip_suffix("IfExists").map_or((operator, false), |operator| (operator, true));
    let found = context.get(key).filter(|values| !values.is_empty());
    if operator == "Null" {
        return wanted.iter().any(|wanted| (wanted == "true") == found.is_none());
    }
    let negated = operator.contains("Not");
    let Some(found) = found else { return if_exists || negated || set == "ForAllValues" };
    let operator = operator.replacen("Not", "", 1);
    let passes = |value: &String| {
        let hit = wanted.iter().any(|wanted| compare(&operator, &context.fill(wanted), value));
        hit != negated
    };
    match set {
        "ForAllValues" => found.iter().all(passes),
        _ if negated && set.is_empty() => found.iter().all(passes),
        _ => found.iter().any(passes),
    }
}

fn compare(operator: &str, wanted: &str, value: &str) -> bool {
    match operator {
        "StringEquals" => wanted == value,
        "StringEqualsIgnoreCase" | "Bool" => wanted.eq_ignore_ascii_case(value),
        "StringLike" | "ArnLike" | "ArnEquals" => wildcard::matches(wanted, value),
        "DateLessThan" => dates(wanted, value, |wanted, value| value < wanted),
        "DateLessThanEquals" => dates(wanted, value, |wanted, value| value <= wanted),
        "DateGreaterThan" => dates(wanted, value, |wanted, value| value > wanted),
        "DateGreaterThanEquals" => dates(wanted, value, |wanted, value| value >= wanted),
        _ => false,
    }
}

fn dates(wanted: &str, value: &str, compare: fn(Timestamp, Timestamp) -> bool) -> bool {
    matches!((wanted.parse(), value.parse()), (Ok(wanted), Ok(value)) if compare(wanted, value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn operators_mean_what_aws_says() {
        let mut context = Context::default();
        context.set("gitlab.com:sub", "project_path:acme/infra:ref_type:branch:ref:main");
        context.set("aws:TokenIssueTime", "2026-11-20T12:00:00Z");
        let cases = [
            (json!({"StringLike": {"gitlab.com:sub": "project_path:acme/*"}}), true),
            (json!({"StringEquals": {"GitLab.com:SUB": ["project_path:acme/*"]}}), false),
            (json!({"StringEquals": {"sts:ExternalId": "x"}}), false),
            (json!({"StringEqualsIfExists": {"sts:ExternalId": "x"}}), true),
            (json!({"StringNotEquals": {"sts:ExternalId": "x"}}), true),
            (json!({"Null": {"sts:ExternalId": "true"}}), true),
            (json!({"DateLessThan": {"aws:TokenIssueTime": "2026-11-20T12:00:30Z"}}), true),
            (json!({"DateLessThan": {"aws:TokenIssueTime": "2026-11-20T11:00:00Z"}}), false),
            (json!({"ForAllValues:StringLike": {"gitlab.com:aud": "*"}}), true),
            (json!({"ForAnyValue:StringLike": {"gitlab.com:aud": "*"}}), false),
            (json!({"StringNotLike": {"gitlab.com:sub": "project_path:acme/*"}}), false),
        ];
        for (block, expected) in cases {
            assert_eq!(holds(Some(&block), &context), expected, "{block}");
        }
    }
}
