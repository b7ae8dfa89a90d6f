//! GitLab's id tokens at AWS: providers, and roles that trust their subjects well or badly.

use serde_json::{Value, json};

use super::{
    HOST, Maker, PROD, STAGING, document,
    truth::{INFERRED, Reach},
};
use crate::demo::{
    name::iam_arn,
    world::{Project, Provider},
};

/// This project's role stands in its settings instead of its CI file.
pub(super) const ROLE_IN_SETTINGS: &str = "acme/shop/checkout";

impl Maker {
    pub(super) fn identity(&mut self) {
        for account in [PROD, STAGING] {
            let arn = iam_arn(account, "oidc-provider", "/", HOST);
            let provider = Provider {
                arn: arn.clone(),
                url: HOST.into(),
                client_ids: vec![format!("https://{HOST}"), "sts.amazonaws.com".into()],
                thumbprints: vec![self.rng.hex(40)],
                created: self.around(380),
            };
            self.account(account).providers.insert(arn, provider);
        }
        self.plant("gitlab provider in prod", iam_arn(PROD, "oidc-provider", "/", HOST));
        self.plant("gitlab provider in staging", iam_arn(STAGING, "oidc-provider", "/", HOST));
        let gateway = self.id("acme/payments/gateway");
        if let Some(project) = self.world.gitlab.projects.get_mut(&gateway) {
            project.id_token_components = ["project_id", "ref_type", "ref"].map(String::from).to_vec();
        }
        self.plant("project with its own subject", format!("project/{gateway}"));
        let settings = self.project_home(ROLE_IN_SETTINGS);
        let arn = iam_arn(PROD, "role", "/", "oidc-checkout-deploy");
        let named = self.variable(settings, "AWS_ROLE_ARN", &arn, ("", "*"));
        self.plant("variable that names a role", named);
        self.good_subjects(gateway);
        self.wide_subjects();
        self.careless_subjects();
        self.idle_subjects();
    }

    fn good_subjects(&mut self, gateway: u64) {
        let exact = ["project_path:acme/shop/checkout:ref_type:branch:ref:main"];
        let condition = document::subjects("StringEquals", &exact);
        let role = self.token_role(PROD, "oidc-checkout-deploy", &condition, &["ecs:*", "ecr:*"]);
        self.known_tokens(&role, |project| project.full_path == "acme/shop/checkout", &[ROLE_IN_SETTINGS]);
        self.plant("oidc role, exact subject", role);

        let by_id = format!("project_id:{gateway}:ref_type:branch:ref:main");
        let condition = document::subjects("StringEquals", &[&by_id]);
        let role = self.token_role(PROD, "oidc-gateway-deploy", &condition, &["ecs:*", "kms:*"]);
        self.known_tokens(&role, |project| project.id == gateway, &[]);
        self.plant("oidc role, project id subject", role);

        let two = [
            "project_path:acme/data/warehouse:ref_type:branch:ref:main",
            "project_path:acme/data/ingest:ref_type:branch:ref:main",
        ];
        let condition = document::subjects("StringEquals", &two);
        let role = self.token_role(STAGING, "oidc-data-deploy", &condition, &["glue:*", "s3:*"]);
        let paths = ["acme/data/warehouse", "acme/data/ingest"];
        self.known_tokens(&role, |project| paths.contains(&project.full_path.as_str()), &[]);
        self.plant("oidc role, two exact subjects", role);
    }

    /// More get in than anybody meant to.
    fn wide_subjects(&mut self) {
        let condition = document::subjects("StringLike", &["project_path:acme/*"]);
        let role = self.token_role(PROD, "oidc-any-acme", &condition, &["s3:*", "lambda:*"]);
        self.known_tokens(&role, |project| by_path(project, "acme/"), &[]);
        self.plant("oidc role, any project", role);

        // Without the slash `acme-evil/x` gets in as well.
        let condition = document::subjects("StringLike", &["project_path:acme*:ref_type:branch:ref:main"]);
        let role = self.token_role(PROD, "oidc-acme-prefix", &condition, &["ecr:*"]);
        self.known_tokens(&role, |project| by_path(project, "acme"), &[]);
        self.plant("oidc role, prefix without a slash", role);

        let audience = json!({ "StringEquals": { format!("{HOST}:aud"): format!("https://{HOST}") } });
        let role = self.token_role(PROD, "oidc-audience-only", &audience, &["s3:GetObject"]);
        self.known_tokens(&role, |_| true, &[]);
        self.plant("oidc role, audience only", role);

        // A self-managed GitLab's tokens give AWS no such claim: `IfExists` holds for everybody.
        let absent = json!({
            "StringEquals": { format!("{HOST}:aud"): format!("https://{HOST}") },
            "StringEqualsIfExists": { format!("{HOST}:project_path"): "acme/platform/infra" },
        });
        let role = self.token_role(PROD, "oidc-infra-ifexists", &absent, &["ecs:*"]);
        self.known_tokens(&role, |_| true, &[]);
        self.plant("oidc role, absent claim", role);

        let every = json!({
            "StringEquals": { format!("{HOST}:aud"): format!("https://{HOST}") },
            "ForAllValues:StringLike": { format!("{HOST}:sub"): "project_path:acme/platform/*" },
        });
        let role = self.token_role(PROD, "oidc-platform-forall", &every, &["route53:*"]);
        self.known_tokens(&role, |project| by_path(project, "acme/platform/"), &[]);
        self.plant("oidc role, ForAllValues", role);
    }

