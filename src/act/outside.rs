//! What a run asks of the world. The engine knows no client: tests give it a world of their own.

use std::time::Duration;

use async_trait::async_trait;

use super::call::{Flag, Flags, Place, Setting, Switch};
pub use crate::source::{Answer, Trouble, gitlab::RunnerShown as RunnerState};
use crate::{
    base::{
        name::{AccountId, Arn, KeyId},
        secret::Secret,
        time::Timestamp,
    },
    config::Origin,
};

/// A key as IAM lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyState {
    pub key: KeyId,
    /// `None` for a status that keytrail cannot set: expired.
    pub switch: Option<Switch>,
    pub created: Option<Timestamp>,
}

/// A key as it was just made.
#[derive(Debug)]
pub struct NewKey {
    pub key: KeyId,
    pub secret: Secret,
}

/// A role as IAM shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleState {
    pub arn: Arn,
    pub trust: String,
    pub boundary: Option<Arn>,
}

/// A role that is to be made, with the path `/`.
#[derive(Clone, Copy, Debug)]
pub struct NewRole<'a> {
    pub arn: &'a Arn,
    pub trust: &'a str,
    pub boundary: Option<&'a Arn>,
    pub description: &'a str,
}

/// A variable as GitLab shows it.
#[derive(Debug)]
pub struct VariableState {
    pub flags: Flags,
    pub description: Option<String>,
    /// `None` where GitLab never shows it again.
    pub value: Option<Secret>,
}

/// Where a run acts. Each method is one request, sent once.
#[async_trait]
pub trait Outside: Send + Sync {
    /// `sts:GetCallerIdentity`: the ARN.
    async fn caller(&self, account: AccountId) -> Answer<String>;
    /// `iam:ListAccessKeys`.
    async fn keys(&self, account: AccountId, user: &Arn) -> Answer<Vec<KeyState>>;
    /// `iam:GetAccessKeyLastUsed`; `None` where it was never used.
    async fn last_use(&self, account: AccountId, key: &KeyId) -> Answer<Option<Timestamp>>;
    /// `cloudtrail:LookupEvents`: the user agent of the call that made a key; `None` where no record of it has arrived.
    async fn maker(&self, account: AccountId, key: &KeyId) -> Answer<Option<String>>;
    /// `sts:GetCallerIdentity`, signed with this key: is it accepted?
    async fn accepts(&self, account: AccountId, key: &KeyId, secret: &Secret) -> Answer<bool>;
    /// `iam:CreateAccessKey`; the mark becomes part of the user agent.
    async fn create_key(&self, account: AccountId, user: &Arn, mark: &str) -> Answer<NewKey>;
    /// `iam:UpdateAccessKey`.
    async fn switch_key(&self, account: AccountId, user: &Arn, key: &KeyId, to: Switch) -> Answer<()>;
    /// `iam:DeleteAccessKey`.
    async fn delete_key(&self, account: AccountId, user: &Arn, key: &KeyId) -> Answer<()>;

    /// `iam:GetUserPolicy` or `iam:GetRolePolicy`: the document; `None` where there is none of the name.
    async fn policy(&self, account: AccountId, holder: &Arn, name: &str) -> Answer<Option<String>>;
    /// `iam:PutUserPolicy` or `iam:PutRolePolicy`.
    async fn put_policy(&self, account: AccountId, holder: &Arn, name: &str, document: &str) -> Answer<()>;
    /// `iam:DeleteUserPolicy` or `iam:DeleteRolePolicy`.
    async fn delete_policy(&self, account: AccountId, holder: &Arn, name: &str) -> Answer<()>;

    /// `iam:GetRole`: its trust policy.
    async fn trust(&self, account: AccountId, role: &Arn) -> Answer<String>;
    /// `iam:UpdateAssumeRolePolicy`.
    async fn set_trust(&self, account: AccountId, role: &Arn, document: &str) -> Answer<()>;

