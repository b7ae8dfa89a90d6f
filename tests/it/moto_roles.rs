//! A role narrowed and a key migrated on an AWS that nobody here wrote: keytrail acts at moto, and boto3 says how it ended.

use std::{fmt::Write as _, fs, process::Command};

use keytrail::demo::world::Variable;
use serde_json::{Value, json};

use crate::{
    logs::packed,
    moto::{ENV, Moto},
    python::{python, run, script},
    town::Town,
};

const SUBJECT: &str = "project_path:acme/shop/checkout:ref_type:branch:ref:main";

/// CloudTrail's record of a job that opened the wide role.
fn record(role: &str) -> Value {
    let account = "123456789012";
    let provider = format!("arn:aws:iam::{account}:oidc-provider/gitlab.acme.example");
    json!({ "Records": [{
        "eventVersion": "1.11", "eventID": "6f1c0f3e-0000-4000-8000-000000000001", "eventTime": "2026-11-20T12:00:00Z",
        "eventSource": "sts.amazonaws.com", "eventName": "AssumeRoleWithWebIdentity", "awsRegion": "us-east-1",
        "recipientAccountId": account, "sourceIPAddress": "203.0.113.7", "userAgent": "aws-cli/2", "readOnly": true,
        "eventType": "AwsApiCall", "managementEvent": true, "eventCategory": "Management",
        "userIdentity": { "type": "WebIdentityUser", "userName": SUBJECT, "identityProvider": provider,
                          "principalId": format!("{provider}:sts.amazonaws.com:{SUBJECT}") },
        "requestParameters": { "roleArn": role, "roleSessionName": "job-1" },
        "responseElements": {
            "credentials": { "accessKeyId": "ASIARZPUZDIKSESSION1", "expiration": "Nov 20, 2026, 1:00:00 PM" },
            "subjectFromWebIdentityToken": SUBJECT, "provider": provider, "audience": "sts.amazonaws.com",
            "assumedRoleUser": { "assumedRoleId": "AROA3ISBVQKHLCPMWHJG5:job-1",
                                 "arn": format!("arn:aws:sts::{account}:assumed-role/wide/job-1") },
        },
        "resources": [{ "accountId": account, "type": "AWS::IAM::Role", "ARN": role }],
    }] })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_narrowed_and_a_key_migrated_on_moto() {
    let Some(python) = python("roles on moto") else { return };
    let moto = Moto::start_with(&python, &[]);
    let ask = |what: &str| -> Value {
        let mut command = Command::new(&python);
        command.arg(script("moto_roles.py")).args([&moto.endpoint, what]);
        serde_json::from_str(&run(&mut command)).expect("JSON")
    };
    let made = ask("seed");
    let text = |what: &str| made[what].as_str().expect("a text").to_owned();
    let (key, secret, wide) = (text("key"), text("secret"), text("wide"));

    let town = Town::open(12).await;
    let mut config = format!(
        "[[gitlab]]\nname = \"gitlab.acme.example\"\nurl = \"{}\"\ntoken = {{ env = \"GITLAB_TOKEN\" }}\nper_second = 500\n",
        town.company.gitlab_url
    );
    let _ = write!(config, "\n[[aws]]\nname = \"moto\"\nendpoint = \"{}\"\nevent_days = 1\n", moto.endpoint);
    fs::write(town.path("config.toml"), config).expect("the configuration");
    let trail = town.path("AWSLogs/123456789012/CloudTrail/us-east-1/2026/11/20");
    fs::create_dir_all(&trail).expect("a folder");
    let log = trail.join("123456789012_CloudTrail_us-east-1_20261120T1205Z_abcdefghijklmnop.json.gz");
    fs::write(log, packed(&record(&wide).to_string())).expect("a log file");
    {
        let mut world = town.company.world.write().expect("the world");
        let projects = &mut world.gitlab.projects;
        let project =
            projects.values_mut().find(|one| one.full_path == "acme/shop/checkout").expect("a project");
        for (name, value) in [("MOTO_ACCESS_KEY_ID", &key), ("MOTO_SECRET_ACCESS_KEY", &secret)] {
            project.variables.push(Variable {
                key: name.into(),
                value: value.clone(),
                file: false,
                protected: false,
                masked: false,
                hidden: false,
                raw: true,
                environment_scope: "*".into(),
                description: None,
            });
        }
    }
    let logs = town.path("AWSLogs");
    let keytrail = |words: &[&str]| {
        let words = [&["--trail", logs.to_str().expect("a path")], words].concat();
        let output = town.command(&words).envs(ENV).output().expect("it starts");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let file = town.path("plan.json");
    let file = file.to_str().expect("a path");
    let before = ask("state");

    let (code, said) = keytrail(&["plan", "tighten-trust", &wide, "--accept", "a test", "-o", file]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = keytrail(&["apply", file, "--write"]);
    assert_eq!(code, Some(0), "{said}");
    let narrowed = &ask("state")["roles"]["wide"]["Statement"];
    let expected = json!({
        "Bool": { "aws:SecureTransport": "true" },
        "StringEquals": { "gitlab.acme.example:aud": "sts.amazonaws.com", "gitlab.acme.example:sub": SUBJECT },
    });
    assert_eq!(narrowed[0]["Condition"], expected);
    assert_eq!(narrowed[1], before["roles"]["wide"]["Statement"][1], "the rest stays");
    let (code, said) = keytrail(&["undo", "1", "--write"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(ask("state"), before);

    // moto knows no LookupEvents: the run makes everything, and halts where it would wait for the jobs.
    let (code, said) = keytrail(&["plan", "migrate-key", &key, "--accept", "a test", "-o", file]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = keytrail(&["apply", file, "--write", "--settle", "1", "--confirm", "ci-moto"]);
    assert!(code == Some(5) && said.contains("LookupEvents"), "{code:?} {said}");
    let after = ask("state");
    assert_eq!(after["providers"]["gitlab.acme.example"], json!(["sts.amazonaws.com"]));
    let trust = &after["roles"]["ci-moto-oidc"]["Statement"][0]["Condition"]["StringEquals"];
    assert_eq!(trust["gitlab.acme.example:aud"], "sts.amazonaws.com", "{after}");
    assert!(
        trust["gitlab.acme.example:sub"].to_string().contains("project_path:acme/shop/checkout:"),
        "{trust}"
    );
    assert_eq!(after["may"]["attached"], json!(["images"]));
    assert_eq!(after["may"]["read"]["Statement"][0]["Action"], "s3:GetObject");
    let trusted = &after["roles"]["deploy"]["Statement"][0]["Principal"]["AWS"];
    assert!(trusted.to_string().contains("role/ci-moto-oidc"), "{trusted}");
    assert_eq!(after["keys"], json!(["Active"]), "nothing is taken away before the jobs came");
    let (code, said) = keytrail(&["undo", "3", "--write"]);
    assert_eq!(code, Some(0), "{said}");
    let undone = ask("state");
    assert_eq!(undone["providers"], before["providers"]);
    assert!(undone["roles"].get("ci-moto-oidc").is_none(), "{undone}");
}
