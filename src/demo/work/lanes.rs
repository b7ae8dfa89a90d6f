//! The lanes: one line for each job that runs again and again, with the way it gets into AWS.

use crate::demo::{
    company::{IDENTITY, PROD, STAGING},
    name::iam_arn,
};

/// How a job gets its AWS credentials.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    /// It needs none.
    Plain,
    /// A user's key from a variable assumes a role: account, role, external id.
    Broker { user: &'static str, account: u64, role: &'static str, external_id: Option<&'static str> },
    /// A user's key from a variable is used as it is.
    Static { account: u64, user: &'static str, service: &'static str, call: &'static str },
    /// GitLab's id token.
    Web { account: u64, role: &'static str },
    /// An EKS service account's token.
    Eks { role: &'static str },
    /// EKS Pod Identity.
    Pod { role: &'static str },
    /// The role of an ECS task.
    Task { role: &'static str },
    /// The instance profile of the machine it runs on, by the machine's name.
    Machine { account: u64, machine: &'static str, role: &'static str },
    /// A proxy in front of the machine's metadata assumes the role the job asked for.
    Proxy { role: &'static str },
    /// A task role reads a user's key from Secrets Manager.
    Reader { role: &'static str, user: &'static str },
    /// Vault makes a user for one job.
    Vault,
}

/// One job that runs again and again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lane {
    pub(crate) project: &'static str,
    pub(crate) job: &'static str,
    pub(crate) stage: &'static str,
    /// Empty: the project's default branch.
    pub(crate) git_ref: &'static str,
    pub(crate) runner: u64,
    /// Runs in fourteen days.
    pub(crate) runs: usize,
    pub(crate) way: Way,
}

impl Lane {
    /// Does its job use a long-term key of this user as it is?
    pub(crate) fn uses_key_of(&self, account: u64, user: &str) -> bool {
        matches!(self.way, Way::Static { account: in_account, user: whose, .. } if in_account == account && whose == user)
    }

    /// The role that its job's id token opens.
    pub(crate) fn web_role(&self) -> Option<String> {
        match self.way {
            Way::Web { account, role } => Some(iam_arn(account, "role", "/", role)),
            _ => None,
        }
    }
}

macro_rules! lanes {
    ($($project:literal $job:literal $stage:literal $git_ref:literal on $runner:literal times $runs:literal by $way:expr;)*) => {
        [$(Lane { project: $project, job: $job, stage: $stage, git_ref: $git_ref, runner: $runner, runs: $runs, way: $way }),*]
    };
}

const fn deploy(account: u64, role: &'static str) -> Way {
    Way::Broker { user: "gitlab-deploy", account, role, external_id: None }
}

const fn payments(account: u64) -> Way {
    Way::Broker { user: "ci-broker", account, role: "payments-deploy", external_id: Some("acme-payments") }
}

const fn web(account: u64, role: &'static str) -> Way {
    Way::Web { account, role }
}

const fn fixed(account: u64, user: &'static str, service: &'static str, call: &'static str) -> Way {
    Way::Static { account, user, service, call }
}

/// Numbers of runs are chosen so that no account and region has more than about 600 role sessions to look up.
pub(crate) static LANES: [Lane; 41] = lanes! {
    "acme/platform/infra" "apply-prod" "deploy" "" on 3 times 88 by deploy(PROD, "deploy-prod");
    "acme/platform/infra" "apply-staging" "deploy" "" on 3 times 105 by deploy(STAGING, "deploy-staging");
    "acme/shop/storefront" "deploy-prod" "deploy" "" on 3 times 50 by deploy(PROD, "deploy-prod");
    "acme/shop/storefront" "deploy-staging" "deploy" "" on 1 times 40 by deploy(STAGING, "deploy-staging");
    "acme/shop/backend/cart" "release" "deploy" "" on 19 times 30 by deploy(PROD, "deploy-prod");
    "acme/shop/backend/orders" "release-staging" "deploy" "" on 2 times 40 by deploy(STAGING, "deploy-staging");
    "acme/payments/ledger" "deploy-prod" "deploy" "" on 9 times 45 by payments(PROD);
    "acme/payments/ledger" "deploy-staging" "deploy" "" on 9 times 55 by payments(STAGING);
    "acme/shop/checkout" "deploy" "deploy" "" on 1 times 50 by web(PROD, "oidc-checkout-deploy");
    "acme/payments/gateway" "deploy" "deploy" "" on 10 times 30 by web(PROD, "oidc-gateway-deploy");
    "acme/shop/storefront" "preview" "review" "feature/retry-budget" on 2 times 30 by web(STAGING, "oidc-storefront-preview");
    "acme/sandbox/playground" "try-things" "test" "chen/experiment" on 18 times 12 by web(PROD, "oidc-any-acme");
    "acme/data/warehouse" "deploy-models" "deploy" "" on 15 times 22 by web(STAGING, "oidc-data-deploy");
    "acme/sandbox/chen-scratch" "who-am-i" "test" "main" on 18 times 5 by web(PROD, "oidc-audience-only");
    "acme/payments/ledger" "export" "publish" "" on 9 times 14 by fixed(PROD, "ci-ledger-exports", "s3", "PutBucketTagging");
    "acme/payments/ledger" "review-stack" "review" "" on 9 times 8 by Way::Broker { user: "ci-ledger-review", account: STAGING, role: "ledger-review", external_id: None };
    "acme/data/ingest" "nightly-export" "publish" "" on 15 times 14 by fixed(PROD, "ingest-nightly", "glue", "StartJobRun");
    "acme/data/warehouse" "load" "publish" "" on 15 times 12 by fixed(PROD, "data-loader", "redshift", "ResumeCluster");
    "acme/platform/ci-templates" "pull-images" "test" "" on 1 times 18 by fixed(IDENTITY, "ci-ecr-pull", "ecr", "GetAuthorizationToken");
    "acme/platform/infra" "plan" "test" "" on 4 times 18 by fixed(IDENTITY, "ci-terraform", "sts", "GetCallerIdentity");
    "acme/data/warehouse" "compact" "publish" "" on 7 times 20 by Way::Task { role: "gitlab-fargate-task" };
    "acme/platform/ci-templates" "test-charts" "test" "" on 8 times 26 by Way::Eks { role: "gitlab-eks-job" };
    "acme/data/pipelines/clickstream" "replay" "publish" "" on 8 times 6 by Way::Eks { role: "eks-any-pod" };
    "acme/payments/gateway" "sign" "publish" "" on 9 times 16 by Way::Pod { role: "gitlab-eks-payments" };
    "acme/platform/runner-images" "build-large" "build" "" on 5 times 22 by Way::Machine { account: PROD, machine: "runner-machine-a1", role: "gitlab-job-vm" };
    "acme/shop/storefront" "e2e" "test" "" on 6 times 18 by Way::Machine { account: PROD, machine: "fleet-0f3c", role: "gitlab-fleet-vm" };
    "acme/shop/checkout" "build-assets" "build" "" on 1 times 14 by Way::Machine { account: PROD, machine: "linux-docker-1", role: "gitlab-runner" };
    "acme/sandbox/playground" "curl-metadata" "test" "main" on 3 times 5 by Way::Machine { account: PROD, machine: "linux-docker-3", role: "gitlab-runner-legacy" };
    "acme/shop/checkout" "deploy-staging" "deploy" "" on 21 times 14 by Way::Machine { account: STAGING, machine: "staging-docker", role: "staging-runner" };
    "acme/platform/runner-images" "build" "build" "" on 16 times 18 by Way::Proxy { role: "proxy-image-build" };
    "acme/data/warehouse" "load-redshift" "publish" "" on 7 times 12 by Way::Reader { role: "ci-secrets-reader", user: "warehouse-loader" };
    "acme/data/ingest" "ingest" "publish" "" on 17 times 12 by Way::Vault;
    "acme/shop/storefront" "lint" "test" "" on 2 times 30 by Way::Plain;
    "acme/shop/checkout" "unit" "test" "develop" on 15 times 40 by Way::Plain;
    "acme/mobile/ios-app" "archive" "build" "" on 11 times 15 by Way::Plain;
    "acme/mobile/push-gateway" "assemble" "build" "" on 15 times 18 by Way::Plain;
    "acme/sandbox/playground" "hello" "test" "chen/experiment" on 22 times 4 by Way::Plain;
    "acme/platform/runner-images" "scan" "test" "" on 1 times 12 by Way::Plain;
    "acme/data/warehouse" "train" "build" "" on 20 times 5 by Way::Plain;
    "acme/platform/infra" "validate" "test" "release/2026-11" on 4 times 12 by Way::Plain;
    "acme/payments/gateway" "unit" "test" "" on 10 times 10 by Way::Plain;
};
