//! Records as AWS and others publish them, and what must be read out of each.

use std::{collections::BTreeMap, fs, path::Path};

use super::*;

fn event(json: &str) -> Event {
    read(json, Place::default()).unwrap()
}

#[test]
fn a_web_identity_without_a_key_names_subject_provider_and_audience() {
    let event = event(
        r#"{"userIdentity":{"type":"WebIdentityUser",
            "principalId":"arn:aws:iam::111111111111:oidc-provider/gitlab.com:https://gitlab.com:project_path:acme/shop:ref_type:branch:ref:main",
            "userName":"project_path:acme/shop:ref_type:branch:ref:main",
            "identityProvider":"arn:aws:iam::111111111111:oidc-provider/gitlab.com"},
          "eventTime":"2025-04-16T02:46:56Z","eventSource":"sts.amazonaws.com","eventName":"AssumeRoleWithWebIdentity",
          "awsRegion":"us-east-1","sourceIPAddress":"192.0.2.7","userAgent":"aws-cli/2",
          "requestParameters":{"roleArn":"arn:aws:iam::111111111111:role/ci/deploy","roleSessionName":"job-7"},
          "responseElements":{"credentials":{"accessKeyId":"ASIARZPUZDIKNSFRP6LN","sessionToken":"IQoJb3JpZ2lu",
            "expiration":"Apr 16, 2025, 3:46:56 AM"},
            "subjectFromWebIdentityToken":"project_path:acme/shop:ref_type:branch:ref:main",
            "assumedRoleUser":{"assumedRoleId":"AROARZPUZDIKNSFRP6LNA:job-7",
              "arn":"arn:aws:sts::111111111111:assumed-role/deploy/job-7"},
            "provider":"arn:aws:iam::111111111111:oidc-provider/gitlab.com"},
          "eventID":"e-1","recipientAccountId":"111111111111"}"#,
    );
    assert_eq!(event.caller.key, None);
    assert_eq!(event.subject.as_deref(), Some("project_path:acme/shop:ref_type:branch:ref:main"));
    assert_eq!(event.provider.as_ref().unwrap().name(), "gitlab.com");
    assert_eq!(event.audience.as_deref(), Some("https://gitlab.com"));
    assert_eq!(event.role.as_ref().unwrap().as_str(), "arn:aws:iam::111111111111:role/ci/deploy");
    assert_eq!(event.minted, KeyId::new("ASIARZPUZDIKNSFRP6LN"));
    assert_eq!(event.minted_expires.unwrap().to_string(), "2025-04-16T03:46:56Z");
    assert!(!event.raw.contains("IQoJb3JpZ2lu"));
    assert!(event.raw.contains("(removed)"));
}

