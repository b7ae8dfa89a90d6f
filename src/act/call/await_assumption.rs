//! Waits until every project has opened a role by its id token, as CloudTrail shows it.

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
    base::name::{AccountId, Arn},
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwaitAssumption {
    pub account: AccountId,
    pub role: Arn,
    /// What the subjects of each project begin with, `project_path:acme/web`: one of each must come.
    pub projects: Vec<String>,
}

/// Between two looks, in times of what AWS's lists take: twenty minutes as a rule, since CloudTrail takes five to fifteen.
const PATIENCE: i64 = 40;

impl AwaitAssumption {
    /// Those of whom no subject came.
    fn missing<'s>(&'s self, came: &[String]) -> Vec<&'s str> {
        let is_of = |subject: &str, project: &str| {
            subject.strip_prefix(project).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        };
        let has_come = |project: &&str| came.iter().any(|subject| is_of(subject, project));
        self.projects.iter().map(String::as_str).filter(|project| !has_come(project)).collect()
    }
}

#[async_trait]
impl Deed for AwaitAssumption {
    fn about(&self) -> Option<String> {
        Some(format!("sessions of {}", self.role))
    }

    fn request(&self) -> Request {
        let parameters =
            vec![("AttributeKey", "ResourceName".to_owned()), ("AttributeValue", self.role.to_string())];
        Request::aws("cloudtrail", "LookupEvents", self.account, parameters)
    }

    fn command(&self) -> String {
        format!(
            "aws cloudtrail lookup-events --lookup-attributes AttributeKey=ResourceName,AttributeValue={} # {}",
            self.role,
            self.says()
        )
    }

    fn says(&self) -> String {
        let (role, projects) = (self.role.name(), self.projects.join(", "));
        format!("waits until {role} was really opened by an id token of each of these: {projects}")
    }

    fn needs(&self) -> Vec<Right> {
        vec![Right::anywhere(self.account, "cloudtrail:LookupEvents")]
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
        let came = scene.outside.comers(self.account, &self.role, scene.progress.since).await?;
        let missing = self.missing(&came);
        if missing.is_empty() {
            return Ok(Sight::After(Receipt::Waited));
        }
        let until = scene.now.plus(scene.delays.settle * PATIENCE);
        let why = format!("no session yet of {}: their jobs are to be changed by hand", missing.join(", "));
        Ok(Sight::Later { until, why })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_has_come_when_a_subject_of_its_own_has() {
        let role = Arn::new("arn:aws:iam::111111111111:role/ci").unwrap();
        let projects = vec!["project_path:a/b".to_owned(), "project_id:7".to_owned()];
        let wait = AwaitAssumption { account: role.account().unwrap(), role, projects };
        let missing = |came: &[&str]| {
            let came: Vec<String> = came.iter().map(|&text| text.to_owned()).collect();
            wait.missing(&came).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(missing(&["project_path:a/bc:ref:x", "project_id:71:x"]).len(), 2);
        assert_eq!(missing(&["project_path:a/b:ref_type:branch:ref:main"]), ["project_id:7"]);
        assert!(missing(&["project_path:a/b:x", "project_id:7"]).is_empty());
    }
}
