//! How a call is spelled to its service.

use serde::Serialize;

use crate::base::name::AccountId;

/// A call as its service spells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Request {
    /// `iam`, `sts`, `gitlab`; empty for a wait.
    pub service: &'static str,
    /// `CreateAccessKey`, `PUT projects/42/variables/AWS_ACCESS_KEY_ID`.
    pub operation: String,
    /// The account's number, or the GitLab's name.
    pub place: String,
    pub parameters: Vec<(&'static str, String)>,
}

impl Request {
    pub(super) fn aws(
        service: &'static str,
        operation: &str,
        account: AccountId,
        parameters: Vec<(&'static str, String)>,
    ) -> Self {
        Self { service, operation: operation.to_owned(), place: account.to_string(), parameters }
    }

    pub(super) fn gitlab(instance: &str, operation: String, parameters: Vec<(&'static str, String)>) -> Self {
        Self { service: "gitlab", operation, place: instance.to_owned(), parameters }
    }
}

/// One word for a shell.
pub(super) fn quoted(text: &str) -> String {
    let is_plain =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.' | '/' | '@' | '+');
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}
