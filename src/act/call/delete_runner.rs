//! Deletes a runner: whoever has its token gets no more jobs with it.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Back, Deed, set_runner::needs};
use crate::act::{
    need::Right,
    note::Receipt,
    outside::{Answer, Trouble},
    request::Request,
    scene::{Scene, Sight},
    vault::Vault,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteRunner {
    pub instance: String,
    pub runner: u64,
}

#[async_trait]
impl Deed for DeleteRunner {
    fn about(&self) -> Option<String> {
        Some(format!("runner {}/{}", self.instance, self.runner))
    }

    fn request(&self) -> Request {
        Request::gitlab(&self.instance, format!("DELETE runners/{}", self.runner), vec![])
    }

    fn command(&self) -> String {
        format!("glab api --method DELETE runners/{}", self.runner)
    }

    fn says(&self) -> String {
        format!("runner {} is gone, and its token is refused", self.runner)
    }

    fn needs(&self) -> Vec<Right> {
        needs(&self.instance, self.runner)
    }

    fn way_back(&self, _: Option<&Receipt>) -> Back {
        Back::Stays("a deleted runner never comes back; register another")
    }

    fn instance(&self) -> Option<&str> {
        Some(&self.instance)
    }

    async fn look(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Sight> {
        // A runner that the token may not see is answered with 403.
        Ok(match scene.outside.runner(&self.instance, self.runner).await {
            Err(Trouble::Gone { .. }) => Sight::After(Receipt::FoundSo),
            runner => runner.map(|_| Sight::Before)?,
        })
    }

    async fn perform(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Receipt> {
        match scene.outside.delete_runner(&self.instance, self.runner).await {
            Err(Trouble::Gone { .. }) => Ok(Receipt::FoundSo),
            answer => answer.map(|()| Receipt::Changed),
        }
    }
}
