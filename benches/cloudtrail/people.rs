//! A company's users, roles, sessions and machines, and the calls they make.

use crate::{
    Dice,
    text::{Call, Outcome, time},
};

const ACCOUNTS: [u64; 5] =
    [111_111_111_111, 222_222_222_222, 333_333_333_333, 444_444_444_444, 555_555_555_555];
const REGIONS: [&str; 4] = ["us-east-1", "eu-west-1", "eu-central-1", "ap-southeast-2"];
const AGENTS: [&str; 6] = [
    "aws-cli/2.31.3 md/awscrt#0.27.6 ua/2.1 os/linux#6.8.0-45-generic md/arch#x86_64 lang/python#3.13.7 md/pyimpl#CPython m/E,b,Z cfg/retry-mode#standard md/installer#exe md/prompt#off md/command#sts.assume-role",
    "Boto3/1.40.30 md/Botocore#1.40.30 ua/2.1 os/linux#5.10.240-238.955.amzn2.x86_64 md/arch#x86_64 lang/python#3.12.11 md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.40.30",
    "APN/1.0 HashiCorp/1.0 Terraform/1.13.3 (+https://www.terraform.io) terraform-provider-aws/6.14.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.39.0 ua/2.1 os/linux lang/go#1.24.6 md/GOOS#linux md/GOARCH#amd64",
    "aws-sdk-go-v2/1.38.3 ua/2.1 os/linux lang/go#1.24.5 md/GOOS#linux md/GOARCH#arm64 api/sts#1.38.2",
    "aws-sdk-java/2.33.5 md/io#sync md/http#Apache ua/2.1 os/Linux#5.10.240 lang/java#21.0.8 md/OpenJDK_64-Bit_Server_VM#21.0.8+9-LTS md/vendor#Amazon.com_Inc. md/en_US m/D",
    "[aws-sdk-js/3.883.0 ua/2.1 os/linux#6.1.148 lang/js md/nodejs#22.18.0 api/s3#3.883.0 m/E,n]",
];

