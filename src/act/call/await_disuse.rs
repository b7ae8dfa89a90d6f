//! Waits until a key was not used for so long.

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
        name::{AccountId, KeyId},
        text::long_age,
        time::Age,
    },
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwaitDisuse {
    pub account: AccountId,
    pub key: KeyId,
    pub seconds: i64,
}

#[async_trait]
impl Deed for AwaitDisuse {
    fn about(&self) -> Option<String> {
        Some(self.key.to_string())
    }

    fn request(&self) -> Request {
        let parameters = vec![("AccessKeyId", self.key.to_string())];
        Request::aws("iam", "GetAccessKeyLastUsed", self.account, parameters)
    }

    fn command(&self) -> String {
        format!("aws iam get-access-key-last-used --access-key-id {} # {}", self.key, self.says())
    }

    fn says(&self) -> String {
        format!("waits until {} was not used for {}", self.key, long_age(Age::from_seconds(self.seconds)))
    }

    fn needs(&self) -> Vec<Right> {
        vec![Right::anywhere(self.account, "iam:GetAccessKeyLastUsed")]
    }

    fn way_back(&self, _: Option<&Receipt>) -> Back {
        Back::Nothing
    }

    fn account(&self) -> Option<AccountId> {
        Some(self.account)
    }

    fn is_wait(&self) -> bool {
        true
    }

    async fn look(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Sight> {
        let (key, since) = (&self.key, scene.progress.since);
        let used = scene.outside.last_use(self.account, key).await?;
        let until = used.map_or(since, |used| used.max(since)).plus(self.seconds);
        if scene.now >= until {
            return Ok(Sight::After(Receipt::Waited));
        }
        let why = match used.filter(|used| *used > since) {
            Some(used) => format!("{key} was still used at {used}"),
            None => format!("{key} must rest"),
        };
        Ok(Sight::Later { until, why })
    }
}
