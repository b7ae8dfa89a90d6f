//! Users, roles and sessions of two accounts that want into a role: both sides, boundaries, denies.

use keytrail::{
    base::name::Arn,
    policy::{Boundary, Caller, Document, NamedPolicy, RoleFacts, can_assume},
};
use serde_json::{Map, Value, json};

use super::{Case, Dice, Said};

const HERE: &str = "111111111111";
const THERE: &str = "222222222222";
const TARGETS: [&str; 2] =
    ["arn:aws:iam::111111111111:role/deploy", "arn:aws:iam::111111111111:role/ci/deploy-prod"];
const CALLERS: [&str; 7] = [
    "arn:aws:iam::111111111111:user/kim",
    "arn:aws:iam::111111111111:user/ci/lee",
    "arn:aws:iam::111111111111:role/runner",
    "arn:aws:sts::111111111111:assumed-role/runner/i-0ab",
    "arn:aws:iam::222222222222:user/kim",
    "arn:aws:iam::222222222222:role/broker",
    "arn:aws:sts::222222222222:assumed-role/broker/job-7",
];

pub(super) fn case(dice: &mut Dice) -> Case {
    let (caller, target) = (dice.pick(&CALLERS), dice.pick(&TARGETS));
    let context = context(dice, caller);
    let count = 1 + [0, 0, 1, 2][dice.roll(4)];
    let statements = (0..count).map(|index| trust_statement(dice, caller, index)).collect();
    let trust = dice.document(statements);
    let identity: Vec<Value> =
        (0..[0, 1, 1, 2][dice.roll(4)]).map(|_| own_policy(dice, target, 75)).collect();
    let boundary = dice.chance(25).then(|| own_policy(dice, target, 85));
    let ours = judged(caller, target, (&trust, &identity, boundary.as_ref()));
    let mut asked = json!({
        "trust": trust,
        "identity": identity,
        "principal": caller,
        "action": "sts:AssumeRole",
        "role": target,
        "context": context,
    });
    if let Some(boundary) = boundary {
        asked["boundary"] = boundary;
    }
    // What nobody outside can know: the external id, the path of a session's role, and which session a role opens.
    let text = format!("{}{}{}", asked["trust"], asked["identity"], asked["boundary"]);
    let is_session = caller.contains(":assumed-role/");
    let complete = !text.contains("sts:ExternalId")
        && !(is_session && text.contains("aws:PrincipalArn"))
        && (is_session || !text.contains(":assumed-role/"));
    Case { asked, ours, complete }
}

fn judged(
    caller: &str,
    target: &str,
    (trust, identity, boundary): (&Value, &[Value], Option<&Value>),
) -> Said {
    let read = |value: &Value| Document::parse(&value.to_string());
    let (Ok(trust), Ok(identity), Ok(boundary)) = (
        read(trust),
        identity.iter().map(read).collect::<Result<Vec<_>, _>>(),
        boundary.map(read).transpose(),
    ) else {
        return Said::Refused;
    };
    let (arn, role) = (Arn::new(caller).expect("an ARN"), Arn::new(target).expect("an ARN"));
    let caller = Caller {
        arn: &arn,
        unique_id: None,
        policies: Some(identity.iter().map(|document| NamedPolicy { name: "own", document }).collect()),
        partly: false,
        boundary: boundary.as_ref().map_or(Boundary::None, Boundary::Document),
    };
    can_assume(&caller, &RoleFacts { arn: &role, trust: &trust }).grade.into()
}

fn context(dice: &mut Dice, caller: &str) -> Map<String, Value> {
    let account = caller.split(':').nth(4).unwrap_or_default();
    let mut context = Map::new();
    let mut set = |key: &str, value: &str| context.insert(key.to_owned(), json!(value));
    set("aws:PrincipalAccount", account);
    set("aws:PrincipalIsAWSService", "false");
    if let Some((_, name)) = caller.split_once(":user/") {
        set("aws:PrincipalType", "User");
        set("aws:username", name.rsplit('/').next().unwrap_or_default());
        set("aws:PrincipalArn", caller);
    } else {
        set("aws:PrincipalType", "AssumedRole");
        let session = caller.split_once(":assumed-role/").and_then(|(_, rest)| rest.split_once('/'));
        let role = session
            .map_or_else(|| caller.to_owned(), |(role, _)| format!("arn:aws:iam::{account}:role/{role}"));
        set("aws:PrincipalArn", &role);
    }
    if dice.chance(50) {
        set("sts:ExternalId", dice.pick(&["acme", "other"]));
    }
    context
}

