//! Writes a policy into a role, or takes it out again.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Back, Deed, key::on};
use crate::{
    act::{
        deny,
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
pub struct WritePolicy {
    pub account: AccountId,
    pub role: Arn,
    pub name: String,
    pub document: String,
    /// Shall the role have it?
    pub to: bool,
}

#[async_trait]
impl Deed for WritePolicy {
    fn about(&self) -> Option<String> {
        Some(format!("{} {}", self.role, self.name))
    }

    fn request(&self) -> Request {
        let mut parameters =
            vec![("RoleName", self.role.name().to_owned()), ("PolicyName", self.name.clone())];
        if !self.to {
            return Request::aws("iam", "DeleteRolePolicy", self.account, parameters);
        }
        parameters.push(("PolicyDocument", self.document.clone()));
        Request::aws("iam", "PutRolePolicy", self.account, parameters)
    }

    fn command(&self) -> String {
        let (role, name) = (quoted(self.role.name()), quoted(&self.name));
        if !self.to {
            return format!("aws iam delete-role-policy --role-name {role} --policy-name {name}");
        }
        let document = quoted(&self.document);
        format!(
            "aws iam put-role-policy --role-name {role} --policy-name {name} --policy-document {document}"
        )
    }

    fn says(&self) -> String {
        let (role, name) = (self.role.name(), &self.name);
        if self.to {
            format!("{role} may do what its policy {name} allows")
        } else {
            format!("{role} has no policy {name} any more")
        }
    }

    fn needs(&self) -> Vec<Right> {
        let change = if self.to { "iam:PutRolePolicy" } else { "iam:DeleteRolePolicy" };
        on(&self.role, &["iam:GetRolePolicy", change])
    }

    fn way_back(&self, _: Option<&Receipt>) -> Back {
        Back::By(Self { to: !self.to, ..self.clone() }.into())
    }

    fn change(&self) -> Option<(&str, &str)> {
        Some(if self.to { ("", &self.document) } else { (&self.document, "") })
    }

    fn account(&self) -> Option<AccountId> {
        Some(self.account)
    }

    fn holder(&self) -> Option<&Arn> {
        Some(&self.role)
    }

    async fn look(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Sight> {
        let there = scene.outside.policy(self.account, &self.role, &self.name).await?;
        Ok(match there {
            None if self.to => Sight::Before,
            None => Sight::After(Receipt::FoundSo),
            Some(there) if !deny::same(&there, &self.document) => {
                Sight::Other(format!("{} has another policy called {}", self.role.name(), self.name))
            }
            Some(_) if self.to => Sight::After(Receipt::FoundSo),
            Some(_) => Sight::Before,
        })
    }

    async fn perform(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Receipt> {
        if self.to {
            scene.outside.put_policy(self.account, &self.role, &self.name, &self.document).await?;
            return Ok(Receipt::Changed);
        }
        match scene.outside.delete_policy(self.account, &self.role, &self.name).await {
            Err(Trouble::Gone { .. }) => Ok(Receipt::FoundSo),
            answer => answer.map(|()| Receipt::Changed),
        }
    }
}
