//! Policies that other people wrote, read where they are present: everything is read, or refused for a reason that holds.

use std::{collections::BTreeMap, path::Path};

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{
    Boundary, Caller, Document, Grade, NamedPolicy, Request, RoleFacts, WebCaller, can_assume,
    can_assume_with_token, trusted,
};
use crate::base::name::Arn;

#[derive(Deserialize)]
struct Entry<'a> {
    source: String,
    /// As it was written: a name that stands there twice must be seen.
    #[serde(borrow)]
    policy: &'a RawValue,
}

fn text(name: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("skipped: {} is not here", path.display());
    }
    text
}

/// What was read of a file; panics at a refusal that nothing explains.
fn read(name: &str) -> Option<Vec<Document>> {
    let text = text(name)?;
    let (mut documents, mut refused) = (Vec::new(), 0);
    for line in text.lines() {
        let entry: Entry<'_> = serde_json::from_str(line).unwrap();
        match Document::parse(entry.policy.get()) {
            Ok(document) => documents.push(document),
            Err(error) => {
                let policy: Value = serde_json::from_str(entry.policy.get()).unwrap();
                let reason = reason(&policy).unwrap_or_else(|| panic!("{error}: {line}"));
                println!("refused: {error}: {reason} ({})", entry.source);
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
fn trust_policies_of_others_are_read_and_asked() {
    let Some(documents) = read("trust/policies.jsonl") else { return };
    assert!(documents.len() > 400, "{}", documents.len());
    let claims = Request::default().with("sub", "project_path:mygroup/myproject:ref_type:branch:ref:main");
    let mut grades: BTreeMap<Grade, usize> = BTreeMap::new();
    for document in &documents {
        for one in trusted(document) {
            let Some(web) = one.web else { continue };
            let sub = one.conditions.iter().any(|text| text.contains(":sub "));
            assert!(!web.constrained || sub, "{document:?}");
            let caller = WebCaller { provider: web.provider, audiences: None, claims: &claims };
            let verdict = can_assume_with_token(&caller, document);
            assert!(verdict.grade > Grade::Denied || verdict.unseen.is_empty(), "{verdict:?}");
            *grades.entry(verdict.grade).or_default() += 1;
        }
    }
    println!("a token of mygroup/myproject: {grades:?}");
    assert!(grades.len() > 1, "one answer for all: {grades:?}");
}

#[test]
fn identity_policies_of_others_are_read() {
    let Some(documents) = read("trust/identity-policies-sts.jsonl") else { return };
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

/// A user or role of an account's dump: its ARN, its inline policies and, for a role, its trust policy.
fn holders(account: &Value) -> Vec<(Arn, Vec<Document>, Option<Document>)> {
    let document = |value: &Value| Document::parse(&value.to_string()).unwrap();
    let of = |list: &'static str, policies: &'static str| {
        account[list].as_array().unwrap().iter().map(move |holder| {
            let inline = holder[policies].as_array().into_iter().flatten();
            let trust = &holder["AssumeRolePolicyDocument"];
            (
                Arn::new(holder["Arn"].as_str().unwrap()).unwrap(),
                inline.map(|policy| document(&policy["PolicyDocument"])).collect(),
                trust.is_object().then(|| document(trust)),
            )
        })
    };
    of("UserDetailList", "UserPolicyList").chain(of("RoleDetailList", "RolePolicyList")).collect()
}

#[test]
fn a_whole_account_of_others_is_asked() {
    let Some(text) = text("iam/cloudsplaining-account-authorization-details.json") else { return };
    let account: Value = serde_json::from_str(&text).unwrap();
    let managed = account["Policies"].as_array().unwrap().iter();
    let versions = managed.flat_map(|policy| policy["PolicyVersionList"].as_array().unwrap());
    let managed: Vec<Document> =
        versions.map(|version| Document::parse(&version["Document"].to_string()).unwrap()).collect();
    let holders = holders(&account);
    let mut grades: BTreeMap<Grade, usize> = BTreeMap::new();
    for (arn, inline, _) in &holders {
        let policies = inline.iter().map(|document| NamedPolicy { name: "inline", document }).collect();
        let caller =
            Caller { arn, unique_id: None, policies: Some(policies), partly: true, boundary: Boundary::None };
        for (role, _, trust) in &holders {
            let Some(trust) = trust else { continue };
            *grades.entry(can_assume(&caller, &RoleFacts { arn: role, trust }).grade).or_default() += 1;
        }
    }
    println!("{} managed policies, {} users and roles, {grades:?}", managed.len(), holders.len());
    assert!(managed.len() > 80 && holders.len() > 100);
}
