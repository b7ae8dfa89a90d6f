//! Variables as GitLab writes them, over REST (with values, which die here) and over GraphQL (without).

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::sight;
use crate::model::gitlab::{Owner, Variable};

/// As REST lists it. The value is a slice of the answer's own bytes; there is no second copy of it.
/// Source: lib/api/entities/ci/variable.rb; instance variables lack `hidden` and `environment_scope`.
#[derive(Deserialize)]
pub(super) struct Listed<'a> {
    key: Arc<str>,
    #[serde(borrow)]
    value: Option<&'a RawValue>,
    variable_type: Option<String>,
    protected: Option<bool>,
    masked: Option<bool>,
    hidden: Option<bool>,
    raw: Option<bool>,
    environment_scope: Option<Arc<str>>,
    description: Option<String>,
}

impl Listed<'_> {
    /// The variable, and what its value showed.
    pub(super) fn seen(self, instance: &Arc<str>, owner: Owner) -> Variable {
        Variable {
            instance: instance.clone(),
            owner,
            environment_scope: self.environment_scope.unwrap_or_else(|| "*".into()),
            protected: self.protected,
            masked: self.masked,
            hidden: self.hidden,
            raw: self.raw,
            file: self.variable_type.map(|kind| kind == "file"),
            description: self.description,
            sighting: self.value.and_then(|value| sight::raw(&self.key, value)),
            key: self.key,
        }
    }
}

/// As GraphQL's `ciVariables` shows it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Node {
    key: Option<Arc<str>>,
    variable_type: Option<String>,
    protected: Option<bool>,
    masked: Option<bool>,
    hidden: Option<bool>,
    raw: Option<bool>,
    environment_scope: Option<Arc<str>>,
    description: Option<String>,
}

impl Node {
    /// `None` for a variable without a name, which GraphQL's schema allows and GitLab does not.
    pub(super) fn seen(self, instance: &Arc<str>, owner: Owner) -> Option<Variable> {
        Some(Variable {
            instance: instance.clone(),
            owner,
            key: self.key?,
            environment_scope: self.environment_scope.unwrap_or_else(|| "*".into()),
            protected: self.protected,
            masked: self.masked,
            hidden: self.hidden,
            raw: self.raw,
            file: self.variable_type.map(|kind| kind.eq_ignore_ascii_case("file")),
            description: self.description,
            sighting: None,
        })
    }
}

