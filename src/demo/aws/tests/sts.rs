//! Becoming somebody else.

use aws_credential_types::Credentials;
use aws_sdk_sts::{error::ProvideErrorMetadata, operation::assume_role::AssumeRoleOutput};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{PROD, Town, code, now};
use crate::base::{
    name::account_of,
    time::{Clock, SystemClock},
};

const ROLE: &str = "arn:aws:iam::222222222222:role/ci/audit";

async fn assume(town: &Town) -> AssumeRoleOutput {
    let call = town.sts("audit").assume_role().role_arn(ROLE).role_session_name("keytrail");
    call.external_id("right").send().await.unwrap()
}

fn credentials(made: &AssumeRoleOutput) -> Credentials {
    let made = made.credentials().unwrap();
    let token = Some(made.session_token().to_owned());
    Credentials::new(made.access_key_id(), made.secret_access_key(), token, None, "test")
}

#[tokio::test]
async fn the_right_external_id_opens_the_other_account() {
    let town = Town::open().await;
    let made = assume(&town).await;
    let issued = credentials(&made);
    assert!(issued.access_key_id().starts_with("ASIA"));
    assert_eq!(account_of(issued.access_key_id()).unwrap().number(), PROD);
    assert!(made.credentials().unwrap().expiration().secs() > SystemClock.now().seconds());
    let config = town.config(issued);
    let who = aws_sdk_sts::Client::new(&config).get_caller_identity().send().await.unwrap();
    assert_eq!(who.arn(), Some("arn:aws:sts::222222222222:assumed-role/audit/keytrail"));
    let iam = aws_sdk_iam::Client::new(&config);
    let roles = iam.list_roles().send().await.unwrap();
    assert_eq!(roles.roles()[0].arn(), ROLE);
    // The session's calls count as use of the role.
    let role = iam.get_role().role_name("audit").send().await.unwrap();
    let role = role.role().unwrap();
    assert!(role.role_last_used().unwrap().last_used_date().is_some());
    assert_eq!(role.max_session_duration(), Some(7200));
}

#[tokio::test]
async fn a_wrong_external_id_is_refused_with_the_real_sentence() {
    let town = Town::open().await;
    let sts = town.sts("audit");
    let call = sts.assume_role().role_arn(ROLE).role_session_name("keytrail");
    let error = call.clone().external_id("wrong").send().await.unwrap_err();
    assert_eq!(error.code(), Some("AccessDenied"));
    assert_eq!(
        error.message(),
        Some(
            "User: arn:aws:iam::111111111111:user/audit is not authorized to perform: sts:AssumeRole on \
             resource: arn:aws:iam::222222222222:role/ci/audit"
        )
    );
    assert_eq!(code(call.send().await), "AccessDenied");
    // Trusted as part of the account, and not allowed by its own policies.
    let deploy = town.sts("deploy").assume_role().role_arn(ROLE).role_session_name("x1").external_id("right");
    assert_eq!(code(deploy.send().await), "AccessDenied");
}

#[tokio::test]
async fn sessions_end_and_chains_are_short() {
    let town = Town::open().await;
    let made = assume(&town).await;
    let config = town.config(credentials(&made));
    {
        let mut world = town.shared.world.write().unwrap();
        let prod = world.accounts.get_mut(&PROD).unwrap();
        let role = prod.roles.get_mut("audit").unwrap();
        role.trust = role.trust.replace(":111111111111:root", ":222222222222:role/ci/audit");
    }
    let sts = aws_sdk_sts::Client::new(&config);
    let again = sts.assume_role().role_arn(ROLE).role_session_name("again").external_id("right");
    again.clone().duration_seconds(3600).send().await.unwrap();
    assert_eq!(code(again.clone().duration_seconds(3601).send().await), "ValidationError");
    assert_eq!(code(again.duration_seconds(60).send().await), "ValidationError");
    let wrong = Credentials::new(
        made.credentials().unwrap().access_key_id(),
        made.credentials().unwrap().secret_access_key(),
        Some("another token".into()),
        None,
        "test",
    );
    let wrong = aws_sdk_sts::Client::new(&town.config(wrong)).get_caller_identity().send().await;
    assert_eq!(code(wrong), "InvalidClientTokenId");
    let key = made.credentials().unwrap().access_key_id();
    let past = SystemClock.now().minus(1);
    town.shared
        .world
        .write()
        .unwrap()
        .accounts
        .get_mut(&PROD)
        .unwrap()
        .sessions
        .get_mut(key)
        .unwrap()
        .expires = past;
    assert_eq!(code(sts.get_caller_identity().send().await), "ExpiredToken");
    let trail = aws_sdk_cloudtrail::Client::new(&config).lookup_events().send().await;
    assert_eq!(code(trail), "ExpiredTokenException");
}

