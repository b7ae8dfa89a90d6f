//! Keeps a runner from taking new jobs, or lets it take them again.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Back, Deed};
use crate::act::{
    need::Right,
    note::Receipt,
    outside::Answer,
    request::Request,
    scene::{Scene, Sight},
    vault::Vault,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PauseRunner {
    pub instance: String,
    pub runner: u64,
    pub to: bool,
}

#[async_trait]
impl Deed for PauseRunner {
    fn about(&self) -> Option<String> {
        Some(format!("runner {}/{}", self.instance, self.runner))
    }

    fn request(&self) -> Request {
        let operation = format!("PUT runners/{}", self.runner);
        Request::gitlab(&self.instance, operation, vec![("paused", self.to.to_string())])
    }

    fn command(&self) -> String {
        format!("glab api --method PUT runners/{} --field paused={}", self.runner, self.to)
    }

    fn says(&self) -> String {
        if self.to {
            format!("runner {} takes no new jobs; those it runs go on", self.runner)
        } else {
            format!("runner {} takes jobs again", self.runner)
        }
    }

    fn needs(&self) -> Vec<Right> {
        let says = format!("the right to administer runner {}, scope api or manage_runner,", self.runner);
        vec![Right::gitlab(&self.instance, says)]
    }

    fn way_back(&self, _: Option<&Receipt>) -> Back {
        Back::By(Self { to: !self.to, ..self.clone() }.into())
    }

    fn instance(&self) -> Option<&str> {
        Some(&self.instance)
    }

    async fn look(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Sight> {
        let is_paused = scene.outside.is_paused(&self.instance, self.runner).await?;
        Ok(if is_paused == self.to { Sight::After(Receipt::FoundSo) } else { Sight::Before })
    }

    async fn perform(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Receipt> {
        scene.outside.pause_runner(&self.instance, self.runner, self.to).await?;
        Ok(Receipt::Changed)
    }
}
