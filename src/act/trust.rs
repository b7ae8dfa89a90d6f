//! Trust policies as they are edited: a principal is taken out, and everything else stays as it was written.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// Every principal of a trust policy: ARNs, account numbers, services, `*`. Empty where the text is no policy.
pub(super) fn principals(document: &str) -> BTreeSet<String> {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let mut found = BTreeSet::new();
    for statement in statements(&document) {
        match statement.get("Principal") {
            Some(Value::String(anyone)) => _ = found.insert(anyone.clone()),
            Some(Value::Object(kinds)) => kinds.values().for_each(|named| found.extend(texts(named))),
            _ => {}
        }
    }
    found
}

/// What is left of a policy without a principal; `None` where nothing is, which IAM does not accept.
pub(super) fn without(document: &str, principal: &str) -> Option<String> {
    let mut document: Value = serde_json::from_str(document).ok()?;
    let mut kept: Vec<Value> = statements(&document).cloned().collect();
    kept.retain_mut(|statement| {
        let is_allow = statement.get("Effect").is_some_and(|effect| effect == "Allow");
        let Some(Value::Object(kinds)) = statement.get_mut("Principal") else { return true };
        if !is_allow || !kinds.values().any(|named| texts(named).iter().any(|one| one == principal)) {
            return true;
        }
        take_out(kinds, principal);
        !kinds.is_empty()
    });
    let lets_in =
        kept.iter().any(|statement| statement.get("Effect").is_some_and(|effect| effect == "Allow"));
    *document.get_mut("Statement")? = Value::Array(kept);
    lets_in.then(|| document.to_string())
}

/// The same policy with one more principal of AWS wherever another one is let in; `None` where that one is not.
pub(super) fn beside(document: &str, known: &str, new: &str) -> Option<String> {
    let mut document: Value = serde_json::from_str(document).ok()?;
    let mut all: Vec<Value> = statements(&document).cloned().collect();
    let mut is_changed = false;
    for statement in all.iter_mut().filter(|one| one.get("Effect").is_some_and(|effect| effect == "Allow")) {
        let Some(Value::Object(kinds)) = statement.get_mut("Principal") else { continue };
        let Some(named) = kinds.get_mut("AWS") else { continue };
        let mut names = texts(named);
        if names.iter().any(|name| name == known) && !names.iter().any(|name| name == new) {
            names.push(new.to_owned());
            *named = Value::from(names);
            is_changed = true;
        }
    }
    *document.get_mut("Statement")? = Value::Array(all);
    is_changed.then(|| document.to_string())
}

fn take_out(kinds: &mut Map<String, Value>, principal: &str) {
    kinds.retain(|_, named| {
        let mut left = texts(named);
        let before = left.len();
        left.retain(|one| one != principal);
        if left.len() < before {
            *named = Value::from(left.clone());
        }
        !left.is_empty()
    });
}

/// One statement, or a list of them.
pub(super) fn statements(document: &Value) -> impl Iterator<Item = &Value> {
    let statement = document.get("Statement");
    let list = statement.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    list.iter().chain(statement.filter(|one| one.is_object()))
}

pub(super) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(all) => all.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "arn:aws:iam::111111111111:user/a";
    const B: &str = "arn:aws:iam::111111111111:role/b";

    fn names(document: &str) -> Vec<String> {
        principals(document).into_iter().collect()
    }

    #[test]
    fn one_principal_goes_and_the_rest_stays_as_it_was() {
        let both = format!(
            r#"{{"Version":"2012-10-17","Statement":[
                {{"Sid":"x","Effect":"Allow","Principal":{{"AWS":["{A}","{B}"],"Service":"ec2.amazonaws.com"}},"Action":"sts:AssumeRole",
                  "Condition":{{"Bool":{{"aws:x":"true"}}}}}},
                {{"Effect":"Allow","Principal":{{"AWS":"{A}"}},"Action":"sts:TagSession"}},
                {{"Effect":"Deny","Principal":{{"AWS":"{A}"}},"Action":"sts:AssumeRole"}}]}}"#
        );
        let left = without(&both, A).unwrap();
        assert_eq!(
            left,
            format!(
                r#"{{"Statement":[{{"Action":"sts:AssumeRole","Condition":{{"Bool":{{"aws:x":"true"}}}},"Effect":"Allow","Principal":{{"AWS":["{B}"],"Service":"ec2.amazonaws.com"}},"Sid":"x"}},{{"Action":"sts:AssumeRole","Effect":"Deny","Principal":{{"AWS":"{A}"}}}}],"Version":"2012-10-17"}}"#
            ),
            "what denies stays"
        );
        assert_eq!(names(&without(&left, "ec2.amazonaws.com").unwrap()), [B, A]);
    }

    #[test]
    fn another_principal_is_trusted_where_a_known_one_is() {
        let trust = format!(
            r#"{{"Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{A}"}},"Action":"sts:AssumeRole"}},
                {{"Effect":"Deny","Principal":{{"AWS":"{A}"}},"Action":"sts:TagSession"}}]}}"#
        );
        let both = beside(&trust, A, B).unwrap();
        assert_eq!(names(&both), [B, A]);
        assert!(both.contains(&format!(r#""Effect":"Deny","Principal":{{"AWS":"{A}"}}"#)), "{both}");
        assert_eq!(beside(&both, A, B), None, "it is there already");
        assert_eq!(beside(&trust, B, A), None);
    }

    #[test]
    fn a_policy_that_would_let_nobody_in_is_none() {
        let one = format!(
            r#"{{"Statement":{{"Effect":"Allow","Principal":{{"AWS":"{A}"}},"Action":"sts:AssumeRole"}}}}"#
        );
        assert_eq!(names(&one), [A]);
        assert_eq!(without(&one, A), None);
        assert_eq!(names(&without(&one, B).unwrap()), [A]);
        for other in ["", "[]", "{}", r#"{"Statement":3}"#] {
            assert_eq!((names(other), without(other, A)), (Vec::new(), None), "{other}");
        }
    }
}
