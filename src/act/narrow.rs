//! Trust policies narrowed: a statement lets in those who were really seen and nobody else. Whatever else it asks for stays as it was
//! written. Pure text to text; who was seen is `tighten`'s to say.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::trust::{statements, texts};

/// IAM's quota for a trust policy, in characters that are no white space; an account's may be larger, up to 8,192.
/// Source: IAM and AWS STS quotas, "Role trust policy length".
pub(super) const MOST: usize = 2048;

/// What tokens of one provider are to be asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tokens {
    pub(super) subjects: BTreeSet<String>,
    /// Empty: what the statement says of audiences stays.
    pub(super) audiences: BTreeSet<String>,
    /// Numbers of projects, for issuers whose claims AWS knows. Empty: what the statement says of them stays.
    pub(super) projects: BTreeSet<u64>,
}

/// Refs of one project and kind that are listed one by one; of more than these a pattern is made.
const LISTED: usize = 6;

/// Statements by their index, and whom each of them is to let in by tokens of a provider; those of it that are not there let nobody in any
/// more, and go. `None` where nothing would be left.
pub(super) fn to_tokens(document: &str, provider: &str, wanted: &BTreeMap<usize, Tokens>) -> Option<String> {
    each_statement(document, |index, statement| {
        if !names(statement, "Federated", provider) || !calls(statement, "sts:AssumeRoleWithWebIdentity") {
            return vec![statement.clone()];
        }
        let own = wanted.get(&index).map(|tokens| for_tokens(statement, provider, tokens));
        own.into_iter().chain(without(statement, "Federated", provider)).collect()
    })
}

/// Accounts (their roots, their numbers) and `*` as principals become those of theirs that were seen, by statement.
pub(super) fn to_principals(
    document: &str,
    wanted: &BTreeMap<usize, (String, BTreeSet<String>)>,
) -> Option<String> {
    each_statement(document, |index, statement| {
        let Some((whole, seen)) = wanted.get(&index) else { return vec![statement.clone()] };
        let mut statement = statement.clone();
        let kinds = match statement.get("Principal") {
            Some(Value::Object(kinds)) => kinds.clone(),
            _ => Map::new(),
        };
        let others = kinds.get("AWS").map(texts).unwrap_or_default();
        let all: BTreeSet<String> =
            others.into_iter().filter(|name| name != whole).chain(seen.iter().cloned()).collect();
        let mut kinds = kinds;
        kinds.insert("AWS".into(), one_or_many(&all));
        statement["Principal"] = Value::Object(kinds);
        vec![statement]
    })
}

/// What stands in a statement for a whole account, or for everybody.
pub(super) fn wholes(document: &str) -> Vec<(usize, String)> {
    let Ok(document) = serde_json::from_str::<Value>(document) else { return Vec::new() };
    let numbered = statements(&document).enumerate();
    let allows = numbered.filter(|(_, one)| is_allow(one) && calls(one, "sts:AssumeRole"));
    let found = allows.flat_map(|(index, statement)| {
        let named = match statement.get("Principal") {
            Some(Value::String(anyone)) => vec![anyone.clone()],
            Some(Value::Object(kinds)) => kinds.get("AWS").map(texts).unwrap_or_default(),
            _ => Vec::new(),
        };
        named.into_iter().filter(|name| is_whole(name)).map(move |name| (index, name))
    });
    found.collect()
}

/// An account's root or number means all of it; a star means everybody.
fn is_whole(principal: &str) -> bool {
    let is_number = principal.len() == 12 && principal.bytes().all(|byte| byte.is_ascii_digit());
    principal == "*" || is_number || (principal.contains(":iam::") && principal.ends_with(":root"))
}

/// As many characters as count for IAM.
pub(super) fn size(document: &str) -> usize {
    document.chars().filter(|letter| !letter.is_whitespace()).count()
}

