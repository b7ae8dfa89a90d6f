//! Jobs that open a new role by their id tokens while a migration waits for them.

use keytrail::{
    base::time::{Clock, SystemClock},
    demo::world::{TrailEvent, World},
};

/// For two hours from now the ledger's jobs open a role by their id tokens, every few seconds, and CloudTrail shows it at once.
pub(crate) fn ledger_comes(world: &mut World, role: &str) {
    world.record_delay = Some(0);
    let arn = format!("arn:aws:iam::222222222222:role/{role}");
    let subject = "project_path:acme/payments/ledger:ref_type:branch:ref:main";
    let prod = world.accounts.get_mut(&222_222_222_222).expect("prod");
    let trail = prod.trail.entry("us-east-1".into()).or_default();
    let begin = SystemClock.now();
    for number in 0..2400 {
        let at = begin.plus(number * 3);
        let record = serde_json::json!({
            "eventVersion": "1.11", "eventID": format!("ledger-{number}"), "eventTime": at.to_string(),
            "eventSource": "sts.amazonaws.com", "eventName": "AssumeRoleWithWebIdentity", "awsRegion": "us-east-1",
            "recipientAccountId": "222222222222", "sourceIPAddress": "10.0.5.77",
            "userIdentity": { "type": "WebIdentityUser", "userName": subject },
            "requestParameters": { "roleArn": arn, "roleSessionName": "ledger" },
            "responseElements": { "subjectFromWebIdentityToken": subject },
        });
        trail.push(TrailEvent {
            id: format!("ledger-{number}"),
            at,
            source: "sts.amazonaws.com".into(),
            name: "AssumeRoleWithWebIdentity".into(),
            read_only: true,
            access_key: None,
            username: Some(subject.into()),
            resources: vec![("AWS::IAM::Role".into(), arn.clone())],
            record: record.to_string(),
        });
    }
}
