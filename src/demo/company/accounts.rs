//! The three accounts, and the auditor who may read them.

use super::{EXTERNAL_ID, IDENTITY, Maker, PROD, REGIONS, STAGING, document};
use crate::demo::{
    name::iam_arn,
    start::Access,
    world::{
        Account, Inline, World,
        logs::{Log, Logs},
    },
};

const ACCOUNTS: [(u64, &str); 3] =
    [(IDENTITY, "acme-identity"), (PROD, "acme-prod"), (STAGING, "acme-staging")];
const AUDIT: &str = "keytrail-audit";

/// What a program that reads IAM, CloudTrail and what jobs run on needs: a part of AWS's SecurityAudit.
const READS: [&str; 27] = [
    "iam:Get*",
    "iam:List*",
    "iam:GenerateCredentialReport",
    "sts:GetCallerIdentity",
    "cloudtrail:LookupEvents",
    "cloudtrail:DescribeTrails",
    "ec2:DescribeInstances",
    "ec2:DescribeRegions",
    "ec2:DescribeIamInstanceProfileAssociations",
    "ec2:DescribeLaunchTemplateVersions",
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:DescribeLaunchConfigurations",
    "ecs:ListTaskDefinitionFamilies",
    "ecs:DescribeTaskDefinition",
    "eks:ListClusters",
    "eks:DescribeCluster",
    "eks:ListPodIdentityAssociations",
    "eks:DescribePodIdentityAssociation",
    "athena:StartQueryExecution",
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:StopQueryExecution",
    "athena:GetTableMetadata",
    "cloudtrail:StartQuery",
    "cloudtrail:DescribeQuery",
    "cloudtrail:GetQueryResults",
    "cloudtrail:CancelQuery",
];

/// What staging forgot to give the auditor.
const FORGOTTEN: [&str; 2] = ["ec2:DescribeLaunchTemplateVersions", "eks:ListPodIdentityAssociations"];

/// What a program needs besides that carries plans out.
const WRITES: [&str; 14] = [
    "iam:CreateAccessKey",
    "iam:UpdateAccessKey",
    "iam:DeleteAccessKey",
    "iam:PutUserPolicy",
    "iam:DeleteUserPolicy",
    "iam:PutRolePolicy",
    "iam:DeleteRolePolicy",
    "iam:UpdateAssumeRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:AttachRolePolicy",
    "iam:DetachRolePolicy",
    "iam:CreateOpenIDConnectProvider",
    "iam:DeleteOpenIDConnectProvider",
];

/// Lets the auditor change things, in every account.
pub(crate) fn arm(world: &mut World) {
    let policy = Inline { name: "keytrail-write".into(), document: document::allow(&WRITES, &["*"]) };
    for account in world.accounts.values_mut() {
        let users = account.users.get_mut(AUDIT).map(|user| &mut user.inline);
        let roles = account.roles.get_mut(AUDIT).map(|role| &mut role.inline);
        users.into_iter().chain(roles).for_each(|inline| inline.push(policy.clone()));
    }
}

/// How the auditor reaches each account.
pub(super) fn access() -> Vec<Access> {
    let regions: Vec<String> = REGIONS.map(String::from).to_vec();
    ACCOUNTS
        .into_iter()
        .map(|(account, alias)| {
            let other = account != IDENTITY;
            Access {
                account,
                name: alias.into(),
                role: other.then(|| iam_arn(account, "role", "/", AUDIT)),
                external_id: other.then(|| EXTERNAL_ID.into()),
                regions: regions.clone(),
            }
        })
        .collect()
}

/// The identity account has a table of everybody's log files; production has an event data store of its own, from before CloudTrail Lake
/// took no new customers.
fn logs() -> Logs {
    let log = |account, name: &str, of: &[u64]| Log {
        account,
        region: REGIONS[1].into(),
        name: name.into(),
        of: of.to_vec(),
        output: "s3://acme-athena".into(),
    };
    Logs {
        tables: vec![log(IDENTITY, "security.cloudtrail_logs", &ACCOUNTS.map(|(number, _)| number))],
        stores: vec![log(PROD, "4d9f5cf3-8c1b-4b3a-9a38-5e1f0c2d7b64", &[PROD])],
    }
}

impl Maker {
    /// Makes the accounts, and returns the auditor's key.
    pub(super) fn accounts(&mut self) -> (String, String) {
        for (number, alias) in ACCOUNTS {
            let root = (number == STAGING).then(|| self.days_ago(61));
            let account = Account {
                number,
                alias: alias.into(),
                regions: REGIONS.map(String::from).to_vec(),
                root_mfa: number != STAGING,
                root_keys: u8::from(number == STAGING),
                root_password_last_used: root,
                ..Account::default()
            };
            self.world.accounts.insert(number, account);
        }
        self.world.logs = logs();
        let roles: Vec<String> = [PROD, STAGING].map(|account| iam_arn(account, "role", "/", AUDIT)).to_vec();
        let own = document::policy(&[
            serde_json::json!({ "Effect": "Allow", "Action": READS, "Resource": "*" }),
            serde_json::json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": roles }),
        ]);
        let user = self.user(IDENTITY, AUDIT, 40, Some(own));
        for account in [PROD, STAGING] {
            let trust = document::trust_with_external_id(&user, EXTERNAL_ID);
            let forgotten = |read: &&str| account == STAGING && FORGOTTEN.contains(read);
            let reads: Vec<&str> = READS.into_iter().filter(|read| !forgotten(read)).collect();
            self.role(account, AUDIT, trust, document::allow(&reads, &["*"]));
        }
        let (id, secret) = self.key(IDENTITY, AUDIT, 21, Some((1, "sts", "eu-west-1")));
        self.plant("audit user", user);
        self.plant("audit key", id.clone());
        (id, secret)
    }
}
