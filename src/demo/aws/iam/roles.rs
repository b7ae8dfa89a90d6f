//! Roles. A list shows the trust policy and the longest session; only one role by itself shows when it was last used.

use super::{
    super::{ask::Ask, page::Page, refusal::Refusal, xml::Xml},
    in_path, shape,
};
use crate::demo::world::{Account, Role};

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
