//! Actions: each makes a plan from what is known, or says why not. "Can I?" and "do it" are one answer.

mod contain_key;
mod deactivate_key;
mod delete_key;
mod delete_runner;
mod delete_variable;
mod disable_runner;
pub(super) mod drawn;
mod fleet;
mod forbid_untagged;
mod held;
mod hide_variable;
mod lock_runner;
mod mask_variable;
mod migrate_key;
mod narrow_variable;
mod pause_runner;
mod protect_runner;
mod protect_variable;
mod quarantine_user;
mod reactivate_key;
mod remove_principal;
mod remove_provider;
mod remove_runner_tag;
mod reset_runner_token;
mod resume_runner;
mod revoke_chain;
mod revoke_role_sessions;
mod revoke_user_sessions;
mod rotate_key;
mod tighten_trust;
mod write_variable;

use std::str::FromStr;

use self::drawn::plan;
use super::{
    call::{AwaitDisuse, DeleteAccessKey, KeyRef, SetAccessKeyStatus, Switch},
    need,
    plan::{Plan, Step},
    wish::{Wish, Wishes},
};
use crate::{
    base::{
        name::{AccountId, Arn, KeyId},
        time::Timestamp,
    },
    join::Linked,
    model::{
        aws::AccessKey,
        estate::Estate,
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
    /// What may be wished of it.
    pub wishes: &'static [Wish],
    make: fn(&Ground<'_>, &Id, &Wishes) -> Result<Plan, WhyNot>,
}

/// Every action.
pub const ACTIONS: [&Action; 28] = [
    &rotate_key::ACTION,
    &contain_key::ACTION,
    &migrate_key::ACTION,
    &deactivate_key::ACTION,
    &reactivate_key::ACTION,
    &delete_key::ACTION,
    &revoke_user_sessions::ACTION,
    &quarantine_user::ACTION,
    &revoke_role_sessions::ACTION,
    &revoke_chain::ACTION,
    &tighten_trust::ACTION,
    &remove_principal::ACTION,
    &remove_provider::ACTION,
    &protect_variable::ACTION,
    &mask_variable::ACTION,
    &hide_variable::ACTION,
    &narrow_variable::ACTION,
    &write_variable::ACTION,
    &delete_variable::ACTION,
    &pause_runner::ACTION,
    &resume_runner::ACTION,
    &lock_runner::ACTION,
    &protect_runner::ACTION,
    &forbid_untagged::ACTION,
    &remove_runner_tag::ACTION,
    &disable_runner::ACTION,
    &reset_runner_token::ACTION,
    &delete_runner::ACTION,
];

/// What a plan is made from.
pub struct Ground<'a> {
    pub estate: &'a Estate,
    pub linked: &'a Linked,
    pub now: Timestamp,
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
    pub fn plan(&self, ground: &Ground<'_>, target: &Id, wishes: &Wishes) -> Result<Plan, WhyNot> {
        if target.kind() != self.kind {
            return Err(WhyNot::new(format!(
                "{} acts on a {}, and {target} is none",
                self.name,
                self.kind.word()
            )));
        }
        let mut plan = (self.make)(ground, target, wishes)?;
        plan.blocks.extend(need::blocks(&plan.needs));
        Ok(plan)
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
        self.switch(from, to).into()
    }

    fn switch(&self, from: Switch, to: Switch) -> SetAccessKeyStatus {
        let key = KeyRef::Id(self.id().clone());
        SetAccessKeyStatus { account: self.account, user: self.user.clone(), key, from, to, quiet: None }
    }

    /// Waits until it was not used for so long, and switches it off; a use between the two is waited for again.
    fn retired(&self, quiet: i64) -> [Step; 2] {
        let (account, key) = (self.account, self.id().clone());
        let off = self.switch(Switch::Active, Switch::Inactive);
        let off = SetAccessKeyStatus { quiet: Some(quiet), ..off };
        [AwaitDisuse { account, key, seconds: quiet }.into(), off.into()]
    }

    fn deleted(&self) -> Step {
        let key = KeyRef::Id(self.id().clone());
        DeleteAccessKey { account: self.account, user: self.user.clone(), key, from: Switch::Inactive }.into()
    }
}
