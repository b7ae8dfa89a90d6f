//! ID tokens of GitLab jobs against trust policies as people write them: by path, by id, with stars, lists, set operators,
//! variables, the wrong issuer, claims that are no condition keys, denies.

use keytrail::policy::{Document, Request, WebCaller, can_assume_with_token};
use serde_json::{Map, Value, json};

use super::{Case, Dice, Said};

const ACCOUNT: &str = "111111111111";
const ISSUERS: [&str; 3] = ["gitlab.com", "gitlab.acme.example", "git.acme.example/gitlab"];
const GROUPS: [&str; 4] = ["acme", "acme-evil", "Acme", "beta"];
const PROJECTS: [&str; 4] = ["shop", "shop/api", "api", "tools/deep/x"];
const REFS: [&str; 5] = ["main", "release/1.2", "feature/x", "v1.0", "main-2"];
const AUDIENCES: [&str; 3] = ["sts.amazonaws.com", "https://gitlab.com", "acme"];

/// What AWS passes on of a gitlab.com token besides `sub` and `aud`, written down once more, apart from the engine.
const PASSED_ON: [&str; 9] = [
    "namespace_id",
    "project_id",
    "ref_protected",
    "pipeline_source",
    "runner_environment",
    "user_access_level",
    "user_email",
    "user_id",
    "user_login",
];
const KEPT_BACK: [&str; 5] = ["project_path", "namespace_path", "ref", "ref_type", "environment"];

const OPERATORS: [&str; 9] = [
    "StringEquals",
    "StringEquals",
    "StringLike",
    "StringLike",
    "StringLike",
    "StringNotEquals",
    "StringNotLike",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
];

/// A token's claims and who issued it.
struct Token {
    issuer: &'static str,
    group: &'static str,
    project: &'static str,
    claims: Vec<(&'static str, String)>,
}

impl Token {
    fn any(dice: &mut Dice) -> Self {
        let (issuer, group, project) = (dice.pick(&ISSUERS), dice.pick(&GROUPS), dice.pick(&PROJECTS));
        let (kind, name) = (dice.pick(&["branch", "branch", "tag"]), dice.pick(&REFS));
        let id = 1 + dice.roll(3);
        let start = if dice.chance(75) {
            format!("project_path:{group}/{project}")
        } else {
            format!("project_id:{id}")
        };
        let mut claims = vec![
            ("sub", format!("{start}:ref_type:{kind}:ref:{name}")),
            ("aud", dice.pick(&AUDIENCES).to_owned()),
            ("namespace_id", format!("{}", 7 + dice.roll(3))),
            ("project_id", id.to_string()),
            ("ref_protected", dice.pick(&["true", "false"]).to_owned()),
            ("pipeline_source", dice.pick(&["push", "merge_request_event", "web"]).to_owned()),
            ("runner_environment", dice.pick(&["gitlab-hosted", "self-hosted"]).to_owned()),
            ("user_access_level", dice.pick(&["developer", "maintainer"]).to_owned()),
            ("user_email", "kim@acme.example".to_owned()),
            ("user_id", "5".to_owned()),
            ("user_login", dice.pick(&["kim", "lee"]).to_owned()),
            ("project_path", format!("{group}/{project}")),
            ("namespace_path", group.to_owned()),
            ("ref", name.to_owned()),
            ("ref_type", kind.to_owned()),
        ];
        if dice.chance(40) {
            claims.push(("environment", "prod".to_owned()));
        }
        Self { issuer, group, project, claims }
    }

    fn claim(&self, name: &str) -> Option<&str> {
        self.claims.iter().find(|(claim, _)| *claim == name).map(|(_, value)| value.as_str())
    }

    fn provider(&self) -> String {
        format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{}", self.issuer)
    }

