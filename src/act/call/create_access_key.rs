//! Makes an access key. It must happen once: the answer carries a secret that nobody can ask for again.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Back, Deed, DeleteAccessKey, KeyRef, Switch, key::on};
use crate::{
    act::{
        need::Right,
        note::{Ask, Receipt},
        outside::{Answer, KeyState, Trouble},
        request::{Request, quoted},
        scene::{Scene, Sight},
        vault::Vault,
    },
    base::{
        name::{AccountId, Arn, KeyId},
        time::Timestamp,
    },
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateAccessKey {
    pub account: AccountId,
    pub user: Arn,
    /// Every key the user has when the plan is made.
    pub known: Vec<KeyId>,
}

/// Clocks differ: a key that was made a little before its making was announced may be ours.
const SKEW: i64 = 60;

#[async_trait]
impl Deed for CreateAccessKey {
    fn about(&self) -> Option<String> {
        Some(self.user.to_string())
    }

    fn request(&self) -> Request {
        Request::aws("iam", "CreateAccessKey", self.account, vec![("UserName", self.user.name().to_owned())])
    }

    fn command(&self) -> String {
        format!("aws iam create-access-key --user-name {}", quoted(self.user.name()))
    }

    fn says(&self) -> String {
        format!("{} gets a second access key; its secret stays in this process's memory", self.user.name())
    }

    fn needs(&self) -> Vec<Right> {
        let mut needs = on(&self.user, &["iam:ListAccessKeys", "iam:CreateAccessKey"]);
        let lookup = Right::anywhere(self.account, "cloudtrail:LookupEvents");
        needs.push(lookup.only("should the answer to CreateAccessKey be lost"));
        needs
    }

    fn way_back(&self, receipt: Option<&Receipt>) -> Back {
        let key = match receipt {
            Some(Receipt::Made(key)) => KeyRef::Id(key.clone()),
            _ => KeyRef::Created,
        };
        Back::By(
            DeleteAccessKey { account: self.account, user: self.user.clone(), key, from: Switch::Active }
                .into(),
        )
    }

    fn account(&self) -> Option<AccountId> {
        Some(self.account)
    }

    fn holder(&self) -> Option<&Arn> {
        Some(&self.user)
    }

    fn is_repeatable(&self) -> bool {
        false
    }

    async fn look(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Sight> {
        let keys = scene.outside.keys(self.account, &self.user).await?;
        if let Some(gone) = self.known.iter().find(|key| !keys.iter().any(|seen| seen.key == **key)) {
            return Ok(Sight::Other(format!("{gone} was deleted since the plan was made")));
        }
        // A list may show for a while what this run has deleted.
        let is_known = |key: &KeyId| self.known.contains(key) || scene.progress.discarded.contains(key);
        let more: Vec<&KeyState> = keys.iter().filter(|seen| !is_known(&seen.key)).collect();
        let Some(doubt) = scene.progress.doubt else {
            return Ok(match more.first() {
                Some(other) => Sight::Other(format!(
                    "{} got another key, {}, since the plan was made",
                    self.user.name(),
                    other.key
                )),
                None => Sight::Before,
            });
        };
        let Some(found) = more.first() else {
            let until = doubt.plus(scene.delays.settle);
            let why = "whether the key was made shows in AWS's lists by then".to_owned();
            return Ok(if scene.now >= until { Sight::Before } else { Sight::Later { until, why } });
        };
        if more.len() > 1 {
            let who = self.user.name();
            return Ok(Sight::Unknown(format!("{who} got several keys: which is this run's?")));
        }
        if found.created.is_some_and(|created| created.plus(SKEW) < doubt) {
            return Ok(Sight::Other(format!(
                "{} was made by somebody else, before this run asked",
                found.key
            )));
        }
        whose(scene, self.account, &found.key, doubt).await
    }

    async fn perform(&self, scene: &Scene<'_>, vault: &mut Vault) -> Answer<Receipt> {
        let new = scene.outside.create_key(self.account, &self.user, &scene.progress.mark).await?;
        vault.keep(new.key.clone(), new.secret);
        Ok(Receipt::Made(new.key))
    }
}

/// Of a key that appeared while the answer was lost: CloudTrail's record of its making bears the run's mark, or somebody else's.
async fn whose(scene: &Scene<'_>, account: AccountId, key: &KeyId, doubt: Timestamp) -> Answer<Sight> {
    if scene.progress.claimed.as_ref() == Some(key) {
        return Ok(Sight::Orphan(key.clone()));
    }
    let why = format!("{key} appeared as the answer to CreateAccessKey was lost");
    Ok(match scene.outside.maker(account, key).await {
        Ok(Some(agent)) if agent.contains(&scene.progress.mark) => Sight::Orphan(key.clone()),
        Ok(Some(_)) => Sight::Other(format!("{key} was made by somebody else at the same time")),
        Ok(None) if scene.now < doubt.plus(scene.delays.record) => {
            let until = scene.now.plus(60).min(doubt.plus(scene.delays.record));
            Sight::Later { until, why: format!("{why}: CloudTrail will tell whose it is") }
        }
        Err(Trouble::Busy { call }) => return Err(Trouble::Busy { call }),
        Ok(None) | Err(_) => Sight::Asks(
            Ask::Ours(key.clone()),
            format!(
                "{why}, and CloudTrail does not tell who made it: if nobody else did, resume with --ours {key}, \
             which deletes it; its secret is lost"
            ),
        ),
    })
}
