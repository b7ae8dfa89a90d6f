//! Policy documents as text and as data. Every element AWS documents has a field; what AWS would refuse to store is
//! refused here too, with its place, because a misread policy is worse than an unread one.

use serde_json::{Map, Value};

use super::{operator::Operator, principal::Principal};

/// A policy, of identity or of trust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub version: Version,
    pub statements: Vec<Statement>,
}

/// The language's version. In the older one `${...}` is plain text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// 2008-10-17, and what a policy without `Version` means.
    #[default]
    Old,
    /// 2012-10-17
    Current,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Of the document, because it decides what `${...}` means here.
    pub version: Version,
    pub sid: Option<String>,
    pub effect: Effect,
    /// In trust policies.
    pub principals: Option<Principals>,
    pub actions: Selection,
    /// In identity policies.
    pub resources: Option<Selection>,
    /// All must hold.
    pub conditions: Vec<Condition>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Allow,
    Deny,
}

/// `Action` and `Resource` patterns, or with `negated` those of `NotAction` and `NotResource`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    pub negated: bool,
    pub patterns: Vec<String>,
}

/// `Principal`, or with `negated` `NotPrincipal`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principals {
    pub negated: bool,
    pub named: Vec<Principal>,
}

/// One key under one operator. `values` are alternatives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    pub operator: Operator,
    /// As written; upper and lower case mean the same.
    pub key: String,
    pub values: Vec<String>,
}

