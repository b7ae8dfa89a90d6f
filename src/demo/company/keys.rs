//! Static IAM user keys in CI/CD variables, good and bad, and the keys nobody remembers.

use serde_json::json;

use super::{
    IDENTITY, Maker, PROD, STAGING, UNSCANNED, document,
    truth::{CONFIGURED, INFERRED},
    variables::Home,
};
use crate::demo::name::{iam_arn, password, secret_key, unique_id};

impl Maker {
    pub(super) fn keys(&mut self) {
        self.carried_well();
        self.carried_badly();
        self.carried_in_files();
        self.strangers();
        self.forgotten();
        self.broker();
    }

    /// Fresh, narrow, masked, protected and bound to one environment; and one GitLab never shows again.
    fn carried_well(&mut self) {
        let ledger = self.project_home("acme/payments/ledger");
        let policy =
            document::allow(&["s3:PutObject", "s3:ListBucket"], &["arn:aws:s3:::acme-ledger-exports/*"]);
        let user = self.user(PROD, "ci-ledger-exports", 60, Some(policy));
        let pair = self.key(PROD, "ci-ledger-exports", 19, Some((5, "s3", "eu-west-1")));
        let carrier = self.key_pair(ledger, (&pair.0, &pair.1), ("mp", "production"));
        self.known_key(ledger, &carrier, PROD, "ci-ledger-exports");
        self.plant("static key, good", pair.0);
        self.plant("static key user, good", user);
        self.plant("variable protected and masked", carrier);

        let user = iam_arn(IDENTITY, "user", "/", "ci-ledger-review");
        let review = self.role(
            STAGING,
            "ledger-review",
            document::trust_principal(&user),
            document::allow(&["cloudformation:*", "lambda:*"], &["*"]),
        );
        let policy = document::policy(&[
            json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": review }),
            json!({ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-ledger-fixtures/*" }),
        ]);
        self.user(IDENTITY, "ci-ledger-review", 200, Some(policy));
        let pair = self.key(IDENTITY, "ci-ledger-review", 150, Some((30, "sts", "eu-west-1")));
        let carrier = self.key_pair(ledger, (&pair.0, &pair.1), ("h", "review/*"));
        // Of all keys used where the project's jobs run, this one alone stands in no variable that can be read.
        self.known_by("static-key", ledger, &carrier, &user, INFERRED);
        self.plant("key in a hidden variable", pair.0);
        self.plant("variable hidden", carrier);

        // Nothing tells which key this is: it was not used lately.
        let home = self.project_home("acme/data/ingest");
        self.user(STAGING, "ingest-replica", 240, Some(document::allow(&["s3:GetObject"], &["*"])));
        let pair = self.key(STAGING, "ingest-replica", 190, Some((700, "s3", "eu-west-1")));
        let carrier = self.key_pair(home, (&pair.0, &pair.1), ("h", "replica"));
        self.known_by("static-key", home, &carrier, &carrier, INFERRED);
        self.plant("key in a hidden variable, unused", pair.0);
        self.plant("variable hidden, unexplained", carrier);
    }

    /// For everybody on the instance, for a whole group, on a schedule.
    fn carried_badly(&mut self) {
        let policy = document::allow(
            &["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            &["*"],
        );
        self.user(IDENTITY, "ci-ecr-pull", 500, Some(policy));
        let pair = self.key(IDENTITY, "ci-ecr-pull", 310, Some((2, "ecr", "eu-west-1")));
        let carrier = self.key_pair(Home::Instance, (&pair.0, &pair.1), ("m", "*"));
        self.known_key(Home::Instance, &carrier, IDENTITY, "ci-ecr-pull");
        self.plant("key in an instance variable", pair.0);
        self.plant("variable instance", carrier);

        self.user(STAGING, "mobile-assets", 600, Some(document::allow(&["s3:*"], &["*"])));
        let pair = self.key(STAGING, "mobile-assets", 540, Some((200 * 24, "s3", "us-east-1")));
        let mobile = self.group_home("acme/mobile");
        let carrier = self.key_pair(mobile, (&pair.0, &pair.1), ("", "*"));
        self.known_key(mobile, &carrier, STAGING, "mobile-assets");
        self.plant("key in a group variable", pair.0);
        self.plant("variable group", carrier);

        let nightly = self.schedule("acme/data/ingest", "nightly export", "15 2 * * *", true);
        self.user(PROD, "ingest-nightly", 260, Some(document::allow(&["s3:*", "glue:*"], &["*"])));
        let pair = self.key(PROD, "ingest-nightly", 255, Some((9, "s3", "eu-west-1")));
        let carrier = self.key_pair(nightly, (&pair.0, &pair.1), ("", "*"));
        self.known_key(nightly, &carrier, PROD, "ingest-nightly");
        self.plant("key in a schedule variable", pair.0);
        self.plant("variable schedule", carrier);
        self.schedule("acme/shop/checkout", "weekly load test", "0 4 * * 0", true);
        self.schedule("acme/data/warehouse", "monthly vacuum", "0 3 1 * *", false);
    }

    /// One `~/.aws/credentials` with two profiles, and a key in the middle of another text.
    fn carried_in_files(&mut self) {
        let warehouse = self.project_home("acme/data/warehouse");
        self.user(PROD, "data-loader", 420, Some(document::allow(&["s3:*", "redshift:*"], &["*"])));
        self.user(STAGING, "data-loader", 420, Some(document::allow(&["s3:*", "redshift:*"], &["*"])));
        let prod = self.key(PROD, "data-loader", 333, Some((12, "s3", "eu-west-1")));
        let staging = self.key(STAGING, "data-loader", 330, Some((60, "s3", "eu-west-1")));
        let body = format!(
            "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\nregion = eu-west-1\n\n\
             [staging]\naws_access_key_id={}\naws_secret_access_key={}\n",
            prod.0, prod.1, staging.0, staging.1
        );
        let carrier = self.variable(warehouse, "AWS_SHARED_CREDENTIALS_FILE", &body, ("f", "*"));
        self.known_key(warehouse, &carrier, PROD, "data-loader");
        self.known_key(warehouse, &carrier, STAGING, "data-loader");
        self.plant("file variable with two profiles", carrier);
        self.plant("first key in a file", prod.0);
        self.plant("second key in a file", staging.0);

        self.user(IDENTITY, "terraform-state", 450, Some(document::allow(&["s3:*", "dynamodb:*"], &["*"])));
        let pair = self.key(IDENTITY, "terraform-state", 401, Some((26, "s3", "eu-west-1")));
        let text = format!("bucket=acme-tfstate access_key={} secret_key={}", pair.0, pair.1);
        let home = self.project_home("acme/platform/infra");
        let carrier = self.variable(home, "TF_BACKEND_CONFIG", &text, ("", "*"));
        self.known_key(home, &carrier, IDENTITY, "terraform-state");
        self.plant("key inside other text", pair.0);
        self.plant("variable with a key inside", carrier);
    }

    /// Keys that no account we read knows: another account's, and a deleted one.
    fn strangers(&mut self) {
        let foreign = (unique_id("AKIA", UNSCANNED, &mut self.rng), secret_key(&mut self.rng));
        let home = self.project_home("acme/mobile/ios-app");
        let carrier = self.key_pair(home, (&foreign.0, &foreign.1), ("m", "*"));
        self.known_by("static-key", home, &carrier, &foreign.0, CONFIGURED);
        self.plant("key of an account not scanned", foreign.0);
        self.plant("variable of an account not scanned", carrier);

        let gone = (unique_id("AKIA", STAGING, &mut self.rng), secret_key(&mut self.rng));
        let home = self.project_home("acme/mobile/android-app");
        let carrier = self.key_pair(home, (&gone.0, &gone.1), ("", "*"));
        self.known_by("static-key", home, &carrier, &gone.0, CONFIGURED);
        self.plant("deleted key", gone.0);
        self.plant("variable with a deleted key", carrier);

        let home = self.project_home("acme/sandbox/playground");
        let text = password(&mut self.rng);
        let carrier = self.variable(home, "PLAYGROUND_TOKEN", &text, ("", "staging"));
        // A description is whatever somebody typed: this one hides what follows and beeps.
        if let Some(variable) = self.variables_of(home).and_then(|list| list.last_mut()) {
            variable.description = Some("harmless\u{1b}[8m\u{7} \u{202e}evitsejam\u{2066}".into());
        }
        self.plant("variable with hostile text", carrier);
    }

    fn forgotten(&mut self) {
        self.user(IDENTITY, "ci-legacy", 900, Some(document::allow(&["ec2:*", "s3:*"], &["*"])));
        let pair = self.key(IDENTITY, "ci-legacy", 388, None);
        let home = self.project_home("acme/platform/ci-templates");
        let carrier = self.variable(home, "LEGACY_AWS_ACCESS_KEY_ID", &pair.0, ("", "*"));
        self.variable(home, "LEGACY_AWS_SECRET_ACCESS_KEY", &pair.1, ("", "*"));
        self.known_key(home, &carrier, IDENTITY, "ci-legacy");
        self.plant("key never used", pair.0);
        self.plant("variable of a key never used", carrier);

        self.user(IDENTITY, "svc-backup", 1300, Some(document::allow(&["s3:GetObject"], &["*"])));
        let old = self.key(IDENTITY, "svc-backup", 1204, Some((380 * 24, "s3", "us-east-1")));
        self.plant("old unused key", old.0);

        self.user(IDENTITY, "svc-metrics", 700, Some(document::allow(&["cloudwatch:PutMetricData"], &["*"])));
        let off = self.key(IDENTITY, "svc-metrics", 610, Some((130 * 24, "monitoring", "eu-west-1")));
        if let Some(user) = self.account(IDENTITY).users.get_mut("svc-metrics") {
            user.keys.iter_mut().for_each(|key| key.active = false);
        }
        let home = self.project_home("acme/sandbox/playground");
        let carrier = self.key_pair(home, (&off.0, &off.1), ("", "*"));
        self.known_key(home, &carrier, IDENTITY, "svc-metrics");
        self.plant("inactive key", off.0);

        self.user(IDENTITY, "ci-terraform", 410, Some(document::allow(&["sts:GetCallerIdentity"], &["*"])));
        let first = self.key(IDENTITY, "ci-terraform", 230, Some((70, "sts", "us-east-1")));
        let second = self.key(IDENTITY, "ci-terraform", 11, Some((4, "sts", "eu-west-1")));
        self.plant("user with two keys", iam_arn(IDENTITY, "user", "/", "ci-terraform"));
        self.plant("first of two keys", first.0);
        self.plant("second of two keys", second.0);

        let admin = self.user(IDENTITY, "ops-admin", 800, None);
        let key = self.key(IDENTITY, "ops-admin", 95, Some((20, "ec2", "eu-west-1")));
        let signed_in = self.days_ago(3);
        if let Some(user) = self.account(IDENTITY).users.get_mut("ops-admin") {
            user.attached = vec!["arn:aws:iam::aws:policy/AdministratorAccess".into()];
            user.password_enabled = true;
            user.password_last_used = Some(signed_in);
        }
        self.plant("admin user", admin);
        self.plant("admin key", key.0);
    }

    /// A user that can do nothing but assume roles elsewhere: the way a broker key should look.
    fn broker(&mut self) {
        let roles = [PROD, STAGING].map(|account| iam_arn(account, "role", "/", "payments-deploy"));
        let policy = document::policy(&[json!({
            "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": roles,
        })]);
        let user = self.user(IDENTITY, "ci-broker", 300, Some(policy));
        let pair = self.key(IDENTITY, "ci-broker", 34, Some((4, "sts", "eu-west-1")));
        for account in [PROD, STAGING] {
            let trust = document::trust_with_external_id(&user, "acme-payments");
            self.role(account, "payments-deploy", trust, document::allow(&["ecs:*", "ecr:*"], &["*"]));
        }
        let payments = self.group_home("acme/payments");
        let carrier = self.key_pair(payments, (&pair.0, &pair.1), ("mp", "*"));
        // The roles want an external id, and a policy does not tell whether a job brings it.
        for arn in &roles {
            self.known_by("broker", payments, &carrier, arn, INFERRED);
        }
        self.plant("broker user", user);
        self.plant("broker key", pair.0);
        self.plant("broker variable", carrier);
        self.plant("broker role in prod", iam_arn(PROD, "role", "/", "payments-deploy"));
    }
}
