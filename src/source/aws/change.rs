//! The only calls that change something at AWS, and what is read right before and after them. Each change is sent once: whether it is sent
//! again its caller decides, who knows what may happen twice.

mod roles;

pub use self::roles::ShownRole;

use std::{error::Error, sync::Arc};

use aws_config::{AppName, retry::RetryConfig};
use aws_sdk_cloudtrail::types::{LookupAttribute, LookupAttributeKey};
use aws_sdk_iam::{
    config::{self, http::HttpResponse},
    error::{ProvideErrorMetadata, SdkError},
    types::StatusType,
};

use super::{client::Clients, decode, pin::Pin, refusal::Failure, visit};
use crate::{
    base::{
        blame::Blame,
        name::{AccountId, Arn, KeyId},
        secret::Secret,
        time::{Clock, Timestamp},
    },
    config::AwsSource,
    model::aws::KeyStatus,
    source::{Answer, Trouble},
    trail,
};

/// One account, open for changes.
pub struct Changer {
    source: Arc<AwsSource>,
    clients: Clients,
    pin: Arc<Pin>,
}

/// A key as `iam:ListAccessKeys` shows it.
pub struct Listed {
    pub key: KeyId,
    pub status: Option<KeyStatus>,
    pub created: Option<Timestamp>,
}

/// A key as `iam:CreateAccessKey` made it.
pub struct Made {
    pub key: KeyId,
    pub secret: Secret,
}

impl Changer {
    pub async fn open(source: Arc<AwsSource>, clock: Arc<dyn Clock>) -> Self {
        let pin = Arc::new(Pin::new(source.clone(), clock));
        let clients = Clients::pinned(&source, pin.clone()).await;
        Self { source, clients, pin }
    }

    /// What the configuration calls it.
    pub fn name(&self) -> String {
        let source = &self.source;
        source.name.as_deref().or(source.profile.as_deref()).unwrap_or("aws").to_owned()
    }

    /// `sts:GetCallerIdentity`: the account and the ARN. The credentials are read anew where they may have changed; those it was asked with
    /// make every call until it is asked again.
    pub async fn caller(&self) -> Answer<(AccountId, String)> {
        const CALL: &str = "sts:GetCallerIdentity";
        self.pin.freshen().await;
        let request = self.clients.sts.get_caller_identity().customize();
        let answer = request.config_override(Clients::impatient()).send().await;
        let who = answer.map_err(|error| trouble(&error, CALL))?;
        let account = who.account().and_then(|number| number.parse().ok());
        account.zip(who.arn.clone()).ok_or_else(|| Trouble::Lost { call: CALL.into() })
    }

    pub async fn keys(&self, user: &str) -> Answer<Vec<Listed>> {
        let call = format!("iam:ListAccessKeys {user}");
        let answer = self.clients.iam.list_access_keys().user_name(user).send().await;
        let page = answer.map_err(|error| trouble(&error, &call))?;
        if page.is_truncated {
            // A page holds a hundred, and AWS allows two.
            return Err(Trouble::Lost { call });
        }
        Ok(page
            .access_key_metadata
            .iter()
            .filter_map(|listed| {
                Some(Listed {
                    key: KeyId::new(listed.access_key_id.as_deref()?)?,
                    status: match listed.status {
                        Some(StatusType::Active) => Some(KeyStatus::Active),
                        Some(StatusType::Inactive) => Some(KeyStatus::Inactive),
                        Some(StatusType::Expired) => Some(KeyStatus::Expired),
                        _ => None,
                    },
                    created: listed.create_date.as_ref().map(decode::time),
                })
            })
            .collect())
    }

    /// `None` where it was never used.
    pub async fn last_use(&self, key: &KeyId) -> Answer<Option<Timestamp>> {
        let call = format!("iam:GetAccessKeyLastUsed {key}");
        let answer = self.clients.iam.get_access_key_last_used().access_key_id(key.as_str()).send().await;
        let used = answer.map_err(|error| trouble(&error, &call))?.access_key_last_used;
        Ok(used.and_then(|used| used.last_used_date.as_ref().map(decode::time)))
    }

