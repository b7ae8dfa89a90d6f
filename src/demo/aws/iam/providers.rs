//! OIDC identity providers. One call lists their ARNs, another shows one, its address without the scheme.

use super::super::{ask::Ask, refusal::Refusal, xml::Xml};
use crate::demo::world::Account;

#[expect(clippy::unnecessary_wraps, reason = "every action has one signature")]
pub(super) fn list(_: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    xml.members("OpenIDConnectProviderList", account.providers.keys(), |xml, arn| xml.leaf("Arn", arn));
    Ok(())
}

pub(super) fn get(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let arn = ask.params.need("OpenIDConnectProviderArn")?;
    let provider = account
        .providers
        .get(arn)
        .ok_or_else(|| Refusal::absent(format!("OpenIDConnect Provider not found for arn {arn}")))?;
    xml.leaf("Url", provider.url.trim_start_matches("https://"));
    xml.members("ClientIDList", &provider.client_ids, |xml, id| xml.text(id));
    xml.members("ThumbprintList", &provider.thumbprints, |xml, print| xml.text(print));
    xml.leaf("CreateDate", provider.created);
    Ok(())
}