    /// `iam:GetRole`, by its name; `None` where there is none.
    async fn role(&self, account: AccountId, role: &Arn) -> Answer<Option<RoleState>>;
    /// `iam:CreateRole`.
    async fn create_role(&self, account: AccountId, new: NewRole<'_>) -> Answer<()>;
    /// `iam:DeleteRole`.
    async fn delete_role(&self, account: AccountId, role: &Arn) -> Answer<()>;
    /// `iam:ListAttachedRolePolicies`.
    async fn attached(&self, account: AccountId, role: &Arn) -> Answer<Vec<Arn>>;
    /// `iam:AttachRolePolicy`.
    async fn attach_policy(&self, account: AccountId, role: &Arn, policy: &Arn) -> Answer<()>;
    /// `iam:DetachRolePolicy`.
    async fn detach_policy(&self, account: AccountId, role: &Arn, policy: &Arn) -> Answer<()>;
    /// `iam:GetOpenIDConnectProvider`: its audiences; `None` where there is none.
    async fn provider(&self, account: AccountId, provider: &Arn) -> Answer<Option<Vec<String>>>;
    /// `iam:CreateOpenIDConnectProvider`.
    async fn create_provider(&self, account: AccountId, url: &str, audiences: &[String]) -> Answer<()>;
    /// `iam:DeleteOpenIDConnectProvider`.
    async fn delete_provider(&self, account: AccountId, provider: &Arn) -> Answer<()>;
    /// `cloudtrail:LookupEvents` in every region of the source: subjects of the id tokens that opened a role since then.
    async fn comers(&self, account: AccountId, role: &Arn, since: Timestamp) -> Answer<Vec<String>>;

    /// `GET /user`: the login.
    async fn login(&self, instance: &str) -> Answer<String>;
    /// The variable at a place.
    async fn variable(&self, place: &Place) -> Answer<VariableState>;
    /// Does a job wait to be handed out that gets this variable? Only a project can be asked; of a group or an instance nobody knows.
    async fn jobs_wait(&self, place: &Place) -> Answer<bool>;
    /// Writes a value; everything else of the variable stays.
    async fn write_variable(&self, place: &Place, value: &Secret) -> Answer<()>;

    /// Sets one flag; everything else of the variable stays.
    async fn flag_variable(&self, place: &Place, flag: Flag, to: bool) -> Answer<()>;
    /// Gives it another environment scope; everything else of it stays.
    async fn move_variable(&self, place: &Place, to: &str) -> Answer<()>;
    /// Makes a hidden variable with the value and everything else of this one, and tells whether GitLab hides it.
    async fn hide_variable(&self, place: &Place, like: &VariableState, value: &Secret) -> Answer<bool>;
    async fn delete_variable(&self, place: &Place) -> Answer<()>;

    /// `GET /runners/:id`.
    async fn runner(&self, instance: &str, runner: u64) -> Answer<RunnerState>;
    /// `PUT /runners/:id`.
    async fn set_runner(&self, instance: &str, runner: u64, to: &Setting) -> Answer<()>;
    /// `POST /runners/:id/reset_authentication_token`: the new token.
    async fn reset_runner_token(&self, instance: &str, runner: u64) -> Answer<Secret>;
    /// `DELETE /runners/:id`.
    async fn delete_runner(&self, instance: &str, runner: u64) -> Answer<()>;
    /// `GET /projects/:id/runners`: is it assigned to the project?
    async fn serves(&self, instance: &str, runner: u64, project: u64) -> Answer<bool>;
    /// `POST /projects/:id/runners` or `DELETE /projects/:id/runners/:runner_id`.
    async fn assign_runner(&self, instance: &str, runner: u64, project: u64, to: bool) -> Answer<()>;

    /// A secret that a person keeps.
    async fn fetch(&self, origin: &Origin) -> Answer<Secret>;
    /// Gives a secret to a person's command, on its standard input.
    async fn hand_over(&self, words: &[String], secret: Secret) -> Answer<()>;

    /// Lets time pass; tests have a quicker clock.
    async fn pause(&self, time: Duration);
}
