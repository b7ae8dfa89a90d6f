//! Each project's CI configuration, as GitLab merges it: the lanes' jobs with what they need to get into AWS, and the
//! plain jobs every project has.

use std::{collections::BTreeMap, fmt::Write};

use super::{HOST, Maker};
use crate::demo::{
    name::iam_arn,
    work::{LANES, Lane, Way},
};

impl Maker {
    /// Gives projects their CI files; archived ones and a few others have none.
    pub(super) fn pipelines(&mut self) {
        let mut lanes: BTreeMap<&str, Vec<&Lane>> = BTreeMap::new();
        for lane in &LANES {
            lanes.entry(lane.project).or_default().push(lane);
        }
        let runners = &self.world.gitlab.runners;
        for (index, project) in self.world.gitlab.projects.values_mut().enumerate() {
            let own = lanes.get(project.full_path.as_str()).map(Vec::as_slice).unwrap_or_default();
            let without = own.is_empty()
                && (project.archived || index % 13 == 7 || project.full_path == "acme/mobile/android-app");
            project.ci_yaml = (!without).then(|| {
                let tags =
                    |lane: &Lane| runners.get(&lane.runner).and_then(|runner| runner.tags.last()).cloned();
                configuration(&project.name, own, tags)
            });
        }
        let without = self.world.gitlab.projects.values().find(|project| project.ci_yaml.is_none());
        if let Some(id) = without.map(|project| project.id) {
            self.plant("project without a CI file", format!("project/{id}"));
        }
    }
}

fn configuration(name: &str, lanes: &[&Lane], tags: impl Fn(&Lane) -> Option<String>) -> String {
    let mut text = String::from(
        "---\nstages:\n- build\n- test\n- review\n- deploy\n- publish\ndefault:\n  image: registry.acme.example/ci/base:12\n  interruptible: true\nworkflow:\n  rules:\n  - if: \"$CI_PIPELINE_SOURCE == 'merge_request_event'\"\n  - if: \"$CI_COMMIT_BRANCH\"\n",
    );
    let _ = write!(text, "compile:\n  stage: build\n  script:\n  - make build APP={name}\n");
    for lane in lanes {
        let _ = write!(text, "{}:\n  stage: {}\n", lane.job, lane.stage);
        if let Some(tag) = tags(lane) {
            // Quoted: a tag may hold anything.
            let tag: String = tag.escape_default().collect();
            let _ = write!(text, "  tags:\n  - \"{tag}\"\n");
        }
        if lane.stage == "deploy" {
            let environment = if lane.job.contains("staging") { "staging" } else { "production" };
            let _ = write!(text, "  environment:\n    name: {environment}\n");
        }
        text.push_str(&credentials(lane));
    }
    text
}

/// The part of a job that fetches its credentials, and its script.
fn credentials(lane: &Lane) -> String {
    let session = "gitlab-ci-${CI_PROJECT_NAME}-${CI_PIPELINE_ID}";
    match lane.way {
        Way::Plain => "  script:\n  - make test\n".into(),
        Way::Broker { account, role, external_id, .. } => {
            let arn = iam_arn(account, "role", "/", role);
            let more = external_id.map(|id| format!(" --external-id {id}")).unwrap_or_default();
            format!(
                "  image: registry.acme.example/ci/terraform:1.13\n  variables:\n    AWS_REGION: eu-west-1\n  before_script:\n  - eval \"$(aws sts assume-role --role-arn {arn} --role-session-name {session}{more} | aws-export)\"\n  script:\n  - terraform init -input=false\n  - terraform apply -auto-approve\n"
            )
        }
        Way::Static { service, .. } => format!(
            "  image: amazon/aws-cli:2.31.4\n  script:\n  - test -n \"$AWS_ACCESS_KEY_ID$AWS_SHARED_CREDENTIALS_FILE\"\n  - aws {service} help > /dev/null\n  - ./ci/{}.sh\n",
            lane.job
        ),
        Way::Web { account, role } => {
            let arn = iam_arn(account, "role", "/", role);
            format!(
                "  image: amazon/aws-cli:2.31.4\n  id_tokens:\n    AWS_ID_TOKEN:\n      aud: https://{HOST}\n  variables:\n    AWS_ROLE_ARN: {arn}\n  script:\n  - aws sts assume-role-with-web-identity --role-arn \"$AWS_ROLE_ARN\" --role-session-name {session} --web-identity-token \"$AWS_ID_TOKEN\" > creds.json\n  - ./ci/{}.sh\n",
                lane.job
            )
        }
        Way::Eks { .. } | Way::Pod { .. } | Way::Machine { .. } | Way::Task { .. } => {
            "  image: amazon/aws-cli:2.31.4\n  script:\n  - aws sts get-caller-identity\n  - make ship\n"
                .into()
        }
        Way::Proxy { role } => {
            let arn = iam_arn(super::PROD, "role", "/", role);
            format!(
                "  variables:\n    IAM_ROLE: {arn}\n  script:\n  - aws ecr get-login-password | docker login --username AWS --password-stdin \"$REGISTRY\"\n  - docker build --push .\n"
            )
        }
        Way::Reader { user, .. } => format!(
            "  image: amazon/aws-cli:2.31.4\n  script:\n  - aws secretsmanager get-secret-value --secret-id ci/{user} --query SecretString --output text > key.json\n  - export AWS_ACCESS_KEY_ID=\"$(jq -r .id key.json)\" AWS_SECRET_ACCESS_KEY=\"$(jq -r .secret key.json)\"\n  - ./ci/load.sh\n"
        ),
        Way::Vault => format!(
            "  id_tokens:\n    VAULT_ID_TOKEN:\n      aud: https://vault.acme.example\n  variables:\n    VAULT_SERVER_URL: https://vault.acme.example:8200\n    VAULT_AUTH_ROLE: gitlab-ingest\n  secrets:\n    AWS_ACCESS_KEY_ID:\n      vault:\n        engine:\n          name: generic\n          path: aws\n        path: creds/ingest\n        field: access_key\n      file: false\n    AWS_SECRET_ACCESS_KEY:\n      vault:\n        engine:\n          name: generic\n          path: aws\n        path: creds/ingest\n        field: secret_key\n      file: false\n  script:\n  - ./ci/{}.sh\n",
            lane.job
        ),
    }
}
