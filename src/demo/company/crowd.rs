//! Everybody else: people, service users and roles that fill the accounts up to the company's size.

use super::{IDENTITY, Maker, PROD, STAGING, document};
use crate::demo::{name::unique_id, world::IamGroup};

const PEOPLE: [&str; 16] = [
    "ada.okafor",
    "bruno.keller",
    "chen.wei",
    "dilara.aydin",
    "emil.soderberg",
    "farah.nasser",
    "gwen.hughes",
    "hugo.marchetti",
    "ines.carvalho",
    "jonas.brandt",
    "kavya.rao",
    "liam.doyle",
    "mei.tanaka",
    "nils.berg",
    "olga.petrova",
    "pablo.ruiz",
];
/// Role names and the service that takes them; a few belong to AWS itself.
const ROLES: [(&str, &str); 12] = [
    ("shop-orders-task", "ecs-tasks.amazonaws.com"),
    ("shop-catalog-task", "ecs-tasks.amazonaws.com"),
    ("image-resizer", "lambda.amazonaws.com"),
    ("invoice-mailer", "lambda.amazonaws.com"),
    ("clickstream-firehose", "firehose.amazonaws.com"),
    ("nightly-glue", "glue.amazonaws.com"),
    ("rds-monitoring", "monitoring.rds.amazonaws.com"),
    ("config-recorder", "config.amazonaws.com"),
    ("backup-vault", "backup.amazonaws.com"),
    ("step-orders", "states.amazonaws.com"),
    ("codebuild-images", "codebuild.amazonaws.com"),
    ("event-bus", "events.amazonaws.com"),
];

impl Maker {
    pub(super) fn crowd(&mut self) {
        self.iam_groups();
        self.single_sign_on();
        let users = |maker: &Self| maker.world.accounts.values().map(|one| one.users.len()).sum::<usize>();
        for index in 0..self.size.users.saturating_sub(users(self)) {
            self.other_user(index);
        }
        let roles = |maker: &Self| maker.world.accounts.values().map(|one| one.roles.len()).sum::<usize>();
        for index in 0..self.size.roles.saturating_sub(roles(self)) {
            self.other_role(index);
        }
    }

    fn iam_groups(&mut self) {
        let list = [
            ("administrators", "arn:aws:iam::aws:policy/AdministratorAccess"),
            ("developers", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ];
        for (name, policy) in list {
            let group = IamGroup {
                name: name.into(),
                path: "/".into(),
                id: unique_id("AGPA", IDENTITY, &mut self.rng),
                created: self.around(1200),
                inline: Vec::new(),
                attached: vec![policy.into()],
            };
            self.account(IDENTITY).groups.insert(name.into(), group);
        }
    }

    /// What IAM Identity Center and AWS's services put into every account.
    fn single_sign_on(&mut self) {
        for account in [IDENTITY, PROD, STAGING] {
            let name = format!("AWSReservedSSO_AdministratorAccess_{account:x}");
            let saml = format!("arn:aws:iam::{account:012}:saml-provider/AWSSSO_DO_NOT_DELETE");
            let trust = document::policy(&[serde_json::json!({
                "Effect": "Allow",
                "Principal": { "Federated": saml },
                "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
                "Condition": { "StringEquals": { "SAML:aud": "https://signin.aws.amazon.com/saml" } },
            })]);
            self.role(account, &name, trust, document::allow(&["*"], &["*"]));
            if let Some(role) = self.account(account).roles.get_mut(&name) {
                role.path = "/aws-reserved/sso.amazonaws.com/".into();
                role.max_session = 43_200;
            }
            let linked = "AWSServiceRoleForSupport";
            let trust = document::trust_service("support.amazonaws.com");
            self.role(account, linked, trust, document::allow(&["support:*"], &["*"]));
            if let Some(role) = self.account(account).roles.get_mut(linked) {
                role.path = "/aws-service-role/support.amazonaws.com/".into();
            }
        }
    }

    fn other_user(&mut self, index: usize) {
        if let Some(name) = PEOPLE.get(index) {
            self.person(name, index);
            return;
        }
        let account = if index % 10 == 9 { STAGING } else { IDENTITY };
        let name = format!("svc-{}-{index:04}", ["deploy", "report", "sync", "export", "mail"][index % 5]);
        self.user(account, &name, 700, Some(document::allow(&["s3:GetObject"], &["*"])));
        if !self.rng.chance(85) {
            return;
        }
        let days = self.rng.between(1, 690);
        let hours = self.rng.between(2, days.saturating_mul(24).max(3));
        let used = self.rng.chance(70).then_some((hours, "s3", "eu-west-1"));
        self.key(account, &name, days, used);
        if self.rng.chance(12)
            && let Some(user) = self.account(account).users.get_mut(&name)
        {
            user.keys.iter_mut().for_each(|key| key.active = false);
        }
    }

    fn person(&mut self, name: &str, index: usize) {
        let days = self.rng.between(100, 1400);
        self.user(IDENTITY, name, days, None);
        let hours = self.rng.between(1, 900);
        let seen = self.hours_ago(hours);
        let group = if index < 2 { "administrators" } else { "developers" };
        if let Some(user) = self.account(IDENTITY).users.get_mut(name) {
            user.path = "/people/".into();
            user.groups.push(group.into());
            user.password_enabled = true;
            user.password_last_used = Some(seen);
            user.mfa = index % 5 != 3;
        }
        if index % 4 == 1 {
            let age = self.rng.between(20, 95);
            self.key(IDENTITY, name, age, Some((hours, "s3", "eu-west-1")));
        }
    }

    fn other_role(&mut self, index: usize) {
        let account = [PROD, STAGING, PROD, IDENTITY, STAGING][index % 5];
        let (name, service) = ROLES[index % ROLES.len()];
        let lap = index / ROLES.len();
        let name = if lap == 0 { name.to_owned() } else { format!("{name}-{lap:03}") };
        let trust = document::trust_service(service);
        self.role(account, &name, trust, document::allow(&["logs:PutLogEvents", "s3:GetObject"], &["*"]));
        if self.rng.chance(60) {
            let hours = self.rng.between(1, 2000);
            let seen = self.hours_ago(hours);
            if let Some(role) = self.account(account).roles.get_mut(&name) {
                role.last_used = Some((seen, "eu-west-1".into()));
            }
        }
    }
}