/// What work consists of: service, call, parameters, answer.
const WORK: [(&str, &str, &str, &str); 9] = [
    (
        "s3.amazonaws.com",
        "GetBucketLocation",
        r#"{"bucketName":"acme-artifacts-eu","Host":"acme-artifacts-eu.s3.eu-west-1.amazonaws.com","location":""}"#,
        "null",
    ),
    (
        "ec2.amazonaws.com",
        "DescribeInstances",
        r#"{"instancesSet":{},"filterSet":{"items":[{"name":"tag:Name","valueSet":{"items":[{"value":"runner-*"}]}},{"name":"instance-state-name","valueSet":{"items":[{"value":"running"}]}}]}}"#,
        "null",
    ),
    ("ecr.amazonaws.com", "GetAuthorizationToken", r#"{"registryIds":["111111111111"]}"#, "null"),
    (
        "ecr.amazonaws.com",
        "BatchGetImage",
        r#"{"repositoryName":"shop/storefront","imageIds":[{"imageTag":"main-4f2a9c1"}],"acceptedMediaTypes":["application/vnd.docker.distribution.manifest.v2+json","application/vnd.oci.image.index.v1+json"],"registryId":"111111111111"}"#,
        "null",
    ),
    ("secretsmanager.amazonaws.com", "DescribeSecret", r#"{"secretId":"ci/deploy/production"}"#, "null"),
    (
        "lambda.amazonaws.com",
        "UpdateFunctionCode20150331v2",
        r#"{"functionName":"orders-api","s3Bucket":"acme-artifacts-eu","s3Key":"orders-api/4711.zip","publish":true,"dryRun":false}"#,
        r#"{"functionName":"orders-api","functionArn":"arn:aws:lambda:eu-west-1:222222222222:function:orders-api","runtime":"python3.13","codeSize":18374622,"timeout":30,"memorySize":512,"environment":{},"state":"Active"}"#,
    ),
    (
        "ecs.amazonaws.com",
        "UpdateService",
        r#"{"cluster":"production","service":"storefront","taskDefinition":"storefront:311","forceNewDeployment":true}"#,
        r#"{"service":{"serviceArn":"arn:aws:ecs:eu-west-1:222222222222:service/production/storefront","status":"ACTIVE","desiredCount":6,"runningCount":6,"pendingCount":0,"launchType":"FARGATE","events":[]}}"#,
    ),
    (
        "kms.amazonaws.com",
        "Decrypt",
        r#"{"encryptionContext":{"aws:s3:arn":"arn:aws:s3:::acme-terraform-state"},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}"#,
        "null",
    ),
    ("iam.amazonaws.com", "GetRole", r#"{"roleName":"deploy-production"}"#, "null"),
];

pub(crate) struct User {
    account: u64,
    name: String,
    id: String,
    key: String,
    address: String,
    agent: &'static str,
}

#[derive(Clone)]
pub(crate) struct Session {
    account: u64,
    region: &'static str,
    role: String,
    role_id: String,
    name: String,
    key: String,
    opened: i64,
    /// When it is used no more.
    pub(crate) until: i64,
    address: String,
    agent: &'static str,
}

pub(crate) struct Company {
    users: Vec<User>,
    /// Account, name, id.
    roles: Vec<(u64, String, String)>,
}

/// A call for a role and what came of it.
pub(crate) struct Asked {
    pub(crate) call: Call,
    /// The same call in the other account's trail.
    pub(crate) twin: Option<Call>,
    pub(crate) session: Session,
    role: String,
    name: Option<String>,
}

impl Asked {
    /// Time, key, role, session and address, as the truth has them.
    pub(crate) fn row(&self, at: i64) -> String {
        let key = self.call.key.as_deref().unwrap_or("");
        // CloudTrail leaves the parameters of a refused call out: the role stands in the message, the session nowhere.
        let name = if self.call.outcome == Outcome::Done { self.name.as_deref() } else { None };
        format!("{},{key},{},{},{}", time(at), self.role, name.unwrap_or(""), self.call.address)
    }

    pub(crate) fn twin_row(&self, at: i64) -> String {
        format!("{},,{},{},{}", time(at), self.role, self.name.as_deref().unwrap_or(""), self.call.address)
    }
}

impl Company {
    pub(crate) fn new(dice: &mut Dice) -> Self {
        let users = (0..40)
            .map(|index| User {
                account: ACCOUNTS[index % 2],
                name: format!("ci-{index}"),
                id: format!("AIDA{}", dice.letters(16)),
                key: format!("AKIA{}", dice.letters(16)),
                address: format!("10.0.{}.{}", index / 8, 16 + index % 8),
                agent: AGENTS[index % AGENTS.len()],
            })
            .collect();
        let roles = (0..120)
            .map(|index| {
                (ACCOUNTS[index % 5], format!("deploy-{index}"), format!("AROA{}", dice.letters(16)))
            })
            .collect();
        Self { users, roles }
    }

    pub(crate) fn user(&self, dice: &mut Dice) -> &User {
        dice.pick(&self.users)
    }

    pub(crate) fn work(&self, dice: &mut Dice, user: &User) -> Call {
        let region = *dice.pick(&REGIONS);
        done(dice, user.account, region, Some(user.key.clone()), by_user(user), &user.address, user.agent)
    }

    pub(crate) fn session_work(&self, dice: &mut Dice, session: &Session) -> Call {
        let identity = by_session(session);
        done(
            dice,
            session.account,
            session.region,
            Some(session.key.clone()),
            identity,
            &session.address,
            session.agent,
        )
    }

    pub(crate) fn service_call(&self, dice: &mut Dice) -> Call {
        let service = *dice.pick(&[
            "autoscaling.amazonaws.com",
            "elasticloadbalancing.amazonaws.com",
            "config.amazonaws.com",
        ]);
        let identity = format!(r#"{{"type":"AWSService","invokedBy":"{service}"}}"#);
        let (account, region) = (*dice.pick(&ACCOUNTS), *dice.pick(&REGIONS));
        let call = done(dice, account, region, None, identity, service, "");
        Call { agent: service_agent(service), ..call }
    }

    /// Somebody asks for a role.
    pub(crate) fn ask(&self, dice: &mut Dice, parent: Option<&Session>, at: i64) -> Asked {
        let (role_account, role_name, role_id) = dice.pick(&self.roles);
        let role = format!("arn:aws:iam::{role_account}:role/ci/{role_name}");
        let region = *dice.pick(&REGIONS);
        let job = dice.below(9_000_000) + 1_000_000;
        let kind = dice.below(20);
        let user = dice.pick(&self.users);
        let key = format!("ASIA{}", dice.letters(16));
        let until = at + 600 + dice.below(3_000) as i64;
        let mut session = Session {
            account: *role_account,
            region,
            role: role_name.clone(),
            role_id: role_id.clone(),
            name: format!("gitlab-job-{job}"),
            key,
            opened: at,
            until,
            address: user.address.clone(),
            agent: user.agent,
        };
        let (name, key, identity, account) = match (parent, kind) {
            (Some(parent), _) => {
                session.address.clone_from(&parent.address);
                ("AssumeRole", Some(parent.key.clone()), by_session(parent), parent.account)
            }
            (None, 0..3) => ("AssumeRoleWithWebIdentity", None, by_token(*role_account, job), *role_account),
            (None, 3) => {
                let identity = format!(
                    r#"{{"type":"SAMLUser","principalId":"abcdefg=:ada@acme.example","userName":"ada@acme.example","identityProvider":"arn:aws:iam::{role_account}:saml-provider/corp"}}"#
                );
                ("AssumeRoleWithSAML", None, identity, *role_account)
            }
            (None, 4) => {
                session.name = format!("i-0{}", dice.letters(16).to_lowercase());
                session.address = "ec2.amazonaws.com".into();
                (
                    "AssumeRole",
                    None,
                    r#"{"type":"AWSService","invokedBy":"ec2.amazonaws.com"}"#.to_owned(),
                    *role_account,
                )
            }
            (None, _) => ("AssumeRole", Some(user.key.clone()), by_user(user), user.account),
        };
        let outcome = if key.is_some() && dice.one_in(16) { Outcome::Denied } else { Outcome::Done };
        let shared = (account != *role_account && outcome == Outcome::Done).then(|| dice.uuid());
        let mut call = Call {
            account,
            region,
            source: "sts.amazonaws.com",
            name,
            key,
            identity,
            parameters: "null".into(),
            response: "null".into(),
            resources: String::new(),
            address: session.address.clone(),
            agent: if session.address == "ec2.amazonaws.com" {
                service_agent("ec2.amazonaws.com")
            } else {
                session.agent
            },
            outcome,
            message: format!(
                "User: arn:aws:iam::{account}:user/ci is not authorized to perform: sts:AssumeRole on resource: {role} because no resource-based policy allows the sts:AssumeRole action"
            ),
            shared,
        };
        if outcome == Outcome::Done {
            let token = dice.letters(512);
            let Session { name: session_name, key, .. } = &session;
            call.parameters = format!(
                r#"{{"roleArn":"{role}","roleSessionName":"{session_name}","durationSeconds":3600}}"#
            );
            call.response = format!(
                r#"{{"credentials":{{"accessKeyId":"{key}","sessionToken":"IQoJb3JpZ2luX2Vj{token}","expiration":"{}"}},"assumedRoleUser":{{"assumedRoleId":"{role_id}:{session_name}","arn":"arn:aws:sts::{role_account}:assumed-role/{role_name}/{session_name}"}}}}"#,
                for_people(at + 3_600)
            );
            call.resources =
                format!(r#"{{"accountId":"{role_account}","type":"AWS::IAM::Role","ARN":"{role}"}}"#);
        }
        let twin = call.shared.is_some().then(|| Call {
            account: *role_account,
            key: None,
            identity: format!(
                r#"{{"type":"AWSAccount","principalId":"{}","accountId":"{account}"}}"#,
                parent
                    .map_or_else(|| user.id.clone(), |parent| format!("{}:{}", parent.role_id, parent.name))
            ),
            ..call.clone()
        });
        let name = Some(session.name.clone());
        Asked { call, twin, session, role, name }
    }
}

/// How CloudTrail writes when credentials end.
fn for_people(at: i64) -> String {
    let text = time(at);
    let month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let number = |range: std::ops::Range<usize>| text[range].parse::<usize>().unwrap_or(0);
    let (hour, half) = (number(11..13), if number(11..13) < 12 { "AM" } else { "PM" });
    let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
    format!("{} {}, {}, {hour}:{} {half}", month[number(5..7) - 1], number(8..10), &text[..4], &text[14..19])
}

fn service_agent(service: &str) -> &'static str {
    match service {
        "autoscaling.amazonaws.com" => "autoscaling.amazonaws.com",
        "elasticloadbalancing.amazonaws.com" => "elasticloadbalancing.amazonaws.com",
        "config.amazonaws.com" => "config.amazonaws.com",
        _ => "ec2.amazonaws.com",
    }
}

fn by_user(user: &User) -> String {
    let User { account, name, id, key, .. } = user;
    format!(
        r#"{{"type":"IAMUser","principalId":"{id}","arn":"arn:aws:iam::{account}:user/ci/{name}","accountId":"{account}","accessKeyId":"{key}","userName":"{name}"}}"#
    )
}

fn by_session(session: &Session) -> String {
    let Session { account, role, role_id, name, key, opened, .. } = session;
    format!(
        r#"{{"type":"AssumedRole","principalId":"{role_id}:{name}","arn":"arn:aws:sts::{account}:assumed-role/{role}/{name}","accountId":"{account}","accessKeyId":"{key}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"{role_id}","arn":"arn:aws:iam::{account}:role/ci/{role}","accountId":"{account}","userName":"{role}"}},"attributes":{{"creationDate":"{}","mfaAuthenticated":"false"}}}}}}"#,
        time(*opened)
    )
}

fn by_token(account: u64, job: usize) -> String {
    let provider = format!("arn:aws:iam::{account}:oidc-provider/gitlab.acme.example");
    let subject = format!("project_path:acme/group-{}/app-{}:ref_type:branch:ref:main", job % 40, job % 7);
    format!(
        r#"{{"type":"WebIdentityUser","principalId":"{provider}:https://gitlab.acme.example:{subject}","userName":"{subject}","identityProvider":"{provider}"}}"#
    )
}

fn done(
    dice: &mut Dice,
    account: u64,
    region: &'static str,
    key: Option<String>,
    identity: String,
    address: &str,
    agent: &'static str,
) -> Call {
    let (source, name, parameters, response) = *dice.pick(&WORK);
    let outcome = if dice.one_in(40) { Outcome::Denied } else { Outcome::Done };
    let (parameters, response) =
        if outcome == Outcome::Done { (parameters, response) } else { ("null", "null") };
    Call {
        account,
        region,
        source,
        name,
        key,
        identity,
        parameters: parameters.into(),
        response: response.into(),
        resources: String::new(),
        address: address.into(),
        agent,
        outcome,
        message: format!(
            "User is not authorized to perform: {name} because no identity-based policy allows the action"
        ),
        shared: None,
    }
}
