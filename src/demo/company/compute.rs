//! Credentials jobs get from where they run: EC2 instance profiles, autoscaled machines, Fargate tasks, EKS pods, and the
//! keys in a runner's own configuration.

use serde_json::json;

use super::{Maker, PROD, STAGING, VAULT_ADDRESS, document, iam::MachineLike};
use crate::demo::{name::iam_arn, world::Provider};

/// The EKS cluster's issuer, without the scheme.
pub(crate) const EKS_ISSUER: &str = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE";

impl Maker {
    pub(super) fn compute(&mut self) {
        self.runner_machines();
        self.job_machines();
        self.other_machines();
        self.containers();
        self.runner_cache();
    }

    fn runner_machines(&mut self) {
        let read = document::allow(&["s3:GetObject", "s3:PutObject"], &["arn:aws:s3:::acme-runner-cache/*"]);
        let good = self.profile(PROD, "gitlab-runner", read);
        let wide = document::allow(&["s3:*", "ec2:*", "iam:PassRole", "secretsmanager:*"], &["*"]);
        let bad = self.profile(PROD, "gitlab-runner-legacy", wide);
        let fleet = document::allow(&["ec2:RunInstances", "ec2:TerminateInstances", "autoscaling:*"], &["*"]);
        self.profile(PROD, "gitlab-autoscaler", fleet);
        self.profile(
            PROD,
            "metadata-proxy",
            document::allow(&["sts:AssumeRole"], &["arn:aws:iam::*:role/*"]),
        );
        self.profile(STAGING, "staging-runner", document::allow(&["ecr:*", "ecs:*"], &["*"]));
        let list = [
            ("linux-docker-1", "10.0.3.11", Some("gitlab-runner"), true, 1),
            ("linux-docker-2", "10.0.3.12", Some("gitlab-runner"), true, 1),
            ("linux-docker-3", "10.0.3.17", Some("gitlab-runner-legacy"), false, 2),
            ("platform-shell", "10.0.3.21", Some("gitlab-runner-legacy"), true, 1),
            ("autoscale-machine", "10.0.3.30", Some("gitlab-autoscaler"), true, 1),
            ("autoscale-fleet", "10.0.3.31", Some("gitlab-autoscaler"), true, 1),
            ("fargate", "10.0.3.40", Some("gitlab-runner"), true, 1),
            ("metadata-proxy", "10.0.3.70", Some("metadata-proxy"), true, 2),
            ("vault-builder", "10.0.3.71", None, true, 1),
            ("shop-group", "10.0.3.18", Some("gitlab-runner"), false, 2),
        ];
        for (name, address, profile, tokens_required, hop_limit) in list {
            let region = "eu-west-1";
            let like =
                MachineLike { account: PROD, region, name, address, profile, tokens_required, hop_limit };
            let id = self.machine(&like);
            match name {
                "linux-docker-1" => self.plant("runner machine, good", id),
                "linux-docker-3" => self.plant("runner machine, bad", id),
                _ => {}
            }
        }
        self.machine(&MachineLike {
            account: STAGING,
            region: "eu-west-1",
            name: "staging-docker",
            address: "10.1.3.11",
            profile: Some("staging-runner"),
            tokens_required: false,
            hop_limit: 1,
        });
        self.plant("instance profile role, good", good);
        self.plant("instance profile role, bad", bad);
    }

    /// The machines docker+machine and docker-autoscaler start for one job each.
    fn job_machines(&mut self) {
        let narrow = document::allow(&["ecr:GetAuthorizationToken", "ecr:BatchGetImage"], &["*"]);
        let fleet = self.profile(PROD, "gitlab-fleet-vm", narrow);
        let admin = self.profile(PROD, "gitlab-job-vm", document::allow(&["*"], &["*"]));
        let list = [
            ("runner-machine-a1", "10.0.3.101", "gitlab-job-vm", 2),
            ("runner-machine-b7", "10.0.3.102", "gitlab-job-vm", 2),
            ("fleet-0f3c", "10.0.3.111", "gitlab-fleet-vm", 1),
            ("fleet-22d8", "10.0.3.112", "gitlab-fleet-vm", 1),
        ];
        for (name, address, profile, hop_limit) in list {
            let id = self.machine(&MachineLike {
                account: PROD,
                region: "eu-west-1",
                name,
                address,
                profile: Some(profile),
                tokens_required: hop_limit == 1,
                hop_limit,
            });
            match name {
                "runner-machine-a1" => self.plant("job machine of docker+machine", id),
                "fleet-0f3c" => self.plant("job machine of docker-autoscaler", id),
                _ => {}
            }
        }
        self.plant("docker+machine role", admin);
        self.plant("docker-autoscaler role", fleet);
        self.plant("docker+machine runner", "runner/5");
        self.plant("docker-autoscaler runner", "runner/6");
    }

