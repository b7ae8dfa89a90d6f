//! Writes a policy into a user or a role that takes away.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Back, Deed, LiftDeny};
use crate::{
    act::{
        deny::{self, Deny},
        need::Right,
        note::Receipt,
        outside::Answer,
        request::Request,
        scene::{Scene, Sight},
        vault::Vault,
    },
    base::name::{AccountId, Arn},
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutDeny {
    pub account: AccountId,
    pub holder: Arn,
    pub deny: Deny,
    /// The document that stands there under its name.
    pub before: Option<String>,
}

#[async_trait]
impl Deed for PutDeny {
    fn about(&self) -> Option<String> {
        Some(format!("{} {}", self.holder, self.deny.name()))
    }

    fn request(&self) -> Request {
        let parameters = vec![
            (deny::parameter(&self.holder), self.holder.name().to_owned()),
            ("PolicyName", self.deny.name().to_owned()),
            ("PolicyDocument", self.deny.says().to_owned()),
        ];
        Request::aws("iam", &format!("Put{}Policy", deny::kind(&self.holder)), self.account, parameters)
    }

    fn command(&self) -> String {
        deny::by_hand("put", &self.holder, self.deny, Some("file://deny.json"))
    }

    fn says(&self) -> String {
        let who = self.holder.name();
        match self.deny {
            Deny::OlderSessions => {
                format!(
                    "every session of {who} that is older than half a minute from then is refused everything"
                )
            }
            Deny::Everything => format!("{who} is refused everything"),
        }
    }

    fn needs(&self) -> Vec<Right> {
        deny::needs(&self.holder)
    }

    fn way_back(&self, _: Option<&Receipt>) -> Back {
        let Self { account, holder, deny, before } = self.clone();
        Back::By(LiftDeny { account, holder, deny, restore: before }.into())
    }

    fn account(&self) -> Option<AccountId> {
        Some(self.account)
    }

    fn holder(&self) -> Option<&Arn> {
        Some(&self.holder)
    }

    async fn look(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Sight> {
        let there = scene.outside.policy(self.account, &self.holder, self.deny.name()).await?;
        let Some(there) = there else { return Ok(Sight::Before) };
        if self.deny.is_in(&there, scene.progress.since) {
            return Ok(Sight::After(Receipt::FoundSo));
        }
        let is_older = self.deny == Deny::OlderSessions && deny::revoked_until(&there).is_some();
        if is_older || self.before.as_ref().is_some_and(|before| deny::same(before, &there)) {
            return Ok(Sight::Before);
        }
        Ok(Sight::Other(format!("{} has another policy called {}", self.holder.name(), self.deny.name())))
    }

    async fn perform(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Receipt> {
        let document = self.deny.document(scene.now);
        scene.outside.put_policy(self.account, &self.holder, self.deny.name(), &document).await?;
        Ok(Receipt::Changed)
    }
}
