//! Actions: each makes a plan from what is known, or says why not. "Can I?" and "do it" are one answer.

mod deactivate_key;
mod delete_key;
mod reactivate_key;
mod rotate_key;

use std::str::FromStr;

use super::{
    call::{Call, KeyRef, Switch},
    consumers::Consumers,
    plan::{Identity, Plan, Step, VERSION},
};
use crate::{
    base::{
        name::{AccountId, Arn, KeyId},
        time::Timestamp,
    },
    join::Linked,
    model::{
        aws::{AccessKey, Account},
        estate::Estate,
        gitlab::Instance,
        id::{Id, Kind},
    },
};

/// One action.
pub struct Action {
    /// As it is typed: `rotate-key`.
    pub name: &'static str,
    /// What it does, for the manual.
    pub about: &'static str,
    /// The kind of thing it acts on.
    pub kind: Kind,
    make: fn(&Ground<'_>, &Id, Wishes) -> Result<Plan, WhyNot>,
}

/// Every action.
pub const ACTIONS: [&Action; 4] =
    [&rotate_key::ACTION, &deactivate_key::ACTION, &reactivate_key::ACTION, &delete_key::ACTION];

/// What a plan is made from.
pub struct Ground<'a> {
    pub estate: &'a Estate,
    pub linked: &'a Linked,
    pub now: Timestamp,
}

/// What a person may wish of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wishes {
    /// Seconds the old key must rest before it is deactivated.
    pub quiet: i64,
    /// Seconds between deactivating and deleting it.
    pub soak: i64,
}

impl Default for Wishes {
    fn default() -> Self {
        Self { quiet: 86_400, soak: 7 * 86_400 }
    }
}

/// Why an action does not apply: one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct WhyNot(String);

impl WhyNot {
    pub(super) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

impl Action {
    /// Everything it would do to the target. Asks nobody.
    pub fn plan(&self, ground: &Ground<'_>, target: &Id, wishes: Wishes) -> Result<Plan, WhyNot> {
        if target.kind() != self.kind {
            return Err(WhyNot::new(format!(
                "{} acts on a {}, and {target} is none",
                self.name,
                self.kind.word()
            )));
        }
        (self.make)(ground, target, wishes)
    }
}

impl FromStr for &'static Action {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = ACTIONS.into_iter().find(|action| action.name == text);
        found.ok_or_else(|| {
            let names = ACTIONS.map(|action| action.name).join(", ");
            format!("no action is called `{text}`; there are {names}")
        })
    }
}

/// A key that can be acted on, and whose it is.
struct Owned<'a> {
    key: &'a AccessKey,
    user: &'a Arn,
    account: AccountId,
    /// `None` where it has expired.
    switch: Option<Switch>,
}

impl<'a> Owned<'a> {
    fn of(ground: &Ground<'a>, target: &Id) -> Result<Self, WhyNot> {
        let unseen = || WhyNot::new(format!("no account that was read lists {}", target.key_text()));
        let key = ground.estate.find::<AccessKey>(target).ok_or_else(unseen)?;
        let user = key.user.as_ref().ok_or_else(unseen)?;
        let account = user.account().ok_or_else(unseen)?;
        let status =
            key.status.ok_or_else(|| WhyNot::new(format!("the status of {} was not seen", key.key)))?;
        Ok(Self { key, user, account, switch: Switch::of(status) })
    }

    fn id(&self) -> &KeyId {
        &self.key.key
    }

    /// The call that switches it.
    fn switched(&self, from: Switch, to: Switch) -> Step {
        Step(Call::SetAccessKeyStatus {
            account: self.account,
            user: self.user.clone(),
            key: KeyRef::Id(self.id().clone()),
            from,
            to,
        })
    }

    fn deleted(&self) -> Step {
        let key = KeyRef::Id(self.id().clone());
        Step(Call::DeleteAccessKey { account: self.account, user: self.user.clone(), key })
    }
}

/// A plan without anything special: who acts, with which permissions, and who is affected, follow from the steps.
fn plan(
    ground: &Ground<'_>,
    action: &Action,
    target: &Id,
    title: String,
    steps: Vec<Step>,
    consumers: Consumers,
) -> Result<Plan, WhyNot> {
    let mut identities: Vec<Identity> = Vec::new();
    let mut needs: Vec<String> = vec![];
    for step in &steps {
        if let Some(account) = step.0.account() {
            identities.push(aws_identity(ground, account)?);
        }
        if let Call::WriteVariable { place, .. } = &step.0 {
            identities.push(gitlab_identity(ground, &place.instance)?);
        }
        needs.extend(needed(&step.0));
    }
    identities.sort();
    identities.dedup();
    needs.sort();
    needs.dedup();
    Ok(Plan {
        version: VERSION,
        action: action.name.into(),
        target: target.clone(),
        title,
        made: ground.now,
        identities,
        steps,
        consumers,
        needs,
        blocks: Vec::new(),
        cautions: Vec::new(),
        confirm: None,
        undoes: None,
    })
}

fn aws_identity(ground: &Ground<'_>, account: AccountId) -> Result<Identity, WhyNot> {
    let seen = ground.estate.find::<Account>(&Id::account(account));
    let caller = seen.and_then(|seen| seen.caller.clone());
    let caller = caller.ok_or_else(|| {
        WhyNot::new(format!("no source of the configuration is in account {account}: nobody can act there"))
    })?;
    Ok(Identity::Aws { account, caller })
}

fn gitlab_identity(ground: &Ground<'_>, instance: &str) -> Result<Identity, WhyNot> {
    let seen = ground.estate.find::<Instance>(&Id::instance(instance));
    let unseen = || WhyNot::new(format!("whose token it is at {instance} was not seen"));
    let seen = seen.ok_or_else(unseen)?;
    let scopes = seen.token_scopes.as_deref();
    if scopes.is_some_and(|scopes| !scopes.iter().any(|scope| scope == "api")) {
        return Err(WhyNot::new(format!(
            "the token for {instance} has no scope `api`: it cannot write variables"
        )));
    }
    Ok(Identity::GitLab { instance: instance.to_owned(), login: seen.login.clone().ok_or_else(unseen)? })
}

/// Permissions one call needs, what is read before it included.
fn needed(call: &Call) -> Vec<String> {
    let of = |user: &Arn, actions: &[&str]| {
        actions.iter().map(|action| format!("{action} on {user}")).collect::<Vec<_>>()
    };
    match call {
        Call::CreateAccessKey { user, .. } => {
            let mut needs = of(user, &["iam:ListAccessKeys", "iam:CreateAccessKey"]);
            needs.push("cloudtrail:LookupEvents, should the answer to CreateAccessKey be lost".into());
            needs
        }
        Call::SetAccessKeyStatus { user, .. } => of(user, &["iam:ListAccessKeys", "iam:UpdateAccessKey"]),
        Call::DeleteAccessKey { user, .. } => of(user, &["iam:ListAccessKeys", "iam:DeleteAccessKey"]),
        Call::AwaitDisuse { .. } => vec!["iam:GetAccessKeyLastUsed".into()],
        Call::WriteVariable { place, .. } => {
            use crate::model::gitlab::Owner;
            let who = match place.owner {
                Owner::Instance => "an administrator's token".to_owned(),
                Owner::Group(group) => format!("Owner of group {group}"),
                Owner::Project(project) | Owner::Schedule { project, .. } => {
                    format!("Maintainer of project {project}")
                }
            };
            vec![format!("{who} at {}, scope api", place.instance)]
        }
        Call::ProveAccessKey { .. } | Call::Soak { .. } => Vec::new(),
    }
}
