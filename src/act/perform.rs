//! Makes the call of one step, once. Whether it may be made was decided before.

use super::{
    call::{BLANK, Call, KeyRef, Write},
    note::Receipt,
    outside::{Answer, Outside, Trouble},
    status::Progress,
    vault::Vault,
};
use crate::base::{
    blame::Blame,
    name::{AccountId, KeyId},
    secret::Secret,
    time::Timestamp,
};

pub(super) async fn perform(
    outside: &dyn Outside,
    now: Timestamp,
    progress: &Progress,
    vault: &mut Vault,
    call: &Call,
) -> Answer<Receipt> {
    let key = |key: &KeyRef| match key {
        KeyRef::Id(key) => Ok(key.clone()),
        KeyRef::Created => made(progress).cloned(),
    };
    match call {
        Call::CreateAccessKey { account, user, .. } => {
            let new = outside.create_key(*account, user, &progress.mark).await?;
            vault.keep(new.key.clone(), new.secret);
            return Ok(Receipt::Made(new.key));
        }
        Call::SetAccessKeyStatus { account, user, key: which, to, .. } => {
            outside.switch_key(*account, user, &key(which)?, *to).await?;
        }
        Call::DeleteAccessKey { account, user, key: which } => {
            match outside.delete_key(*account, user, &key(which)?).await {
                Err(Trouble::Gone { .. }) => return Ok(Receipt::FoundSo),
                answer => answer?,
            }
        }
        Call::WriteVariable { account, place, write, .. } => {
            let value = match write {
                Write::KeyId { .. } => Secret::new(made(progress)?.to_string()),
                Write::Secret { .. } => {
                    outside.write_variable(place, secret(progress, vault)?).await?;
                    return Ok(Receipt::Changed);
                }
                Write::PairInText { instead_of } => {
                    let value = outside.variable(place).await?.value.ok_or_else(|| refused(HIDDEN))?;
                    let old = old_secret(outside, *account, instead_of, &value).await?;
                    let names = (instead_of.as_str(), made(progress)?.as_str());
                    value.exchanged(names, (&old, secret(progress, vault)?))
                }
            };
            outside.write_variable(place, &value).await?;
        }
        Call::Deny { account, holder, deny, .. } => {
            outside.put_policy(*account, holder, deny.name(), &deny.document(now)).await?;
        }
        Call::Lift { account, holder, deny, restore: Some(document) } => {
            outside.put_policy(*account, holder, deny.name(), document).await?;
        }
        Call::Lift { account, holder, deny, restore: None } => {
            match outside.delete_policy(*account, holder, deny.name()).await {
                Err(Trouble::Gone { .. }) => return Ok(Receipt::FoundSo),
                answer => answer?,
            }
        }
        Call::SetTrust { account, role, to, .. } => outside.set_trust(*account, role, to).await?,
        Call::PauseRunner { instance, runner, to } => outside.pause_runner(instance, *runner, *to).await?,
        Call::FlagVariable { place, flag, to, .. } => outside.flag_variable(place, *flag, *to).await?,
        Call::BlankVariable { place, .. } => {
            outside.write_variable(place, &Secret::new(BLANK.to_owned())).await?;
        }
        // Waits are over when a look says so.
        Call::ProveAccessKey { .. } | Call::AwaitDisuse { .. } | Call::Soak { .. } => {}
    }
    Ok(Receipt::Changed)
}

const HIDDEN: &str = "GitLab does not show the text any more.";

fn made(progress: &Progress) -> Answer<&KeyId> {
    progress.made.as_ref().ok_or_else(|| refused("there is no new key yet."))
}

fn secret<'v>(progress: &Progress, vault: &'v Vault) -> Answer<&'v Secret> {
    vault.of(progress.made.as_ref()).ok_or_else(|| refused("the new key's secret is not here."))
}

fn refused(why: &str) -> Trouble {
    Trouble::Refused { blame: Blame::Scope(why.to_owned()), call: "the new pair".to_owned() }
}

/// Which part of a text is the old key's secret: the one that AWS accepts with the old key's id, or the only one there is.
async fn old_secret(outside: &dyn Outside, account: AccountId, key: &KeyId, text: &Secret) -> Answer<Secret> {
    let mut parts = text.secret_keys();
    for index in 0..parts.len() {
        if outside.accepts(account, key, &parts[index]).await? {
            return Ok(parts.swap_remove(index));
        }
    }
    match parts.pop() {
        Some(only) if parts.is_empty() => Ok(only),
        _ => Err(refused("which part of the text is the old secret cannot be told; write it by hand.")),
    }
}
