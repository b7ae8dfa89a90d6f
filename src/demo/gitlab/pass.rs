//! Who is calling: the token's user, its scopes, and what GitLab says to a token it does not take.

use serde_json::json;

use super::reply::Reply;
use crate::{
    base::time::Timestamp,
    demo::world::{GitLab, GitLabToken},
};

/// Somebody whose token was taken.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub user: u64,
    pub token: u64,
    pub login: String,
    pub is_admin: bool,
    pub scopes: Vec<String>,
}

/// What a route asks of a token's scopes.
///
/// Source: doc/user/profile/personal_access_tokens.md, table of scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Any token at all.
    Any,
    /// The caller's own account.
    User,
    Read,
    Write,
    /// `/runners/:id` and below, which `manage_runner` opens too.
    Runner,
}

impl Need {
    const fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::Any => &[],
            Self::User => &["api", "read_api", "read_user"],
            Self::Read => &["api", "read_api"],
            Self::Write => &["api"],
            Self::Runner => &["api", "manage_runner"],
        }
    }
}

/// Why a token is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Unknown,
    Revoked,
    Expired,
}

/// The caller behind a token.
pub(super) fn identify(gitlab: &GitLab, token: Option<&str>, now: Timestamp) -> Result<Caller, Refused> {
    let text = token.ok_or(Refused::Unknown)?;
    let token = gitlab.tokens.iter().find(|known| known.token == text).ok_or(Refused::Unknown)?;
    if token.revoked {
        return Err(Refused::Revoked);
    }
    if is_expired(token, now) {
        return Err(Refused::Expired);
    }
    let user = gitlab.users.get(&token.user).ok_or(Refused::Unknown)?;
    Ok(Caller {
        user: user.id,
        token: token.id,
        login: user.login.clone(),
        is_admin: user.is_admin,
        scopes: token.scopes.clone(),
    })
}

pub(super) fn is_expired(token: &GitLabToken, now: Timestamp) -> bool {
    token.expires.is_some_and(|at| at <= now)
}

impl Caller {
    /// Refuses where the token has none of the scopes that would do.
    pub(super) fn check(&self, need: Need) -> Result<(), Reply> {
        let enough = need.scopes();
        if enough.is_empty() || self.scopes.iter().any(|scope| enough.contains(&scope.as_str())) {
            return Ok(());
        }
        Err(Reply::json(
            403,
            &json!({
                "error": "insufficient_scope",
                "error_description":
                    "The request requires higher privileges than provided by the access token.",
                "scope": enough.join(" "),
            }),
        ))
    }

    pub(super) fn check_admin(&self) -> Result<(), Reply> {
        if self.is_admin { Ok(()) } else { Err(Reply::forbidden()) }
    }
}

/// 401 in the words of the REST API.
pub(super) fn unauthorized(why: Refused) -> Reply {
    let (error, description) = match why {
        Refused::Unknown => return Reply::message(401, "401 Unauthorized"),
        Refused::Revoked => ("invalid_token", "Token was revoked. You have to re-authorize from the user."),
        Refused::Expired => {
            ("invalid_token", "Token is expired. You can either do re-authorization or token refresh.")
        }
    };
    Reply::json(401, &json!({ "error": error, "error_description": description }))
}

/// 401 in the words of the GraphQL API, which tells no reason.
pub(super) fn unauthorized_query() -> Reply {
    Reply::json(401, &json!({ "errors": [{ "message": "Invalid token" }] }))
}
