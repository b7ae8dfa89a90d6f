//! Each project's CI configuration, as GitLab merges it: the lanes' jobs with what they need to get into AWS, and the
//! plain jobs every project has.

use std::fmt::Write;

use super::{HOST, Maker, PROD};
use crate::demo::{
    name::iam_arn,
    work::{LANES, Lane, Way, lane_tags},
};

impl Maker {
    /// Gives projects their CI files; archived ones and a few others have none.
    pub(super) fn pipelines(&mut self) {
        let tags: Vec<Option<String>> = LANES.iter().map(|lane| lane_tags(&self.world, lane).pop()).collect();
        for (index, project) in self.world.gitlab.projects.values_mut().enumerate() {
            let own: Vec<(&Lane, Option<&str>)> = LANES
                .iter()
                .zip(&tags)
                .filter(|(lane, _)| lane.project == project.full_path)
                .map(|(lane, tag)| (lane, tag.as_deref()))
                .collect();
            let without = own.is_empty()
                && (project.archived || index % 13 == 7 || project.full_path == "acme/mobile/android-app");
            if !without {
                let path = project.ci_path().to_owned();
                project.files.insert(path, configuration(&project.name, &own).into());
            }
        }
        let without = self.world.gitlab.projects.values().find(|project| project.ci_file().is_none());
        if let Some(id) = without.map(|project| project.id) {
            self.plant("project without a CI file", format!("project/{id}"));
        }
    }
}

/// What every project's file begins with.
const BEGINNING: &str = r#"---
stages:
- build
- test
- review
- deploy
- publish
default:
  image: registry.acme.example/ci/base:12
  interruptible: true
workflow:
  rules:
  - if: "$CI_PIPELINE_SOURCE == 'merge_request_event'"
  - if: "$CI_COMMIT_BRANCH"
"#;

const VAULT: &str = r"  id_tokens:
    VAULT_ID_TOKEN:
      aud: https://vault.acme.example
  variables:
    VAULT_SERVER_URL: https://vault.acme.example:8200
    VAULT_AUTH_ROLE: gitlab-ingest
  secrets:
    AWS_ACCESS_KEY_ID:
      vault:
        engine:
          name: generic
          path: aws
        path: creds/ingest
        field: access_key
      file: false
    AWS_SECRET_ACCESS_KEY:
      vault:
        engine:
          name: generic
          path: aws
        path: creds/ingest
        field: secret_key
      file: false
";

const SESSION: &str = "--role-session-name gitlab-ci-${CI_PROJECT_NAME}-${CI_PIPELINE_ID}";

fn configuration(name: &str, lanes: &[(&Lane, Option<&str>)]) -> String {
    let mut text = String::from(BEGINNING);
    let _ = write!(text, "compile:\n  stage: build\n  script:\n  - make build APP={name}\n");
    for (lane, tag) in lanes {
        let _ = write!(text, "{}:\n  stage: {}\n", lane.job, lane.stage);
        if let Some(tag) = tag {
            let _ = write!(text, "  tags:\n  - {}\n", quoted(tag));
        }
        if lane.stage == "deploy" {
            let environment = if lane.job.contains("staging") { "staging" } else { "production" };
            let _ = write!(text, "  environment:\n    name: {environment}\n");
        }
        text.push_str(&needs(lane.way));
        text.push_str("  script:\n");
        for step in script(lane) {
            let _ = writeln!(text, "  - {step}");
        }
    }
    text
}

/// A YAML text in quotes: a tag may hold anything, control characters too.
fn quoted(text: &str) -> String {
    let letter = |letter: char| match letter {
        ' '..='~' if !matches!(letter, '"' | '\\') => letter.to_string(),
        other => format!("\\U{:08x}", u32::from(other)),
    };
    format!("\"{}\"", text.chars().map(letter).collect::<String>())
}

