//! GetCallerIdentity, which everybody may call, and GetAccessKeyInfo.

use super::super::{ask::Ask, refusal::Refusal, trail::Note, xml::Xml};
use crate::{
    base::name::{AccountId, account_of},
    demo::world::World,
};

#[expect(clippy::unnecessary_wraps, reason = "every action has one signature")]
pub(crate) fn caller(ask: &Ask<'_>, _: &mut World, xml: &mut Xml) -> Result<Note, Refusal> {
    xml.leaf("Arn", ask.caller.arn());
    xml.leaf("UserId", ask.caller.principal_id());
    xml.leaf("Account", format!("{:012}", ask.caller.account));
    Ok(Note::default())
}

/// The account of any key id, also of strangers': ids made since about 2019 carry it.
pub(crate) fn key_info(ask: &Ask<'_>, world: &mut World, xml: &mut Xml) -> Result<Note, Refusal> {
    let id = ask.params.need("AccessKeyId")?;
    let account = account_of(id).map(AccountId::number);
    let account = account.or_else(|| world.key(id).map(|(account, ..)| account));
    let account = account.ok_or_else(|| Refusal::invalid(format!("The access key id {id} is not valid.")))?;
    xml.leaf("Account", format!("{account:012}"));
    Ok(Note::of(ask))
}
