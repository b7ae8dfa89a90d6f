//! Credentials somebody hands to jobs on the way: Vault's AWS engine, a metadata proxy, and keys kept in Secrets Manager.

use serde_json::json;

use super::{
    IDENTITY, Maker, PROD, document,
    truth::{CONFIGURED, INFERRED, OBSERVED, Reach},
};
use crate::demo::name::iam_arn;

/// The address Vault calls AWS from.
pub(crate) const VAULT_ADDRESS: &str = "10.0.8.20";

impl Maker {
    pub(super) fn brokers(&mut self) {
        self.vault();
        self.metadata_proxy();
        self.secrets_manager();
    }

    fn vault(&mut self) {
        let actions = ["iam:CreateUser", "iam:CreateAccessKey", "iam:PutUserPolicy", "iam:Delete*"];
        let made = iam_arn(IDENTITY, "user", "/", "vault-*");
        let policy = document::policy(&[
            json!({ "Effect": "Allow", "Action": actions, "Resource": made }),
            json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": iam_arn(PROD, "role", "/", "vault-deploy") }),
        ]);
        let user = self.user(IDENTITY, "vault-root", 205, Some(policy));
        let key = self.key(IDENTITY, "vault-root", 201, Some((1, "iam", "us-east-1")));
        self.plant("vault user", user.clone());
        self.plant("vault key", key.0);
        let trust = document::trust_principal(&user);
        let role = self.role(PROD, "vault-deploy", trust, document::allow(&["ecs:UpdateService"], &["*"]));
        self.plant("vault role", role.clone());
        // Vault names its users vault-<auth>-<role>-<time>-<random>; the last one outlived its lease by months.
        let mut fresh = Vec::new();
        for (days, role) in [(0, "terraform"), (0, "ingest"), (96, "terraform")] {
            let at = self.days_ago(days).minus(4200).seconds();
            let name = format!("vault-token-{role}-{at}-{}", self.rng.hex(6));
            let policy = document::allow(&["s3:GetObject", "s3:PutObject"], &["arn:aws:s3:::acme-ingest/*"]);
            let arn = self.user(IDENTITY, &name, days, Some(policy));
            let used = (days > 0).then_some((95 * 24, "s3", "eu-west-1"));
            self.key(IDENTITY, &name, days, used);
            fresh.extend((days == 0).then(|| arn.clone()));
            self.plant(if days > 0 { "vault user, left behind" } else { "vault user, fresh" }, arn);
        }
        let home = self.project_home("acme/data/ingest");
        self.variable(home, "VAULT_ADDR", "https://vault.acme.example:8200", ("", "*"));
        let carrier = self.variable(home, "VAULT_AUTH_ROLE", "gitlab-ingest", ("p", "*"));
        // What a job gets is told by names alone.
        fresh.push(role);
        for (path, to) in
            ["acme/platform/infra", "acme/data/ingest", "acme/shop/checkout"].into_iter().zip(fresh)
        {
            let project = self.id(path);
            let reach = Reach::Projects([project].into());
            self.known("vault", (&format!("project/{project}"), &to), INFERRED, reach);
        }
        self.plant("vault variable", carrier);
        self.plant("vault project", format!("project/{}", self.id("acme/data/ingest")));
    }

    fn metadata_proxy(&mut self) {
        let proxy = iam_arn(PROD, "role", "/", "metadata-proxy");
        let trust = document::trust_principal(&proxy);
        let good = self.role(PROD, "proxy-image-build", trust.clone(), document::allow(&["ecr:*"], &["*"]));
        let bad = self.role(PROD, "proxy-admin", trust, document::allow(&["*"], &["*"]));
        let images = self.project_home("acme/platform/runner-images");
        let carrier = self.variable(images, "IAM_ROLE", &good, ("", "*"));
        // Once by the variable, once by the job that says the same.
        for _ in 0..2 {
            self.known_by("metadata-proxy", images, &carrier, &good, OBSERVED);
        }
        self.plant("metadata proxy variable", carrier);
        let platform = self.group_home("acme/platform");
        let carrier = self.variable(platform, "IAM_ROLE", &bad, ("", "release/*"));
        self.known_by("metadata-proxy", platform, &carrier, &bad, CONFIGURED);
        let trust = document::trust_principal(&proxy);
        let default = self.role(PROD, "proxy-default", trust, document::allow(&["s3:GetObject"], &["*"]));
        self.known("metadata-proxy", ("runner/16", &default), CONFIGURED, Reach::Nobody);
        self.plant("metadata proxy role, default", default);
        self.plant("metadata proxy variable, bad", carrier);
        self.plant("metadata proxy role", good);
        self.plant("metadata proxy role, bad", bad);
        self.plant("metadata proxy runner", "runner/16");
    }

    fn secrets_manager(&mut self) {
        let secret = format!("arn:aws:secretsmanager:eu-west-1:{PROD:012}:secret:ci/warehouse-*");
        let trust = document::trust_service("ecs-tasks.amazonaws.com");
        let reader = document::allow(&["secretsmanager:GetSecretValue"], &[&secret]);
        let role = self.role(PROD, "ci-secrets-reader", trust, reader);
        let copy = iam_arn(PROD, "role", "/", "warehouse-copy");
        let policy = document::policy(&[
            json!({ "Effect": "Allow", "Action": "redshift-data:*", "Resource": "*" }),
            json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": copy }),
        ]);
        let user = self.user(PROD, "warehouse-loader", 350, Some(policy));
        let copies = document::allow(&["s3:GetObject"], &["arn:aws:s3:::acme-warehouse-in/*"]);
        self.role(PROD, "warehouse-copy", document::trust_principal(&user), copies);
        let key = self.key(PROD, "warehouse-loader", 170, Some((8, "redshift-data", "eu-west-1")));
        let project = format!("project/{}", self.id("acme/data/warehouse"));
        // The key was used right after the secret was read, from the same address.
        self.known("stored-secret", (&project, &user), INFERRED, Reach::Nobody);
        for (path, secret) in [
            ("acme/payments/gateway", "ci/docs-publisher"),
            ("acme/mobile/ios-app", "/ci/mobile/symbols-key"),
        ] {
            let project = format!("project/{}", self.id(path));
            self.known("stored-secret", (&project, secret), CONFIGURED, Reach::Nobody);
        }
        self.plant("secrets manager role", role);
        self.plant("secrets manager user", user);
        self.plant("secrets manager key", key.0);
        self.plant("secrets manager project", format!("project/{}", self.id("acme/data/warehouse")));
    }
}
