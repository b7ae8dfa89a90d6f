//! Policies written into users and roles.

use serde_json::Value;

use super::{
    super::{ask::Ask, page::Page, refusal::Refusal, statement, trail::Note, xml::Xml},
    refuse_service_linked, role, role_mut, shape, user, user_mut,
};
use crate::demo::world::{Account, Inline, World};

/// Characters that are not white space, in all of a user's or a role's inline policies together.
const USER_LIMIT: usize = 2048;
const ROLE_LIMIT: usize = 10_240;

fn write_names(ask: &Ask<'_>, policies: &[Inline], xml: &mut Xml) -> Result<(), Refusal> {
    let page = Page::of(ask.params)?;
    let rest = page.rest_of(policies, |policy| &policy.name).iter();
    let cut = page.cut(rest, |policy| &policy.name);
    xml.members("PolicyNames", &cut.items, |xml, policy| xml.text(&policy.name));
    cut.write_end(xml);
    Ok(())
}

fn no_policy(owner: &str, name: &str) -> Refusal {
    Refusal::absent(format!("The {owner} policy with name {name} cannot be found."))
}

fn find<'a>(ask: &Ask<'_>, owner: &str, policies: &'a [Inline]) -> Result<&'a Inline, Refusal> {
    let name = ask.params.need("PolicyName")?;
    policies.iter().find(|policy| policy.name == name).ok_or_else(|| no_policy(owner, name))
}

fn write_policy(xml: &mut Xml, policy: &Inline) {
    xml.leaf("PolicyName", &policy.name);
    shape::document(xml, "PolicyDocument", &policy.document);
}

/// Refuses what is not a policy: IAM checks the grammar, not the sense.
fn check(document: &str) -> Result<(), Refusal> {
    if serde_json::from_str::<Value>(document).is_err() {
        return Err(Refusal::malformed("The policy is not in the valid JSON format."));
    }
    let statements = statement::statements(document);
    if statements.is_empty() {
        return Err(Refusal::malformed("Syntax errors in policy."));
    }
    for statement in &statements {
        let has = |one: &str, other: &str| statement.get(one).is_some() || statement.get(other).is_some();
        if !matches!(statement.get("Effect").and_then(Value::as_str), Some("Allow" | "Deny")) {
            return Err(Refusal::malformed("Syntax errors in policy."));
        }
        if !has("Action", "NotAction") {
            return Err(Refusal::malformed("Policy statement must contain actions."));
        }
        if !has("Resource", "NotResource") {
            return Err(Refusal::malformed("Policy statement must contain resources."));
        }
        if has("Principal", "NotPrincipal") {
            return Err(Refusal::malformed("Policy document should not specify a principal."));
        }
    }
    Ok(())
}

fn size(document: &str) -> usize {
    document.chars().filter(|letter| !letter.is_whitespace()).count()
}

/// Writes a policy, in place of one of the same name.
fn put(ask: &Ask<'_>, owner: &str, policies: &mut Vec<Inline>, limit: usize) -> Result<Note, Refusal> {
    let name = ask.params.need("PolicyName")?.to_owned();
    let document = ask.params.need("PolicyDocument")?.to_owned();
    check(&document)?;
    let others = policies.iter().filter(|policy| policy.name != name);
    let total: usize = others.map(|policy| size(&policy.document)).sum::<usize>() + size(&document);
    if total > limit {
        let message = format!("Maximum policy size of {limit} bytes exceeded for {owner}");
        return Err(Refusal::said(409, "LimitExceeded", message));
    }
    match policies.iter_mut().find(|policy| policy.name == name) {
        Some(policy) => policy.document = document,
        None => policies.push(Inline { name, document }),
    }
    Ok(Note::of(ask))
}

fn delete(ask: &Ask<'_>, owner: &str, policies: &mut Vec<Inline>) -> Result<Note, Refusal> {
    let name = ask.params.need("PolicyName")?;
    let place = policies.iter().position(|policy| policy.name == name);
    policies.remove(place.ok_or_else(|| no_policy(owner, name))?);
    Ok(Note::of(ask))
}

pub(super) fn list_user(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    write_names(ask, &user(ask.params, account)?.inline, xml)
}

pub(super) fn list_role(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    write_names(ask, &role(ask.params, account)?.inline, xml)
}

pub(super) fn get_user(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let user = user(ask.params, account)?;
    let policy = find(ask, "user", &user.inline)?;
    xml.leaf("UserName", &user.name);
    write_policy(xml, policy);
    Ok(())
}

pub(super) fn get_role(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let role = role(ask.params, account)?;
    let policy = find(ask, "role", &role.inline)?;
    xml.leaf("RoleName", &role.name);
    write_policy(xml, policy);
    Ok(())
}

pub(super) fn put_user(ask: &Ask<'_>, world: &mut World, _: &mut Xml) -> Result<Note, Refusal> {
    let user = user_mut(ask.params, ask.account_mut(world)?)?;
    put(ask, &format!("user {}", user.name), &mut user.inline, USER_LIMIT)
}

pub(super) fn put_role(ask: &Ask<'_>, world: &mut World, _: &mut Xml) -> Result<Note, Refusal> {
    let role = role_mut(ask.params, ask.account_mut(world)?)?;
    refuse_service_linked(role)?;
    put(ask, &format!("role {}", role.name), &mut role.inline, ROLE_LIMIT)
}

pub(super) fn delete_user(ask: &Ask<'_>, world: &mut World, _: &mut Xml) -> Result<Note, Refusal> {
    delete(ask, "user", &mut user_mut(ask.params, ask.account_mut(world)?)?.inline)
}

pub(super) fn delete_role(ask: &Ask<'_>, world: &mut World, _: &mut Xml) -> Result<Note, Refusal> {
    let role = role_mut(ask.params, ask.account_mut(world)?)?;
    refuse_service_linked(role)?;
    delete(ask, "role", &mut role.inline)
}