/// Is it worth reading this variable's value: does its name or type suggest AWS credentials, and will GitLab show it?
///
/// Each yes costs its project a request, so that names half of all projects have must not be among them: `SECRET` alone
/// is any framework's, `VAULT_ADDR` and `AWS_REGION` open nothing.
pub(super) fn may_carry(variable: &Variable) -> bool {
    const ANYWHERE: [&str; 6] =
        ["ACCESS_KEY", "SECRET_ACCESS", "ROLE_ARN", "IAM_ROLE", "CREDENTIALS", "SERVICE_ACCOUNT_OVERWRITE"];
    /// As a word of the name: `AWS_KEY`, `TF_VAR_aws_key`, `S3_SECRET`, and not `LAWS_X`.
    const WORDS: [&str; 3] = ["AWS", "S3", "IAM"];
    /// How the names of settings end that open nothing: `AWS_DEFAULT_REGION`, `S3_BUCKET`, `AWS_ACCOUNT_ID`.
    const SETTINGS: [&str; 15] = [
        "REGION",
        "REGIONS",
        "ACCOUNT",
        "ACCOUNT_ID",
        "BUCKET",
        "BUCKET_NAME",
        "PREFIX",
        "PATH",
        "PAGER",
        "OUTPUT",
        "ATTEMPTS",
        "ENDPOINT",
        "ENDPOINTS",
        "ENDPOINT_URL",
        "URL",
    ];
    /// Other clouds' credentials, mostly files.
    const ELSEWHERE: [&str; 5] = ["GOOGLE_", "GCP_", "GCLOUD_", "AZURE_", "ARM_"];
    let name = variable.key.to_ascii_uppercase();
    if variable.hidden == Some(true) || ELSEWHERE.iter().any(|cloud| name.starts_with(cloud)) {
        return false;
    }
    if variable.file == Some(true) || ANYWHERE.iter().any(|part| name.contains(part)) {
        return true;
    }
    let ends =
        |end: &&str| name.strip_suffix(*end).is_some_and(|before| before.is_empty() || before.ends_with('_'));
    name.split('_').any(|word| WORDS.contains(&word)) && !SETTINGS.iter().any(ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"[
        {"variable_type":"env_var","key":"AWS_ACCESS_KEY_ID","value":"AKIARZPUZDIKNSFRP6LN","protected":true,
         "masked":false,"raw":false,"environment_scope":"production","description":null},
        {"variable_type":"env_var","key":"AWS_SECRET_ACCESS_KEY","value":"wJalrXUtnFEMI\/K7MDENG\/bPxRfiCYEXAMPLEKEY",
         "hidden":false},
        {"key":"DB","value":null,"hidden":true},
        {"variable_type":"file","key":"CONF","value":"[a]\naws_access_key_id=AKIARZPUZDIKNSFRP6LN\n"}
    ]"#;

    fn decode(body: &str) -> Vec<Variable> {
        let listed: Vec<Listed<'_>> = serde_json::from_str(body).unwrap();
        listed.into_iter().map(|variable| variable.seen(&"acme".into(), Owner::Project(7))).collect()
    }

    #[test]
    fn values_die_and_their_public_names_live() {
        let variables = decode(BODY);
        let keys = |index: usize| variables[index].sighting.as_ref().map(|sighting| sighting.keys.len());
        assert_eq!([keys(0), keys(1), keys(2), keys(3)], [Some(1), Some(0), None, Some(1)]);
        assert!(variables[1].sighting.as_ref().unwrap().secret_shaped);
        assert_eq!(variables[3].file, Some(true));
        assert!(!format!("{variables:?}").contains("wJalr"));
        assert!(!format!("{variables:?}").contains("[a]"));
    }

    #[test]
    fn both_languages_name_one_variable_alike() {
        let node: Node = serde_json::from_str(
            r#"{"key":"AWS_ACCESS_KEY_ID","variableType":"ENV_VAR","protected":true,"environmentScope":"production"}"#,
        )
        .unwrap();
        let node = node.seen(&"acme".into(), Owner::Project(7)).unwrap();
        assert_eq!(node.id(), decode(BODY)[0].id());
        assert_eq!(node.id().to_string(), "variable:acme/project/7/AWS_ACCESS_KEY_ID@production");
        assert_eq!(node.file, Some(false));
    }

    #[test]
    fn only_names_that_suggest_aws_are_worth_a_request() {
        let variable = |key: &str, file: bool, hidden: bool| Variable {
            key: key.into(),
            file: Some(file),
            hidden: Some(hidden),
            ..Variable::default()
        };
        for key in [
            "aws_access_key_id",
            "AWS_CREDS",
            "AWS_SESSION_TOKEN",
            "DEPLOY_ACCESS_KEY",
            "PROD_ROLE_ARN",
            "IAM_ROLE",
            "S3_SECRET",
            "TF_VAR_aws_key",
            "KUBERNETES_SERVICE_ACCOUNT_OVERWRITE",
        ] {
            assert!(may_carry(&variable(key, false, false)), "{key}");
            assert!(!may_carry(&variable(key, true, true)), "{key} hidden");
        }
        assert!(may_carry(&variable("KUBECONFIG", true, false)));
        for key in [
            "DATABASE_URL",
            "LAWS_X",
            "NODE_ENV",
            "AWS_REGION",
            "AWS_DEFAULT_REGION",
            "AWS_ACCOUNT_ID",
            "S3_BUCKET",
            "CLIENT_SECRET",
            "VAULT_ADDR",
        ] {
            assert!(!may_carry(&variable(key, false, false)), "{key}");
        }
        assert!(!may_carry(&variable("GOOGLE_APPLICATION_CREDENTIALS", true, false)), "another cloud's file");
    }

    #[test]
    fn other_peoples_recorded_variables_are_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/gitlab-api/");
        let files = [
            ("gitlab4j/project-variables.json", 4),
            ("docs/project_variables_list.json", 2),
            ("go-gitlab/group_variables__TestListGroupVariabless_0.json", 1),
            ("go-gitlab/instance_variables__TestInstanceVariablesService_ListVariables_0.json", 1),
        ];
        for (file, count) in files {
            match std::fs::read_to_string(format!("{folder}{file}")) {
                Ok(body) => assert_eq!(decode(&body).len(), count, "{file}"),
                Err(_) => println!("skipped: {file} is not here"),
            }
        }
    }
}
