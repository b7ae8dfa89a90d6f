//! Who the caller is, what its token may do, and which GitLab this is.

use serde_json::{Value, json};

use super::{
    project_body::stamp,
    reply::{Answer, Reply},
    visit::Visit,
};
use crate::demo::world::{GitLab, GitLabUser};

/// `GET /user`
pub(super) fn user(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let user = world.gitlab.users.get(&visit.caller.user).ok_or_else(|| Reply::not_found("User"))?;
    let mut body = user_body(&world.gitlab, user);
    let oldest =
        world.gitlab.tokens.iter().filter(|token| token.user == user.id).map(|token| token.created).min();
    if let Value::Object(fields) = &mut body {
        fields.extend([
            ("created_at".to_owned(), json!(oldest.map(stamp))),
            ("bio".to_owned(), json!("")),
            ("email".to_owned(), json!(format!("{}@{}", user.login, host(&world.gitlab)))),
            ("bot".to_owned(), json!(false)),
            ("two_factor_enabled".to_owned(), json!(true)),
            ("external".to_owned(), json!(false)),
            ("can_create_group".to_owned(), json!(true)),
            ("can_create_project".to_owned(), json!(true)),
        ]);
        // GitLab shows the flag to administrators only.
        if user.is_admin {
            fields.insert("is_admin".to_owned(), json!(true));
        }
    }
    Ok(Reply::ok(&body))
}

/// A user as they stand inside jobs, schedules and runners.
pub(super) fn user_body(gitlab: &GitLab, user: &GitLabUser) -> Value {
    json!({
        "id": user.id,
        "username": user.login,
        "public_email": "",
        "name": user.name,
        "state": "active",
        "locked": false,
        "avatar_url": null,
        "web_url": format!("{}/{}", gitlab.external_url, user.login),
    })
}

/// `GET /metadata`
#[expect(clippy::unnecessary_wraps, reason = "the table of routes has one signature")]
pub(super) fn metadata(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let gitlab = &world.gitlab;
    let kas = format!("kas.{}", host(gitlab));
    Ok(Reply::ok(&json!({
        "version": gitlab.version,
        "revision": revision(gitlab),
        "kas": {
            "enabled": true,
            "externalUrl": format!("wss://{kas}"),
            "externalK8sProxyUrl": format!("https://{kas}/k8s-proxy"),
            "version": gitlab.version.split('-').next(),
        },
        "enterprise": is_enterprise(gitlab),
    })))
}

/// `GET /version`
#[expect(clippy::unnecessary_wraps, reason = "the table of routes has one signature")]
pub(super) fn version(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    Ok(Reply::ok(&json!({ "version": world.gitlab.version, "revision": revision(&world.gitlab) })))
}

/// `GET /personal_access_tokens/self`
pub(super) fn own_token(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let token = world.gitlab.tokens.iter().find(|token| token.id == visit.caller.token);
    let token = token.ok_or_else(|| Reply::not_found("PersonalAccessToken"))?;
    Ok(Reply::ok(&json!({
        "id": token.id,
        "name": token.name,
        "revoked": token.revoked,
        "created_at": stamp(token.created),
        "description": null,
        "scopes": token.scopes,
        "user_id": token.user,
        "last_used_at": stamp(visit.now),
        "active": true,
        "expires_at": token.expires.map(|at| at.utc().format("%Y-%m-%d").to_string()),
        "last_used_ips": ["127.0.0.1"],
    })))
}

/// `gitlab.acme.example`
fn host(gitlab: &GitLab) -> &str {
    gitlab.external_url.split("://").last().unwrap_or_default()
}

pub(super) fn is_enterprise(gitlab: &GitLab) -> bool {
    gitlab.version.ends_with("-ee")
}

/// Eleven hexadecimal digits, the same for the same version.
pub(super) fn revision(gitlab: &GitLab) -> String {
    format!("{:011x}", number_of(&[&gitlab.version]) & 0xfff_ffff_ffff)
}

/// A number made from texts, for things the world gives none to. The same texts always give the same number.
/// (FNV-1a, 64 bits.)
pub(super) fn number_of(texts: &[&str]) -> u64 {
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([0xff]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
