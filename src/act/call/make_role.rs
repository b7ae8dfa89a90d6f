//! Makes a role that web identities open, or deletes it again. A role of the same name that is another one is left alone.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Back, Deed, key::on};
use crate::{
    act::{
        deny,
        need::Right,
        note::Receipt,
        outside::{Answer, NewRole, Trouble},
        request::{Request, quoted},
        scene::{Scene, Sight},
        vault::Vault,
    },
    base::name::{AccountId, Arn},
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeRole {
    pub account: AccountId,
    /// With the path `/`.
    pub role: Arn,
    pub trust: String,
    /// The permissions boundary.
    pub boundary: Option<Arn>,
    pub description: String,
    /// Shall there be such a role?
    pub to: bool,
}

#[async_trait]
impl Deed for MakeRole {
    fn about(&self) -> Option<String> {
        Some(self.role.to_string())
    }

    fn request(&self) -> Request {
        let mut parameters = vec![("RoleName", self.role.name().to_owned())];
        if !self.to {
            return Request::aws("iam", "DeleteRole", self.account, parameters);
        }
        parameters.push(("AssumeRolePolicyDocument", self.trust.clone()));
        parameters.push(("Description", self.description.clone()));
        parameters.extend(self.boundary.iter().map(|arn| ("PermissionsBoundary", arn.to_string())));
        Request::aws("iam", "CreateRole", self.account, parameters)
    }

    fn command(&self) -> String {
        let name = quoted(self.role.name());
        if !self.to {
            return format!("aws iam delete-role --role-name {name}");
        }
        let boundary = self.boundary.as_ref();
        let boundary = boundary.map_or_else(String::new, |arn| format!(" --permissions-boundary {arn}"));
        let (trust, about) = (quoted(&self.trust), quoted(&self.description));
        format!(
            "aws iam create-role --role-name {name} --assume-role-policy-document {trust} --description {about}{boundary}"
        )
    }

    fn says(&self) -> String {
        let name = self.role.name();
        if self.to {
            format!("there is a role {name}, which may do nothing yet")
        } else {
            format!("the role {name} is gone; its sessions are good for nothing")
        }
    }

    fn needs(&self) -> Vec<Right> {
        let change = if self.to { "iam:CreateRole" } else { "iam:DeleteRole" };
        on(&self.role, &["iam:GetRole", change])
    }

    fn way_back(&self, _: Option<&Receipt>) -> Back {
        Back::By(Self { to: !self.to, ..self.clone() }.into())
    }

    fn change(&self) -> Option<(&str, &str)> {
        Some(if self.to { ("", &self.trust) } else { (&self.trust, "") })
    }

    fn account(&self) -> Option<AccountId> {
        Some(self.account)
    }

    fn holder(&self) -> Option<&Arn> {
        Some(&self.role)
    }

    async fn look(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Sight> {
        let there = scene.outside.role(self.account, &self.role).await?;
        let name = self.role.name();
        Ok(match there {
            None if self.to => scene.unless_it_shows("whether the role was made"),
            None => Sight::After(Receipt::FoundSo),
            Some(there) if there.arn != self.role => {
                Sight::Other(format!("there is another role called {name}: {}", there.arn))
            }
            Some(there) if there.boundary != self.boundary => {
                Sight::Other(format!("there is a role {name} with another permissions boundary"))
            }
            Some(there) if !deny::same(&there.trust, &self.trust) => {
                Sight::Other(format!("there is a role {name} that trusts others than the plan says"))
            }
            Some(_) if self.to => Sight::After(Receipt::FoundSo),
            Some(_) => Sight::Before,
        })
    }

    async fn perform(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Receipt> {
        if self.to {
            let new = NewRole {
                arn: &self.role,
                trust: &self.trust,
                boundary: self.boundary.as_ref(),
                description: &self.description,
            };
            scene.outside.create_role(self.account, new).await?;
            return Ok(Receipt::Changed);
        }
        match scene.outside.delete_role(self.account, &self.role).await {
            Err(Trouble::Gone { .. }) => Ok(Receipt::FoundSo),
            answer => answer.map(|()| Receipt::Changed),
        }
    }
}
