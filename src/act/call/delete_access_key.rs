//! Deletes an access key, if nobody has switched it since: one that was switched on again is needed by somebody.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Back, Deed, KeyRef, Switch, key::on};
use crate::{
    act::{
        need::Right,
        note::Receipt,
        outside::{Answer, Trouble},
        request::{Request, quoted},
        scene::{Scene, Sight},
        vault::Vault,
    },
    base::name::{AccountId, Arn},
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteAccessKey {
    pub account: AccountId,
    pub user: Arn,
    pub key: KeyRef,
    /// What it is until then.
    pub from: Switch,
}

#[async_trait]
impl Deed for DeleteAccessKey {
    fn about(&self) -> Option<String> {
        self.key.id().map(ToString::to_string)
    }

    fn request(&self) -> Request {
        let parameters =
            vec![("UserName", self.user.name().to_owned()), ("AccessKeyId", self.key.to_string())];
        Request::aws("iam", "DeleteAccessKey", self.account, parameters)
    }

    fn command(&self) -> String {
        format!(
            "aws iam delete-access-key --user-name {} --access-key-id {}",
            quoted(self.user.name()),
            self.key.word()
        )
    }

    fn says(&self) -> String {
        format!("{} is gone for ever", self.key)
    }

    fn needs(&self) -> Vec<Right> {
        on(&self.user, &["iam:ListAccessKeys", "iam:DeleteAccessKey"])
    }

    fn way_back(&self, _: Option<&Receipt>) -> Back {
        Back::No("a deleted key never comes back")
    }

    fn account(&self) -> Option<AccountId> {
        Some(self.account)
    }

    fn holder(&self) -> Option<&Arn> {
        Some(&self.user)
    }

    async fn look(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Sight> {
        let key = self.key.known(scene)?;
        let keys = match scene.outside.keys(self.account, &self.user).await {
            Err(Trouble::Gone { .. }) => Vec::new(),
            keys => keys?,
        };
        let found = keys.iter().find(|known| known.key == *key);
        Ok(match found.map(|found| found.switch) {
            None => Sight::After(Receipt::FoundSo),
            Some(Some(now)) if now != self.from => {
                let now = now.word().to_lowercase();
                Sight::Other(format!("{key} was made {now} by somebody: find out who needs it"))
            }
            Some(_) => Sight::Before,
        })
    }

    async fn perform(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Receipt> {
        match scene.outside.delete_key(self.account, &self.user, self.key.known(scene)?).await {
            Err(Trouble::Gone { .. }) => Ok(Receipt::FoundSo),
            answer => answer.map(|()| Receipt::Changed),
        }
    }
}
