//! EC2 over plain signed requests, as its SDK is not in the tree.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};

use super::{PROD, Town};
use crate::{
    base::time::{Clock, SystemClock},
    demo::world::AccessKey,
};

/// Signs and sends a form; status and body.
async fn post(town: &Town, key: &AccessKey, region: &str, form: &str) -> (u16, String) {
    let identity = Credentials::new(&key.id, &key.secret, None, None, "test").into();
    let seconds = u64::try_from(SystemClock.now().seconds()).unwrap();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("ec2")
        .time(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
        .settings(SigningSettings::default())
        .build()
        .unwrap()
        .into();
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let url = format!("{}/", town.url);
    let body = SignableBody::Bytes(form.as_bytes());
    let request = SignableRequest::new("POST", &url, headers.into_iter(), body).unwrap();
    let (instructions, _) = sign(request, &params).unwrap().into_parts();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut call = client.post(&url).header(headers[0].0, headers[0].1).body(form.to_owned());
    for (name, value) in instructions.headers() {
        call = call.header(name, value);
    }
    let answer = call.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// The audit user, given a key in the account with the machines.
async fn town() -> (Town, AccessKey) {
    let town = Town::open().await;
    let mint = super::super::mint::Mint::new("ops");
    let mut user = super::user(&mint, "ops");
    user.attached = vec!["arn:aws:iam::aws:policy/AmazonEC2ReadOnlyAccess".into()];
    user.keys[0].id = mint.key_id("AKIA", PROD);
    let key = user.keys[0].clone();
    town.shared.world.write().unwrap().accounts.get_mut(&PROD).unwrap().users.insert("ops".into(), user);
    (town, key)
}

const ALL: &str = "Action=DescribeInstances&Version=2016-11-15";

#[tokio::test]
async fn instances_show_their_profile_and_metadata_options() {
    let (town, key) = town().await;
    let (status, text) = post(&town, &key, "eu-west-1", ALL).await;
    assert_eq!(status, 200, "{text}");
    for part in [
        "<DescribeInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">",
        "<instanceId>i-0a</instanceId>",
        "<instanceId>i-0b</instanceId>",
        "<arn>arn:aws:iam::222222222222:instance-profile/runner</arn>",
        "<httpTokens>required</httpTokens><httpPutResponseHopLimit>2</httpPutResponseHopLimit>",
        "<key>Name</key><value>runner i-0a</value>",
        "<ownerId>222222222222</ownerId>",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let one = format!("{ALL}&Filter.1.Name=instance-id&Filter.1.Value.1=i-0b");
    let (_, text) = post(&town, &key, "eu-west-1", &one).await;
    assert!(!text.contains("i-0a") && text.contains("i-0b"));
    let (_, empty) = post(&town, &key, "us-east-1", ALL).await;
    assert!(empty.contains("<reservationSet></reservationSet>"), "{empty}");
}

#[tokio::test]
async fn refusals_come_in_the_envelope_of_ec2() {
    let (town, key) = town().await;
    let stranger = AccessKey { secret: "wrong".into(), ..key.clone() };
    let (status, text) = post(&town, &stranger, "eu-west-1", ALL).await;
    assert_eq!(status, 401);
    assert!(text.starts_with("<Response><Errors><Error><Code>AuthFailure</Code>"), "{text}");
    // A region that is not switched on knows nobody.
    assert_eq!(post(&town, &key, "af-south-1", ALL).await.0, 401);
    let deploy = town.shared.world.read().unwrap().key(&town.key_of("deploy")).unwrap().2.clone();
    let (status, text) = post(&town, &deploy, "eu-west-1", ALL).await;
    assert_eq!(status, 403);
    assert!(text.contains("UnauthorizedOperation") && text.contains("ec2:DescribeInstances"), "{text}");
}