    /// The user agent of the call that made a key; `None` where CloudTrail's history has no record of it (yet).
    pub async fn maker(&self, key: &KeyId) -> Answer<Option<String>> {
        let call = format!("cloudtrail:LookupEvents {key}");
        let (_, caller) = self.caller().await?;
        let attribute = LookupAttribute::builder()
            .attribute_key(LookupAttributeKey::ResourceName)
            .attribute_value(key.as_str())
            .build()
            .map_err(|_| Trouble::Lost { call: call.clone() })?;
        // IAM's own calls are recorded in one region of the partition.
        let client = self.clients.cloudtrail(visit::home(Some(&caller)));
        let answer = client.lookup_events().lookup_attributes(attribute).send().await;
        let page = answer.map_err(|error| trouble(&error, &call))?;
        let made = page
            .events
            .unwrap_or_default()
            .into_iter()
            .find(|event| event.event_name.as_deref() == Some("CreateAccessKey"));
        let record = made.and_then(|event| event.cloud_trail_event);
        let place = trail::Place { account: None, region: None };
        let event = record.and_then(|text| trail::read(&text, place).ok());
        Ok(event.and_then(|event| event.agent.map(|agent| agent.to_string())))
    }

    /// Does AWS accept this pair?
    pub async fn accepts(&self, key: &KeyId, secret: &Secret) -> Answer<bool> {
        const REFUSALS: [&str; 3] =
            ["InvalidClientTokenId", "SignatureDoesNotMatch", "UnrecognizedClientException"];
        match self.clients.sts_as(key.as_str(), secret).get_caller_identity().send().await {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(refused))
                if refused.err().code().is_some_and(|code| REFUSALS.contains(&code)) =>
            {
                Ok(false)
            }
            Err(error) => Err(trouble(&error, &format!("sts:GetCallerIdentity with {key}"))),
        }
    }

    /// `mark` becomes part of the user agent, by which CloudTrail's record of the call is known again.
    pub async fn create_key(&self, user: &str, mark: &str) -> Answer<Made> {
        let call = format!("iam:CreateAccessKey {user}");
        let mut once = once();
        once.set_app_name(AppName::new(mark.to_owned()).ok());
        let request = self.clients.iam.create_access_key().user_name(user).customize().config_override(once);
        let made = request.send().await.map_err(|error| trouble(&error, &call))?;
        let read = made.access_key.and_then(|made| {
            Some(Made { key: KeyId::new(&made.access_key_id)?, secret: Secret::new(made.secret_access_key) })
        });
        read.ok_or(Trouble::Lost { call })
    }

    pub async fn switch_key(&self, user: &str, key: &KeyId, is_active: bool) -> Answer<()> {
        let status = if is_active { StatusType::Active } else { StatusType::Inactive };
        let call = format!("iam:UpdateAccessKey {key} {status}");
        let request =
            self.clients.iam.update_access_key().user_name(user).access_key_id(key.as_str()).status(status);
        request.customize().config_override(once()).send().await.map_err(|error| trouble(&error, &call))?;
        Ok(())
    }

    pub async fn delete_key(&self, user: &str, key: &KeyId) -> Answer<()> {
        let call = format!("iam:DeleteAccessKey {key}");
        let request = self.clients.iam.delete_access_key().user_name(user).access_key_id(key.as_str());
        request.customize().config_override(once()).send().await.map_err(|error| trouble(&error, &call))?;
        Ok(())
    }
}

