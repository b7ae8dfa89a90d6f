//! Policy documents: who is trusted, and what is allowed.

use serde_json::{Value, json};

use super::HOST;
use crate::demo::name::iam_arn;

/// Several statements as one document.
pub(super) fn policy(statements: &[Value]) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

/// One statement that allows `actions` on `resources`.
pub(super) fn allow(actions: &[&str], resources: &[&str]) -> String {
    policy(&[json!({ "Effect": "Allow", "Action": actions, "Resource": resources })])
}

/// Trusts one principal of AWS: an account's root, a user or a role.
pub(super) fn trust_principal(arn: &str) -> String {
    policy(&[json!({ "Effect": "Allow", "Principal": { "AWS": arn }, "Action": "sts:AssumeRole" })])
}

/// The same, for whoever says the external id.
pub(super) fn trust_with_external_id(arn: &str, external_id: &str) -> String {
    policy(&[json!({
        "Effect": "Allow",
        "Principal": { "AWS": arn },
        "Action": "sts:AssumeRole",
        "Condition": { "StringEquals": { "sts:ExternalId": external_id } },
    })])
}

/// Trusts a service: `ec2.amazonaws.com`.
pub(super) fn trust_service(service: &str) -> String {
    let actions = if service == "pods.eks.amazonaws.com" {
        json!(["sts:AssumeRole", "sts:TagSession"])
    } else {
        json!("sts:AssumeRole")
    };
    policy(&[json!({ "Effect": "Allow", "Principal": { "Service": service }, "Action": actions })])
}

/// Trusts a web identity of a provider under a condition block.
pub(super) fn trust_web(account: u64, provider: &str, condition: &Value) -> String {
    policy(&[json!({
        "Effect": "Allow",
        "Principal": { "Federated": iam_arn(account, "oidc-provider", "/", provider) },
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
    })])
}

/// The usual condition on GitLab's id tokens: the audience, and subjects compared by `operator`.
pub(super) fn subjects(operator: &str, subjects: &[&str]) -> Value {
    let audience = (format!("{HOST}:aud"), json!(format!("https://{HOST}")));
    let subject = (format!("{HOST}:sub"), one_or_many(subjects));
    if operator == "StringEquals" {
        json!({ "StringEquals": { audience.0: audience.1, subject.0: subject.1 } })
    } else {
        json!({ "StringEquals": { audience.0: audience.1 }, operator: { subject.0: subject.1 } })
    }
}

/// IAM keeps a list of one as people wrote it, mostly as a plain text.
fn one_or_many(values: &[&str]) -> Value {
    match values {
        [one] => json!(one),
        many => json!(many),
    }
}