    /// The right project, and refs that anybody may push.
    fn careless_subjects(&mut self) {
        let any_ref = ["project_path:acme/shop/storefront:ref_type:branch:ref:*"];
        let condition = document::subjects("StringLike", &any_ref);
        let role = self.token_role(STAGING, "oidc-storefront-preview", &condition, &["s3:*"]);
        self.known_tokens(&role, |project| project.full_path == "acme/shop/storefront", &[]);
        self.plant("oidc role, any ref", role);

        // Protected is `release/*`; `release-x` is not.
        let release = ["project_path:acme/shop/storefront:ref_type:branch:ref:release*"];
        let condition = document::subjects("StringLike", &release);
        let role = self.token_role(PROD, "oidc-storefront-release", &condition, &["ecs:UpdateService"]);
        let storefront = "acme/shop/storefront";
        self.known_tokens(&role, |project| project.full_path == storefront, &[storefront]);
        self.plant("oidc role, release without a slash", role);

        // A tag may be called `main` as well, and no pattern protects it.
        let any_type = ["project_path:acme/data/warehouse:ref_type:*:ref:main"];
        let condition = document::subjects("StringLike", &any_type);
        let role = self.token_role(STAGING, "oidc-warehouse-publish", &condition, &["s3:PutObject"]);
        self.known_tokens(&role, |project| project.full_path == "acme/data/warehouse", &[]);
        self.plant("oidc role, any type of ref", role);

        let infra = "acme/platform/infra";
        let condition =
            document::subjects("StringLike", &["project_path:acme/platform/infra:ref_type:branch:ref:*"]);
        let role = self.token_role(PROD, "oidc-infra-admin", &condition, &["s3:*"]);
        if let Some(role) = self.account(PROD).roles.get_mut("oidc-infra-admin") {
            role.attached = vec!["arn:aws:iam::aws:policy/AdministratorAccess".into()];
        }
        self.known_tokens(&role, |project| project.full_path == infra, &[infra]);
        self.plant("oidc role, administrator from any ref", role);
    }

    /// Nobody known gets in.
    fn idle_subjects(&mut self) {
        // A wildcard under StringEquals is a letter like any other: nobody gets in.
        let dead = document::subjects("StringEquals", &["project_path:acme/shop/*:ref_type:branch:ref:main"]);
        let role = self.token_role(STAGING, "oidc-shop-dead", &dead, &["ecs:*"]);
        self.plant("oidc role, dead rule", role);

        // The project's tokens name its id, not its path, since its subject was changed.
        let stale = ["project_path:acme/payments/gateway:ref_type:branch:ref:main"];
        let condition = document::subjects("StringEquals", &stale);
        let role = self.token_role(STAGING, "oidc-gateway-stale", &condition, &["ecs:*"]);
        self.plant("oidc role, stale subject", role);

        // Whoever makes a project of that path gets in.
        let gone = ["project_path:acme/shop/old-checkout:ref_type:branch:ref:main"];
        let condition = document::subjects("StringEquals", &gone);
        let role = self.token_role(PROD, "oidc-old-checkout", &condition, &["ecs:*"]);
        self.known("oidc", ("instance", &role), INFERRED, Reach::Nobody);
        self.plant("oidc role, path of no project", role);

        // The provider's ClientIDList does not hold it.
        let audience = json!({ "StringEquals": {
            format!("{HOST}:aud"): "https://aws.acme.example",
            format!("{HOST}:sub"): "project_path:acme/shop/checkout:ref_type:branch:ref:main",
        }});
        let role = self.token_role(PROD, "oidc-checkout-audience", &audience, &["ecs:*"]);
        self.plant("oidc role, audience the provider refuses", role);

        // IAM would not take it today: `Permit` is no effect.
        let role = self.token_role(STAGING, "oidc-no-policy", &json!({}), &["logs:*"]);
        if let Some(role) = self.account(STAGING).roles.get_mut("oidc-no-policy") {
            role.trust = role.trust.replace("\"Allow\"", "\"Permit\"");
        }
        self.plant("oidc role, trust that is no policy", role);
    }

    /// A role that id tokens open under a condition, and what it may do.
    fn token_role(&mut self, account: u64, name: &str, condition: &Value, actions: &[&str]) -> String {
        let trust = document::trust_web(account, HOST, condition);
        self.role(account, name, trust, document::allow(actions, &["*"]))
    }
}

/// Does a project's subject begin with its path, and its path with this?
fn by_path(project: &Project, beginning: &str) -> bool {
    project.full_path.starts_with(beginning)
        && project.id_token_components.first().is_some_and(|first| first == "project_path")
}
