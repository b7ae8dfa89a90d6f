//! Gives a role another trust policy.

use std::collections::BTreeSet;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Back, Deed, key::on};
use crate::{
    act::{
        deny,
        need::Right,
        note::Receipt,
        outside::Answer,
        request::{Request, quoted},
        scene::{Scene, Sight},
        trust,
        vault::Vault,
    },
    base::name::{AccountId, Arn},
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetTrust {
    pub account: AccountId,
    pub role: Arn,
    pub from: String,
    pub to: String,
}

#[async_trait]
impl Deed for SetTrust {
    fn about(&self) -> Option<String> {
        Some(self.role.to_string())
    }

    fn request(&self) -> Request {
        let parameters = vec![("RoleName", self.role.name().to_owned()), ("PolicyDocument", self.to.clone())];
        Request::aws("iam", "UpdateAssumeRolePolicy", self.account, parameters)
    }

    fn command(&self) -> String {
        let (role, document) = (quoted(self.role.name()), quoted(&self.to));
        format!("aws iam update-assume-role-policy --role-name {role} --policy-document {document}")
    }

    fn says(&self) -> String {
        let (before, after) = (trust::principals(&self.from), trust::principals(&self.to));
        let list = |one: &BTreeSet<String>, other| {
            one.difference(other).map(String::as_str).collect::<Vec<_>>().join(", ")
        };
        let says = [(list(&before, &after), "no longer trusts"), (list(&after, &before), "trusts")];
        let says = says.iter().filter(|(who, _)| !who.is_empty()).map(|(who, how)| format!("{how} {who}"));
        let says: Vec<String> = says.collect();
        if says.is_empty() {
            return format!("{} asks for other things of those it trusts", self.role.name());
        }
        format!("{} {}", self.role.name(), says.join(" and "))
    }

    fn needs(&self) -> Vec<Right> {
        on(&self.role, &["iam:GetRole", "iam:UpdateAssumeRolePolicy"])
    }

    fn way_back(&self, _: Option<&Receipt>) -> Back {
        Back::By(Self { from: self.to.clone(), to: self.from.clone(), ..self.clone() }.into())
    }

    fn change(&self) -> Option<(&str, &str)> {
        Some((&self.from, &self.to))
    }

    fn account(&self) -> Option<AccountId> {
        Some(self.account)
    }

    fn holder(&self) -> Option<&Arn> {
        Some(&self.role)
    }

    async fn look(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Sight> {
        let there = scene.outside.trust(self.account, &self.role).await?;
        Ok(if deny::same(&there, &self.to) {
            Sight::After(Receipt::FoundSo)
        } else if deny::same(&there, &self.from) {
            Sight::Before
        } else {
            let role = self.role.name();
            Sight::Other(format!("the trust policy of {role} was changed since the plan was made"))
        })
    }

    async fn perform(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Receipt> {
        scene.outside.set_trust(self.account, &self.role, &self.to).await?;
        Ok(Receipt::Changed)
    }
}
