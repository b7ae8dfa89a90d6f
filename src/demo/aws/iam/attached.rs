//! Managed policies attached to users and roles.

use super::{
    super::{arn, ask::Ask, managed, page::Page, refusal::Refusal, trail::Note, xml::Xml},
    refuse_service_linked, role, role_mut, shape, user, user_mut,
};
use crate::demo::world::{Account, World};

/// A user or role may hold ten.
const POLICIES_PER_HOLDER: usize = 10;

fn write(ask: &Ask<'_>, arns: &[String], xml: &mut Xml) -> Result<(), Refusal> {
    let page = Page::of(ask.params)?;
    let cut = page.cut(page.rest_of(arns, |arn| arn.as_str()).iter(), |arn| arn.as_str());
    xml.members("AttachedPolicies", &cut.items, |xml, arn| shape::attached_one(xml, arn));
    cut.write_end(xml);
    Ok(())
}

pub(super) fn list_user(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    write(ask, &user(ask.params, account)?.attached, xml)
}

pub(super) fn list_role(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    write(ask, &role(ask.params, account)?.attached, xml)
}

/// Attaching twice is the same as once.
fn attach(ask: &Ask<'_>, attached: &mut Vec<String>, quota: &str) -> Result<Note, Refusal> {
    let policy = ask.params.need("PolicyArn")?;
    if !attached.iter().any(|known| known == policy) {
        if attached.len() >= POLICIES_PER_HOLDER {
            return Err(Refusal::quota(quota, POLICIES_PER_HOLDER));
        }
        attached.push(policy.to_owned());
    }
    Ok(noted(ask, policy))
}

fn detach(ask: &Ask<'_>, attached: &mut Vec<String>) -> Result<Note, Refusal> {
    let policy = ask.params.need("PolicyArn")?;
    let place = attached.iter().position(|known| known == policy);
    let place = place.ok_or_else(|| Refusal::absent(format!("Policy {policy} was not found.")))?;
    attached.remove(place);
    Ok(noted(ask, policy))
}

fn known(ask: &Ask<'_>, account: &Account) -> Result<(), Refusal> {
    let policy = ask.params.need("PolicyArn")?;
    match managed::find(account, policy) {
        Some(_) => Ok(()),
        None => Err(Refusal::absent(format!("Policy {policy} does not exist or is not attachable."))),
    }
}

pub(super) fn attach_user(ask: &Ask<'_>, world: &mut World, _: &mut Xml) -> Result<Note, Refusal> {
    let account = ask.account_mut(world)?;
    known(ask, account)?;
    attach(ask, &mut user_mut(ask.params, account)?.attached, "PoliciesPerUser")
}

pub(super) fn detach_user(ask: &Ask<'_>, world: &mut World, _: &mut Xml) -> Result<Note, Refusal> {
    detach(ask, &mut user_mut(ask.params, ask.account_mut(world)?)?.attached)
}

pub(super) fn attach_role(ask: &Ask<'_>, world: &mut World, _: &mut Xml) -> Result<Note, Refusal> {
    let account = ask.account_mut(world)?;
    known(ask, account)?;
    let role = role_mut(ask.params, account)?;
    refuse_service_linked(role)?;
    attach(ask, &mut role.attached, "PoliciesPerRole")
}

pub(super) fn detach_role(ask: &Ask<'_>, world: &mut World, _: &mut Xml) -> Result<Note, Refusal> {
    let role = role_mut(ask.params, ask.account_mut(world)?)?;
    refuse_service_linked(role)?;
    detach(ask, &mut role.attached)
}

/// The record can be found by the policy's name as well.
fn noted(ask: &Ask<'_>, policy: &str) -> Note {
    let mut note = Note::of(ask);
    note.lookup.push(("AWS::IAM::Policy".into(), arn::policy_name(policy).to_owned()));
    note
}
