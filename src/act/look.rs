//! Looks at the world before a step, and again when nobody knows what the step's call did: is the world as it was before the step, as it
//! will be after it, or as nobody expected?

use super::{
    call::{BLANK, Call, Flag, Flags, KeyRef, Place, Switch, Write},
    deny::{self, Deny},
    note::Receipt,
    outside::{Answer, KeyState, Outside, Trouble, VariableState},
    status::Progress,
    vault::Vault,
};
use crate::base::{
    name::{AccountId, Arn, KeyId},
    text::long_age,
    time::{Age, Timestamp},
};

/// What was seen.
#[derive(Debug)]
pub(super) enum Sight {
    /// The step has not had its effect.
    Before,
    /// It has.
    After(Receipt),
    /// Look again then.
    Later { until: Timestamp, why: String },
    /// Neither: somebody else was here.
    Other(String),
    /// The answer to the making of this key was lost, and its secret with it.
    Orphan(KeyId),
    /// It cannot be known.
    Unknown(String),
}

/// How long things take at AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delays {
    /// Seconds until a change shows in every list. AWS's own console allows 30.
    pub settle: i64,
    /// Seconds until CloudTrail's history certainly shows a call; about five minutes are usual, and nothing is promised.
    pub record: i64,
    /// Seconds after which a new key that is still refused is a fault.
    pub accept: i64,
}

impl Default for Delays {
    fn default() -> Self {
        Self { settle: 30, record: 15 * 60, accept: 10 * 60 }
    }
}

/// Clocks differ: a key that was made a little before its making was announced may be ours.
const SKEW: i64 = 60;

/// Everything a look needs.
pub(super) struct Scene<'a> {
    pub(super) outside: &'a dyn Outside,
    pub(super) now: Timestamp,
    pub(super) progress: &'a Progress,
    pub(super) delays: Delays,
}

