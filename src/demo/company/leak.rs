//! The leaked key: whose it is, what it reaches and which variables carry it. What was done with it stands in `history`
//! and `attack`.

use super::{IDENTITY, Maker, PROD, STAGING, document, truth::OBSERVED};
use crate::demo::{
    name::{iam_arn, unique_id},
    world::ManagedPolicy,
};

/// Days since the leaked key was made.
pub(super) const LEAKED_AGE: i64 = 412;

impl Maker {
    pub(super) fn leak(&mut self) {
        let deploy_prod = iam_arn(PROD, "role", "/", "deploy-prod");
        let deploy_staging = iam_arn(STAGING, "role", "/", "deploy-staging");
        let data_admin = iam_arn(PROD, "role", "/", "data-admin");
        let replica = iam_arn(STAGING, "role", "/", "warehouse-replica");
        let policy = ManagedPolicy {
            arn: iam_arn(IDENTITY, "policy", "/", "assume-deploy-roles"),
            name: "assume-deploy-roles".into(),
            path: "/".into(),
            id: unique_id("ANPA", IDENTITY, &mut self.rng),
            document: document::allow(&["sts:AssumeRole"], &[&deploy_prod, &deploy_staging]),
            created: self.around(LEAKED_AGE),
        };
        let user = self.user(IDENTITY, "gitlab-deploy", LEAKED_AGE + 2, None);
        let pair = self.key(IDENTITY, "gitlab-deploy", LEAKED_AGE, Some((3, "sts", "eu-west-1")));
        let identity = self.account(IDENTITY);
        if let Some(user) = identity.users.get_mut("gitlab-deploy") {
            user.attached.push(policy.arn.clone());
            user.tags = vec![("owner".into(), "platform".into()), ("used-by".into(), "gitlab ci".into())];
        }
        identity.policies.insert(policy.arn.clone(), policy);

        let actions = ["ecs:*", "ecr:*", "s3:*", "cloudformation:*", "lambda:*", "iam:PassRole"];
        self.role(
            PROD,
            "deploy-prod",
            document::trust_principal(&user),
            document::policy(&[
                serde_json::json!({ "Effect": "Allow", "Action": actions, "Resource": "*" }),
                serde_json::json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": data_admin }),
            ]),
        );
        // The whole identity account is trusted here: any user with an identity policy for it gets in.
        let root = format!("arn:aws:iam::{IDENTITY:012}:root");
        let trust = document::trust_principal(&root);
        self.role(STAGING, "deploy-staging", trust, document::allow(&actions, &["*"]));
        let reach = ["s3:*", "rds:*", "redshift:*", "secretsmanager:GetSecretValue"];
        self.role(
            PROD,
            "data-admin",
            document::trust_principal(&deploy_prod),
            document::policy(&[
                serde_json::json!({ "Effect": "Allow", "Action": reach, "Resource": "*" }),
                serde_json::json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": replica }),
            ]),
        );
        // Copies of the warehouse go to staging by night.
        let copies = document::allow(&["s3:*", "redshift:*"], &["*"]);
        self.role(STAGING, "warehouse-replica", document::trust_principal(&data_admin), copies);

        self.leaked_variables((&pair.0, &pair.1));
        self.plant("leaked key", pair.0);
        self.plant("leaked key user", user);
        self.plant("leaked key role", deploy_prod);
        self.plant("leaked key role in staging", deploy_staging);
        self.plant("leaked key chained role", data_admin);
        self.plant("leaked key second chained role", replica);
        self.plant("leaked key runner address", "10.0.3.17");
        self.plant("leaked key unknown address", super::attack::ADDRESS);
    }

    fn leaked_variables(&mut self, pair: (&str, &str)) {
        let infra = self.project_home("acme/platform/infra");
        let project = self.key_pair(infra, pair, ("", "*"));
        let shop = self.group_home("acme/shop");
        let group = self.key_pair(shop, pair, ("p", "*"));
        let drift = self.schedule("acme/platform/infra", "nightly drift check", "30 3 * * *", true);
        let schedule = self.key_pair(drift, pair, ("", "*"));
        // The user can do nothing but assume two roles, which its key was seen to do day after day.
        for (home, carrier) in [(infra, &project), (shop, &group), (drift, &schedule)] {
            for (account, role) in [(PROD, "deploy-prod"), (STAGING, "deploy-staging")] {
                self.known_by("broker", home, carrier, &iam_arn(account, "role", "/", role), OBSERVED);
            }
        }
        self.plant("leaked key project", format!("project/{}", self.id("acme/platform/infra")));
        self.plant("leaked key project variable", project);
        self.plant("leaked key group variable", group);
        self.plant("leaked key schedule variable", schedule);
    }
}
