//! OIDC identity providers. One call lists their ARNs, another shows one, its address without the scheme.

use super::super::{arn, ask::Ask, refusal::Refusal, trail::Note, xml::Xml};
use crate::demo::world::{Account, Provider, World};

/// An account may have so many providers.
const PROVIDERS: usize = 100;

fn no_provider(arn: &str) -> Refusal {
    Refusal::absent(format!("OpenIDConnect Provider not found for arn {arn}"))
}

#[expect(clippy::unnecessary_wraps, reason = "every action has one signature")]
pub(super) fn list(_: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    xml.members("OpenIDConnectProviderList", account.providers.keys(), |xml, arn| xml.leaf("Arn", arn));
    Ok(())
}

pub(super) fn get(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let arn = ask.params.need("OpenIDConnectProviderArn")?;
    let provider = account.providers.get(arn).ok_or_else(|| no_provider(arn))?;
    xml.leaf("Url", provider.url.trim_start_matches("https://"));
    xml.members("ClientIDList", &provider.client_ids, |xml, id| xml.text(id));
    xml.members("ThumbprintList", &provider.thumbprints, |xml, print| xml.text(print));
    xml.leaf("CreateDate", provider.created);
    Ok(())
}

/// Thumbprints may be left out: IAM trusts the certificate authorities it knows.
pub(super) fn create(ask: &Ask<'_>, world: &mut World, xml: &mut Xml) -> Result<Note, Refusal> {
    let url = ask.params.need("Url")?;
    let invalid = |message: &str| Refusal::said(400, "InvalidInput", message.to_owned());
    let Some(host) = url.strip_prefix("https://").filter(|host| !host.is_empty()) else {
        return Err(invalid("Invalid Open ID Connect Provider URL"));
    };
    let host = host.trim_end_matches('/');
    let owned = |prefix: &str| ask.params.list(prefix).into_iter().map(str::to_owned).collect::<Vec<_>>();
    let client_ids = owned("ClientIDList.member");
    if client_ids.len() > 100 {
        return Err(Refusal::quota("ClientIdsPerOpenIdConnectProvider", 100));
    }
    let account = ask.account_mut(world)?;
    let arn = arn::iam(account.number, "oidc-provider", "/", host);
    if account.providers.contains_key(&arn) {
        let message = format!("Provider with url {url} already exists.");
        return Err(Refusal::said(409, "EntityAlreadyExists", message));
    }
    if account.providers.len() >= PROVIDERS {
        return Err(Refusal::quota("OpenIdConnectProvidersPerAccount", PROVIDERS));
    }
    xml.leaf("OpenIDConnectProviderArn", &arn);
    let mut note = Note::of(ask);
    note.request = serde_json::json!({ "url": url, "clientIDList": client_ids });
    note.response = serde_json::json!({ "openIDConnectProviderArn": arn });
    let provider = Provider {
        arn: arn.clone(),
        url: host.to_owned(),
        client_ids,
        thumbprints: owned("ThumbprintList.member"),
        created: ask.now,
    };
    account.providers.insert(arn, provider);
    Ok(note)
}

/// Roles that trust it stay as they are, and nobody gets in by it.
pub(super) fn delete(ask: &Ask<'_>, world: &mut World, _: &mut Xml) -> Result<Note, Refusal> {
    let arn = ask.params.need("OpenIDConnectProviderArn")?;
    let account = ask.account_mut(world)?;
    account.providers.remove(arn).ok_or_else(|| no_provider(arn))?;
    Ok(Note::of(ask))
}