/// A new policy that lets tokens of one provider in and nobody else.
pub(super) fn for_new_role(wanted: &BTreeMap<String, Tokens>) -> String {
    let statements: Vec<Value> = wanted
        .iter()
        .map(|(provider, tokens)| {
            let bare = json!({ "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity" });
            for_tokens(&bare, provider, tokens)
        })
        .collect();
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

/// Subjects with refs of one project and kind brought together where they are more than `listed`: the longest beginning they share, up to a
/// slash. Those that end otherwise stay.
pub(super) fn patterns(subjects: &BTreeSet<String>, listed: usize) -> BTreeSet<String> {
    let mut by_head: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut kept = BTreeSet::new();
    for subject in subjects {
        match subject.rsplit_once(":ref:") {
            Some((head, name)) if !name.contains(':') => by_head.entry(head).or_default().push(name),
            _ => _ = kept.insert(subject.clone()),
        }
    }
    for (head, names) in by_head {
        if names.len() <= listed {
            kept.extend(names.iter().map(|name| format!("{head}:ref:{name}")));
            continue;
        }
        let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for name in &names {
            folders.entry(name.split_once('/').map_or("", |(folder, _)| folder)).or_default().push(name);
        }
        for (folder, names) in folders {
            if names.len() <= listed.min(2) || folder.is_empty() {
                kept.extend(names.iter().map(|name| format!("{head}:ref:{name}")));
            } else {
                kept.insert(format!("{head}:ref:{folder}/*"));
            }
        }
    }
    kept
}

/// The first try lists refs one by one as far as that is readable; the second only where there is one.
pub(super) fn fitted(subjects: &BTreeSet<String>, is_tight: bool) -> BTreeSet<String> {
    patterns(subjects, if is_tight { 1 } else { LISTED })
}

/// One statement for tokens of one provider.
fn for_tokens(statement: &Value, provider: &str, tokens: &Tokens) -> Value {
    let issuer = provider.split_once(":oidc-provider/").map_or(provider, |(_, issuer)| issuer);
    let mut statement = statement.clone();
    let mut conditions = match statement.get("Condition") {
        Some(Value::Object(conditions)) => conditions.clone(),
        _ => Map::new(),
    };
    let mut ask = |operator: &str, claim: &str, values: Value| {
        let key = format!("{issuer}:{claim}");
        take_out_tests(&mut conditions, &key);
        let keys = conditions.entry(operator).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(keys) = keys {
            keys.insert(key, values);
        }
    };
    let is_pattern = tokens.subjects.iter().any(|subject| subject.contains(['*', '?']));
    ask(if is_pattern { "StringLike" } else { "StringEquals" }, "sub", one_or_many(&tokens.subjects));
    if !tokens.audiences.is_empty() {
        ask("StringEquals", "aud", one_or_many(&tokens.audiences));
    }
    if !tokens.projects.is_empty() {
        let numbers = tokens.projects.iter().map(ToString::to_string).collect();
        ask("StringEquals", "project_id", one_or_many(&numbers));
    }
    statement["Principal"] = json!({ "Federated": provider });
    statement["Condition"] = Value::Object(conditions);
    statement
}

/// Takes out the tests by which a key lets in. Those that keep out stay, and so do those of other keys.
fn take_out_tests(conditions: &mut Map<String, Value>, key: &str) {
    conditions.retain(|operator, keys| {
        if is_positive(operator)
            && let Value::Object(keys) = keys
        {
            keys.retain(|known, _| !known.eq_ignore_ascii_case(key));
        }
        keys.as_object().is_none_or(|keys| !keys.is_empty())
    });
}

fn is_positive(operator: &str) -> bool {
    let operator = operator.to_ascii_lowercase();
    let bare = operator.rsplit(':').next().unwrap_or_default().trim_end_matches("ifexists");
    matches!(bare, "stringequals" | "stringlike" | "stringequalsignorecase")
}

/// Every statement replaced by what is made of it; `None` where no statement is left that lets somebody in.
fn each_statement(document: &str, make: impl Fn(usize, &Value) -> Vec<Value>) -> Option<String> {
    let mut document: Value = serde_json::from_str(document).ok()?;
    let kept: Vec<Value> =
        statements(&document).enumerate().flat_map(|(index, statement)| make(index, statement)).collect();
    let lets_in = kept.iter().any(is_allow);
    *document.get_mut("Statement")? = Value::Array(kept);
    lets_in.then(|| document.to_string())
}

/// The statement without one principal; `None` where that was the only one.
fn without(statement: &Value, kind: &str, name: &str) -> Option<Value> {
    let mut kinds = statement.get("Principal")?.as_object()?.clone();
    let left: BTreeSet<String> = kinds.get(kind).map(texts)?.into_iter().filter(|one| one != name).collect();
    if left.is_empty() {
        kinds.remove(kind);
    } else {
        kinds.insert(kind.to_owned(), one_or_many(&left));
    }
    let mut statement = statement.clone();
    statement["Principal"] = Value::Object(kinds.clone());
    (!kinds.is_empty()).then_some(statement)
}

fn names(statement: &Value, kind: &str, name: &str) -> bool {
    let named = statement.get("Principal").and_then(|kinds| kinds.get(kind)).map(texts);
    is_allow(statement) && named.is_some_and(|named| named.iter().any(|one| one == name))
}

fn is_allow(statement: &Value) -> bool {
    statement.get("Effect").is_some_and(|effect| effect == "Allow")
}

/// Does it allow this very call? IAM takes no trust policy with a star alone.
fn calls(statement: &Value, call: &str) -> bool {
    let actions = statement.get("Action").map(texts).unwrap_or_default();
    let call = call.to_ascii_lowercase();
    actions.iter().map(|action| action.to_ascii_lowercase()).any(|action| match action.split_once('*') {
        Some((start, _)) => call.starts_with(start),
        None => action == call,
    })
}

fn one_or_many(values: &BTreeSet<String>) -> Value {
    match values.iter().next() {
        Some(one) if values.len() == 1 => json!(one),
        _ => json!(values),
    }
}

#[cfg(test)]
mod tests;