/// Why a text is not a policy. `place` reads like `Statement[1].Effect`, counted from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPolicy {
    #[error("not JSON, line {line} column {column}")]
    NotJson { line: usize, column: usize },
    #[error("neither JSON nor percent-encoded JSON")]
    NotEncoded,
    #[error("{place}: expected {expected}")]
    Expected { place: String, expected: &'static str },
    #[error("{place} is missing")]
    Missing { place: String },
    #[error("{place}: there is no such policy element")]
    Unknown { place: String },
    #[error("{place}: cannot stand beside {other}")]
    Both { place: String, other: &'static str },
}

impl Document {
    /// Reads a policy, raw or percent-encoded as IAM's API hands it out (RFC 3986).
    pub fn parse(text: &str) -> Result<Self, BadPolicy> {
        let text = text.trim();
        if text.starts_with('%') {
            let decoded = percent_encoding::percent_decode_str(text).decode_utf8();
            let decoded = decoded.map_err(|_| BadPolicy::NotEncoded)?;
            return Self::parse_json(decoded.trim());
        }
        Self::parse_json(text)
    }

    fn parse_json(text: &str) -> Result<Self, BadPolicy> {
        let value: Value = serde_json::from_str(text)
            .map_err(|error| BadPolicy::NotJson { line: error.line(), column: error.column() })?;
        let fields = object(&value, "", "a policy object")?;
        only(fields, "", &["Version", "Id", "Statement"])?;
        let version = match fields.get("Version").map(|value| value.as_str()) {
            None | Some(Some("2008-10-17")) => Version::Old,
            Some(Some("2012-10-17")) => Version::Current,
            Some(_) => return Err(expected("Version", "\"2012-10-17\" or \"2008-10-17\"")),
        };
        let listed = fields.get("Statement").ok_or_else(|| missing("Statement"))?;
        let statements = match listed {
            Value::Array(items) => {
                let numbered = items.iter().enumerate();
                numbered
                    .map(|(index, item)| Statement::read(item, &format!("Statement[{index}]"), version))
                    .collect::<Result<_, _>>()?
            }
            one => vec![Statement::read(one, "Statement", version)?],
        };
        Ok(Self { version, statements })
    }
}

impl Statement {
    fn read(value: &Value, place: &str, version: Version) -> Result<Self, BadPolicy> {
        let fields = object(value, place, "a statement object")?;
        only(
            fields,
            place,
            &[
                "Sid",
                "Effect",
                "Principal",
                "NotPrincipal",
                "Action",
                "NotAction",
                "Resource",
                "NotResource",
                "Condition",
            ],
        )?;
        let effect = match fields.get("Effect").map(|value| value.as_str()) {
            None => return Err(missing(&format!("{place}.Effect"))),
            Some(Some("Allow")) => Effect::Allow,
            Some(Some("Deny")) => Effect::Deny,
            Some(_) => return Err(expected(&format!("{place}.Effect"), "\"Allow\" or \"Deny\"")),
        };
        let sid = match fields.get("Sid") {
            None => None,
            Some(Value::String(text)) => Some(text.clone()).filter(|text| !text.is_empty()),
            Some(_) => return Err(expected(&format!("{place}.Sid"), "a string")),
        };
        let principals = one_of(fields, place, ["Principal", "NotPrincipal"])?
            .map(|(value, place, negated)| Ok(Principals { negated, named: principals(value, &place)? }))
            .transpose()?;
        let actions = selection(fields, place, ["Action", "NotAction"])?;
        let conditions = fields.get("Condition");
        Ok(Self {
            version,
            sid,
            effect,
            principals,
            actions: actions.ok_or_else(|| missing(&format!("{place}.Action")))?,
            resources: selection(fields, place, ["Resource", "NotResource"])?,
            conditions: conditions
                .map(|value| conditions_of(value, &format!("{place}.Condition")))
                .transpose()?
                .unwrap_or_default(),
        })
    }
}

fn selection(
    fields: &Map<String, Value>,
    place: &str,
    names: [&'static str; 2],
) -> Result<Option<Selection>, BadPolicy> {
    one_of(fields, place, names)?
        .map(|(value, place, negated)| Ok(Selection { negated, patterns: strings(value, &place)? }))
        .transpose()
}

fn principals(value: &Value, place: &str) -> Result<Vec<Principal>, BadPolicy> {
    if let Some(text) = value.as_str() {
        let everyone = "\"*\" or an object with AWS, Federated, Service or CanonicalUser";
        return if text == "*" { Ok(vec![Principal::Everyone]) } else { Err(expected(place, everyone)) };
    }
    let kinds = object(value, place, "\"*\" or an object with AWS, Federated, Service or CanonicalUser")?;
    let mut named = Vec::new();
    for (kind, value) in kinds {
        let place = format!("{place}.{kind}");
        for text in strings(value, &place)? {
            named.push(match kind.as_str() {
                "AWS" if text == "*" => Principal::Everyone,
                "AWS" => Principal::Aws(text),
                "Federated" => Principal::Federated(text),
                "Service" => Principal::Service(text),
                "CanonicalUser" => Principal::Canonical(text),
                _ => return Err(BadPolicy::Unknown { place }),
            });
        }
    }
    Ok(named)
}

fn conditions_of(value: &Value, place: &str) -> Result<Vec<Condition>, BadPolicy> {
    let mut conditions = Vec::new();
    for (written, keys) in object(value, place, "an object of operators")? {
        let place = format!("{place}.{written}");
        for (key, values) in object(keys, &place, "an object of condition keys")? {
            let place = format!("{place}.{key}");
            let values = match values {
                Value::Array(items) => {
                    items.iter().map(|item| plain(item, &place)).collect::<Result<_, _>>()?
                }
                one => vec![plain(one, &place)?],
            };
            conditions.push(Condition { operator: Operator::parse(written), key: key.clone(), values });
        }
    }
    Ok(conditions)
}

/// A condition's value: IAM takes numbers and truth values without quotes as well.
fn plain(value: &Value, place: &str) -> Result<String, BadPolicy> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(expected(place, "a string, a number or a truth value, or a list of them")),
    }
}

fn strings(value: &Value, place: &str) -> Result<Vec<String>, BadPolicy> {
    let wrong = || expected(place, "a string or a list of strings");
    match value {
        Value::String(text) => Ok(vec![text.clone()]),
        Value::Array(items) => {
            items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
        }
        _ => Err(wrong()),
    }
}

type Found<'a> = Option<(&'a Value, String, bool)>;

/// The value of an element or of its negation, its place, and whether it was the negation.
fn one_of<'a>(
    fields: &'a Map<String, Value>,
    place: &str,
    [plain, negated]: [&'static str; 2],
) -> Result<Found<'a>, BadPolicy> {
    match (fields.get(plain), fields.get(negated)) {
        (Some(_), Some(_)) => Err(BadPolicy::Both { place: format!("{place}.{negated}"), other: plain }),
        (Some(value), None) => Ok(Some((value, format!("{place}.{plain}"), false))),
        (None, Some(value)) => Ok(Some((value, format!("{place}.{negated}"), true))),
        (None, None) => Ok(None),
    }
}

fn object<'a>(
    value: &'a Value,
    place: &str,
    what: &'static str,
) -> Result<&'a Map<String, Value>, BadPolicy> {
    value.as_object().ok_or_else(|| expected(if place.is_empty() { "the document" } else { place }, what))
}

