//! Conditions: an operator, a key, values and a request, all of them any text. Nothing panics, and an operator and its negation never both
//! hold for a key that has one known value.

#![no_main]

use keytrail::policy::{Document, Request, Truth, condition::holds};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut lines = text.split('\n');
    let (operator, key) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let value = lines.next().unwrap_or_default();
    let wanted: Vec<&str> = lines.collect();
    let asked = |operator: &str| {
        let trust = serde_json::json!({ "Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole",
            "Condition": { operator: { key: wanted } },
        } });
        let document = Document::parse(&trust.to_string()).ok()?;
        Some(holds(document.statements.first()?, &Request::default().with(key, value)))
    };
    let truth = asked(operator);
    for (positive, negative) in [
        ("StringEquals", "StringNotEquals"),
        ("StringLike", "StringNotLike"),
        ("ArnLike", "ArnNotLike"),
        ("NumericEquals", "NumericNotEquals"),
        ("IpAddress", "NotIpAddress"),
    ] {
        if operator == positive && !wanted.is_empty() {
            assert!(
                !(truth == Some(Truth::True) && asked(negative) == Some(Truth::True)),
                "{positive} and {negative} both hold"
            );
        }
    }
});