impl Scene<'_> {
    pub(super) async fn look(&self, call: &Call, vault: &mut Vault) -> Answer<Sight> {
        match call {
            Call::CreateAccessKey { account, user, known } => self.making(*account, user, known).await,
            Call::ProveAccessKey { account, .. } => self.acceptance(*account, vault).await,
            Call::SetAccessKeyStatus { account, user, key, from, to } => {
                let key = self.key(key)?;
                self.switch(*account, user, key, (*from, *to)).await
            }
            Call::DeleteAccessKey { account, user, key } => {
                let key = self.key(key)?;
                let keys = self.outside.keys(*account, user).await;
                Ok(match keys {
                    Ok(keys) if keys.iter().any(|known| known.key == *key) => Sight::Before,
                    Ok(_) | Err(Trouble::Gone { .. }) => Sight::After(Receipt::FoundSo),
                    Err(trouble) => return Err(trouble),
                })
            }
            Call::WriteVariable { account, place, flags, write } => {
                match self.seen(place, flags, None).await? {
                    Err(other) => Ok(other),
                    Ok(seen) => self.value(*account, (place, write), seen, vault).await,
                }
            }
            Call::Deny { account, holder, deny, before } => {
                let there = self.outside.policy(*account, holder, deny.name()).await?;
                Ok(self.denied(*deny, holder, before.as_deref(), there.as_deref()))
            }
            Call::Lift { account, holder, deny, restore } => {
                let there = self.outside.policy(*account, holder, deny.name()).await?;
                Ok(self.lifted(*deny, holder, restore.as_deref(), there.as_deref()))
            }
            Call::SetTrust { account, role, from, to } => {
                let there = self.outside.trust(*account, role).await?;
                Ok(if deny::same(&there, to) {
                    Sight::After(Receipt::FoundSo)
                } else if deny::same(&there, from) {
                    Sight::Before
                } else {
                    Sight::Other(format!(
                        "the trust policy of {} was changed since the plan was made",
                        role.name()
                    ))
                })
            }
            Call::PauseRunner { instance, runner, to } => {
                let is_paused = self.outside.is_paused(instance, *runner).await?;
                Ok(if is_paused == *to { Sight::After(Receipt::FoundSo) } else { Sight::Before })
            }
            Call::FlagVariable { place, flags, flag, to } => {
                Ok(match self.seen(place, flags, Some(*flag)).await? {
                    Err(other) => other,
                    Ok(seen) if flag.of(&seen.flags) == Some(*to) => Sight::After(Receipt::FoundSo),
                    Ok(_) => Sight::Before,
                })
            }
            Call::BlankVariable { place, flags } => Ok(match self.seen(place, flags, None).await? {
                Err(other) => other,
                Ok(seen) if seen.value.as_ref().is_some_and(|value| value.is(BLANK)) => {
                    Sight::After(Receipt::FoundSo)
                }
                Ok(_) => Sight::Before,
            }),
            Call::AwaitDisuse { account, key, seconds } => self.disuse(*account, key, *seconds).await,
            Call::Soak { seconds } => {
                let until = self.progress.since.plus(*seconds);
                let why = "soaking".to_owned();
                Ok(if self.now >= until {
                    Sight::After(Receipt::Waited)
                } else {
                    Sight::Later { until, why }
                })
            }
        }
    }

    /// The key a call is about.
    fn key<'k>(&'k self, key: &'k KeyRef) -> Answer<&'k KeyId> {
        match key {
            KeyRef::Id(key) => Ok(key),
            KeyRef::Created => {
                self.progress.made.as_ref().ok_or_else(|| Trouble::Gone { call: "the new key".into() })
            }
        }
    }

    /// A variable, if it is there with the flags of the plan; the one that is to be set may be either way.
    async fn seen(
        &self,
        place: &Place,
        flags: &Flags,
        set: Option<Flag>,
    ) -> Answer<Result<VariableState, Sight>> {
        let seen = match self.outside.variable(place).await {
            Err(Trouble::Gone { .. }) => {
                return Ok(Err(Sight::Other(format!("{place} is not there any more"))));
            }
            seen => seen?,
        };
        let other = flags.differs(&seen.flags).filter(|name| set.is_none_or(|set| set.word() != *name));
        Ok(match other {
            Some(flag) => Err(Sight::Other(format!("{place}: `{flag}` was changed since the plan was made"))),
            None => Ok(seen),
        })
    }

    /// What a policy that stands there means for one that is to be written.
    fn denied(&self, deny: Deny, holder: &Arn, before: Option<&str>, there: Option<&str>) -> Sight {
        let Some(there) = there else { return Sight::Before };
        if deny.is_in(there, self.progress.since) {
            return Sight::After(Receipt::FoundSo);
        }
        let is_older = deny == Deny::OlderSessions && deny::revoked_until(there).is_some();
        if is_older || before.is_some_and(|before| deny::same(before, there)) {
            return Sight::Before;
        }
        Sight::Other(format!("{} has another policy called {}", holder.name(), deny.name()))
    }

    /// The same for one that is to be taken back.
    fn lifted(&self, deny: Deny, holder: &Arn, restore: Option<&str>, there: Option<&str>) -> Sight {
        match (there, restore) {
            (None, None) => Sight::After(Receipt::FoundSo),
            (Some(there), Some(restore)) if deny::same(there, restore) => Sight::After(Receipt::FoundSo),
            (Some(there), _) if deny::revoked_until(there).is_some() || deny.is_in(there, self.now) => {
                Sight::Before
            }
            _ => Sight::Other(format!("{} of {} is not as this run left it", deny.name(), holder.name())),
        }
    }

    async fn making(&self, account: AccountId, user: &Arn, known: &[KeyId]) -> Answer<Sight> {
        let keys = self.outside.keys(account, user).await?;
        if let Some(gone) = known.iter().find(|key| !keys.iter().any(|seen| seen.key == **key)) {
            return Ok(Sight::Other(format!("{gone} was deleted since the plan was made")));
        }
        let more: Vec<&KeyState> = keys.iter().filter(|seen| !known.contains(&seen.key)).collect();
        let Some(doubt) = self.progress.doubt else {
            return Ok(match more.first() {
                Some(other) => Sight::Other(format!(
                    "{} got another key, {}, since the plan was made",
                    user.name(),
                    other.key
                )),
                None => Sight::Before,
            });
        };
        let Some(found) = more.first() else {
            let until = doubt.plus(self.delays.settle);
            let why = "whether the key was made shows in AWS's lists by then".to_owned();
            return Ok(if self.now >= until { Sight::Before } else { Sight::Later { until, why } });
        };
        if more.len() > 1 {
            return Ok(Sight::Unknown(format!("{} got several keys: which is this run's?", user.name())));
        }
        if found.created.is_some_and(|created| created.plus(SKEW) < doubt) {
            return Ok(Sight::Other(format!(
                "{} was made by somebody else, before this run asked",
                found.key
            )));
        }
        self.whose(account, &found.key, doubt).await
    }

    /// Of a key that appeared while the answer was lost: CloudTrail's record of its making bears the run's mark, or somebody else's.
    async fn whose(&self, account: AccountId, key: &KeyId, doubt: Timestamp) -> Answer<Sight> {
        if self.progress.claimed.as_ref() == Some(key) {
            return Ok(Sight::Orphan(key.clone()));
        }
        let why = format!("{key} appeared as the answer to CreateAccessKey was lost");
        Ok(match self.outside.maker(account, key).await {
            Ok(Some(agent)) if agent.contains(&self.progress.mark) => Sight::Orphan(key.clone()),
            Ok(Some(_)) => Sight::Other(format!("{key} was made by somebody else at the same time")),
            Ok(None) if self.now < doubt.plus(self.delays.record) => {
                let until = self.now.plus(60).min(doubt.plus(self.delays.record));
                Sight::Later { until, why: format!("{why}: CloudTrail will tell whose it is") }
            }
            Err(Trouble::Busy { call }) => return Err(Trouble::Busy { call }),
            Ok(None) | Err(_) => Sight::Unknown(format!(
                "{why}, and CloudTrail does not tell who made it: if nobody else did, resume with --ours {key}, \
                 which deletes it; its secret is lost"
            )),
        })
    }

    async fn acceptance(&self, account: AccountId, vault: &Vault) -> Answer<Sight> {
        let made = self.progress.made.as_ref();
        let (Some(key), Some(secret)) = (made, vault.of(made)) else {
            return Ok(Sight::Unknown("the new key's secret is not here".into()));
        };
        if self.outside.accepts(account, key, secret).await? {
            return Ok(Sight::After(Receipt::Accepted));
        }
        if self.now >= self.progress.since.plus(self.delays.accept) {
            let time = long_age(Age::from_seconds(self.delays.accept));
            return Ok(Sight::Other(format!("AWS does not accept {key} after {time}")));
        }
        Ok(Sight::Later { until: self.now.plus(2), why: format!("AWS does not know {key} everywhere yet") })
    }

    async fn switch(
        &self,
        account: AccountId,
        user: &Arn,
        key: &KeyId,
        (from, to): (Switch, Switch),
    ) -> Answer<Sight> {
        let keys = self.outside.keys(account, user).await?;
        let found = keys.iter().find(|known| known.key == *key);
        Ok(match found.map(|found| found.switch) {
            None => Sight::Other(format!("{key} is not there any more")),
            Some(Some(now)) if now == to => Sight::After(Receipt::FoundSo),
            Some(Some(now)) if now == from => Sight::Before,
            Some(_) => Sight::Other(format!("{key} has expired")),
        })
    }

    async fn disuse(&self, account: AccountId, key: &KeyId, seconds: i64) -> Answer<Sight> {
        let used = self.outside.last_use(account, key).await?;
        let from = used.map_or(self.progress.since, |used| used.max(self.progress.since));
        let until = from.plus(seconds);
        if self.now >= until {
            return Ok(Sight::After(Receipt::Waited));
        }
        let why = match used.filter(|used| *used > self.progress.since) {
            Some(used) => format!("{key} was still used at {used}"),
            None => format!("{key} must rest"),
        };
        Ok(Sight::Later { until, why })
    }

    async fn value(
        &self,
        account: AccountId,
        (place, write): (&Place, &Write),
        seen: VariableState,
        vault: &mut Vault,
    ) -> Answer<Sight> {
        let made = self.progress.made.as_ref();
        // A key that this run has made and deleted again is as good as the old one: it is to be replaced.
        let replaced =
            |old: &KeyId, is: &dyn Fn(&KeyId) -> bool| is(old) || self.progress.discarded.iter().any(is);
        let holds_other = || Sight::Other(format!("{place} holds something else than the plan says"));
        let Some(value) = seen.value else {
            // GitLab never shows it again: what is there is what the plan says, as far as anybody can know.
            let is_text = matches!(write, Write::PairInText { .. });
            return Ok(if is_text { holds_other() } else { Sight::Before });
        };
        match write {
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
                        None => self.outside.accepts(account, made, &value).await?,
                    };
                    if is_new {
                        vault.keep(made.clone(), value);
                        return Ok(Sight::After(Receipt::FoundSo));
                    }
                }
                if self.outside.accepts(account, instead_of, &value).await? {
                    return Ok(Sight::Before);
                }
                // A key that is switched off proves nothing.
                let keys = self.outside.keys(account, user).await?;
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
