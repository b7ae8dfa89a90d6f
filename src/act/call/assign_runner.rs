//! Lets a project runner take a project's jobs, or no longer.

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
pub struct AssignRunner {
    pub instance: String,
    pub runner: u64,
    pub project: u64,
    pub to: bool,
}

#[async_trait]
impl Deed for AssignRunner {
    fn about(&self) -> Option<String> {
        Some(format!("runner {}/{} in project {}", self.instance, self.runner, self.project))
    }

    fn request(&self) -> Request {
        let Self { instance, runner, project, to } = self;
        if *to {
            let parameters = vec![("runner_id", runner.to_string())];
            Request::gitlab(instance, format!("POST projects/{project}/runners"), parameters)
        } else {
            Request::gitlab(instance, format!("DELETE projects/{project}/runners/{runner}"), vec![])
        }
    }

    fn command(&self) -> String {
        let Self { runner, project, to, .. } = self;
        if *to {
            format!("glab api --method POST projects/{project}/runners --field runner_id={runner}")
        } else {
            format!("glab api --method DELETE projects/{project}/runners/{runner}")
        }
    }

    fn says(&self) -> String {
        let how = if self.to { "takes jobs of" } else { "takes no more jobs of" };
        format!("runner {} {how} project {}", self.runner, self.project)
    }

    fn needs(&self) -> Vec<Right> {
        let Self { instance, runner, project, .. } = self;
        let says = format!(
            "Maintainer of project {project} (an administrator, if runner {runner} is locked), scope api,"
        );
        vec![Right::gitlab(instance, says)]
    }

    fn way_back(&self, _: Option<&Receipt>) -> Back {
        Back::By(Self { to: !self.to, ..self.clone() }.into())
    }

    fn instance(&self) -> Option<&str> {
        Some(&self.instance)
    }

    async fn look(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Sight> {
        let serves = scene.outside.serves(&self.instance, self.runner, self.project).await?;
        Ok(if serves == self.to { Sight::After(Receipt::FoundSo) } else { Sight::Before })
    }

    async fn perform(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Receipt> {
        scene.outside.assign_runner(&self.instance, self.runner, self.project, self.to).await?;
        Ok(Receipt::Changed)
    }
}
