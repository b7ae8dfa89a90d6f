//! A trail with everything odd that trails hold, as texts of records: always the same.

use serde_json::{Value, json};

/// A record and when it says it happened.
#[derive(Clone)]
pub(crate) struct Made {
    pub(crate) text: String,
    /// Seconds since 1970.
    pub(crate) at: i64,
    /// Its time is none: Lake has no such records.
    pub(crate) is_timeless: bool,
}

pub(crate) const BEGIN: i64 = 1_795_000_000;
/// What every session token holds.
pub(crate) const TOKEN: &str = "CanaryToken";

const ACCOUNTS: [&str; 3] = ["111111111111", "222222222222", "333333333333"];
const REGIONS: [&str; 3] = ["us-east-1", "eu-west-1", "ap-south-1"];
const CALLS: [(&str, &str); 8] = [
    ("s3.amazonaws.com", "ListBuckets"),
    ("ec2.amazonaws.com", "DescribeInstances"),
    ("sts.amazonaws.com", "GetCallerIdentity"),
    ("iam.amazonaws.com", "CreateAccessKey"),
    ("secretsmanager.amazonaws.com", "GetSecretValue"),
    ("ssm.amazonaws.com", "GetParameter"),
    ("monitoring.internal", "GetMetricData"),
    ("iam.amazonaws.com", "AttachRolePolicy"),
];
/// The last ones are no access keys.
const KEYS: [&str; 10] = [
    "AKIARZPUZDIKNSFRP6LN",
    "AKIARZPUZDIKNSFRP6LN",
    "ASIARZPUZDIKAAAAAAA1",
    "ASIARZPUZDIKAAAAAAA2",
    "AKIAIOSFODNN7EXAMPLE",
    "AKIAIOSFODNN7EXAMPL",
    "AKIAIOSFODNN7EXAMPLE\n",
    "akiaiosfodnn7example",
    "AROARZPUZDIKNSFRP6LN",
    "",
];
const AGENTS: [&str; 6] =
    ["aws-cli/2.17", "Terraform \"1.9\", über", "a\tb\\c", "\u{1b}[31mred", "null", "日本語 \u{1f511}"];
const ERRORS: [&str; 4] = ["AccessDenied", "Client.UnauthorizedOperation", "ThrottlingException", ""];

/// A small generator (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).expect("thirty-one bits") % sides
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.roll(words.len())]
    }
}

fn time(at: i64) -> String {
    keytrail::base::time::Timestamp::from_seconds(at).to_string()
}

