//! The policies that AWS itself manages, as far as the company uses them. Their documents are abridged: they decide
//! the actions this server knows as AWS's do, and leave out most of the rest.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::{
    base::time::Timestamp,
    demo::world::{Account, ManagedPolicy},
};

const PREFIX: &str = "arn:aws:iam::aws:policy";

/// Path, name, effect, actions.
const POLICIES: &[(&str, &str, &str, &[&str])] = &[
    ("/", "AdministratorAccess", "Allow", &["*"]),
    (
        "/",
        "ReadOnlyAccess",
        "Allow",
        &[
            "cloudtrail:Describe*",
            "cloudtrail:Get*",
            "cloudtrail:LookupEvents",
            "ec2:Describe*",
            "ec2:Get*",
            "ecr:Get*",
            "iam:Generate*",
            "iam:Get*",
            "iam:List*",
            "s3:Get*",
            "s3:List*",
            "sts:GetAccessKeyInfo",
            "sts:GetCallerIdentity",
            "sts:GetSessionToken",
        ],
    ),
    (
        "/",
        "SecurityAudit",
        "Allow",
        &[
            "cloudtrail:Describe*",
            "cloudtrail:GetTrailStatus",
            "cloudtrail:ListTags",
            "cloudtrail:LookupEvents",
            "ec2:Describe*",
            "iam:GenerateCredentialReport",
            "iam:Get*",
            "iam:List*",
            "s3:GetBucket*",
            "s3:ListAllMyBuckets",
            "sts:GetAccessKeyInfo",
        ],
    ),
    ("/", "IAMFullAccess", "Allow", &["iam:*", "organizations:DescribeAccount"]),
    (
        "/",
        "IAMReadOnlyAccess",
        "Allow",
        &["iam:GenerateCredentialReport", "iam:Get*", "iam:List*", "iam:SimulatePrincipalPolicy"],
    ),
    (
        "/",
        "AWSCloudTrail_ReadOnlyAccess",
        "Allow",
        &["cloudtrail:Get*", "cloudtrail:Describe*", "cloudtrail:List*", "cloudtrail:LookupEvents"],
    ),
    ("/", "AmazonEC2ReadOnlyAccess", "Allow", &["ec2:Describe*"]),
    ("/", "AmazonEC2FullAccess", "Allow", &["ec2:*", "elasticloadbalancing:*", "autoscaling:*"]),
    ("/", "AmazonS3FullAccess", "Allow", &["s3:*", "s3-object-lambda:*"]),
    ("/", "AmazonS3ReadOnlyAccess", "Allow", &["s3:Get*", "s3:List*", "s3:Describe*"]),
    (
        "/",
        "AmazonEC2ContainerRegistryPowerUser",
        "Allow",
        &["ecr:GetAuthorizationToken", "ecr:Batch*", "ecr:Describe*", "ecr:PutImage", "ecr:*Layer*"],
    ),
    ("/", "AmazonEC2ContainerRegistryReadOnly", "Allow", &["ecr:GetAuthorizationToken", "ecr:Describe*"]),
    (
        "/",
        "AmazonSSMManagedInstanceCore",
        "Allow",
        &["ssm:UpdateInstanceInformation", "ssm:GetParameter*", "ssmmessages:*", "ec2messages:*"],
    ),
    ("/job-function/", "ViewOnlyAccess", "Allow", &["ec2:Describe*", "iam:List*", "s3:ListAllMyBuckets"]),
    ("/", "AWSDenyAll", "Deny", &["*"]),
    ("/", "AWSCompromisedKeyQuarantine", "Deny", QUARANTINE),
    ("/", "AWSCompromisedKeyQuarantineV2", "Deny", QUARANTINE),
    ("/", "AWSCompromisedKeyQuarantineV3", "Deny", QUARANTINE),
];

/// What a quarantined key may not do. sts:AssumeRole and most reads stay open: quarantine is not containment.
const QUARANTINE: &[&str] = &[
    "cloudtrail:LookupEvents",
    "ec2:RequestSpotInstances",
    "ec2:RunInstances",
    "ec2:StartInstances",
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreateRole",
    "iam:CreateUser",
    "iam:DeleteAccessKey",
    "iam:DetachUserPolicy",
    "iam:PassRole",
    "iam:PutUserPolicy",
    "iam:PutUserPermissionsBoundary",
    "iam:UpdateAccessKey",
    "iam:UpdateAssumeRolePolicy",
    "s3:GetObject",
    "s3:ListBucket",
    "sts:GetFederationToken",
    "sts:GetSessionToken",
];

/// All of them, by ARN.
pub(crate) static AWS: LazyLock<BTreeMap<String, ManagedPolicy>> = LazyLock::new(|| {
    let listed = POLICIES.iter().enumerate().map(|(number, (path, name, effect, actions))| {
        let document = serde_json::json!({
            "Version": "2012-10-17",
            "Statement": [{ "Effect": effect, "Action": actions, "Resource": "*" }],
        });
        (*path, *name, document, number)
    });
    let power = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [
            { "Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*" },
            {
                "Effect": "Allow",
                "Action": ["iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole", "iam:ListRoles"],
                "Resource": "*",
            },
        ],
    });
    listed
        .chain([("/", "PowerUserAccess", power, POLICIES.len())])
        .map(|(path, name, document, number)| {
            let arn = format!("{PREFIX}{path}{name}");
            let policy = ManagedPolicy {
                arn: arn.clone(),
                name: name.to_owned(),
                path: path.to_owned(),
                id: format!("ANPAI{number:016}"),
                document: document.to_string(),
                // AWS's oldest managed policies are of 6 February 2015.
                created: Timestamp::from_seconds(1_423_242_000),
            };
            (arn, policy)
        })
        .collect()
});

/// A policy by ARN: the customer's or AWS's.
pub(crate) fn find<'a>(account: &'a Account, arn: &str) -> Option<&'a ManagedPolicy> {
    account.policies.get(arn).or_else(|| AWS.get(arn))
}

/// Its document.
pub(crate) fn document<'a>(account: &'a Account, arn: &str) -> Option<&'a str> {
    find(account, arn).map(|policy| policy.document.as_str())
}
