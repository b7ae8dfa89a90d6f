//! Every family of condition operators on keys of every kind, present, absent and with several values.

use keytrail::policy::{Document, Fact, Request, Truth, condition::holds, document::Effect};
use serde_json::{Map, Value, json};

use super::{Case, Dice, Said};

const USER: &str = "arn:aws:iam::111111111111:user/kim";

/// A kind of value: its operators, values that a request may carry and values that a policy may name.
struct Kind {
    key: &'static str,
    operators: &'static [&'static str],
    found: &'static [&'static str],
    wanted: &'static [&'static str],
}

const KINDS: [Kind; 7] = [
    Kind {
        key: "aws:PrincipalTag/text",
        operators: &[
            "StringEquals",
            "StringNotEquals",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
            "StringLike",
            "StringNotLike",
        ],
        found: &["alpha", "Alpha", "beta", "a*", "a*", "x$", "", "a/b:c", "${aws:username}"],
        wanted: &[
            "alpha",
            "ALPHA",
            "a*",
            "*",
            "?????",
            "b?ta",
            "*:c",
            "${aws:PrincipalTag/other}",
            "${aws:PrincipalTag/gone, 'beta'}",
            "${aws:PrincipalTag/gone}",
            "a${*}",
            "a${*}",
            "x${$}",
            "${aws:username}",
        ],
    },
    Kind {
        key: "aws:MultiFactorAuthAge",
        operators: &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
        ],
        found: &["0", "5", "7.5", "-1", "3600"],
        wanted: &["0", "5", "5.0", "7.5", "-1", "3600"],
    },
    Kind {
        key: "aws:TokenIssueTime",
        operators: &[
            "DateEquals",
            "DateNotEquals",
            "DateLessThan",
            "DateLessThanEquals",
            "DateGreaterThan",
            "DateGreaterThanEquals",
        ],
        found: &["2026-11-20T12:00:00Z", "2026-11-20T14:00:00+02:00", "1795176000", "2026-01-01T00:00:00Z"],
        wanted: &[
            "2026-11-20T12:00:00Z",
            "2026-11-20",
            "1795176000",
            "2026-11-20T12:00:00.500Z",
            "2027-01-01T00:00:00Z",
        ],
    },
    Kind {
        key: "aws:MultiFactorAuthPresent",
        operators: &["Bool"],
        found: &["true", "false"],
        wanted: &["true", "false", "True"],
    },
    Kind {
        key: "aws:SourceIp",
        operators: &["IpAddress", "NotIpAddress"],
        found: &["203.0.113.7", "10.1.2.3", "2001:db8::1", "2001:db8:1:2::3"],
        wanted: &[
            "203.0.113.0/24",
            "203.0.113.7",
            "10.0.0.0/8",
            "0.0.0.0/0",
            "2001:db8::/32",
            "2001:db8::1",
            "::/0",
            "203.0.113.7/32",
        ],
    },
    Kind {
        key: "aws:SourceArn",
        operators: &["ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"],
        found: &[
            "arn:aws:iam::111111111111:role/ci/deploy",
            "arn:aws:sns:eu-west-1:222222222222:topic:sub",
            "arn:aws-cn:iam::111111111111:role/x",
        ],
        wanted: &[
            "arn:aws:iam::111111111111:role/ci/deploy",
            "arn:aws:iam::*:role/*",
            "arn:*:iam::111111111111:role/?",
            "arn:aws:sns:*:222222222222:topic:*",
            "arn:aws:sns:*:*:*",
            "arn:aws:*:*:*:*",
            "arn:aws:iam::111111111111:role/${aws:username}",
        ],
    },
    Kind {
        key: "the:binary",
        operators: &["BinaryEquals"],
        found: &["QmluYXJ5", "QQ=="],
        wanted: &["QmluYXJ5", "QQ==", "Qg=="],
    },
];

pub(super) fn case(dice: &mut Dice) -> Case {
    let context = context(dice);
    let count = 1 + [0, 0, 1, 2][dice.roll(4)];
    let statements = (0..count)
        .map(|index| {
            let effect = if index == 0 || dice.chance(50) { "Allow" } else { "Deny" };
            let condition = conditions(dice);
            json!({ "Effect": effect, "Principal": { "AWS": USER }, "Action": "sts:AssumeRole", "Condition": condition })
        })
        .collect();
    let trust = dice.document(statements);
    let ours = Document::parse(&trust.to_string())
        .map_or(Said::Refused, |document| weighed(&document, &request(&context)).into());
    let asked = json!({
        "trust": trust,
        "identity": [],
        "principal": USER,
        "action": "sts:AssumeRole",
        "role": "arn:aws:iam::111111111111:role/deploy",
        "context": context,
    });
    Case { asked, ours, complete: true }
}

fn context(dice: &mut Dice) -> Map<String, Value> {
    let mut context = Map::new();
    context.insert("aws:username".into(), json!("kim"));
    context.insert("aws:PrincipalTag/other".into(), json!(dice.pick(&["alpha", "a*", "beta"])));
    for kind in &KINDS {
        if dice.chance(80) {
            context.insert(kind.key.into(), json!(dice.pick(kind.found)));
        }
    }
    if dice.chance(80) {
        let tags: Vec<&str> = ["team", "cost", "Team"].into_iter().filter(|_| dice.chance(50)).collect();
        context.insert("aws:TagKeys".into(), json!(tags));
    }
    context
}

fn conditions(dice: &mut Dice) -> Value {
    let mut conditions = json!({});
    for _ in 0..1 + dice.roll(3) {
        if dice.chance(15) {
            let operator = format!(
                "{}{}{}",
                dice.pick(&["ForAllValues:", "ForAnyValue:"]),
                dice.pick(&[
                    "StringEquals",
                    "StringLike",
                    "StringNotEquals",
                    "StringNotLike",
                    "StringEqualsIgnoreCase"
                ]),
                dice.pick(&["", "", "IfExists"]),
            );
            let wanted: Vec<Value> = ["team", "cost", "t*", "owner"]
                .into_iter()
                .filter(|_| dice.chance(50))
                .map(|tag| json!(tag))
                .collect();
            if !wanted.is_empty() {
                conditions[operator] = json!({ "aws:TagKeys": wanted });
            }
            continue;
        }
        let kind = &KINDS[dice.roll(KINDS.len())];
        let key = dice.any_case(kind.key);
        if dice.chance(8) {
            conditions["Null"] = json!({ key: dice.pick(&["true", "false"]) });
            continue;
        }
        let count = 1 + dice.roll(2);
        let wanted = (0..count).map(|_| json!(dice.pick(kind.wanted))).collect();
        let wanted = dice.list(wanted);
        conditions[dice.operator(kind.operators)] = json!({ key: wanted });
    }
    conditions
}

fn request(context: &Map<String, Value>) -> Request {
    let mut request = Request::default();
    for (key, value) in context {
        let values = match value {
            Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            one => one.as_str().map(str::to_owned).into_iter().collect(),
        };
        request.set(key, Fact::Values(values));
    }
    request.complete()
}

/// What the document says when every statement names the caller: a deny ends it, an allow lets in.
fn weighed(document: &Document, request: &Request) -> Truth {
    let any = |effect| {
        let statements = document.statements.iter().filter(|statement| statement.effect == effect);
        Truth::any(statements.map(|statement| holds(statement, request)))
    };
    any(Effect::Allow).and(!any(Effect::Deny))
}
