//! GitLab's id tokens at AWS: providers, and roles that trust their subjects well or badly.

use serde_json::json;

use super::{HOST, Maker, PROD, STAGING, document};
use crate::demo::{name::iam_arn, world::Provider};

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
        self.good_subjects(gateway);
        self.bad_subjects();
    }

    fn good_subjects(&mut self, gateway: u64) {
        let exact = ["project_path:acme/shop/checkout:ref_type:branch:ref:main"];
        let trust = document::trust_web(PROD, HOST, &document::subjects("StringEquals", &exact));
        let role =
            self.role(PROD, "oidc-checkout-deploy", trust, document::allow(&["ecs:*", "ecr:*"], &["*"]));
        self.plant("oidc role, exact subject", role);

        let by_id = format!("project_id:{gateway}:ref_type:branch:ref:main");
        let trust = document::trust_web(PROD, HOST, &document::subjects("StringEquals", &[&by_id]));
        let role =
            self.role(PROD, "oidc-gateway-deploy", trust, document::allow(&["ecs:*", "kms:*"], &["*"]));
        self.plant("oidc role, project id subject", role);

        let two = [
            "project_path:acme/data/warehouse:ref_type:branch:ref:main",
            "project_path:acme/data/ingest:ref_type:branch:ref:main",
        ];
        let trust = document::trust_web(STAGING, HOST, &document::subjects("StringEquals", &two));
        let role =
            self.role(STAGING, "oidc-data-deploy", trust, document::allow(&["glue:*", "s3:*"], &["*"]));
        self.plant("oidc role, two exact subjects", role);
    }

    fn bad_subjects(&mut self) {
        let trust =
            document::trust_web(PROD, HOST, &document::subjects("StringLike", &["project_path:acme/*"]));
        let role = self.role(PROD, "oidc-any-acme", trust, document::allow(&["s3:*", "lambda:*"], &["*"]));
        self.plant("oidc role, any project", role);

        let audience = json!({ "StringEquals": { format!("{HOST}:aud"): format!("https://{HOST}") } });
        let trust = document::trust_web(PROD, HOST, &audience);
        let role = self.role(PROD, "oidc-audience-only", trust, document::allow(&["s3:GetObject"], &["*"]));
        self.plant("oidc role, audience only", role);

        let any_ref = ["project_path:acme/shop/storefront:ref_type:branch:ref:*"];
        let trust = document::trust_web(STAGING, HOST, &document::subjects("StringLike", &any_ref));
        let role = self.role(STAGING, "oidc-storefront-preview", trust, document::allow(&["s3:*"], &["*"]));
        self.plant("oidc role, any ref", role);

        // A wildcard under StringEquals is a letter like any other: nobody gets in.
        let dead = ["project_path:acme/shop/*:ref_type:branch:ref:main"];
        let trust = document::trust_web(STAGING, HOST, &document::subjects("StringEquals", &dead));
        let role = self.role(STAGING, "oidc-shop-dead", trust, document::allow(&["ecs:*"], &["*"]));
        self.plant("oidc role, dead rule", role);

        // The project's tokens name its id, not its path, since its subject was changed.
        let stale = ["project_path:acme/payments/gateway:ref_type:branch:ref:main"];
        let trust = document::trust_web(STAGING, HOST, &document::subjects("StringEquals", &stale));
        let role = self.role(STAGING, "oidc-gateway-stale", trust, document::allow(&["ecs:*"], &["*"]));
        self.plant("oidc role, stale subject", role);
    }
}