/// What a job declares to get its credentials.
fn needs(way: Way) -> String {
    let image = "  image: amazon/aws-cli:2.31.4\n";
    match way {
        Way::Plain => String::new(),
        Way::Broker { .. } => {
            "  image: registry.acme.example/ci/terraform:1.13\n  variables:\n    AWS_REGION: eu-west-1\n"
                .into()
        }
        Way::Web { account, role } => {
            let arn = iam_arn(account, "role", "/", role);
            format!(
                "{image}  id_tokens:\n    AWS_ID_TOKEN:\n      aud: https://{HOST}\n  variables:\n    AWS_ROLE_ARN: {arn}\n"
            )
        }
        Way::Proxy { role } => format!("  variables:\n    IAM_ROLE: {}\n", iam_arn(PROD, "role", "/", role)),
        Way::Vault => VAULT.into(),
        Way::Static { .. }
        | Way::Eks { .. }
        | Way::Pod { .. }
        | Way::Machine { .. }
        | Way::Task { .. }
        | Way::Reader { .. } => image.into(),
    }
}

/// What it runs.
fn script(lane: &Lane) -> Vec<String> {
    let own = format!("./ci/{}.sh", lane.job);
    let steps = |steps: &[&str]| steps.iter().map(ToString::to_string).collect();
    match lane.way {
        Way::Plain => steps(&["make test"]),
        Way::Broker { account, role, external_id, .. } => {
            let arn = iam_arn(account, "role", "/", role);
            let more = external_id.map(|id| format!(" --external-id {id}")).unwrap_or_default();
            let assume =
                format!("eval \"$(aws sts assume-role --role-arn {arn} {SESSION}{more} | aws-export)\"");
            steps(&[&assume, "terraform init -input=false", "terraform apply -auto-approve"])
        }
        Way::Static { .. } => steps(&["test -n \"$AWS_ACCESS_KEY_ID$AWS_SHARED_CREDENTIALS_FILE\"", &own]),
        Way::Web { .. } => {
            let assume = format!(
                "aws sts assume-role-with-web-identity --role-arn \"$AWS_ROLE_ARN\" {SESSION} \
                 --web-identity-token \"$AWS_ID_TOKEN\" > creds.json"
            );
            steps(&[&assume, &own])
        }
        Way::Machine { machine: "linux-docker-3", .. } => {
            steps(&["curl -s http://169.254.169.254/latest/meta-data/iam/security-credentials/"])
        }
        Way::Eks { .. } | Way::Pod { .. } | Way::Machine { .. } | Way::Task { .. } => {
            steps(&["aws sts get-caller-identity", &own])
        }
        Way::Proxy { .. } => steps(&[
            "aws ecr get-login-password | docker login --username AWS --password-stdin \"$REGISTRY\"",
            "docker build --push .",
        ]),
        Way::Reader { user, .. } => {
            let fetch = format!(
                "aws secretsmanager get-secret-value --secret-id ci/{user} --query SecretString --output text > key.json"
            );
            steps(&[
                &fetch,
                "export AWS_ACCESS_KEY_ID=\"$(jq -r .id key.json)\"",
                "export AWS_SECRET_ACCESS_KEY=\"$(jq -r .secret key.json)\"",
                &own,
            ])
        }
        Way::Vault => steps(&[&own]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_tag_holds_stays_inside_its_quotes() {
        assert_eq!(quoted("linux"), "\"linux\"");
        assert_eq!(quoted("a\u{1b}\"b"), "\"a\\U0000001b\\U00000022b\"");
    }

    #[test]
    fn a_job_says_how_it_gets_its_credentials() {
        let text = |job: &str| {
            let lane = LANES.iter().find(|lane| lane.job == job).unwrap();
            configuration("app", &[(lane, Some("deploy"))])
        };
        assert!(text("deploy").contains("id_tokens:") && text("deploy").contains(HOST));
        assert!(
            text("apply-prod")
                .contains("sts assume-role --role-arn arn:aws:iam::222222222222:role/deploy-prod")
        );
        assert!(text("ingest").contains("secrets:") && text("ingest").contains("VAULT_SERVER_URL"));
        assert!(text("build").contains("IAM_ROLE: arn:aws:iam::222222222222:role/proxy-image-build"));
        assert!(text("load-redshift").contains("secretsmanager get-secret-value"));
        assert!(text("curl-metadata").contains("169.254.169.254"));
        assert!(text("unit").contains("  tags:\n  - \"deploy\"\n"));
    }
}
