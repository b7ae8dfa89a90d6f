//! Managed policies attached to users and roles.

use super::{
    super::{arn, ask::Ask, managed, page::Page, refusal::Refusal, trail::Note, xml::Xml},
    role, shape, user, user_mut,
};
use crate::demo::world::{Account, World};

/// A user may hold ten.
const POLICIES_PER_USER: usize = 10;

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
pub(super) fn attach_user(ask: &Ask<'_>, world: &mut World, _: &mut Xml) -> Result<Note, Refusal> {
    let policy = ask.params.need("PolicyArn")?;
    let account = ask.account_mut(world)?;
    if managed::find(account, policy).is_none() {
        return Err(Refusal::absent(format!("Policy {policy} does not exist or is not attachable.")));
    }
    let user = user_mut(ask.params, account)?;
    if !user.attached.iter().any(|known| known == policy) {
        if user.attached.len() >= POLICIES_PER_USER {
            return Err(Refusal::quota("PoliciesPerUser", POLICIES_PER_USER));
        }
        user.attached.push(policy.to_owned());
    }
    Ok(noted(ask, policy))
}

pub(super) fn detach_user(ask: &Ask<'_>, world: &mut World, _: &mut Xml) -> Result<Note, Refusal> {
    let policy = ask.params.need("PolicyArn")?;
    let user = user_mut(ask.params, ask.account_mut(world)?)?;
    let place = user.attached.iter().position(|known| known == policy);
    let place = place.ok_or_else(|| Refusal::absent(format!("Policy {policy} was not found.")))?;
    user.attached.remove(place);
    Ok(noted(ask, policy))
}

/// The record can be found by the policy's name as well.
fn noted(ask: &Ask<'_>, policy: &str) -> Note {
    let mut note = Note::of(ask);
    note.lookup.push(("AWS::IAM::Policy".into(), arn::policy_name(policy).to_owned()));
    note
}
