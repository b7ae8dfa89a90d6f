//! Switches: every kind of failure, in the words of the service.

use aws_sdk_iam::error::SdkError;

use super::{AUDIT, Town, code};
use crate::demo::front::{Fault, Rule, Side};

fn set(town: &Town, name: &str, fault: Fault) {
    let rule = Rule {
        side: Side::Aws,
        name: name.into(),
        target: "111111111111".into(),
        fault,
        times: Some(1),
        after: 0,
    };
    town.shared.front.set(rule);
}

#[tokio::test]
async fn refusals_are_spelled_by_the_service() {
    let town = Town::open().await;
    let (iam, config) = (town.iam("audit"), town.as_user("audit"));
    for (fault, expected) in [
        (Fault::Throttle { retry_after: None }, "Throttling"),
        (Fault::ServerError(503), "ServiceUnavailable"),
        (Fault::Expired, "ExpiredToken"),
        (Fault::Forbidden, "AccessDenied"),
    ] {
        set(&town, "iam:ListUsers", fault);
        assert_eq!(code(iam.list_users().send().await), expected);
    }
    iam.list_users().send().await.unwrap();
    let trail = aws_sdk_cloudtrail::Client::new(&config);
    set(&town, "cloudtrail:", Fault::Throttle { retry_after: Some(1) });
    assert_eq!(code(trail.lookup_events().send().await), "ThrottlingException");
    let statuses: Vec<u16> = town.shared.front.calls().iter().map(|call| call.status).collect();
    assert_eq!(statuses, [400, 503, 403, 403, 200, 400]);
}

#[tokio::test]
async fn a_cut_call_did_nothing_and_a_lost_reply_did() {
    let town = Town::open().await;
    let admin = town.iam("admin");
    let keys = || town.shared.world.read().unwrap().accounts[&AUDIT].users["deploy"].keys.len();
    for (fault, left) in [(Fault::Cut, 1), (Fault::LostReply, 2)] {
        set(&town, "iam:CreateAccessKey", fault);
        let lost = admin.create_access_key().user_name("deploy").send().await.unwrap_err();
        assert!(!matches!(lost, SdkError::ServiceError(_)), "{lost:?}");
        assert_eq!(keys(), left);
    }
    let calls = town.shared.front.calls();
    assert_eq!((calls[0].status, calls[0].caller.as_str()), (0, ""));
    assert_eq!((calls[1].status, calls[1].caller.as_str()), (0, town.key_of("admin").as_str()));
}
