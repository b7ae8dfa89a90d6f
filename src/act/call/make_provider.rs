//! Makes an OIDC identity provider for a GitLab, or deletes it again.

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
pub struct MakeProvider {
    pub account: AccountId,
    /// `arn:aws:iam::111111111111:oidc-provider/gitlab.acme.example`
    pub provider: Arn,
    /// The one it accepts.
    pub audience: String,
    /// Shall there be such a provider?
    pub to: bool,
}

impl MakeProvider {
    /// The issuer's address; IAM takes no other scheme.
    fn url(&self) -> String {
        let issuer = self.provider.resource().strip_prefix("oidc-provider/").unwrap_or_default();
        format!("https://{issuer}")
    }
}

#[async_trait]
impl Deed for MakeProvider {
    fn about(&self) -> Option<String> {
        Some(self.provider.to_string())
    }

    fn request(&self) -> Request {
        let (operation, parameters) = if self.to {
            let parameters = vec![("Url", self.url()), ("ClientIDList.member.1", self.audience.clone())];
            ("CreateOpenIDConnectProvider", parameters)
        } else {
            let parameters = vec![("OpenIDConnectProviderArn", self.provider.to_string())];
            ("DeleteOpenIDConnectProvider", parameters)
        };
        Request::aws("iam", operation, self.account, parameters)
    }

    fn command(&self) -> String {
        if self.to {
            let (url, audience) = (quoted(&self.url()), quoted(&self.audience));
            format!("aws iam create-open-id-connect-provider --url {url} --client-id-list {audience}")
        } else {
            let arn = quoted(self.provider.as_str());
            format!("aws iam delete-open-id-connect-provider --open-id-connect-provider-arn {arn}")
        }
    }

    fn says(&self) -> String {
        let (url, account) = (self.url(), self.account);
        if self.to {
            format!(
                "account {account} knows id tokens of {url} for {}; no role trusts them by that",
                self.audience
            )
        } else {
            format!("account {account} knows id tokens of {url} no longer")
        }
    }

    fn needs(&self) -> Vec<Right> {
        let change =
            if self.to { "iam:CreateOpenIDConnectProvider" } else { "iam:DeleteOpenIDConnectProvider" };
        on(&self.provider, &["iam:GetOpenIDConnectProvider", change])
    }

    fn way_back(&self, _: Option<&Receipt>) -> Back {
        Back::By(Self { to: !self.to, ..self.clone() }.into())
    }

    fn account(&self) -> Option<AccountId> {
        Some(self.account)
    }

    fn holder(&self) -> Option<&Arn> {
        Some(&self.provider)
    }

    async fn look(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Sight> {
        let there = scene.outside.provider(self.account, &self.provider).await?;
        Ok(match there {
            None if self.to => scene.unless_it_shows("whether the provider was made"),
            None => Sight::After(Receipt::FoundSo),
            Some(audiences) if !self.to && audiences != [self.audience.clone()] => {
                Sight::Other(format!("{} accepts other audiences by now: somebody else uses it", self.url()))
            }
            Some(_) if !self.to => Sight::Before,
            Some(audiences) if audiences.contains(&self.audience) => Sight::After(Receipt::FoundSo),
            Some(_) => Sight::Other(format!(
                "there is a provider for {} that does not accept {}",
                self.url(),
                self.audience
            )),
        })
    }

    async fn perform(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Receipt> {
        if self.to {
            let audience = std::slice::from_ref(&self.audience);
            scene.outside.create_provider(self.account, &self.url(), audience).await?;
            return Ok(Receipt::Changed);
        }
        match scene.outside.delete_provider(self.account, &self.provider).await {
            Err(Trouble::Gone { .. }) => Ok(Receipt::FoundSo),
            answer => answer.map(|()| Receipt::Changed),
        }
    }
}