    /// Machines no runner sits on.
    fn other_machines(&mut self) {
        self.profile(PROD, "shop-app", document::allow(&["s3:GetObject", "sqs:*"], &["*"]));
        let list = [
            (PROD, "eu-west-1", "bastion", "10.0.1.4", None),
            (PROD, "eu-west-1", "vault-1", VAULT_ADDRESS, None),
            (PROD, "eu-west-1", "shop-app-1", "10.0.20.11", Some("shop-app")),
            (PROD, "eu-west-1", "shop-app-2", "10.0.20.12", Some("shop-app")),
            (PROD, "us-east-1", "status-page", "10.9.1.7", None),
            (STAGING, "eu-west-1", "staging-app-1", "10.1.20.11", None),
        ];
        for (account, region, name, address, profile) in list {
            let tokens_required = name != "bastion";
            self.machine(&MachineLike {
                account,
                region,
                name,
                address,
                profile,
                tokens_required,
                hop_limit: 1,
            });
        }
        if let Some(machine) = self
            .account(STAGING)
            .machines
            .get_mut("eu-west-1")
            .and_then(|list| list.iter_mut().find(|machine| machine.name == "staging-app-1"))
        {
            machine.state = "stopped";
        }
    }

    fn containers(&mut self) {
        let trust = document::trust_service("ecs-tasks.amazonaws.com");
        let task =
            self.role(PROD, "gitlab-fargate-task", trust, document::allow(&["s3:*", "glue:*"], &["*"]));

        let arn = iam_arn(PROD, "oidc-provider", "/", EKS_ISSUER);
        let provider = Provider {
            arn: arn.clone(),
            url: EKS_ISSUER.into(),
            client_ids: vec!["sts.amazonaws.com".into()],
            thumbprints: vec![self.rng.hex(40)],
            created: self.around(500),
        };
        self.account(PROD).providers.insert(arn.clone(), provider);
        let exact = json!({ "StringEquals": {
            format!("{EKS_ISSUER}:aud"): "sts.amazonaws.com",
            format!("{EKS_ISSUER}:sub"): "system:serviceaccount:gitlab-runner:job",
        }});
        let wild = json!({ "StringLike": { format!("{EKS_ISSUER}:sub"): "system:serviceaccount:*:*" } });
        let trust = document::trust_web(PROD, EKS_ISSUER, &exact);
        let good = self.role(PROD, "gitlab-eks-job", trust, document::allow(&["ecr:*"], &["*"]));
        let trust = document::trust_web(PROD, EKS_ISSUER, &wild);
        let bad = self.role(PROD, "eks-any-pod", trust, document::allow(&["s3:*", "dynamodb:*"], &["*"]));
        let trust = document::trust_service("pods.eks.amazonaws.com");
        let pod = self.role(PROD, "gitlab-eks-payments", trust, document::allow(&["kms:Sign"], &["*"]));
        self.profile(PROD, "eks-node", document::allow(&["ec2:Describe*", "eks-auth:*"], &["*"]));
        self.plant("fargate role", task);
        self.plant("fargate runner", "runner/7");
        self.plant("eks provider", arn);
        self.plant("irsa role, good", good);
        self.plant("irsa role, bad", bad);
        self.plant("irsa runner", "runner/8");
        self.plant("pod identity role", pod);
        self.plant("pod identity runner", "runner/9");
    }

    /// A key that stands in the runner's config.toml only: no variable carries it.
    fn runner_cache(&mut self) {
        let policy = document::allow(
            &["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
            &["arn:aws:s3:::acme-runner-cache", "arn:aws:s3:::acme-runner-cache/*"],
        );
        let user = self.user(PROD, "gitlab-runner-cache", 640, Some(policy));
        let key = self.key(PROD, "gitlab-runner-cache", 633, Some((1, "s3", "eu-west-1")));
        self.plant("runner cache user", user);
        self.plant("runner cache key", key.0);
    }
}
