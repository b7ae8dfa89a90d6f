//! Takes a policy that takes away out again, or puts back what stood there.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Back, Deed};
use crate::{
    act::{
        deny::{self, Deny},
        need::Right,
        note::Receipt,
        outside::{Answer, Trouble},
        request::Request,
        scene::{Scene, Sight},
        vault::Vault,
    },
    base::name::{AccountId, Arn},
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiftDeny {
    pub account: AccountId,
    pub holder: Arn,
    pub deny: Deny,
    pub restore: Option<String>,
}

#[async_trait]
impl Deed for LiftDeny {
    fn about(&self) -> Option<String> {
        Some(format!("{} {}", self.holder, self.deny.name()))
    }

    fn request(&self) -> Request {
        let verb = if self.restore.is_some() { "Put" } else { "Delete" };
        let mut parameters = vec![
            (deny::parameter(&self.holder), self.holder.name().to_owned()),
            ("PolicyName", self.deny.name().to_owned()),
        ];
        parameters.extend(self.restore.iter().map(|document| ("PolicyDocument", document.clone())));
        Request::aws("iam", &format!("{verb}{}Policy", deny::kind(&self.holder)), self.account, parameters)
    }

    fn command(&self) -> String {
        let verb = if self.restore.is_some() { "put" } else { "delete" };
        deny::by_hand(verb, &self.holder, self.deny, self.restore.as_deref())
    }

    fn says(&self) -> String {
        format!("{} is no longer in the way of {}", self.deny.name(), self.holder.name())
    }

    fn needs(&self) -> Vec<Right> {
        deny::needs(&self.holder)
    }

    fn way_back(&self, _: Option<&Receipt>) -> Back {
        Back::Stays("it was an undoing itself")
    }

    fn account(&self) -> Option<AccountId> {
        Some(self.account)
    }

    fn holder(&self) -> Option<&Arn> {
        Some(&self.holder)
    }

    async fn look(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Sight> {
        let there = scene.outside.policy(self.account, &self.holder, self.deny.name()).await?;
        Ok(match (there.as_deref(), self.restore.as_deref()) {
            (None, None) => Sight::After(Receipt::FoundSo),
            (Some(there), Some(restore)) if deny::same(there, restore) => Sight::After(Receipt::FoundSo),
            (Some(there), _) if deny::revoked_until(there).is_some() || self.deny.is_in(there, scene.now) => {
                Sight::Before
            }
            _ => {
                let (policy, holder) = (self.deny.name(), self.holder.name());
                Sight::Other(format!("{policy} of {holder} is not as this run left it"))
            }
        })
    }

    async fn perform(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Receipt> {
        let (outside, name) = (scene.outside, self.deny.name());
        if let Some(document) = &self.restore {
            outside.put_policy(self.account, &self.holder, name, document).await?;
            return Ok(Receipt::Changed);
        }
        match outside.delete_policy(self.account, &self.holder, name).await {
            Err(Trouble::Gone { .. }) => Ok(Receipt::FoundSo),
            answer => answer.map(|()| Receipt::Changed),
        }
    }
}