fn trust_statement(dice: &mut Dice, caller: &str, index: usize) -> Value {
    let effect = if index == 0 || dice.chance(50) { "Allow" } else { "Deny" };
    let account = dice.pick(&[HERE, THERE]);
    let own = caller.split(':').nth(4).unwrap_or_default();
    let principal = match dice.roll(12) {
        0 => json!("*"),
        1 => json!({ "AWS": "*" }),
        2 => json!({ "AWS": account }),
        3 | 4 => json!({ "AWS": format!("arn:aws:iam::{own}:root") }),
        5 => json!({ "AWS": [account, dice.pick(&CALLERS)] }),
        6 => json!({ "AWS": dice.pick(&CALLERS), "Service": "ec2.amazonaws.com" }),
        7 => json!({ "Federated": format!("arn:aws:iam::{HERE}:saml-provider/okta") }),
        8 => json!({ "AWS": "AIDACKCEVSQ6C2EXAMPLE" }),
        _ => json!({ "AWS": caller }),
    };
    let mut statement = json!({ "Effect": effect, "Principal": principal });
    statement["Action"] = match dice.roll(10) {
        0 => json!("sts:*"),
        1 => json!(["sts:TagSession", "sts:assumerole"]),
        2 => json!("sts:AssumeRoleWithSAML"),
        _ => json!("sts:AssumeRole"),
    };
    if dice.chance(40) {
        statement["Condition"] = condition(dice, caller);
    }
    statement
}

fn condition(dice: &mut Dice, caller: &str) -> Value {
    let wanted = match dice.roll(5) {
        0 => caller.to_owned(),
        1 => format!("arn:aws:iam::{HERE}:role/*"),
        2 => format!("arn:aws:iam::{THERE}:*"),
        3 => "arn:aws:iam::*:user/kim".to_owned(),
        _ => "arn:*:iam::*:*".to_owned(),
    };
    let by_arn =
        dice.pick(&["ArnLike", "ArnEquals", "ArnNotLike", "StringLike", "StringNotLike", "ArnLikeIfExists"]);
    match dice.roll(8) {
        0 => json!({ "StringEquals": { "sts:ExternalId": "acme" } }),
        1 => json!({ "StringEquals": { "aws:PrincipalAccount": dice.pick(&[HERE, THERE]) } }),
        2 => json!({ "StringEqualsIfExists": { "aws:username": dice.pick(&["kim", "lee"]) } }),
        3 => json!({ "Bool": { "aws:PrincipalIsAWSService": dice.pick(&["true", "false"]) } }),
        4 => json!({ "StringNotEquals": { "aws:PrincipalType": dice.pick(&["User", "AssumedRole"]) } }),
        _ => json!({ by_arn: { "aws:PrincipalArn": wanted } }),
    }
}

fn own_policy(dice: &mut Dice, target: &str, allows: usize) -> Value {
    let count = 1 + dice.roll(2);
    let statements = (0..count)
        .map(|_| {
            let effect = if dice.chance(allows) { "Allow" } else { "Deny" };
            let (action, resource) = (
                dice.pick(&["Action", "Action", "Action", "NotAction"]),
                dice.pick(&["Resource", "Resource", "Resource", "NotResource"]),
            );
            let which =
                dice.pick(&["sts:AssumeRole", "sts:AssumeRole", "*", "sts:*", "s3:*", "STS:Assume?ole"]);
            let on = match dice.roll(6) {
                0 => "*".to_owned(),
                1 => "arn:aws:iam::111111111111:role/*".to_owned(),
                2 => "arn:aws:iam::*:role/ci/*".to_owned(),
                3 => "arn:aws:iam::111111111111:role/${aws:username}".to_owned(),
                _ => target.to_owned(),
            };
            let mut statement = json!({ "Effect": effect, action: which, resource: on });
            if dice.chance(15) {
                statement["Condition"] = condition(dice, CALLERS[0]);
            }
            statement
        })
        .collect();
    dice.document(statements)
}
