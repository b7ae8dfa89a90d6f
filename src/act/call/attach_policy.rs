//! Gives a role a managed policy, or takes it away again.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Back, Deed, key::on};
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
pub struct AttachPolicy {
    pub account: AccountId,
    pub role: Arn,
    pub policy: Arn,
    /// Shall the role have it?
    pub to: bool,
}

#[async_trait]
impl Deed for AttachPolicy {
    fn about(&self) -> Option<String> {
        Some(format!("{} {}", self.role, self.policy))
    }

    fn request(&self) -> Request {
        let parameters =
            vec![("RoleName", self.role.name().to_owned()), ("PolicyArn", self.policy.to_string())];
        let operation = if self.to { "AttachRolePolicy" } else { "DetachRolePolicy" };
        Request::aws("iam", operation, self.account, parameters)
    }

    fn command(&self) -> String {
        let verb = if self.to { "attach" } else { "detach" };
        let (role, policy) = (quoted(self.role.name()), quoted(self.policy.as_str()));
        format!("aws iam {verb}-role-policy --role-name {role} --policy-arn {policy}")
    }

    fn says(&self) -> String {
        let (role, policy) = (self.role.name(), self.policy.name());
        if self.to {
            format!("{role} may do what {policy} allows")
        } else {
            format!("{role} may no longer do what {policy} allows")
        }
    }

    fn needs(&self) -> Vec<Right> {
        let change = if self.to { "iam:AttachRolePolicy" } else { "iam:DetachRolePolicy" };
        on(&self.role, &["iam:ListAttachedRolePolicies", change])
    }

    fn way_back(&self, _: Option<&Receipt>) -> Back {
        Back::By(Self { to: !self.to, ..self.clone() }.into())
    }

    fn account(&self) -> Option<AccountId> {
        Some(self.account)
    }

    fn holder(&self) -> Option<&Arn> {
        Some(&self.role)
    }

    async fn look(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Sight> {
        // Of a role that an earlier step makes there is nothing yet.
        let there = match scene.outside.attached(self.account, &self.role).await {
            Err(Trouble::Gone { .. }) => Vec::new(),
            there => there?,
        };
        let is_there = there.contains(&self.policy);
        Ok(if is_there == self.to { Sight::After(Receipt::FoundSo) } else { Sight::Before })
    }

    async fn perform(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Receipt> {
        if self.to {
            scene.outside.attach_policy(self.account, &self.role, &self.policy).await?;
            return Ok(Receipt::Changed);
        }
        match scene.outside.detach_policy(self.account, &self.role, &self.policy).await {
            Err(Trouble::Gone { .. }) => Ok(Receipt::FoundSo),
            answer => answer.map(|()| Receipt::Changed),
        }
    }
}
