//! What every plan has: as whom its calls are made, and which permissions they need.

use super::{Action, Ground, WhyNot};
use crate::{
    act::{
        consumers::Consumers,
        need,
        plan::{Identity, Plan, Step, VERSION},
    },
    base::name::AccountId,
    model::{aws::Account, gitlab::Instance, id::Id},
};

/// A plan without anything special: who acts, with which permissions, and who is affected, follow from the steps.
pub(super) fn plan(
    ground: &Ground<'_>,
    action: &Action,
    target: &Id,
    title: String,
    steps: Vec<Step>,
    consumers: Consumers,
) -> Result<Plan, WhyNot> {
    let mut identities: Vec<Identity> = Vec::new();
    let mut rights = Vec::new();
    for step in &steps {
        if let Some(account) = step.0.account() {
            identities.push(aws_identity(ground, account)?);
        }
        if let Some(instance) = step.0.instance() {
            identities.push(gitlab_identity(ground, instance)?);
        }
        rights.extend(step.0.needs());
    }
    identities.sort();
    identities.dedup();
    let needs = need::judged(ground.estate, &identities, rights);
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
        texts: Vec::new(),
        confirm: None,
        rungs: false,
        undoes: None,
    })
}

pub(in crate::act) fn aws_identity(ground: &Ground<'_>, account: AccountId) -> Result<Identity, WhyNot> {
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
            "the token for {instance} has no scope `api`: it cannot change anything"
        )));
    }
    Ok(Identity::GitLab { instance: instance.to_owned(), login: seen.login.clone().ok_or_else(unseen)? })
}
