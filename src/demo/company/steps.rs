//! What a lane's job says in its CI file: what it declares to get its credentials, and what it runs.

use super::{PROD, identity::ROLE_IN_SETTINGS};
use crate::demo::{
    name::iam_arn,
    work::{Lane, Way},
};

const SESSION: &str = "--role-session-name gitlab-ci-${CI_PROJECT_NAME}-${CI_PIPELINE_ID}";

/// Does a job take its image from the file's own anchor?
pub(super) const fn wants_tools(way: Way) -> bool {
    matches!(
        way,
        Way::Static { .. }
            | Way::Eks { .. }
            | Way::Pod { .. }
            | Way::Machine { .. }
            | Way::Task { .. }
            | Way::Reader { .. }
    )
}

/// A platform project writes its roles out; others set them for the shared template.
fn writes_out(lane: &Lane) -> bool {
    lane.project.starts_with("acme/platform/")
}

/// What a job declares to get its credentials.
pub(super) fn needs(lane: &Lane) -> String {
    match lane.way {
        Way::Plain => String::new(),
        Way::Broker { .. } if writes_out(lane) => {
            "  image: registry.acme.example/ci/terraform:1.13\n  variables:\n    AWS_REGION: eu-west-1\n"
                .into()
        }
        Way::Broker { account, role, external_id, .. } => {
            let arn = iam_arn(account, "role", "/", role);
            let more = external_id.map(|id| format!("    EXTERNAL_ID: {id}\n")).unwrap_or_default();
            format!(
                "  image: registry.acme.example/ci/terraform:1.13\n  variables:\n    DEPLOY_ROLE_ARN: {arn}\n{more}"
            )
        }
        Way::Web { .. } if lane.project == ROLE_IN_SETTINGS => "  extends: .aws-oidc\n".into(),
        Way::Web { account, role } => {
            let arn = iam_arn(account, "role", "/", role);
            format!("  extends: .aws-oidc\n  variables:\n    AWS_ROLE_ARN: {arn}\n")
        }
        Way::Proxy { role } => format!("  variables:\n    IAM_ROLE: {}\n", iam_arn(PROD, "role", "/", role)),
        Way::Vault => "  extends: .vault\n".into(),
        Way::Static { .. }
        | Way::Eks { .. }
        | Way::Pod { .. }
        | Way::Machine { .. }
        | Way::Task { .. }
        | Way::Reader { .. } => "  <<: *tools\n".into(),
    }
}

/// What it runs: one YAML scalar or reference a line.
pub(super) fn script(lane: &Lane) -> Vec<String> {
    let own = format!("./ci/{}.sh", lane.job);
    let steps = |steps: &[&str]| steps.iter().map(ToString::to_string).collect();
    match lane.way {
        Way::Plain => steps(&["make test"]),
        Way::Broker { account, role, external_id, .. } if writes_out(lane) => {
            let arn = iam_arn(account, "role", "/", role);
            let more = external_id.map(|id| format!(" --external-id {id}")).unwrap_or_default();
            let assume =
                format!("eval \"$(aws sts assume-role --role-arn {arn} {SESSION}{more} | aws-export)\"");
            steps(&[&assume, "terraform init -input=false", "terraform apply -auto-approve"])
        }
        Way::Broker { .. } => steps(&["!reference [.assume-role, script]", &own]),
        Way::Static { .. } => steps(&["test -n \"$AWS_ACCESS_KEY_ID$AWS_SHARED_CREDENTIALS_FILE\"", &own]),
        Way::Web { .. } | Way::Vault => steps(&[&own]),
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
    }
}
