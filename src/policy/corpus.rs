//! Policies that other people wrote, read where they are present: everything is read, or refused for a reason that holds.

use std::path::Path;

use serde_json::Value;

use super::{document::Document, who::trusted};

/// What was read of a file; panics at a refusal that nothing explains.
fn read(name: &str) -> Option<Vec<Document>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/trust").join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is not here", path.display());
        return None;
    };
    let (mut documents, mut refused) = (Vec::new(), 0);
    for line in text.lines() {
        let entry: Value = serde_json::from_str(line).unwrap();
        match Document::parse(&entry["policy"].to_string()) {
            Ok(document) => documents.push(document),
            Err(error) => {
                let reason = reason(&entry["policy"]).unwrap_or_else(|| panic!("{error}: {entry}"));
                println!("refused: {error}: {reason} ({})", entry["source"]);
                refused += 1;
            }
        }
    }
    println!("{name}: {} read, {refused} refused", documents.len());
    Some(documents)
}

/// Why AWS would refuse this policy as well.
fn reason(policy: &Value) -> Option<&'static str> {
    if has_template_function(policy) {
        return Some("a template's function stands where a text should");
    }
    let statements = policy["Statement"].as_array()?;
    if statements.iter().any(|statement| !matches!(statement["Effect"].as_str(), Some("Allow" | "Deny"))) {
        return Some("the effect is spelled otherwise, and its case counts");
    }
    let bare = |principal: &Value| principal.is_array() || principal.as_str().is_some_and(|text| text != "*");
    statements
        .iter()
        .any(|statement| bare(&statement["Principal"]))
        .then_some("a principal without its kind is not one")
}

/// CloudFormation's `{"Ref": ...}` and `{"Fn::If": ...}`, which never reach IAM.
fn has_template_function(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields
            .iter()
            .any(|(name, value)| name == "Ref" || name.starts_with("Fn::") || has_template_function(value)),
        Value::Array(items) => items.iter().any(has_template_function),
        _ => false,
    }
}

#[test]
fn trust_policies_of_others_are_read() {
    let Some(documents) = read("policies.jsonl") else { return };
    assert!(documents.len() > 400, "{}", documents.len());
    for document in &documents {
        for one in trusted(document) {
            let sub = one.conditions.iter().any(|text| text.contains(":sub "));
            assert!(!one.web.is_some_and(|web| web.constrained) || sub, "{document:?}");
        }
    }
}

#[test]
fn identity_policies_of_others_are_read() {
    let Some(documents) = read("identity-policies-sts.jsonl") else { return };
    assert!(documents.len() > 70, "{}", documents.len());
    // The collection is of policies about STS: each has a statement that is.
    for document in &documents {
        let about = |statement: &super::Statement| {
            let patterns = statement.actions.patterns.iter().map(|pattern| pattern.to_ascii_lowercase());
            patterns.into_iter().any(|pattern| pattern.starts_with("sts:") || pattern == "*")
        };
        assert!(document.statements.iter().any(about), "{document:?}");
    }
}
