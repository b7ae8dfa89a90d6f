//! Who is believed, and the life of an access key.

use std::time::Instant;

use aws_credential_types::Credentials;
use aws_sdk_iam::{error::ProvideErrorMetadata, types::StatusType};

use super::{AUDIT, Town, code};

#[tokio::test]
async fn a_good_signature_says_who_it_is() {
    let town = Town::open().await;
    let identity = town.sts("deploy").get_caller_identity().send().await.unwrap();
    assert_eq!(identity.arn(), Some("arn:aws:iam::111111111111:user/ci/deploy"));
    assert_eq!(identity.account(), Some("111111111111"));
    let calls = town.shared.front.calls();
    assert_eq!(calls[0].name, "sts:GetCallerIdentity");
    assert_eq!(calls[0].target, "111111111111/eu-west-1");
    assert_eq!((calls[0].caller.as_str(), calls[0].status), (town.key_of("deploy").as_str(), 200));
}

#[tokio::test]
async fn a_bad_secret_and_a_strange_key_are_told_apart() {
    let town = Town::open().await;
    let with = |id: &str, secret: &str| {
        aws_sdk_sts::Client::new(&town.config(Credentials::new(id, secret, None, None, "test")))
    };
    let bad = with(&town.key_of("audit"), "nonsense").get_caller_identity().send().await;
    assert_eq!(code(bad), "SignatureDoesNotMatch");
    let strange = with("AKIARZPUZDIKNSFRP6LN", "nonsense").get_caller_identity().send().await;
    let error = strange.unwrap_err();
    assert_eq!(error.code(), Some("InvalidClientTokenId"));
    assert_eq!(error.message(), Some("The security token included in the request is invalid."));
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 403);
    assert!(town.shared.front.calls().iter().all(|call| call.caller.is_empty()));
}

#[tokio::test]
async fn nothing_signed_is_nothing_answered() {
    let town = Town::open().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer =
        client.get(format!("{}/?Action=ListUsers&Version=2010-05-08", town.url)).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 403);
    let text = answer.text().await.unwrap();
    assert!(text.contains("<Code>MissingAuthenticationToken</Code>") && text.contains("iam.amazonaws.com"));
}

#[tokio::test]
async fn a_key_lives_from_creation_to_deletion() {
    let town = Town::open().await;
    let admin = town.iam("admin");
    let made = admin.create_access_key().user_name("deploy").send().await.unwrap();
    let made = made.access_key().unwrap();
    assert!(made.access_key_id().starts_with("AKIA"));
    let fresh =
        town.config(Credentials::new(made.access_key_id(), made.secret_access_key(), None, None, "test"));
    let fresh = aws_sdk_sts::Client::new(&fresh);
    // IAM's other halls have not heard of it yet.
    assert_eq!(code(fresh.get_caller_identity().send().await), "InvalidClientTokenId");
    {
        let mut world = town.shared.world.write().unwrap();
        let user = world.accounts.get_mut(&AUDIT).unwrap().users.get_mut("deploy").unwrap();
        assert!(user.keys[1].usable_from.unwrap() > Instant::now());
        user.keys[1].usable_from = Some(Instant::now());
    }
    fresh.get_caller_identity().send().await.unwrap();

    let third = admin.create_access_key().user_name("deploy").send().await.unwrap_err();
    assert!(third.as_service_error().unwrap().is_limit_exceeded_exception());
    assert_eq!(third.message(), Some("Cannot exceed quota for AccessKeysPerUser: 2"));

    let id = made.access_key_id();
    let set = |status| admin.update_access_key().user_name("deploy").access_key_id(id).status(status).send();
    set(StatusType::Inactive).await.unwrap();
    assert_eq!(code(fresh.get_caller_identity().send().await), "InvalidClientTokenId");
    // Inactive keys count.
    assert_eq!(code(admin.create_access_key().user_name("deploy").send().await), "LimitExceeded");
    set(StatusType::Active).await.unwrap();
    fresh.get_caller_identity().send().await.unwrap();
    let delete = || admin.delete_access_key().user_name("deploy").access_key_id(id).send();
    delete().await.unwrap();
    assert_eq!(code(fresh.get_caller_identity().send().await), "InvalidClientTokenId");
    assert_eq!(code(delete().await), "NoSuchEntity");
}

#[tokio::test]
async fn use_is_remembered_with_service_and_region() {
    let town = Town::open().await;
    let id = town.key_of("deploy");
    let audit = town.iam("audit");
    let last = || async {
        let found = audit.get_access_key_last_used().access_key_id(&id).send().await.unwrap();
        let last = found.access_key_last_used().unwrap().clone();
        (last.service_name, last.region, last.last_used_date.is_some())
    };
    assert_eq!(last().await, ("N/A".into(), "N/A".into(), false));
    town.sts("deploy").get_caller_identity().send().await.unwrap();
    assert_eq!(last().await, ("sts".into(), "eu-west-1".into(), true));
    let own = audit.list_access_keys().send().await.unwrap();
    assert_eq!(own.access_key_metadata()[0].user_name(), Some("audit"));
}

#[tokio::test]
async fn policies_decide_and_the_sentence_is_aws_own() {
    let town = Town::open().await;
    let error = town.iam("deploy").list_users().send().await.unwrap_err();
    assert_eq!(error.code(), Some("AccessDenied"));
    assert_eq!(
        error.message(),
        Some(
            "User: arn:aws:iam::111111111111:user/ci/deploy is not authorized to perform: iam:ListUsers on \
             resource: arn:aws:iam::111111111111:user/ because no identity-based policy allows the \
             iam:ListUsers action"
        )
    );
    let audit = town.iam("audit").create_access_key().user_name("deploy").send().await.unwrap_err();
    assert!(audit.message().unwrap().contains("on resource: user deploy"), "{audit:?}");
    let admin = town.iam("admin");
    admin
        .attach_user_policy()
        .user_name("admin")
        .policy_arn("arn:aws:iam::aws:policy/AWSDenyAll")
        .send()
        .await
        .unwrap();
    let denied = admin.list_users().send().await.unwrap_err();
    assert!(denied.message().unwrap().ends_with("with an explicit deny in an identity-based policy"));
    town.sts("admin").get_caller_identity().send().await.unwrap();
}
