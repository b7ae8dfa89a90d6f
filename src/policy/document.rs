//! Policy documents as text and as data. Every element AWS documents has a field; what AWS would refuse to store is
//! refused here too, with its place, because a misread policy is worse than an unread one.

use super::{
    json::{Json, Members},
    operator::Operator,
    principal::Principal,
};

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
    #[error("{place} is written twice")]
    Twice { place: String },
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
        let value: Json = serde_json::from_str(text)
            .map_err(|error| BadPolicy::NotJson { line: error.line(), column: error.column() })?;
        let fields = object(&value, "", "a policy object")?;
        only(fields, "", &["Version", "Id", "Statement"])?;
        let version = match fields.get("Version").map(Json::text) {
            None | Some(Some("2008-10-17")) => Version::Old,
            Some(Some("2012-10-17")) => Version::Current,
            Some(_) => return Err(expected("Version", "\"2012-10-17\" or \"2008-10-17\"")),
        };
        let listed = fields.get("Statement").ok_or_else(|| missing("Statement"))?;
        let statements = match listed {
            Json::List(items) => {
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
    fn read(value: &Json, place: &str, version: Version) -> Result<Self, BadPolicy> {
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
        let effect = match fields.get("Effect").map(Json::text) {
            None => return Err(missing(&format!("{place}.Effect"))),
            Some(Some("Allow")) => Effect::Allow,
            Some(Some("Deny")) => Effect::Deny,
            Some(_) => return Err(expected(&format!("{place}.Effect"), "\"Allow\" or \"Deny\"")),
        };
        let sid = match fields.get("Sid") {
            None => None,
            Some(Json::Text(text)) => Some(text.clone()).filter(|text| !text.is_empty()),
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
    fields: &Members,
    place: &str,
    names: [&'static str; 2],
) -> Result<Option<Selection>, BadPolicy> {
    one_of(fields, place, names)?
        .map(|(value, place, negated)| Ok(Selection { negated, patterns: strings(value, &place)? }))
        .transpose()
}

fn principals(value: &Json, place: &str) -> Result<Vec<Principal>, BadPolicy> {
    if let Some(text) = value.text() {
        let everyone = "\"*\" or an object with AWS, Federated, Service or CanonicalUser";
        return if text == "*" { Ok(vec![Principal::Everyone]) } else { Err(expected(place, everyone)) };
    }
    let kinds = object(value, place, "\"*\" or an object with AWS, Federated, Service or CanonicalUser")?;
    let mut named = Vec::new();
    for (kind, value) in &kinds.by_name {
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

fn conditions_of(value: &Json, place: &str) -> Result<Vec<Condition>, BadPolicy> {
    let mut conditions = Vec::new();
    for (written, keys) in &object(value, place, "an object of operators")?.by_name {
        let place = format!("{place}.{written}");
        let keys = object(keys, &place, "an object of condition keys")?;
        only_once(keys, &place)?;
        for (key, values) in &keys.by_name {
            let place = format!("{place}.{key}");
            let values = match values {
                Json::List(items) => {
                    items.iter().map(|item| plain(item, &place)).collect::<Result<_, _>>()?
                }
                one => vec![plain(one, &place)?],
            };
            conditions.push(Condition { operator: Operator::parse(written), key: key.clone(), values });
        }
    }
    Ok(conditions)
}

/// The case of condition keys does not count, and so two that differ in it alone are one key twice.
fn only_once(keys: &Members, place: &str) -> Result<(), BadPolicy> {
    let mut names: Vec<String> = keys.by_name.keys().map(|key| key.to_ascii_lowercase()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(BadPolicy::Twice { place: format!("{place}.{}", pair[0]) }),
        None => Ok(()),
    }
}

/// A condition's value: IAM takes numbers and truth values without quotes as well.
fn plain(value: &Json, place: &str) -> Result<String, BadPolicy> {
    match value {
        Json::Text(text) | Json::Plain(text) => Ok(text.clone()),
        _ => Err(expected(place, "a string, a number or a truth value, or a list of them")),
    }
}

fn strings(value: &Json, place: &str) -> Result<Vec<String>, BadPolicy> {
    let wrong = || expected(place, "a string or a list of strings");
    match value {
        Json::Text(text) => Ok(vec![text.clone()]),
        Json::List(items) => {
            items.iter().map(|item| item.text().map(str::to_owned).ok_or_else(wrong)).collect()
        }
        _ => Err(wrong()),
    }
}

type Found<'a> = Option<(&'a Json, String, bool)>;

/// The value of an element or of its negation, its place, and whether it was the negation.
fn one_of<'a>(
    fields: &'a Members,
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

fn object<'a>(value: &'a Json, place: &str, what: &'static str) -> Result<&'a Members, BadPolicy> {
    match value {
        Json::Object(Members { twice: Some(name), .. }) => {
            Err(BadPolicy::Twice { place: below(place, name) })
        }
        Json::Object(members) => Ok(members),
        _ => Err(expected(if place.is_empty() { "the document" } else { place }, what)),
    }
}

fn below(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
}

fn only(fields: &Members, place: &str, known: &[&str]) -> Result<(), BadPolicy> {
    match fields.by_name.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(BadPolicy::Unknown { place: below(place, name) }),
        None => Ok(()),
    }
}

fn expected(place: &str, expected: &'static str) -> BadPolicy {
    BadPolicy::Expected { place: place.to_owned(), expected }
}

fn missing(place: &str) -> BadPolicy {
    BadPolicy::Missing { place: place.to_owned() }
}

#[cfg(test)]
mod tests;
