//! The three accounts, and the auditor who may read them.

use super::{EXTERNAL_ID, IDENTITY, Maker, PROD, REGIONS, STAGING, document};
use crate::demo::{name::iam_arn, start::Access, world::Account};

const ACCOUNTS: [(u64, &str); 3] =
    [(IDENTITY, "acme-identity"), (PROD, "acme-prod"), (STAGING, "acme-staging")];
const AUDIT: &str = "keytrail-audit";

/// What a program that reads IAM, CloudTrail and EC2 needs: a part of AWS's SecurityAudit.
const READS: [&str; 9] = [
    "iam:Get*",
    "iam:List*",
    "iam:GenerateCredentialReport",
    "sts:GetCallerIdentity",
    "cloudtrail:LookupEvents",
    "cloudtrail:DescribeTrails",
    "ec2:DescribeInstances",
    "ec2:DescribeRegions",
    "ec2:DescribeIamInstanceProfileAssociations",
];

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
        let roles: Vec<String> = [PROD, STAGING].map(|account| iam_arn(account, "role", "/", AUDIT)).to_vec();
        let own = document::policy(&[
            serde_json::json!({ "Effect": "Allow", "Action": READS, "Resource": "*" }),
            serde_json::json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": roles }),
        ]);
        let user = self.user(IDENTITY, AUDIT, 40, Some(own));
        for account in [PROD, STAGING] {
            let trust = document::trust_with_external_id(&user, EXTERNAL_ID);
            self.role(account, AUDIT, trust, document::allow(&READS, &["*"]));
        }
        let (id, secret) = self.key(IDENTITY, AUDIT, 21, Some((1, "sts", "eu-west-1")));
        self.plant("audit user", user);
        self.plant("audit key", id.clone());
        (id, secret)
    }
}