impl Changer {
    /// A policy that is written into a user or role; [`Trouble::Gone`] where there is none of the name.
    pub async fn policy(&self, holder: &Arn, name: &str) -> Answer<String> {
        let owner = holder.name();
        let iam = &self.clients.iam;
        let document = if is_user(holder) {
            let call = format!("iam:GetUserPolicy {owner} {name}");
            let answer = iam.get_user_policy().user_name(owner).policy_name(name).send().await;
            answer.map_err(|error| trouble(&error, &call))?.policy_document
        } else {
            let call = format!("iam:GetRolePolicy {owner} {name}");
            let answer = iam.get_role_policy().role_name(owner).policy_name(name).send().await;
            answer.map_err(|error| trouble(&error, &call))?.policy_document
        };
        Ok(decode::document(&document).to_string())
    }

    pub async fn put_policy(&self, holder: &Arn, name: &str, document: &str) -> Answer<()> {
        let owner = holder.name();
        let iam = &self.clients.iam;
        if is_user(holder) {
            let call = format!("iam:PutUserPolicy {owner} {name}");
            let put = iam.put_user_policy().user_name(owner).policy_name(name).policy_document(document);
            put.customize().config_override(once()).send().await.map_err(|error| trouble(&error, &call))?;
        } else {
            let call = format!("iam:PutRolePolicy {owner} {name}");
            let put = iam.put_role_policy().role_name(owner).policy_name(name).policy_document(document);
            put.customize().config_override(once()).send().await.map_err(|error| trouble(&error, &call))?;
        }
        Ok(())
    }

    pub async fn delete_policy(&self, holder: &Arn, name: &str) -> Answer<()> {
        let owner = holder.name();
        let iam = &self.clients.iam;
        if is_user(holder) {
            let call = format!("iam:DeleteUserPolicy {owner} {name}");
            let delete = iam.delete_user_policy().user_name(owner).policy_name(name);
            delete
                .customize()
                .config_override(once())
                .send()
                .await
                .map_err(|error| trouble(&error, &call))?;
        } else {
            let call = format!("iam:DeleteRolePolicy {owner} {name}");
            let delete = iam.delete_role_policy().role_name(owner).policy_name(name);
            delete
                .customize()
                .config_override(once())
                .send()
                .await
                .map_err(|error| trouble(&error, &call))?;
        }
        Ok(())
    }
}

impl Changer {
    /// A role's trust policy.
    pub async fn trust(&self, role: &Arn) -> Answer<String> {
        let call = format!("iam:GetRole {}", role.name());
        let answer = self.clients.iam.get_role().role_name(role.name()).send().await;
        let role = answer.map_err(|error| trouble(&error, &call))?.role;
        let document = role.and_then(|role| role.assume_role_policy_document);
        document.map(|text| decode::document(&text).to_string()).ok_or(Trouble::Lost { call })
    }

    pub async fn set_trust(&self, role: &Arn, document: &str) -> Answer<()> {
        let call = format!("iam:UpdateAssumeRolePolicy {}", role.name());
        let update =
            self.clients.iam.update_assume_role_policy().role_name(role.name()).policy_document(document);
        update.customize().config_override(once()).send().await.map_err(|error| trouble(&error, &call))?;
        Ok(())
    }
}

/// Users and roles are the only holders there are.
fn is_user(holder: &Arn) -> bool {
    holder.resource().starts_with("user/")
}

/// Sent once, whatever comes.
fn once() -> config::Builder {
    aws_sdk_iam::Config::builder().retry_config(RetryConfig::disabled())
}

fn trouble<E>(error: &SdkError<E, HttpResponse>, call: &str) -> Trouble
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let failure = Failure::of(error);
    if let Failure::Refused { code, status: 400..=499 } = &failure
        && failure.blame(call, "") == Blame::Bug
    {
        // A refusal in AWS's own word: LimitExceeded, EntityTemporarilyUnmodifiable, ValidationError.
        let blame = Blame::Scope(format!("AWS says {}.", crate::base::text::clean(code)));
        return Trouble::Refused { blame, call: call.to_owned() };
    }
    Trouble::of(failure.blame(call, "keytrail's caller"), call.to_owned())
}