/// So many plain calls, and among them every kind there is.
pub(crate) fn records(plain: usize) -> Vec<Made> {
    let mut dice = Dice(7);
    let mut made: Vec<Made> = (0..plain)
        .map(|number| {
            let at = BEGIN + i64::try_from(dice.roll(6 * 3600)).expect("hours");
            of(at, &call(&mut dice, number, at))
        })
        .collect();
    made.extend(special());
    made.extend(lacking());
    // Many stand there twice, the copy far from the first; what has no id cannot be told from its copy.
    let has_id = |one: &&Made| !one.text.contains(r#""eventID":"""#);
    let copies: Vec<Made> = made.iter().filter(has_id).step_by(3).cloned().collect();
    made.extend(copies);
    made
}

fn of(at: i64, record: &Value) -> Made {
    Made { text: record.to_string(), at, is_timeless: false }
}

fn call(dice: &mut Dice, number: usize, at: i64) -> Value {
    let (source, name) = CALLS[dice.roll(CALLS.len())];
    // An id is an account's: other accounts have it for calls of their own.
    let (account, id) = (ACCOUNTS[number % ACCOUNTS.len()], number / ACCOUNTS.len());
    let (key, who) = (dice.of(&KEYS), dice.roll(4));
    let mut record = json!({
        "eventVersion": "1.11", "eventTime": time(at), "eventSource": source, "eventName": name,
        "awsRegion": dice.of(&REGIONS), "sourceIPAddress": format!("192.0.2.{}", dice.roll(5)),
        "eventID": format!("e-{id}"), "recipientAccountId": account,
        "userIdentity": { "type": "IAMUser", "accessKeyId": key, "accountId": account, "userName": format!("user-{who}"),
            "arn": format!("arn:aws:iam::{account}:user/user-{who}"), "principalId": format!("AIDA{who}") },
        "requestParameters": { "userName": "ci", "secretId": "db", "limit": 5, "nested": { "deep": [1, { "x": null }] } },
        "responseElements": null,
    });
    match dice.roll(6) {
        0 => record["userAgent"] = Value::Null,
        1 => record["userAgent"] = "".into(),
        _ => record["userAgent"] = dice.of(&AGENTS).into(),
    }
    if dice.roll(4) == 0 {
        record["errorCode"] = dice.of(&ERRORS).into();
        record["requestParameters"] = Value::Null;
    }
    if dice.roll(9) == 0 {
        record["sourceIPAddress"] = Value::Null;
    }
    if name == "GetParameter" {
        record["requestParameters"] = json!({ "name": "/prod/db", "withDecryption": true });
    }
    record
}

fn minting(at: i64, id: &str, name: &str, identity: &Value, more: &Value) -> Made {
    let mut record = json!({
        "eventTime": time(at), "eventSource": "sts.amazonaws.com", "eventName": name, "awsRegion": "eu-west-1",
        "sourceIPAddress": "198.51.100.7", "userAgent": "ci", "eventID": id, "recipientAccountId": ACCOUNTS[0],
        "userIdentity": identity,
        "requestParameters": { "roleArn": "arn:aws:iam::111111111111:role/ci/deploy", "roleSessionName": "job-1", "durationSeconds": 3600 },
        "responseElements": { "credentials": { "accessKeyId": "ASIARZPUZDIKAAAAAAA1", "sessionToken": format!("{TOKEN}+IQoJ/"),
            "expiration": "Nov 18, 2026, 12:06:40\u{202f}PM" },
            "assumedRoleUser": { "assumedRoleId": "AROA:job-1", "arn": "arn:aws:sts::111111111111:assumed-role/deploy/job-1" } },
    });
    if let (Value::Object(record), Value::Object(more)) = (&mut record, more) {
        record.extend(more.clone());
    }
    of(at, &record)
}

fn special() -> Vec<Made> {
    let user = json!({ "type": "IAMUser", "accessKeyId": KEYS[0], "userName": "deploy", "accountId": ACCOUNTS[0],
        "arn": "arn:aws:iam::111111111111:user/deploy", "principalId": "AIDADEPLOY" });
    let session = json!({ "type": "AssumedRole", "accessKeyId": KEYS[2], "principalId": "AROA:job-1",
        "arn": "arn:aws:sts::111111111111:assumed-role/deploy/job-1", "accountId": ACCOUNTS[0],
        "sessionContext": { "attributes": { "creationDate": "2026-11-18T11:06:40Z", "mfaAuthenticated": "false" },
            "sourceIdentity": "alice", "sessionIssuer": { "type": "Role", "arn": "arn:aws:iam::111111111111:role/ci/deploy", "userName": "deploy" } } });
    let web = json!({ "type": "WebIdentityUser", "userName": "project_path:acme/app:ref_type:branch:ref:main",
        "principalId": "arn:aws:iam::111111111111:oidc-provider/gitlab.com:https://gitlab.com:project_path:acme/app:ref_type:branch:ref:main",
        "identityProvider": "arn:aws:iam::111111111111:oidc-provider/gitlab.com" });
    let service = json!({ "type": "AWSService", "invokedBy": "pods.eks.amazonaws.com" });
    let refused = |message: &str| json!({ "errorCode": "AccessDenied", "errorMessage": message, "requestParameters": null, "responseElements": null });
    let role = json!([{ "type": "AWS::S3::Object" }, { "type": "AWS::IAM::Role", "ARN": "arn:aws:iam::111111111111:role/from-resources", "accountId": ACCOUNTS[0] }]);
    let at = BEGIN + 100;
    let none = json!({});
    let tags = json!([{ "key": "kubernetes-namespace", "value": "ci" }, { "key": "kubernetes-service-account", "value": "run\"ner" }]);
    let mut made = vec![
        minting(at, "m-1", "AssumeRole", &user, &none),
        minting(
            at + 1,
            "m-2",
            "AssumeRole",
            &session,
            &json!({ "requestParameters": { "roleArn": "arn:aws:iam::222222222222:role/broker", "roleSessionName": "s", "sourceIdentity": "bob" } }),
        ),
        minting(
            at + 2,
            "m-3",
            "AssumeRole",
            &user,
            &refused(
                "User: x is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/secret because no policy",
            ),
        ),
        minting(
            at + 3,
            "m-4",
            "AssumeRoleWithWebIdentity",
            &web,
            &json!({ "responseElements": { "credentials": { "accessKeyId": "ASIARZPUZDIKAAAAAAA2", "expiration": "Dec 10, 2019 7:46:42 AM", "sessionToken": TOKEN },
            "subjectFromWebIdentityToken": "project_path:acme/app:ref_type:branch:ref:main", "audience": "https://gitlab.com", "provider": "arn:aws:iam::111111111111:oidc-provider/gitlab.com" } }),
        ),
        minting(
            at + 4,
            "m-5",
            "AssumeRoleWithWebIdentity",
            &web,
            &json!({ "errorCode": "AccessDenied", "errorMessage": "Not authorized", "responseElements": null }),
        ),
        minting(
            at + 5,
            "m-6",
            "AssumeRoleWithSAML",
            &json!({ "type": "SAMLUser", "userName": "ann", "principalId": "x:ann" }),
            &json!({ "requestParameters": { "principalArn": "arn:aws:iam::111111111111:saml-provider/idp", "roleArn": "arn:aws:iam::111111111111:role/sso" }, "responseElements": { "subject": "ann", "credentials": null } }),
        ),
        minting(
            at + 6,
            "m-7",
            "AssumeRole",
            &service,
            &json!({ "requestParameters": { "roleSessionName": "eks-1", "tags": tags }, "resources": role, "sharedEventID": "twin-0" }),
        ),
        minting(
            at + 7,
            "m-8",
            "AssumeRole",
            &service,
            &json!({ "requestParameters": { "roleArn": "arn:aws:iam::111111111111:role/r", "tags": "odd" }, "responseElements": "odd", "resources": [] }),
        ),
    ];
    made.extend(odd(&user, &session));
    made
}

fn odd(user: &Value, session: &Value) -> Vec<Made> {
    let (at, none) = (BEGIN + 100, json!({}));
    vec![
        // A call into another account: each has a copy, with an id of its own.
        minting(at + 8, "m-9", "AssumeRole", session, &json!({ "sharedEventID": "twin-1" })),
        minting(
            at + 8,
            "m-10",
            "AssumeRole",
            &json!({ "type": "AWSAccount", "principalId": "AROA:job-1", "accountId": ACCOUNTS[0] }),
            &json!({ "sharedEventID": "twin-1", "recipientAccountId": ACCOUNTS[1] }),
        ),
        minting(
            at + 9,
            "m-11",
            "GetFederationToken",
            user,
            &json!({ "requestParameters": { "name": "ann" }, "responseElements": { "federatedUser": { "arn": "arn:aws:sts::111111111111:federated-user/ann" }, "credentials": { "accessKeyId": "ASIARZPUZDIKAAAAAAA9", "sessionToken": TOKEN } } }),
        ),
        minting(
            at + 10,
            "m-12",
            "AssumeRoleForPodIdentity",
            session,
            &json!({ "eventSource": "eks-auth.amazonaws.com", "requestParameters": { "clusterName": "ci", "token": "HIDDEN_DUE_TO_SECURITY_REASONS" }, "responseElements": null }),
        ),
        // Another spelling of a time, whole and not.
        minting(
            BEGIN + 60,
            "m-13",
            "AssumeRole",
            user,
            &json!({ "eventTime": "2026-11-18T13:07:40.75+02:00" }),
        ),
        // Of two at the same second the smaller id tells the caller; and both are the earliest.
        minting(
            BEGIN - 1,
            "b",
            "ListRoles",
            &json!({ "type": "IAMUser", "accessKeyId": KEYS[0], "userName": "later" }),
            &none,
        ),
        minting(
            BEGIN - 1,
            "a",
            "ListRoles",
            &json!({ "type": "IAMUser", "accessKeyId": KEYS[0], "userName": "first", "invokedBy": "x" }),
            &none,
        ),
        // Only the caller tells whose it is; nobody called; no id, as before 2014.
        minting(at + 11, "m-14", "ListRoles", user, &json!({ "recipientAccountId": null })),
        minting(at + 12, "m-15", "ListRoles", &Value::Null, &none),
        minting(
            at + 13,
            "",
            "AssumeRole",
            user,
            &json!({ "requestParameters": { "roleArn": "arn:aws:iam::111111111111:role/old" } }),
        ),
    ]
}

/// Records that lack what every record has.
fn lacking() -> Vec<Made> {
    let of = |id: &str, more: &Value| {
        minting(BEGIN + 200, id, "AssumeRole", &json!({ "type": "IAMUser", "accessKeyId": KEYS[0] }), more)
    };
    let timeless = |made: Made| Made { is_timeless: true, ..made };
    vec![
        of("l-1", &json!({ "recipientAccountId": "none" })),
        of("l-2", &json!({ "awsRegion": null })),
        of("l-3", &json!({ "eventSource": "", "eventName": "ListRoles" })),
        timeless(of("l-4", &json!({ "eventTime": null }))),
        timeless(of("l-5", &json!({ "eventTime": "yesterday" }))),
    ]
}
