//! STS: who am I, and becoming somebody else. Each action decides for itself who may use it.

mod assume;
mod identity;
mod session;
mod web;

use super::{
    ask::{Act, Ask},
    refusal::Refusal,
    xml::Xml,
};
use crate::{
    base::time::Timestamp,
    demo::world::{Account, Session},
};

/// The action behind a name.
pub(crate) fn find(action: &str) -> Option<Act> {
    Some(match action {
        "GetCallerIdentity" => Act::Change(identity::caller),
        "GetAccessKeyInfo" => Act::Change(identity::key_info),
        "GetSessionToken" => Act::Change(session::token),
        "AssumeRole" => Act::Change(assume::role),
        "AssumeRoleWithWebIdentity" => Act::Change(web::role),
        _ => return None,
    })
}

/// Temporary credentials, made and remembered. `role` is empty where they are a user's own.
///
/// They were issued in the world's time, which policies and records speak of; they end in the machine's, by which
/// clients judge what they were given.
fn issue(ask: &Ask<'_>, account: &mut Account, role: &str, name: &str, seconds: u32) -> Session {
    let mint = &ask.server.mint;
    let session = Session {
        key: mint.key_id("ASIA", account.number),
        secret: mint.secret(),
        token: mint.token(),
        role: role.to_owned(),
        session_name: name.to_owned(),
        issued: ask.now,
        expires: ask.server.machine_now().plus(i64::from(seconds)),
    };
    account.sessions.insert(session.key.clone(), session.clone());
    // `RoleLastUsed`: being assumed is a use.
    if let Some(role) = account.roles.get_mut(role) {
        role.last_used = Some((ask.now, ask.region.to_owned()));
    }
    session
}

fn write_credentials(xml: &mut Xml, session: &Session) {
    xml.node("Credentials", |xml| {
        xml.leaf("AccessKeyId", &session.key);
        xml.leaf("SecretAccessKey", &session.secret);
        xml.leaf("SessionToken", &session.token);
        xml.leaf("Expiration", session.expires);
    });
}

/// What a record shows of them: everything but the secret key, and so the live token too.
fn recorded(session: &Session) -> serde_json::Value {
    serde_json::json!({
        "accessKeyId": session.key,
        "sessionToken": session.token,
        "expiration": american(session.expires),
    })
}

/// `Apr 16, 2025, 3:46:56 AM`: how CloudTrail writes an expiration.
fn american(at: Timestamp) -> String {
    at.utc().format("%b %-d, %Y, %-I:%M:%S %p").to_string()
}

/// `[\w+=,.@-]{2,64}`.
fn session_name<'a>(ask: &Ask<'a>) -> Result<&'a str, Refusal> {
    let name = ask.params.need("RoleSessionName")?;
    let fits = (2..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte));
    if fits {
        return Ok(name);
    }
    Err(Refusal::invalid(format!(
        "1 validation error detected: Value '{name}' at 'roleSessionName' failed to satisfy constraint: \
         Member must satisfy regular expression pattern: [\\w+=,.@-]*"
    )))
}

/// How long a role session shall last, within the role's own limit.
fn duration(ask: &Ask<'_>, max_session: u32) -> Result<u32, Refusal> {
    let seconds = ask.params.number("DurationSeconds", 900, 43_200)?.unwrap_or(3600);
    // Roles of a world that does not say have AWS's default of an hour.
    if seconds > max_session.max(3600) {
        let why = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
        return Err(Refusal::invalid(why.into()));
    }
    Ok(seconds)
}