#[test]
fn what_was_read_made_or_run_is_kept_where_it_is_evidence() {
    let about = |name: &str, parameters: &str| {
        let json = format!(
            r#"{{"eventTime":"2025-04-16T02:46:56Z","eventSource":"x.amazonaws.com","eventName":"{name}","awsRegion":"us-east-1",
                "requestParameters":{parameters},"eventID":"e","recipientAccountId":"111111111111"}}"#
        );
        event(&json).about.as_deref().map(str::to_owned)
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(about("GetSecretValue", r#"{"secretId":"ci/key"}"#), some("ci/key"));
    assert_eq!(about("GetParameter", r#"{"name":"/ci/key","withDecryption":true}"#), some("/ci/key"));
    assert_eq!(about("CreateUser", r#"{"userName":"vault-token-1"}"#), some("vault-token-1"));
    assert_eq!(about("AssumeRoleForPodIdentity", r#"{"clusterName":"ci","token":"HIDDEN"}"#), some("ci"));
    let tags = r#"{"roleArn":"arn:aws:iam::1:role/r","tags":[{"key":"kubernetes-namespace","value":"ns"},
        {"key":"kubernetes-service-account","value":"sa"},{"key":"kubernetes-pod-name","value":"p"}]}"#;
    assert_eq!(about("AssumeRole", tags), some("system:serviceaccount:ns:sa"));
    assert_eq!(about("AssumeRole", r#"{"tags":[{"key":"kubernetes-namespace","value":"ns"}]}"#), None);
    assert_eq!(about("DeleteUser", r#"{"userName":"ann"}"#), None);
    assert_eq!(about("GetSecretValue", "null"), None);
}

#[test]
fn a_denied_call_names_its_role_in_the_message_only() {
    for tail in ["", " because no identity-based policy allows it", " with an explicit deny"] {
        let json = format!(
            r#"{{"userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111111111111:user/c",
                "accountId":"111111111111","accessKeyId":"AKIARZPUZDIKNSFRP6LN","userName":"c"}},
              "eventTime":"2025-04-16T02:46:56Z","eventSource":"sts.amazonaws.com","eventName":"AssumeRole",
              "awsRegion":"us-east-1","errorCode":"AccessDenied","requestParameters":null,"responseElements":null,
              "errorMessage":"User: arn:aws:iam::111111111111:user/c is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/prod{tail}",
              "eventID":"e-2","recipientAccountId":"111111111111"}}"#
        );
        let event = event(&json);
        assert_eq!(event.role.as_ref().unwrap().as_str(), "arn:aws:iam::222222222222:role/prod", "{tail}");
        assert!(event.is_denied());
        assert_eq!(event.minted, None);
    }
}

#[test]
fn a_service_that_calls_is_an_address_by_name() {
    let event = event(
        r#"{"userIdentity":{"type":"AWSService","invokedBy":"ec2.amazonaws.com"},"eventTime":"2025-04-16T02:46:56Z",
          "eventSource":"sts.amazonaws.com","eventName":"AssumeRole","awsRegion":"eu-west-1",
          "sourceIPAddress":"ec2.amazonaws.com","requestParameters":{"roleSessionName":"i-0abc",
          "roleArn":"arn:aws:iam::111111111111:role/runner"},"responseElements":{"credentials":
          {"accessKeyId":"ASIARZPUZDIKNSFRP6LN"}},"sharedEventID":"s-1","eventID":"e-3",
          "recipientAccountId":"111111111111"}"#,
    );
    assert_eq!(event.caller.invoked_by.as_deref(), Some("ec2.amazonaws.com"));
    assert_eq!(event.address.as_deref(), Some("ec2.amazonaws.com"));
    assert_eq!(event.session_name.as_deref(), Some("i-0abc"));
    assert_eq!(event.shared_id.as_deref(), Some("s-1"));
}

#[test]
fn the_called_accounts_copy_has_a_caller_without_arn_or_key() {
    let event = event(
        r#"{"userIdentity":{"type":"AWSAccount","principalId":"AROA3ISBVQKHHSGTEMQ45:s","accountId":"774305579662"},
          "eventTime":"2025-03-19T00:30:20Z","eventSource":"sts.amazonaws.com","eventName":"AssumeRole",
          "awsRegion":"us-east-1","requestParameters":{"roleArn":"arn:aws:iam::123412341234:role/r",
          "roleSessionName":"x"},"eventID":"e-4","sharedEventID":"s-2","recipientAccountId":"123412341234"}"#,
    );
    assert_eq!(event.account.to_string(), "123412341234");
    assert_eq!(event.caller.account.unwrap().to_string(), "774305579662");
    assert!(event.caller.arn.is_none() && event.caller.key.is_none());
}

#[test]
fn a_record_of_the_first_format_gets_a_name_of_its_own() {
    let record = r#"{"eventTime":"2025-03-19T00:30:20Z","eventSource":"s","eventName":"n","awsRegion":"r",
        "recipientAccountId":"123412341234"}"#;
    assert_eq!(event(record).event_id, event(record).event_id);
    assert!(event(record).event_id.starts_with("no-id-"));
}

#[test]
fn refusals_say_what_is_missing_and_quote_nothing() {
    let nameless = r#"{"eventTime":"2025-03-19T00:30:20Z","eventSource":"s","awsRegion":"r","recipientAccountId":"123412341234"}"#;
    assert_eq!(read(nameless, Place::default()), Err(BadRecord::Missing("eventName")));
    let wrong = read(r#"{"eventTime":{"sessionToken":"IQoJb3JpZ2lu"}}"#, Place::default()).unwrap_err();
    assert!(!format!("{wrong} {wrong:?}").contains("IQoJ"));
}

#[test]
fn parameters_of_another_shape_do_not_spoil_the_record() {
    let event = event(
        r#"{"eventTime":"2025-03-19T00:30:20Z","eventSource":"x.amazonaws.com","eventName":"AssumeRoleLater",
          "awsRegion":"r","eventID":"e","recipientAccountId":"123412341234","requestParameters":{"roleArn":[1]},
          "responseElements":"ok","resources":{"a":1}}"#,
    );
    assert_eq!(event.role, None);
}

/// A line of the published collections.
#[derive(serde::Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    record: &'a RawValue,
}

/// Records other people published: each one reads.
#[test]
fn published_records_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/cloudtrail");
    let Ok(files) = fs::read_dir(&folder) else {
        println!("skipped: no published records here");
        return;
    };
    let (mut read_well, mut minted, mut refused) = (0, 0, BTreeMap::<String, usize>::new());
    for file in files.map(|file| file.unwrap().path()) {
        for line in fs::read_to_string(&file).unwrap().lines() {
            let line: Line<'_> = serde_json::from_str(line).unwrap();
            match read(line.record.get(), Place::default()) {
                Ok(event) => {
                    read_well += 1;
                    minted += usize::from(event.minted.is_some());
                    let kept: serde_json::Value = serde_json::from_str(&event.raw).unwrap();
                    let token = kept.pointer("/responseElements/credentials/sessionToken");
                    assert!(token.is_none_or(|token| token == "(removed)"), "{}", event.event_id);
                    let role = event.role.is_some() || event.name.as_ref() == "AssumeRoleForPodIdentity";
                    assert!(!event.is_assume_role() || role, "{} in {file:?} names no role", event.event_id);
                }
                Err(reason) => *refused.entry(reason.to_string()).or_default() += 1,
            }
        }
    }
    println!("{read_well} read, {minted} minted a key, refused: {refused:?}");
    assert!(read_well == 655 && refused.is_empty(), "{read_well} read, refused: {refused:?}");
}