    /// The condition keys of the call.
    fn context(&self) -> Map<String, Value> {
        let passed = |claim: &str| {
            matches!(claim, "sub" | "aud") || self.issuer == "gitlab.com" && PASSED_ON.contains(&claim)
        };
        let claims = self.claims.iter().filter(|(claim, _)| passed(claim));
        claims.map(|(claim, value)| (format!("{}:{claim}", self.issuer), json!(value))).collect()
    }
}

pub(super) fn case(dice: &mut Dice) -> Case {
    let token = Token::any(dice);
    let count = 1 + [0, 0, 0, 1, 1, 2][dice.roll(6)];
    let statements = (0..count).map(|index| statement(dice, &token, index)).collect();
    let trust = dice.document(statements);
    // What is hidden from our engine must be left open or not matter. The audience would be the job's to choose.
    let complete = dice.chance(75);
    let mut claims = Request::default();
    for (claim, value) in &token.claims {
        if complete || *claim == "aud" || dice.chance(60) {
            claims = claims.with(claim, value);
        }
    }
    for claim in ["environment", "amr", "email", "oaud"] {
        if token.claim(claim).is_none() {
            claims = claims.without(claim);
        }
    }
    let provider = token.provider();
    let audiences: Vec<String> = token.claim("aud").map(str::to_owned).into_iter().collect();
    let ours = Document::parse(&trust.to_string()).map_or(Said::Refused, |document| {
        let caller = WebCaller { provider: &provider, audiences: Some(&audiences), claims: &claims };
        can_assume_with_token(&caller, &document).grade.into()
    });
    let asked = json!({
        "trust": trust,
        "identity": [],
        "principal": provider,
        "action": "sts:AssumeRoleWithWebIdentity",
        "role": format!("arn:aws:iam::{ACCOUNT}:role/deploy"),
        "context": token.context(),
    });
    Case { asked, ours, complete }
}

fn statement(dice: &mut Dice, token: &Token, index: usize) -> Value {
    let effect = if index == 0 || dice.chance(40) { "Allow" } else { "Deny" };
    let provider = token.provider();
    let other = format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{}", dice.pick(&ISSUERS));
    let principal = match dice.roll(20) {
        0 => json!("*"),
        1 => json!({ "AWS": "*" }),
        2 => json!({ "Federated": other }),
        3 => json!({ "Federated": [other, provider] }),
        4 => json!({ "AWS": ACCOUNT }),
        5 => json!({ "Service": "ec2.amazonaws.com", "Federated": provider }),
        _ => json!({ "Federated": provider }),
    };
    let mut statement = json!({ "Effect": effect, "Principal": principal });
    let action = match dice.roll(16) {
        0 => json!("sts:*"),
        1 => json!("STS:assumerole*"),
        2 => json!("sts:AssumeRole"),
        3 => json!(["sts:TagSession", "sts:AssumeRoleWithWebIdentity"]),
        4 => json!(["sts:AssumeRole?ithWebIdentity"]),
        5 => json!("sts:AssumeRoleWithSAML"),
        _ => json!("sts:AssumeRoleWithWebIdentity"),
    };
    if dice.chance(3) {
        statement["NotAction"] = action;
    } else {
        statement["Action"] = action;
    }
    let conditions = conditions(dice, token);
    if !conditions.is_empty() {
        statement["Condition"] = Value::Object(conditions);
    }
    statement
}

fn conditions(dice: &mut Dice, token: &Token) -> Map<String, Value> {
    let mut conditions = Map::new();
    for _ in 0..[0, 1, 1, 1, 2, 2, 3][dice.roll(7)] {
        let (claim, key) = key(dice, token);
        let key = dice.any_case(&key);
        let (operator, values) = if dice.chance(5) {
            (
                "Null".to_owned(),
                vec![
                    dice.pick(&[json!("true"), json!("false"), json!(true), json!(false)].each_ref()).clone(),
                ],
            )
        } else {
            let count = [1, 1, 1, 2, 3][dice.roll(5)];
            let values = (0..count).map(|_| json!(value(dice, token, claim))).collect();
            (dice.operator(&OPERATORS), values)
        };
        let values = dice.list(values);
        let under = conditions.entry(operator).or_insert_with(|| json!({}));
        let taken =
            under.as_object().is_some_and(|keys| keys.keys().any(|known| known.eq_ignore_ascii_case(&key)));
        if !taken {
            under[key] = values;
        }
    }
    conditions
}

/// A claim and its condition key; the issuer may be another's.
fn key(dice: &mut Dice, token: &Token) -> (&'static str, String) {
    let claim = match dice.roll(20) {
        0..=11 => "sub",
        12..=14 => "aud",
        15..=17 => dice.pick(&PASSED_ON),
        _ => dice.pick(&KEPT_BACK),
    };
    let issuer = if dice.chance(7) { dice.pick(&ISSUERS) } else { token.issuer };
    (claim, format!("{issuer}:{claim}"))
}

/// What a policy's author might write for this claim.
fn value(dice: &mut Dice, token: &Token, claim: &str) -> String {
    let real = token.claim(claim).unwrap_or("prod");
    if claim != "sub" {
        return match dice.roll(8) {
            0..=3 => real.to_owned(),
            4 => format!("{}*", real.chars().take(2).collect::<String>()),
            5 => real.to_ascii_uppercase(),
            6 => "*".to_owned(),
            _ => Token::any(dice).claim(claim).unwrap_or("x").to_owned(),
        };
    }
    let (group, project) = (token.group, token.project);
    let (other, issuer) = (dice.pick(&GROUPS), token.issuer);
    match dice.roll(24) {
        0..=3 => real.to_owned(),
        4 => format!("project_path:{group}/*"),
        5 => format!("project_path:{other}/*"),
        6 => format!("project_path:{other}*"),
        7 => format!("project_path:{group}/{project}:*"),
        8 => format!("project_path:{group}/{project}:ref_type:branch:ref:*"),
        9 => format!("project_path:{other}/*:ref_type:branch:ref:main"),
        10 => "*:ref:main".to_owned(),
        11 => "*".to_owned(),
        12 => "?*".to_owned(),
        13 => format!("project_id:{}:*", 1 + dice.roll(3)),
        14 => format!("project_path:{group}/{project}:ref_type:*:ref:{}*", dice.pick(&["main", "rel", "v"])),
        15 => real.to_ascii_uppercase(),
        16 => {
            let at = dice.roll(real.len());
            real.char_indices().map(|(index, letter)| if index == at { '?' } else { letter }).collect()
        }
        17 => format!("${{{issuer}:sub}}"),
        18 => format!("project_id:${{{issuer}:project_id}}:*"),
        19 => format!("project_path:${{{issuer}:project_path, '{group}/{project}'}}:*"),
        20 => format!("project_path:{group}/${{*}}:*"),
        21 => format!("{real}${{?}}"),
        22 => String::new(),
        _ => Token::any(dice).claim("sub").unwrap_or_default().to_owned(),
    }
}