fn only(fields: &Map<String, Value>, place: &str, known: &[&str]) -> Result<(), BadPolicy> {
    let Some(name) = fields.keys().find(|name| !known.contains(&name.as_str())) else { return Ok(()) };
    let place = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
    Err(BadPolicy::Unknown { place })
}

fn expected(place: &str, expected: &'static str) -> BadPolicy {
    BadPolicy::Expected { place: place.to_owned(), expected }
}

fn missing(place: &str) -> BadPolicy {
    BadPolicy::Missing { place: place.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_value_may_be_single_or_a_list() {
        let one = r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole",
            "Condition":{"Bool":{"aws:MultiFactorAuthPresent":true},"NumericLessThan":{"aws:MultiFactorAuthAge":3600}}}}"#;
        let many = r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":["111111111111"]},"Action":["sts:AssumeRole"],
            "Condition":{"Bool":{"aws:MultiFactorAuthPresent":["true"]},"NumericLessThan":{"aws:MultiFactorAuthAge":["3600"]}}}]}"#;
        let document = Document::parse(one).unwrap();
        assert_eq!(document, Document::parse(many).unwrap());
        assert_eq!(document.version, Version::Old);
        assert_eq!(document.statements[0].conditions[1].values, ["3600"]);
        let encoded =
            percent_encoding::percent_encode(one.as_bytes(), percent_encoding::NON_ALPHANUMERIC).to_string();
        assert_eq!(Document::parse(&encoded).unwrap(), document);
    }

    #[test]
    fn every_principal_form_is_read() {
        let read = |principal: &str| {
            let text = format!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Deny","NotPrincipal":{principal},"NotAction":"a:b"}}]}}"#
            );
            Document::parse(&text).unwrap().statements.remove(0).principals.unwrap()
        };
        assert_eq!(read("\"*\""), read("{\"AWS\":\"*\"}"));
        assert!(read("\"*\"").negated);
        let all =
            read(r#"{"AWS":"AIDAX","Federated":["f"],"Service":"ec2.amazonaws.com","CanonicalUser":"c"}"#);
        assert_eq!(all.named.len(), 4);
        assert!(all.named.contains(&Principal::Service("ec2.amazonaws.com".into())));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let table = [
            ("", "not JSON, line 1 column 0"),
            ("%FF", "neither JSON nor percent-encoded JSON"),
            ("[]", "the document: expected a policy object"),
            ("{}", "Statement is missing"),
            (r#"{"Version":"2012","Statement":[]}"#, "Version: expected \"2012-10-17\" or \"2008-10-17\""),
            (r#"{"Statement":[],"Statements":1}"#, "Statements: there is no such policy element"),
            (r#"{"Statement":[{"Action":"a"}]}"#, "Statement[0].Effect is missing"),
            (
                r#"{"Statement":{"Effect":"allow","Action":"a"}}"#,
                "Statement.Effect: expected \"Allow\" or \"Deny\"",
            ),
            (r#"{"Statement":{"Effect":"Allow"}}"#, "Statement.Action is missing"),
            (
                r#"{"Statement":{"Effect":"Allow","Action":[1]}}"#,
                "Statement.Action: expected a string or a list of strings",
            ),
            (
                r#"{"Statement":{"Effect":"Allow","Action":"a","NotAction":"b"}}"#,
                "Statement.NotAction: cannot stand beside Action",
            ),
            (
                r#"{"Statement":{"Effect":"Allow","Action":"a","Conditions":{}}}"#,
                "Statement.Conditions: there is no such policy element",
            ),
            (
                r#"{"Statement":{"Effect":"Allow","Action":"a","Principal":{"Aws":"1"}}}"#,
                "Statement.Principal.Aws: there is no such policy element",
            ),
            (
                r#"{"Statement":{"Effect":"Allow","Action":"a","Condition":{"Bool":{"k":{}}}}}"#,
                "Statement.Condition.Bool.k: expected a string, a number or a truth value, or a list of them",
            ),
        ];
        for (text, message) in table {
            assert_eq!(Document::parse(text).expect_err(text).to_string(), message, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,200}") {
            let _ = Document::parse(&text);
        }

        #[test]
        fn no_policy_like_text_makes_it_panic(
            text in r#"(\{|\}|\[|\]|"Statement":|"Effect":|"Allow"|"Action":|"Condition":|"Principal":|"\*"|,|1|%7B|\\u0000){0,40}"#
        ) {
            let _ = Document::parse(&text);
        }
    }
}
