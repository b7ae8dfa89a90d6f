//! Event history: what calls leave behind, and LookupEvents over it.

use aws_sdk_cloudtrail::{
    operation::lookup_events::LookupEventsOutput,
    types::{Event, LookupAttribute, LookupAttributeKey},
};
use serde_json::Value;

use super::{AUDIT, PROD, Town, code, now, world};
use crate::demo::world::TrailEvent;

fn by(key: LookupAttributeKey, value: &str) -> LookupAttribute {
    LookupAttribute::builder().attribute_key(key).attribute_value(value).build().unwrap()
}

fn record(event: &Event) -> Value {
    serde_json::from_str(event.cloud_trail_event().unwrap()).unwrap()
}

#[tokio::test]
async fn an_assumption_is_found_in_both_accounts() {
    let town = Town::open().await;
    let call = town.sts("audit").assume_role().role_arn("arn:aws:iam::222222222222:role/ci/audit");
    let made = call.role_session_name("keytrail").external_id("right").send().await.unwrap();
    let issued = made.credentials().unwrap();
    let lookup = aws_sdk_cloudtrail::Client::new(&town.as_user("audit"));
    let at = now().minus(60);
    {
        // A minute later, seen from the record.
        let mut world = town.shared.world.write().unwrap();
        world.accounts.get_mut(&AUDIT).unwrap().trail.get_mut("eu-west-1").unwrap()[0].at = at;
    }
    let page = lookup
        .lookup_events()
        .lookup_attributes(by(LookupAttributeKey::ResourceName, issued.access_key_id()))
        .send()
        .await
        .unwrap();
    let [event] = page.events() else { panic!("{page:?}") };
    assert_eq!((event.event_name(), event.read_only()), (Some("AssumeRole"), Some("true")));
    assert_eq!(event.access_key_id(), Some(town.key_of("audit").as_str()));
    assert_eq!((event.username(), event.event_time().unwrap().secs()), (Some("audit"), at.seconds()));
    let here = record(event);
    assert_eq!(here["requestParameters"]["externalId"], "right");
    assert_eq!(here["responseElements"]["credentials"]["accessKeyId"], issued.access_key_id());
    assert!(!event.cloud_trail_event().unwrap().contains(issued.secret_access_key()));

    let world = town.shared.world.read().unwrap();
    let there: Value = serde_json::from_str(&world.accounts[&PROD].trail["eu-west-1"][0].record).unwrap();
    assert_eq!(there["sharedEventID"], here["sharedEventID"]);
    assert!(here["sharedEventID"].is_string());
    assert_ne!(there["eventID"], here["eventID"]);
    assert_eq!(there["userIdentity"]["type"], "AWSAccount");
    assert!(there["userIdentity"].get("accessKeyId").is_none());
    assert_eq!(there["recipientAccountId"], "222222222222");
}

#[tokio::test]
async fn refused_and_changing_calls_leave_records_too() {
    let town = Town::open().await;
    let sts = town.sts("deploy");
    let role = "arn:aws:iam::222222222222:role/ci/audit";
    sts.assume_role().role_arn(role).role_session_name("x1").send().await.unwrap_err();
    town.iam("admin").create_access_key().user_name("deploy").send().await.unwrap();
    town.iam("admin").list_users().send().await.unwrap();
    let world = town.shared.world.read().unwrap();
    let trail = &world.accounts[&AUDIT].trail;
    let denied: Value = serde_json::from_str(&trail["eu-west-1"][0].record).unwrap();
    assert_eq!(denied["errorCode"], "AccessDenied");
    assert!(denied["requestParameters"].is_null() && denied["responseElements"].is_null());
    assert!(denied["errorMessage"].as_str().unwrap().ends_with(role));
    assert!(world.accounts[&PROD].trail.is_empty());
    let [created] = trail["us-east-1"].as_slice() else { panic!("{trail:?}") };
    assert_eq!((created.name.as_str(), created.read_only), ("CreateAccessKey", false));
    let key = &world.accounts[&AUDIT].users["deploy"].keys[1];
    assert!(created.resources.contains(&("AWS::IAM::AccessKey".into(), key.id.clone())));
    assert!(created.resources.contains(&("AWS::IAM::User".into(), "deploy".into())));
    assert!(created.record.contains(&key.id) && !created.record.contains(&key.secret));
}

#[tokio::test]
async fn pages_end_after_the_second_and_the_third_call_is_throttled() {
    let mut world = world();
    let event = |number: i64| TrailEvent {
        id: format!("e{number}"),
        at: now().minus(1000 - number),
        source: "sts.amazonaws.com".into(),
        name: "AssumeRole".into(),
        read_only: true,
        access_key: None,
        username: None,
        resources: Vec::new(),
        record: "{}".into(),
    };
    world.accounts.get_mut(&AUDIT).unwrap().trail.insert("eu-west-1".into(), (0..80).map(event).collect());
    let town = Town::of(world).await;
    let client = aws_sdk_cloudtrail::Client::new(&town.as_user("audit"));
    let assumed = by(LookupAttributeKey::EventName, "AssumeRole");
    let pages: Vec<_> = client
        .lookup_events()
        .lookup_attributes(assumed.clone())
        .into_paginator()
        .send()
        .try_collect()
        .await
        .unwrap();
    let ids: Vec<_> =
        pages.iter().flat_map(LookupEventsOutput::events).map(|event| event.event_id().unwrap()).collect();
    assert_eq!((pages.len(), ids.len(), ids[0], ids[79]), (2, 80, "e79", "e0"));
    // However slow the machine, a burst of calls at once outruns two a second.
    let burst = futures_util::future::join_all((0..10).map(|_| client.lookup_events().send())).await;
    let refused: Vec<String> = burst.into_iter().filter(Result::is_err).map(code).collect();
    assert!(!refused.is_empty() && refused.iter().all(|code| code == "ThrottlingException"), "{refused:?}");
}

#[tokio::test]
async fn one_attribute_is_all_a_lookup_takes() {
    let town = Town::open().await;
    let client = aws_sdk_cloudtrail::Client::new(&town.as_user("audit"));
    let two = client
        .lookup_events()
        .lookup_attributes(by(LookupAttributeKey::EventName, "AssumeRole"))
        .lookup_attributes(by(LookupAttributeKey::ReadOnly, "true"))
        .send()
        .await;
    assert!(two.unwrap_err().as_service_error().unwrap().is_invalid_lookup_attributes_exception());
    assert!(client.describe_trails().send().await.unwrap().trail_list().is_empty());
    assert_eq!(code(client.list_channels().send().await), "UnknownOperationException");
    let denied = aws_sdk_cloudtrail::Client::new(&town.as_user("deploy")).describe_trails().send().await;
    assert_eq!(code(denied), "AccessDeniedException");
}
