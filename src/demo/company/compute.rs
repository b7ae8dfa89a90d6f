//! Credentials jobs get from where they run: EC2 instance profiles, autoscaled machines, Fargate tasks, EKS pods, and the
//! keys in a runner's own configuration.

use serde_json::json;

use super::{Maker, PROD, STAGING, VAULT_ADDRESS, document, iam::MachineLike};
use crate::demo::{
    name::iam_arn,
    world::{
        Provider,
        compute::{
            Blueprint, Cluster, Compute, LaunchConfiguration, LaunchTemplate, Launches, PodIdentity,
            ScalingGroup, TaskDefinition,
        },
    },
};

/// The EKS cluster's issuer, without the scheme.
pub(crate) const EKS_ISSUER: &str = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE";

const REGION: &str = "eu-west-1";
/// A template whose default version is an old one: the group takes the latest.
const FLEET_TEMPLATE: &str = "lt-0c1a5e6f7d8b90a12";
const DARK_TEMPLATE: &str = "lt-0d4f2b7a91c3e8056";
const BATCH_TEMPLATE: &str = "lt-0b7e3d5c1a9f48260";

impl Maker {
    pub(super) fn compute(&mut self) {
        self.runner_machines();
        self.job_machines();
        self.other_machines();
        self.scaling_groups();
        self.containers();
        self.task_definitions();
        self.clusters();
        self.runner_cache();
    }

    /// What an account has in the company's region.
    fn place(&mut self, account: u64) -> &mut Compute {
        self.account(account).compute.entry(REGION.into()).or_default()
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

    /// Groups that runners and applications scale, and what they make instances from. No chance is used here.
    fn scaling_groups(&mut self) {
        let created = self.days_ago(260);
        let group = |name: &str, launches, maximum| ScalingGroup {
            name: name.into(),
            launches,
            instances: Vec::new(),
            maximum,
            created,
        };
        let named = |profile: &str| Blueprint { profile: Some(profile.into()), ..Blueprint::default() };
        let template = |id: &str, name: &str, versions| LaunchTemplate {
            id: id.into(),
            name: name.into(),
            default_version: 1,
            versions,
            created,
        };
        let takes = |id: &str, version: &str| Launches::Template { id: id.into(), version: version.into() };
        let machines = self.account(PROD).machines.get(REGION);
        let fleet = machines.into_iter().flatten().filter(|machine| machine.name.starts_with("fleet-"));
        let instances = fleet.map(|machine| machine.id.clone()).collect();
        let first = Blueprint { metadata: Some((false, 2)), ..named("gitlab-job-vm") };
        let latest = Blueprint { by_arn: true, metadata: Some((true, 1)), ..named("gitlab-fleet-vm") };
        let place = self.place(PROD);
        place.launch_templates = vec![
            template(FLEET_TEMPLATE, "gitlab-fleet-vm", vec![first, latest]),
            template(BATCH_TEMPLATE, "shop-batch", vec![named("shop-app")]),
        ];
        place.launch_configurations =
            vec![LaunchConfiguration { name: "shop-web-2023".into(), blueprint: named("shop-app"), created }];
        place.scaling_groups = vec![
            ScalingGroup { instances, ..group("gitlab-fleet", takes(FLEET_TEMPLATE, "$Latest"), 40) },
            group("shop-batch", Launches::Mixed { id: BATCH_TEMPLATE.into(), version: "1".into() }, 12),
            group("shop-web", Launches::Configuration("shop-web-2023".into()), 6),
        ];
        // The auditor may not read launch templates in staging.
        let place = self.place(STAGING);
        place.launch_templates =
            vec![template(DARK_TEMPLATE, "gitlab-fleet-dark", vec![named("staging-runner")])];
        place.scaling_groups = vec![group("gitlab-fleet-dark", takes(DARK_TEMPLATE, "$Default"), 8)];
        self.plant("scaling group", "gitlab-fleet");
        self.plant("launch template", FLEET_TEMPLATE);
        self.plant("scaling group whose template is refused", "gitlab-fleet-dark");
    }

    fn task_definitions(&mut self) {
        let registered = self.days_ago(120);
        let task = |family: &str, revision, role: &str| TaskDefinition {
            family: family.into(),
            revision,
            task_role: Some(iam_arn(PROD, "role", "/", role)),
            execution_role: Some(iam_arn(PROD, "role", "/", "ecs-agent")),
            image: format!("{PROD:012}.dkr.ecr.{REGION}.amazonaws.com/{family}:latest"),
            is_active: true,
            registered,
        };
        let old = TaskDefinition { is_active: false, ..task("gitlab-ci-job", 1, "eks-node") };
        self.place(PROD).task_definitions = vec![
            old,
            task("gitlab-ci-job", 2, "gitlab-fargate-task"),
            task("gitlab-ci-job", 3, "gitlab-fargate-task"),
            task("shop-orders", 14, "shop-orders-task"),
            task("shop-catalog", 9, "shop-catalog-task"),
        ];
        let arn = format!("arn:aws:ecs:{REGION}:{PROD:012}:task-definition/gitlab-ci-job:3");
        self.plant("fargate task definition", arn);
    }

    fn clusters(&mut self) {
        let created = self.days_ago(500);
        let association = |id: &str, service_account: &str, role: String| PodIdentity {
            id: id.into(),
            namespace: "gitlab-runners".into(),
            service_account: service_account.into(),
            role,
            created,
        };
        let payments = iam_arn(PROD, "role", "/", "gitlab-eks-payments");
        self.place(PROD).clusters = vec![Cluster {
            name: "ci".into(),
            issuer: EKS_ISSUER.into(),
            version: "1.33",
            created,
            pod_identities: vec![association("a-2kd8vqx0m4h7", "ci-payments", payments)],
        }];
        let apps = iam_arn(STAGING, "role", "/", "staging-runner");
        self.place(STAGING).clusters = vec![Cluster {
            name: "apps-staging".into(),
            issuer: "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE5A61C0B7E2F94D3A8EXAMPLE".into(),
            version: "1.32",
            created,
            pod_identities: vec![association("a-9wq1zc6r3t5y", "preview", apps)],
        }];
        self.plant("eks cluster", format!("arn:aws:eks:{REGION}:{PROD:012}:cluster/ci"));
        self.plant("irsa service account", "gitlab-runners/ci-shared");
        self.plant("pod identity service account", "gitlab-runners/ci-payments");
        self.plant(
            "eks cluster whose associations are refused",
            format!("arn:aws:eks:{REGION}:{STAGING:012}:cluster/apps-staging"),
        );
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
            format!("{EKS_ISSUER}:sub"): "system:serviceaccount:gitlab-runners:ci-shared",
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
