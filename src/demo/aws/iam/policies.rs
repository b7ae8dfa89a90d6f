//! Managed policies: the customer's and AWS's own. Each has one version.

use super::{
    super::{ask::Ask, managed, refusal::Refusal, xml::Xml},
    details, shape,
};
use crate::demo::world::{Account, ManagedPolicy};

fn find<'a>(ask: &Ask<'_>, account: &'a Account) -> Result<&'a ManagedPolicy, Refusal> {
    let arn = ask.params.need("PolicyArn")?;
    managed::find(account, arn).ok_or_else(|| Refusal::absent(format!("Policy {arn} was not found.")))
}

pub(super) fn get(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let policy = find(ask, account)?;
    let attachments = details::attachments(account).get(policy.arn.as_str()).copied().unwrap_or_default();
    xml.node("Policy", |xml| shape::policy(xml, policy, attachments));
    Ok(())
}

pub(super) fn version(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let policy = find(ask, account)?;
    let version = ask.params.need("VersionId")?;
    if version != "v1" {
        let arn = &policy.arn;
        return Err(Refusal::absent(format!(
            "Policy {arn} version {version} does not exist or is not attachable."
        )));
    }
    xml.node("PolicyVersion", |xml| shape::policy_version(xml, policy));
    Ok(())
}
