//! AWS's half of the made-up estate: users with a key each, roles, machines, and two weeks of CloudTrail.

use std::sync::Arc;

use keytrail::{
    base::name::Arn,
    model::{
        aws::{
            AccessKey, Account, InlinePolicy, InstanceProfile, KeyStatus, LastUse, Machine, Provider, Role,
            RoleUse, User,
        },
        entity::Entity,
        event::{Caller, Event},
    },
};

use super::{ACCOUNTS, GITLAB, NOW, REGION, Size, account, address, arn, gitlab, key_id, seconds};

/// What each walk sees: source, scope and things.
pub(super) fn things(size: Size) -> Vec<(String, &'static str, Vec<Entity>)> {
    let mut walks = Vec::new();
    for home in 0..ACCOUNTS {
        let number = account(home);
        let mine = |count: usize, make: &dyn Fn(usize) -> Entity| -> Vec<Entity> {
            (home..count).step_by(ACCOUNTS).map(make).collect()
        };
        let about = Account { number, name: Some(format!("acme-{home}")), caller: None, root: None };
        let mut iam = vec![about.into(), provider(home).into()];
        iam.extend(mine(size.users, &|index| user(index).into()));
        iam.extend(mine(size.roles, &|index| role(index, size).into()));
        iam.extend(mine(size.roles, &|index| profile(index).into()));
        let place = format!("{number} {REGION}");
        walks.push((number.to_string(), "IAM", iam));
        walks.push((number.to_string(), "access keys", mine(size.users, &|index| key(index).into())));
        walks.push((
            place.clone(),
            "EC2 instances",
            mine(size.runners, &|index| machine(index, size).into()),
        ));
        walks.push((place, "events", mine(size.events, &|index| event(index, size).into())));
    }
    walks
}

fn user_arn(index: usize) -> Arn {
    arn("iam", account(index), &format!("user/ci/deploy-{index}"))
}

pub(super) fn role_arn(index: usize) -> Arn {
    arn("iam", account(index), &format!("role/ci-deploy-{index}"))
}

fn provider_arn(index: usize) -> Arn {
    arn("iam", account(index), &format!("oidc-provider/{GITLAB}"))
}

fn profile_arn(index: usize) -> Arn {
    arn("iam", account(index), &format!("instance-profile/ci-deploy-{index}"))
}

fn provider(index: usize) -> Provider {
    Provider {
        arn: provider_arn(index),
        issuer: Some(GITLAB.into()),
        audiences: Some(vec!["sts.amazonaws.com".into()]),
        created: Some(NOW.minus(800 * 86_400)),
    }
}

fn allows(action: &str, resource: &str) -> Vec<InlinePolicy> {
    let document = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}]}}"#
    );
    vec![InlinePolicy { name: "ci".into(), document: document.into() }]
}

/// A user who may assume the role of the same number; one in fifty any role, another one in fifty everything.
fn user(index: usize) -> User {
    let mut user = User::seen(user_arn(index));
    user.created = Some(NOW.minus(900 * 86_400));
    user.groups = Some(Vec::new());
    user.attached = Some(Vec::new());
    user.mfa = Some(false);
    user.password = Some(false);
    let policies = match index % 50 {
        48 => allows("*", "*"),
        49 => allows("sts:AssumeRole", "arn:aws:iam::*:role/ci-*"),
        _ => allows("sts:AssumeRole", role_arn(index).as_str()),
    };
    user.inline = Some(policies);
    user
}

fn key(index: usize) -> AccessKey {
    let used = LastUse::At {
        at: NOW.minus(seconds(index % 300) * 43_200),
        service: "s3".into(),
        region: REGION.into(),
    };
    AccessKey {
        key: key_id("AKIA", account(index), index),
        user: Some(user_arn(index)),
        created: Some(NOW.minus(seconds(index % 500) * 86_400)),
        status: Some(if index % 10 == 9 { KeyStatus::Inactive } else { KeyStatus::Active }),
        last_use: Some(if index % 20 == 19 { LastUse::Never } else { used }),
    }
}

