//! Signs `sts:GetCallerIdentity` with the new key until IAM accepts it everywhere.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Back, Deed};
use crate::{
    act::{
        need::Right,
        note::Receipt,
        outside::Answer,
        request::Request,
        scene::{Scene, Sight},
        vault::Vault,
    },
    base::{
        name::{AccountId, Arn},
        text::long_age,
        time::Age,
    },
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProveAccessKey {
    pub account: AccountId,
    pub user: Arn,
}

#[async_trait]
impl Deed for ProveAccessKey {
    fn about(&self) -> Option<String> {
        None
    }

    fn request(&self) -> Request {
        Request::aws("sts", "GetCallerIdentity", self.account, vec![])
    }

    fn command(&self) -> String {
        "AWS_ACCESS_KEY_ID=\"$NEW_KEY\" AWS_SECRET_ACCESS_KEY=\"$NEW_SECRET\" aws sts get-caller-identity # until it \
         is accepted"
            .into()
    }

    fn says(&self) -> String {
        "waits until AWS accepts the new key".into()
    }

    fn needs(&self) -> Vec<Right> {
        Vec::new()
    }

    fn way_back(&self, _: Option<&Receipt>) -> Back {
        Back::Nothing
    }

    fn account(&self) -> Option<AccountId> {
        Some(self.account)
    }

    fn holder(&self) -> Option<&Arn> {
        Some(&self.user)
    }

    fn needs_secret(&self) -> bool {
        true
    }

    fn is_wait(&self) -> bool {
        true
    }

    async fn look(&self, scene: &Scene<'_>, vault: &mut Vault) -> Answer<Sight> {
        let made = scene.progress.made.as_ref();
        let (Some(key), Some(secret)) = (made, vault.of(made)) else {
            return Ok(Sight::Unknown("the new key's secret is not here".into()));
        };
        if scene.outside.accepts(self.account, key, secret).await? {
            return Ok(Sight::After(Receipt::Accepted));
        }
        if scene.now >= scene.progress.since.plus(scene.delays.accept) {
            let time = long_age(Age::from_seconds(scene.delays.accept));
            return Ok(Sight::Other(format!("AWS does not accept {key} after {time}")));
        }
        let why = format!("AWS does not know {key} everywhere yet");
        Ok(Sight::Later { until: scene.now.plus(2), why })
    }
}
