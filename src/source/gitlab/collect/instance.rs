//! The GitLab itself and the token we read it with: `/user`, `/metadata`, `/personal_access_tokens/self`.

use gitlab::api::{personal_access_tokens::PersonalAccessTokenSelf, users::CurrentUser};
use serde::Deserialize;

use super::super::{
    endpoint::{built, metadata},
    strand::Strand,
    walk::{Halt, Walk},
    wire,
};
use crate::{base::time::Timestamp, model::gitlab::Instance};

/// `GET /user`. `is_admin` is there for administrators only.
#[derive(Deserialize)]
struct User {
    username: Option<String>,
    is_admin: Option<bool>,
    web_url: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    version: Option<String>,
}

/// `GET /personal_access_tokens/self`, which answers for project and group access tokens as well.
#[derive(Deserialize)]
struct Token {
    scopes: Option<Vec<String>>,
    #[serde(default, deserialize_with = "wire::time")]
    expires_at: Option<Timestamp>,
}

const FIX: &str = "needs a token with the scope `read_api`.";

pub(in super::super) async fn walk(walk: &Walk) {
    let strand = walk.begin("instance").await;
    let (user, version, token) = tokio::join!(user(walk), version(walk), token(walk));
    let user = known(&strand, "GET /user", user).await;
    let version = known(&strand, "GET /metadata", version).await;
    let token = known(&strand, "GET /personal_access_tokens/self", token).await;

    let is_admin = user.as_ref().map(|user| user.is_admin.unwrap_or(false));
    walk.roster.set_admin(is_admin.unwrap_or(false));
    let (scopes, expires) = token.map(|token| (token.scopes, token.expires_at)).unwrap_or_default();
    let instance = Instance {
        name: walk.instance().clone(),
        url: Some(user.as_ref().and_then(own_address).unwrap_or_else(|| walk.source.url.clone())),
        version: version.and_then(|metadata| metadata.version),
        login: user.and_then(|user| user.username),
        is_admin,
        token_scopes: scopes,
        token_expires: expires,
    };
    strand.saw([instance]).await;
    strand.end().await;
}

async fn known<T>(strand: &Strand<'_>, call: &str, answered: Result<T, Halt>) -> Option<T> {
    match answered {
        Ok(known) => Some(known),
        Err(halt) => {
            strand.refused(call, &halt, FIX).await;
            None
        }
    }
}

/// What GitLab calls itself, which is what it writes into `iss`: the page of our own user without the user.
fn own_address(user: &User) -> Option<String> {
    let page = user.web_url.as_deref()?;
    let address = page.strip_suffix(user.username.as_deref()?)?.strip_suffix('/')?;
    address.contains("://").then(|| address.to_owned())
}

async fn user(walk: &Walk) -> Result<User, Halt> {
    Ok(walk.ask(&built(CurrentUser::builder().build())?).await?.json("a user")?)
}

async fn version(walk: &Walk) -> Result<Metadata, Halt> {
    Ok(walk.ask(&metadata()).await?.json("metadata")?)
}

async fn token(walk: &Walk) -> Result<Token, Halt> {
    Ok(walk.ask(&built(PersonalAccessTokenSelf::builder().build())?).await?.json("a token")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_gitlab_gives_itself_is_read_off_a_page() {
        let user =
            |url: &str| User { username: Some("root".into()), is_admin: None, web_url: Some(url.into()) };
        let cases = [
            ("https://gitlab.acme.example/root", Some("https://gitlab.acme.example")),
            ("https://acme.example/gitlab/root", Some("https://acme.example/gitlab")),
            ("https://acme.example/someone", None),
            ("root", None),
        ];
        for (url, address) in cases {
            assert_eq!(own_address(&user(url)).as_deref(), address, "{url}");
        }
    }
}