/// Roles trust a user, one project's id tokens, machines, or (one in twenty) a whole account.
fn role(index: usize, size: Size) -> Role {
    let (principal, action, condition) = match index % 20 {
        19 => (format!(r#"{{"AWS":"{}"}}"#, account(index)), "AssumeRole", String::new()),
        kind if kind % 4 == 0 => (format!(r#"{{"AWS":"{}"}}"#, user_arn(index)), "AssumeRole", String::new()),
        kind if kind % 4 == 3 => {
            (r#"{"Service":"ec2.amazonaws.com"}"#.to_owned(), "AssumeRole", String::new())
        }
        _ => (
            format!(r#"{{"Federated":"{}"}}"#, provider_arn(index)),
            "AssumeRoleWithWebIdentity",
            format!(r#","Condition":{{"StringEquals":{{"{GITLAB}:sub":"{}"}}}}"#, subject(index, size)),
        ),
    };
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{principal},"Action":"sts:{action}"{condition}}}]}}"#
    );
    let mut role = Role::seen(role_arn(index));
    role.unique_id = Some(unique_id(index));
    role.created = Some(NOW.minus(700 * 86_400));
    role.trust = Some(trust.into());
    role.inline = Some(allows("s3:*", &format!("arn:aws:s3:::artefacts-{}/*", index % 100)));
    role.attached = Some(Vec::new());
    role.last_use = Some(RoleUse::At { at: NOW.minus(seconds(index % 90) * 86_400), region: REGION.into() });
    role.max_session = Some(3600);
    role
}

fn unique_id(role: usize) -> Arc<str> {
    key_id("AKIA", account(role), role).as_str().replacen("AKIA", "AROA", 1).into()
}

fn subject(index: usize, size: Size) -> String {
    format!("project_path:{}:ref_type:branch:ref:main", gitlab::project_path(index % size.projects, size))
}

fn profile(index: usize) -> InstanceProfile {
    InstanceProfile { arn: profile_arn(index), roles: Some(vec![role_arn(index)]) }
}

fn machine(index: usize, size: Size) -> Machine {
    // Of the roles only every fourth trusts machines.
    let role = (index * 4 + 3) % size.roles;
    Machine {
        account: account(index),
        region: REGION.into(),
        instance: format!("i-{index:017x}").into(),
        name: Some(format!("runner-{index}")),
        private_address: Some(address(index)),
        public_address: None,
        profile: Some(profile_arn(role)),
        state: Some("running".into()),
        launched: Some(NOW.minus(seconds(index % 400) * 86_400)),
        imds_tokens_required: Some(index.is_multiple_of(2)),
        imds_hop_limit: Some(if index.is_multiple_of(3) { 2 } else { 1 }),
    }
}

/// Four calls make a session: it is opened, by a key or every fifth time by an id token, and then used three times. One
/// session in forty is used by nobody we know, one call in thirty is denied.
fn event(index: usize, size: Size) -> Event {
    // The four calls of a session are in one account.
    let (home, turn) = (index % ACCOUNTS, index / ACCOUNTS);
    let (session, step) = (turn / 4 * ACCOUNTS + home, turn % 4);
    let role = session % size.roles;
    let minted = key_id("ASIA", account(role), session);
    let name: Arc<str> = format!("ci-{session}").into();
    let assumed = arn("sts", account(role), &format!("assumed-role/ci-deploy-{role}/{name}"));
    let by_token = session % 5 == 4;
    let opens = step == 0;
    let opened = NOW.minus(60 + seconds(session) * 90);
    let denied = index % 30 == 29;
    let from = if session % 40 == 39 {
        format!("203.0.113.{}", session % 250)
    } else {
        address(session % size.runners)
    };
    let caller = match (opens, by_token) {
        (true, true) => Caller { kind: "WebIdentityUser".into(), ..Caller::default() },
        (true, false) => Caller {
            kind: "IAMUser".into(),
            arn: Some(user_arn(role % size.users)),
            key: Some(key_id("AKIA", account(role), role % size.users)),
            account: Some(account(role)),
            ..Caller::default()
        },
        (false, _) => Caller {
            kind: "AssumedRole".into(),
            arn: Some(assumed.clone()),
            principal_id: Some(format!("{}:{name}", unique_id(role)).into()),
            account: Some(account(role)),
            key: Some(minted.clone()),
            issuer: Some(role_arn(role)),
            session_created: Some(opened),
            ..Caller::default()
        },
    };
    let call = match (opens, by_token) {
        (true, true) => "AssumeRoleWithWebIdentity",
        (true, false) => "AssumeRole",
        (false, _) => "PutObject",
    };
    Event {
        account: account(home),
        event_id: format!("{index:08x}-0000-4000-8000-000000000000").into(),
        region: REGION.into(),
        at: opened.plus(seconds(step) * 20),
        source: if opens { "sts.amazonaws.com".into() } else { "s3.amazonaws.com".into() },
        name: call.into(),
        raw: raw(call, &caller, &from),
        caller,
        address: Some(from.into()),
        agent: Some("aws-cli/2.31.0".into()),
        error: denied.then(|| "AccessDenied".into()),
        message: None,
        role: opens.then(|| role_arn(role)),
        session_name: opens.then_some(name),
        minted: (opens && !denied).then_some(minted),
        minted_expires: (opens && !denied).then(|| opened.plus(3600)),
        assumed: (opens && !denied).then_some(assumed),
        subject: (opens && by_token).then(|| subject(role, size).into()),
        provider: (opens && by_token).then(|| provider_arn(role)),
        audience: None,
        about: None,
        shared_id: None,
        origin: None,
    }
}

/// About as long as a record of CloudTrail without its parameters.
fn raw(call: &str, caller: &Caller, address: &str) -> Arc<str> {
    let caller = caller.arn.as_ref().map_or("", Arn::as_str);
    let agent = "aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.8.0 md/arch#x86_64 lang/python#3.13.7 cfg/retry-mode#standard";
    format!(
        r#"{{"eventVersion":"1.11","userIdentity":{{"arn":"{caller}"}},"eventName":"{call}","awsRegion":"{REGION}","sourceIPAddress":"{address}","userAgent":"{agent}","readOnly":false,"eventType":"AwsApiCall","managementEvent":true,"eventCategory":"Management"}}"#
    )
    .into()
}
