//! Writes the new key, or a part of it, where the old one stands.

use std::fmt;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Back, Call, Deed, Flags, Place, Switch};
use crate::{
    act::{
        need::Right,
        note::Receipt,
        outside::{Answer, KeyState, Outside, Trouble, VariableState},
        request::Request,
        scene::{Scene, Sight},
        vault::Vault,
    },
    base::{
        blame::Blame,
        name::{AccountId, Arn, KeyId},
        secret::Secret,
    },
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteVariable {
    /// The one whose key the variable holds.
    pub account: AccountId,
    pub place: Place,
    pub flags: Flags,
    pub write: Write,
}

/// What is written into a variable. Secrets are named by what they are, and never stand here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Write {
    /// The new key's secret, where the secret of this key stands.
    Secret { instead_of: KeyId, user: Arn },
    /// The new key's id, where this one stands.
    KeyId { instead_of: KeyId },
    /// Both, inside a longer text.
    PairInText { instead_of: KeyId },
}

impl fmt::Display for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Secret { .. } => "the new key's secret",
            Self::KeyId { .. } => "the new key's id",
            Self::PairInText { .. } => "the same text with the new key's id and secret in it",
        })
    }
}

#[async_trait]
impl Deed for WriteVariable {
    fn about(&self) -> Option<String> {
        Some(self.place.to_string())
    }

    fn request(&self) -> Request {
        self.place.put(("value", self.write.to_string()))
    }

    fn command(&self) -> String {
        let value = match self.write {
            Write::Secret { .. } => "$NEW_SECRET",
            Write::KeyId { .. } => "$NEW_KEY",
            Write::PairInText { .. } => "$NEW_TEXT",
        };
        self.place.put_by_hand(&format!("--raw-field \"value={value}\""))
    }

    fn says(&self) -> String {
        format!("{} holds {}; its flags stay", self.place, self.write)
    }

    fn needs(&self) -> Vec<Right> {
        self.place.needs()
    }

    fn way_back(&self, _: Option<&Receipt>) -> Back {
        Back::No("the old secret was not kept")
    }

    fn account(&self) -> Option<AccountId> {
        Some(self.account)
    }

    fn instance(&self) -> Option<&str> {
        Some(&self.place.instance)
    }

    fn gap(&self, next: &Call) -> Option<&Place> {
        let is_id = matches!(next, Call::WriteVariable(Self { write: Write::KeyId { .. }, .. }));
        (matches!(self.write, Write::Secret { .. }) && is_id).then_some(&self.place)
    }

    fn needs_secret(&self) -> bool {
        matches!(self.write, Write::Secret { .. } | Write::PairInText { .. })
    }

    async fn look(&self, scene: &Scene<'_>, vault: &mut Vault) -> Answer<Sight> {
        match self.place.seen(scene, &self.flags, None).await? {
            Err(other) => Ok(other),
            Ok(seen) => self.value(scene, seen, vault).await,
        }
    }

    async fn perform(&self, scene: &Scene<'_>, vault: &mut Vault) -> Answer<Receipt> {
        let made = scene.progress.made.as_ref().ok_or_else(|| refused("there is no new key yet."))?;
        let secret = || vault.of(Some(made)).ok_or_else(|| refused("the new key's secret is not here."));
        let outside = scene.outside;
        match &self.write {
            Write::Secret { .. } => outside.write_variable(&self.place, secret()?).await?,
            Write::KeyId { .. } => {
                outside.write_variable(&self.place, &Secret::new(made.to_string())).await?;
            }
            Write::PairInText { instead_of } => {
                let value = outside.variable(&self.place).await?.value.ok_or_else(|| refused(HIDDEN))?;
                let old = old_secret(outside, self.account, instead_of, &value).await?;
                let value = value.exchanged((instead_of.as_str(), made.as_str()), (&old, secret()?));
                outside.write_variable(&self.place, &value).await?;
            }
        }
        Ok(Receipt::Changed)
    }
}

impl WriteVariable {
    async fn value(&self, scene: &Scene<'_>, seen: VariableState, vault: &mut Vault) -> Answer<Sight> {
        let place = &self.place;
        let made = scene.progress.made.as_ref();
        // A key that this run has made and deleted again is as good as the old one: it is to be replaced.
        let replaced =
            |old: &KeyId, is: &dyn Fn(&KeyId) -> bool| is(old) || scene.progress.discarded.iter().any(is);
        let holds_other = || Sight::Other(format!("{place} holds something else than the plan says"));
        let Some(value) = seen.value else {
            // GitLab never shows it again: what is there is what the plan says, as far as anybody can know.
            let is_text = matches!(self.write, Write::PairInText { .. });
            return Ok(if is_text { holds_other() } else { Sight::Before });
        };
        match &self.write {
            Write::KeyId { instead_of } => Ok(match made {
                Some(made) if value.is(made.as_str()) => Sight::After(Receipt::FoundSo),
                _ if replaced(instead_of, &|key| value.is(key.as_str())) => Sight::Before,
                _ => holds_other(),
            }),
            Write::PairInText { instead_of } => Ok(match made {
                Some(made) if value.holds(made.as_str()) => Sight::After(Receipt::FoundSo),
                _ if !value.holds(instead_of.as_str()) => holds_other(),
                _ if value.secret_keys().is_empty() => Sight::Other(format!(
                    "{place} holds {instead_of} and no secret: where its secret stands is not known"
                )),
                _ => Sight::Before,
            }),
            Write::Secret { instead_of, user } => {
                if let Some(made) = made {
                    let is_new = match vault.of(Some(made)) {
                        Some(secret) => value.is_same(secret),
                        None => scene.outside.accepts(self.account, made, &value).await?,
                    };
                    if is_new {
                        vault.keep(made.clone(), value);
                        return Ok(Sight::After(Receipt::FoundSo));
                    }
                }
                if scene.outside.accepts(self.account, instead_of, &value).await? {
                    return Ok(Sight::Before);
                }
                // A key that is switched off proves nothing.
                let keys = scene.outside.keys(self.account, user).await?;
                let is_on = |key: &KeyState| key.key == *instead_of && key.switch == Some(Switch::Active);
                Ok(if keys.iter().any(is_on) {
                    Sight::Other(format!("{place} does not hold the secret of {instead_of}"))
                } else {
                    Sight::Before
                })
            }
        }
    }
}

const HIDDEN: &str = "GitLab does not show the text any more.";

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
