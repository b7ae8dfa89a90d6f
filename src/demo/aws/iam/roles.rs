//! Roles. A list shows the trust policy and the longest session; only one role by itself shows when it was last used.

use super::{
    super::{arn, ask::Ask, managed, page::Page, refusal::Refusal, trail::Note, xml::Xml},
    in_path, refuse_service_linked, role_mut, shape, trusts,
};
use crate::demo::world::{Account, Role, World};

/// An account may have so many roles.
const ROLES: usize = 1000;

fn write(xml: &mut Xml, account: u64, role: &Role) {
    shape::role(xml, account, role);
    xml.maybe("Description", Some(&role.description).filter(|text| !text.is_empty()));
    xml.leaf("MaxSessionDuration", role.max_session.max(3600));
}

pub(super) fn list(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let page = Page::of(ask.params)?;
    let roles =
        page.rest(&account.roles).map(|(_, role)| role).filter(|role| in_path(ask.params, &role.path));
    let cut = page.cut(roles, |role| &role.name);
    xml.members("Roles", &cut.items, |xml, role| write(xml, account.number, role));
    cut.write_end(xml);
    Ok(())
}

pub(super) fn get(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let role = super::role(ask.params, account)?;
    xml.node("Role", |xml| {
        write(xml, account.number, role);
        shape::boundary(xml, role.boundary.as_deref());
        shape::tags(xml, &role.tags);
        shape::role_last_used(xml, role);
    });
    Ok(())
}

/// A new role has no policies.
pub(super) fn create(ask: &Ask<'_>, world: &mut World, xml: &mut Xml) -> Result<Note, Refusal> {
    let name = ask.params.need("RoleName")?;
    let trust = ask.params.need("AssumeRolePolicyDocument")?;
    if !is_name(name) {
        return Err(Refusal::invalid(
            "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the \
             following: +=,.@_-"
                .into(),
        ));
    }
    let max_session = ask.params.number("MaxSessionDuration", 3600, 43_200)?.unwrap_or(3600);
    trusts::check(trust, world)?;
    let account = ask.account_mut(world)?;
    if account.roles.keys().any(|known| known.eq_ignore_ascii_case(name)) {
        let message = format!("Role with name {name} already exists.");
        return Err(Refusal::said(409, "EntityAlreadyExists", message));
    }
    if account.roles.len() >= ROLES {
        return Err(Refusal::quota("RolesPerAccount", ROLES));
    }
    let boundary = ask.params.get("PermissionsBoundary");
    if let Some(boundary) = boundary.filter(|arn| managed::find(account, arn).is_none()) {
        return Err(Refusal::absent(format!("Scope ARN: {boundary} does not exist or is not attachable.")));
    }
    let role = Role {
        name: name.to_owned(),
        path: ask.params.get("Path").unwrap_or("/").to_owned(),
        id: ask.server.mint.unique_id("AROA", account.number),
        created: ask.now,
        trust: trust.to_owned(),
        inline: Vec::new(),
        attached: Vec::new(),
        boundary: boundary.map(str::to_owned),
        last_used: None,
        max_session,
        description: ask.params.get("Description").unwrap_or_default().to_owned(),
        tags: Vec::new(),
    };
    xml.node("Role", |xml| shape::role(xml, account.number, &role));
    let mut note = Note::of(ask);
    note.lookup.push(("AWS::IAM::Role".into(), arn::iam(account.number, "role", &role.path, name)));
    account.roles.insert(name.to_owned(), role);
    Ok(note)
}

/// A role that still has policies, or is in an instance profile, stays.
pub(super) fn delete(ask: &Ask<'_>, world: &mut World, _: &mut Xml) -> Result<Note, Refusal> {
    let account = ask.account_mut(world)?;
    let is_in_profile = {
        let name = ask.params.get("RoleName");
        account.profiles.values().any(|profile| profile.role.as_deref() == name)
    };
    let role = role_mut(ask.params, account)?;
    refuse_service_linked(role)?;
    let conflict = |what: &str| {
        Err(Refusal::said(409, "DeleteConflict", format!("Cannot delete entity, must {what} first.")))
    };
    if is_in_profile {
        return conflict("remove roles from instance profile");
    }
    if !role.attached.is_empty() {
        return conflict("detach all policies");
    }
    if !role.inline.is_empty() {
        return conflict("delete policies");
    }
    let name = role.name.clone();
    account.roles.remove(&name);
    Ok(Note::of(ask))
}

/// `[\w+=,.@-]{1,64}`.
fn is_name(name: &str) -> bool {
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
    (1..=64).contains(&name.len()) && name.bytes().all(is_fit)
}
