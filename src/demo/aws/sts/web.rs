//! AssumeRoleWithWebIdentity: a GitLab job's token for a role. The token's signature is not checked: the company's GitLab
//! and its AWS live in one program, and no key is published between them. Issuer, audience, expiry and trust are.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{
    super::{
        ask::Ask, condition::Context, condition::texts, refusal::Refusal, trail, trail::Note, trust, xml::Xml,
    },
    assume::{Assumed, find},
};
use crate::demo::world::{Account, Provider, World};

/// A token that a provider of the account vouches for.
struct Token {
    /// The provider's ARN, and its address without the scheme.
    provider: String,
    url: String,
    subject: String,
    audience: String,
}

pub(crate) fn role(ask: &Ask<'_>, world: &mut World, xml: &mut Xml) -> Result<Note, Refusal> {
    let role_arn = ask.params.need("RoleArn")?;
    let session_name = super::session_name(ask)?;
    let claims = claims(ask.params.need("WebIdentityToken")?)?;
    let denied = || Refusal::Denied("Not authorized to perform sts:AssumeRoleWithWebIdentity".into());
    let home = world.accounts.get(&ask.caller.account).ok_or_else(denied)?;
    let token = Token::read(&claims, home, ask)?;
    let identity = json!({
        "type": "WebIdentityUser",
        "principalId": format!("{}:{}:{}", token.provider, token.audience, token.subject),
        "userName": token.subject,
        "identityProvider": token.provider,
    });
    let admitted = find(world, role_arn)
        .filter(|(_, role)| trust::admits_token(&role.trust, &token.provider, &token.context(session_name)));
    let Some((account, role)) = admitted else {
        let refusal = denied();
        trail::file_token(ask, world, &identity, Err(&refusal));
        return Err(refusal);
    };
    let seconds = super::duration(ask, role.max_session)?;
    let (role_name, role_id) = (role.name.clone(), role.id.clone());
    let home = world.accounts.get_mut(&account).ok_or_else(denied)?;
    let session = super::issue(ask, home, &role_name, session_name, seconds);
    let assumed = Assumed { account, role_arn, role_id: &role_id, session: &session };
    assumed.write(xml);
    xml.leaf("SubjectFromWebIdentityToken", &token.subject);
    xml.leaf("Provider", &token.provider);
    xml.leaf("Audience", &token.audience);
    let mut note = assumed.note(ask);
    note.response["subjectFromWebIdentityToken"] = token.subject.as_str().into();
    note.response["provider"] = token.provider.as_str().into();
    note.response["audience"] = token.audience.as_str().into();
    trail::file_token(ask, world, &identity, Ok(&note));
    Ok(note)
}

/// The claims of a JSON web token.
fn claims(token: &str) -> Result<Value, Refusal> {
    let payload = token.split('.').nth(1).filter(|_| token.split('.').count() == 3);
    let bytes = payload.and_then(|payload| URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok());
    bytes
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .filter(Value::is_object)
        .ok_or_else(|| invalid("The ID Token provided is not a valid JWT."))
}

fn invalid(message: &str) -> Refusal {
    Refusal::said(400, "InvalidIdentityToken", message.to_owned())
}

fn without_scheme(url: &str) -> &str {
    url.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/')
}

impl Token {
    fn read(claims: &Value, home: &Account, ask: &Ask<'_>) -> Result<Self, Refusal> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
        let issuer = text("iss");
        let of_issuer = |provider: &&Provider| without_scheme(&provider.url) == without_scheme(issuer);
        let provider = home.providers.values().find(of_issuer).ok_or_else(|| {
            invalid(&format!("No OpenIDConnect provider found in your account for {issuer}"))
        })?;
        let audiences = claims.get("aud").map(texts).unwrap_or_default();
        let audience = audiences
            .into_iter()
            .find(|audience| provider.client_ids.contains(audience))
            .ok_or_else(|| invalid("Incorrect token audience"))?;
        // The token is the company's own, so it ends in the world's time.
        if claims.get("exp").and_then(Value::as_i64).is_some_and(|end| end <= ask.now.seconds()) {
            let message =
                format!("Token expired: current date/time {} must be before the expiration", ask.now);
            return Err(Refusal::said(400, "ExpiredTokenException", message));
        }
        Ok(Self {
            provider: provider.arn.clone(),
            url: without_scheme(&provider.url).to_owned(),
            subject: text("sub").to_owned(),
            audience,
        })
    }

    /// Of a GitLab token a trust policy sees `sub` and `aud`, and no other claim.
    fn context(&self, session_name: &str) -> Context {
        let mut context = Context::default();
        context.set(&format!("{}:sub", self.url), self.subject.clone());
        context.set(&format!("{}:aud", self.url), self.audience.clone());
        context.set("sts:RoleSessionName", session_name);
        context
    }
}
