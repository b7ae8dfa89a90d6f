//! What this world has besides keys and variables, as a sweep sees it.

use super::*;

/// The user, a runner, and two roles: the key has opened a session of one, and that session one of the other.
pub(super) fn others(state: &State) -> Vec<Entity> {
    let inline = |holder: &Arn| {
        let own = state.policies.iter().filter_map(|(name, document)| {
            let name = name.strip_prefix(&format!("{holder} "))?;
            Some(InlinePolicy { name: name.into(), document: document.as_str().into() })
        });
        Some(own.collect())
    };
    let own = User {
        inline: inline(&user()),
        attached: Some(vec![Arn::new(READ_ONLY).unwrap()]),
        groups: Some(Vec::new()),
        ..User::seen(user())
    };
    let mut saw: Vec<Entity> = vec![own.into()];
    saw.extend(state.gitlab.entity());
    for name in ["deploy", "data"] {
        saw.push(
            Role {
                inline: inline(&role(name)),
                trust: Some(state.trust.as_str().into()),
                ..Role::seen(role(name))
            }
            .into(),
        );
    }
    let opens =
        [(OLD, "ASIARZPUZDIKSESSION1", "deploy"), ("ASIARZPUZDIKSESSION1", "ASIARZPUZDIKSESSION2", "data")];
    for (number, (by, minted, name)) in opens.into_iter().enumerate() {
        let record = serde_json::json!({
            "eventVersion": "1.08", "eventID": format!("event-{number}"), "eventSource": "sts.amazonaws.com",
            "eventName": "AssumeRole", "awsRegion": "eu-west-1", "eventTime": format!("2026-11-20T12:0{number}:00Z"),
            "recipientAccountId": "123456789012", "sourceIPAddress": "cloudformation.amazonaws.com",
            "userIdentity": { "type": if number == 0 { "IAMUser" } else { "AssumedRole" }, "accessKeyId": by },
            "requestParameters": { "roleArn": role(name).to_string(), "roleSessionName": "ci" },
            "responseElements": { "credentials": { "accessKeyId": minted } },
        });
        let place = crate::trail::Place { account: None, region: None };
        saw.push(crate::trail::read(&record.to_string(), place).unwrap().into());
    }
    saw
}
