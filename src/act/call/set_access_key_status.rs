//! Switches an access key on or off.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Back, Deed, KeyRef, Switch, key::on};
use crate::{
    act::{
        need::Right,
        note::Receipt,
        outside::Answer,
        request::{Request, quoted},
        scene::{Scene, Sight},
        vault::Vault,
    },
    base::name::{AccountId, Arn, KeyId},
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAccessKeyStatus {
    pub account: AccountId,
    pub user: Arn,
    pub key: KeyRef,
    pub from: Switch,
    pub to: Switch,
    /// Seconds for which it must not have been used when it is switched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<i64>,
}

impl SetAccessKeyStatus {
    /// Was it used since what was waited for was there? A run may have rested long between the two.
    async fn rested(&self, scene: &Scene<'_>, key: &KeyId) -> Answer<Sight> {
        let Some(quiet) = self.quiet else { return Ok(Sight::Before) };
        let used = scene.outside.last_use(self.account, key).await?;
        let until = used.map(|used| (used, used.plus(quiet))).filter(|(_, until)| scene.now < *until);
        Ok(until.map_or(Sight::Before, |(used, until)| Sight::Later {
            until,
            why: format!("{key} was still used at {used}"),
        }))
    }
}

#[async_trait]
impl Deed for SetAccessKeyStatus {
    fn about(&self) -> Option<String> {
        self.key.id().map(ToString::to_string)
    }

    fn request(&self) -> Request {
        let parameters = vec![
            ("UserName", self.user.name().to_owned()),
            ("AccessKeyId", self.key.to_string()),
            ("Status", self.to.word().to_owned()),
        ];
        Request::aws("iam", "UpdateAccessKey", self.account, parameters)
    }

    fn command(&self) -> String {
        format!(
            "aws iam update-access-key --user-name {} --access-key-id {} --status {}",
            quoted(self.user.name()),
            self.key.word(),
            self.to.word()
        )
    }

    fn says(&self) -> String {
        match self.to {
            Switch::Inactive => {
                format!("{} stops working; sessions it has opened live on until they expire", self.key)
            }
            Switch::Active => format!("{} works again", self.key),
        }
    }

    fn needs(&self) -> Vec<Right> {
        on(&self.user, &["iam:ListAccessKeys", "iam:UpdateAccessKey"])
    }

    fn way_back(&self, _: Option<&Receipt>) -> Back {
        Back::By(Self { from: self.to, to: self.from, quiet: None, ..self.clone() }.into())
    }

    fn account(&self) -> Option<AccountId> {
        Some(self.account)
    }

    fn holder(&self) -> Option<&Arn> {
        Some(&self.user)
    }

    async fn look(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Sight> {
        let key = self.key.known(scene)?;
        let keys = scene.outside.keys(self.account, &self.user).await?;
        let found = keys.iter().find(|known| known.key == *key);
        Ok(match found.map(|found| found.switch) {
            None => Sight::Other(format!("{key} is not there any more")),
            Some(Some(now)) if now == self.to => Sight::After(Receipt::FoundSo),
            Some(Some(now)) if now == self.from => self.rested(scene, key).await?,
            Some(_) => Sight::Other(format!("{key} has expired")),
        })
    }

    async fn perform(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Receipt> {
        scene.outside.switch_key(self.account, &self.user, self.key.known(scene)?, self.to).await?;
        Ok(Receipt::Changed)
    }
}
