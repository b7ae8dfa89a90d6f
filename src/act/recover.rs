//! What becomes of a new key whose secret this process does not have: the one that had it has died.
//!
//! A readable variable that was written already holds the secret, and gives it back. Where none does, the key is deleted and another is
//! made, unless a variable works with it already.

use super::{
    call::{Call, Write, WriteVariable},
    note::Ask,
    outside::{Answer, Outside, Trouble},
    plan::Step,
    status::Progress,
    vault::Vault,
};
use crate::base::name::{AccountId, KeyId};

pub(super) enum Recovery {
    /// The secret is in the vault again.
    Found,
    /// Nothing works with this key: it can go.
    Discard(KeyId),
    /// One sentence for a person, and what could be said to it.
    Stuck(String, Option<Ask>),
}

pub(super) async fn recover(
    outside: &dyn Outside,
    steps: &[Step],
    progress: &Progress,
    vault: &mut Vault,
) -> Answer<Recovery> {
    let Some(made) = progress.made.clone() else {
        return Ok(Recovery::Stuck("there is no new key to go on with".into(), None));
    };
    // The step under way may have been written too.
    let reached = steps.iter().take(progress.step + 1).map(|step| &step.0);
    let mut in_use = Vec::new();
    let mut unknown = None;
    for call in reached {
        let Call::WriteVariable(WriteVariable { account, place, write, .. }) = call else { continue };
        let value = match outside.variable(place).await {
            Ok(seen) => seen.value,
            Err(Trouble::Gone { .. }) => continue,
            Err(trouble) => return Err(trouble),
        };
        let value = match (write, value) {
            (Write::Secret { .. }, Some(value)) => {
                if try_key(outside, *account, &made, value, vault).await? {
                    return Ok(Recovery::Found);
                }
                continue;
            }
            (_, value) => value,
        };
        match (write, value) {
            (Write::PairInText { .. }, Some(text)) if text.holds(made.as_str()) => {
                for part in text.secret_keys() {
                    if try_key(outside, *account, &made, part, vault).await? {
                        return Ok(Recovery::Found);
                    }
                }
                in_use.push(place);
            }
            (Write::KeyId { .. }, Some(value)) if value.is(made.as_str()) => in_use.push(place),
            (Write::Secret { .. }, None) if progress.doubt.is_some() && is_current(steps, progress, call) => {
                unknown = Some(place);
            }
            // A hidden variable that an earlier step wrote.
            (Write::KeyId { .. }, None) if !is_current(steps, progress, call) => in_use.push(place),
            _ => {}
        }
    }
    Ok(match in_use.first() {
        None => Recovery::Discard(made),
        Some(place) => {
            let state = unknown.map_or_else(
                || "every variable works, with the new key or with the old one".to_owned(),
                |unknown| format!("{unknown} may hold the secret of either key, and its pair may not work"),
            );
            let why = format!(
                "{place} works with {made}, whose secret died with the process that had it and is shown nowhere: {state}; resume with \
                 --discard {made} to make another key: until they are written anew, variables that hold this one do not work"
            );
            Recovery::Stuck(why, Some(Ask::Discard(made)))
        }
    })
}

fn is_current(steps: &[Step], progress: &Progress, call: &Call) -> bool {
    steps.get(progress.step).is_some_and(|step| step.0 == *call)
}

async fn try_key(
    outside: &dyn Outside,
    account: AccountId,
    key: &KeyId,
    secret: crate::base::secret::Secret,
    vault: &mut Vault,
) -> Answer<bool> {
    let accepted = outside.accepts(account, key, &secret).await?;
    if accepted {
        vault.keep(key.clone(), secret);
    }
    Ok(accepted)
}
