//! What must hold of any text, any JSON and any condition, whoever wrote it.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    Document, Fact, Request, Truth,
    condition::weigh,
    document::{Condition, Version},
    operator::Operator,
    pattern::matches,
    trusted,
};

/// JSON of every shape, rich in the words of policies.
fn json() -> impl Strategy<Value = Value> {
    let words = prop_oneof![
        "Version|Statement|Effect|Action|NotAction|Principal|NotPrincipal|Condition|Resource|Sid|AWS|Federated",
        "Allow|Deny|\\*|sts:AssumeRole|2012-10-17|StringLike|ForAnyValue:StringLike|gitlab.com:sub|111111111111",
        ".{0,8}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        words.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((words.clone(), inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// A trust policy that is one, of any content.
fn policy() -> impl Strategy<Value = Value> {
    let version = prop_oneof![Just("2012-10-17"), Just("2008-10-17")];
    let values = prop::collection::vec("[a-c:*?${}/]{0,8}", 1..4);
    let statement = (any::<bool>(), operator(), "[a-z.]{1,8}:(sub|aud)", values, any::<bool>()).prop_map(
        |(allow, operator, key, values, negated)| {
            json!({
                "Effect": if allow { "Allow" } else { "Deny" },
                (if negated { "NotPrincipal" } else { "Principal" }): {"Federated": values, "AWS": "*"},
                "Action": "sts:*",
                "Condition": {operator: {key: values}},
            })
        },
    );
    (version, prop::collection::vec(statement, 0..4))
        .prop_map(|(version, statements)| json!({"Version": version, "Statement": statements}))
}

fn operator() -> impl Strategy<Value = String> {
    let family = "(String(Not)?(Equals|Like|EqualsIgnoreCase)|Numeric(Not)?Equals|DateLessThan|Bool|Null|(Not)?IpAddress|Arn(Not)?Like|[A-Z][a-z]{0,6})";
    ("(ForAnyValue:|ForAllValues:)?", family, "(IfExists)?")
        .prop_map(|(set, family, suffix)| format!("{set}{family}{suffix}"))
}

fn condition(operator: &str, values: &[String]) -> Condition {
    Condition { operator: Operator::parse(operator), key: "the:key".into(), values: values.to_vec() }
}

/// Of a key that is unknown, present, absent or has these values.
fn request(state: u8, found: &[String]) -> Request {
    let mut request = Request::default();
    match state % 4 {
        0 => {}
        1 => request.set("the:key", Fact::Present),
        2 => request.set("the:key", Fact::Absent),
        _ => request.set("the:key", Fact::Values(found.to_vec())),
    }
    request
}

/// StringLike by way of another crate's automaton.
fn by_regex(pattern: &str, text: &str) -> bool {
    let escaped: String = pattern
        .chars()
        .map(|letter| match letter {
            '*' => ".*".to_owned(),
            '?' => ".".to_owned(),
            other => regex::escape(&other.to_string()),
        })
        .collect();
    regex::Regex::new(&format!("^(?s:{escaped})$")).unwrap().is_match(text)
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in ".{0,200}") {
        let _ = Document::parse(&text);
    }

    #[test]
    fn no_policy_like_text_makes_the_reader_panic(
        text in r#"(\{|\}|\[|\]|"Statement":|"Effect":|"Allow"|"Action":|"Condition":|"Principal":|"\*"|,|1|%7B|\\u0000){0,40}"#
    ) {
        let _ = Document::parse(&text);
    }

    #[test]
    fn no_json_makes_the_reader_panic(value in json()) {
        if let Ok(document) = Document::parse(&value.to_string()) {
            let _ = trusted(&document);
        }
    }

    #[test]
    fn a_policy_means_the_same_however_it_is_written(value in policy()) {
        let plain = Document::parse(&value.to_string()).unwrap();
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        prop_assert_eq!(&plain, &Document::parse(&pretty).unwrap());
        let encoded = percent_encoding::utf8_percent_encode(&pretty, percent_encoding::NON_ALPHANUMERIC).to_string();
        prop_assert_eq!(&plain, &Document::parse(&encoded).unwrap());
    }

    #[test]
    fn no_condition_makes_the_engine_panic(
        operator in operator(), values in prop::collection::vec(".{0,12}", 0..4), state: u8,
        found in prop::collection::vec(".{0,12}", 0..3),
    ) {
        let _ = weigh(&condition(&operator, &values), Version::Current, &request(state, &found));
    }

    #[test]
    fn a_negated_operator_says_the_opposite(
        family in "(String(Equals|Like|EqualsIgnoreCase)|ArnLike|NumericEquals|IpAddress)",
        values in prop::collection::vec("[ab*?0-9.:]{0,6}", 1..4), state: u8, found in "[ab0-9.:]{0,6}",
    ) {
        let opposite = match family.as_str() {
            "IpAddress" => "NotIpAddress".to_owned(),
            other => other.replacen("String", "StringNot", 1).replacen("Arn", "ArnNot", 1).replacen("Numeric", "NumericNot", 1),
        };
        let request = request(state, std::slice::from_ref(&found));
        let said = |operator: &str| weigh(&condition(operator, &values), Version::Current, &request);
        prop_assert_eq!(said(&family), !said(&opposite));
    }

    #[test]
    fn set_operators_are_each_others_opposite(
        values in prop::collection::vec("[ab*]{0,3}", 1..3), found in prop::collection::vec("[ab]{0,3}", 0..4), state: u8,
    ) {
        let request = request(state, &found);
        let said = |operator: &str| weigh(&condition(operator, &values), Version::Current, &request);
        prop_assert_eq!(said("ForAllValues:StringLike"), !said("ForAnyValue:StringNotLike"));
        prop_assert_eq!(said("ForAnyValue:StringLike"), !said("ForAllValues:StringNotLike"));
    }

    #[test]
    fn more_knowledge_never_turns_yes_into_no(
        operator in operator(), values in prop::collection::vec("[ab*?]{0,4}", 1..3), found in "[ab]{0,4}",
    ) {
        let condition = condition(&operator, &values);
        let said = |state| weigh(&condition, Version::Current, &request(state, std::slice::from_ref(&found)));
        for (less, more) in [(said(0), said(1)), (said(0), said(2)), (said(0), said(3)), (said(1), said(3))] {
            prop_assert!(less == Truth::Unknown || less == more, "{less:?} {more:?}");
        }
    }

    #[test]
    fn string_like_agrees_with_an_automaton(pattern in "[ab*?é.\\\\\n\\[]{0,8}", text in "[abé.\\\\\n\\[]{0,10}") {
        prop_assert_eq!(matches(&pattern, &text), by_regex(&pattern, &text));
    }
}