#[tokio::test]
async fn revoked_sessions_may_do_nothing() {
    let town = Town::open().await;
    let config = town.config(credentials(&assume(&town).await));
    let iam = aws_sdk_iam::Client::new(&config);
    iam.list_roles().send().await.unwrap();
    let until = now().plus(30);
    let document = format!(
        r#"{{"Statement":[{{"Effect":"Deny","Action":["*"],"Resource":["*"],"Condition":{{"DateLessThan":{{"aws:TokenIssueTime":"{until}"}}}}}}]}}"#
    );
    {
        let mut world = town.shared.world.write().unwrap();
        let role = world.accounts.get_mut(&PROD).unwrap().roles.get_mut("audit").unwrap();
        role.inline.push(crate::demo::world::Inline { name: "AWSRevokeOlderSessions".into(), document });
    }
    assert_eq!(code(iam.list_roles().send().await), "AccessDenied");
}

fn token(subject: &str, audience: &str, issuer: &str) -> String {
    let claims = serde_json::json!({ "iss": issuer, "aud": audience, "sub": subject, "exp": now().plus(60).seconds() });
    format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

#[tokio::test]
async fn a_job_token_opens_the_role_that_trusts_its_project() {
    let town = Town::open().await;
    let sts = town.sts("audit");
    let with = |token: String| {
        sts.assume_role_with_web_identity()
            .role_arn("arn:aws:iam::222222222222:role/ci/deploy")
            .role_session_name("job-7")
            .web_identity_token(token)
            .send()
    };
    let (good, issuer) = ("project_path:acme/infra:ref_type:branch:ref:main", "https://gitlab.acme.example");
    let made = with(token(good, "https://aws", issuer)).await.unwrap();
    let used = town.shared.world.read().unwrap().accounts[&PROD].roles["deploy"].last_used.clone();
    assert_eq!(used, Some((now(), "us-east-1".into())), "RoleLastUsed");
    assert_eq!(made.subject_from_web_identity_token(), Some(good));
    assert_eq!(made.audience(), Some("https://aws"));
    let other = with(token("project_path:evil/infra:ref:main", "https://aws", issuer)).await;
    assert_eq!(code(other), "AccessDenied");
    assert_eq!(code(with(token(good, "other", issuer)).await), "InvalidIdentityToken");
    assert_eq!(code(with(token(good, "https://aws", "https://gitlab.com")).await), "InvalidIdentityToken");
    assert_eq!(code(with("nonsense".into()).await), "InvalidIdentityToken");
    let world = town.shared.world.read().unwrap();
    // Nothing in an unsigned call names a region, so it lands where the global endpoint would.
    let trail = &world.accounts[&PROD].trail["us-east-1"];
    assert_eq!(trail.len(), 2);
    let record: serde_json::Value = serde_json::from_str(&trail[0].record).unwrap();
    assert_eq!(record["userIdentity"]["type"], "WebIdentityUser");
    assert_eq!(record["userIdentity"]["userName"], good);
    assert_eq!(
        record["responseElements"]["credentials"]["accessKeyId"],
        made.credentials().unwrap().access_key_id()
    );
    assert_eq!(trail[0].username.as_deref(), Some(good));
    assert!(trail[0].access_key.is_none());
    let denied: serde_json::Value = serde_json::from_str(&trail[1].record).unwrap();
    assert_eq!(denied["errorCode"], "AccessDenied");
    assert_eq!(denied["requestParameters"]["roleArn"], "arn:aws:iam::222222222222:role/ci/deploy");
}

#[tokio::test]
async fn a_users_own_session_outlives_its_key_and_is_no_good_for_iam() {
    let town = Town::open().await;
    let made = town.sts("admin").get_session_token().send().await.unwrap();
    let made = made.credentials().unwrap();
    let token = Some(made.session_token().to_owned());
    let config =
        town.config(Credentials::new(made.access_key_id(), made.secret_access_key(), token, None, "test"));
    let id = town.key_of("admin");
    town.iam("admin").delete_access_key().access_key_id(id).send().await.unwrap();
    let sts = aws_sdk_sts::Client::new(&config);
    let who = sts.get_caller_identity().send().await.unwrap();
    assert_eq!(who.arn(), Some("arn:aws:iam::111111111111:user/admin"));
    assert_eq!(code(aws_sdk_iam::Client::new(&config).list_users().send().await), "InvalidClientTokenId");
    assert_eq!(code(sts.get_session_token().send().await), "AccessDenied");
    let info = sts.get_access_key_info().access_key_id("ASIAY24FZKAOLBRPB3V3").send().await.unwrap();
    assert_eq!(info.account(), Some("607481581596"));
}
