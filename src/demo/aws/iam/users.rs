//! Users and the account's alias.

use super::{
    super::{
        ask::Ask,
        page::{self, Page},
        refusal::Refusal,
        xml::Xml,
    },
    in_path, no_user, shape,
};
use crate::demo::world::{Account, User};

fn write(xml: &mut Xml, account: u64, user: &User) {
    shape::user(xml, account, user);
    xml.maybe("PasswordLastUsed", user.password_last_used);
}

pub(super) fn list(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let page = Page::of(ask.params)?;
    let users =
        page.rest(&account.users).map(|(_, user)| user).filter(|user| in_path(ask.params, &user.path));
    let cut = page.cut(users, |user| &user.name);
    xml.members("Users", &cut.items, |xml, user| write(xml, account.number, user));
    cut.write_end(xml);
    Ok(())
}

/// Without a name, the caller.
pub(super) fn get(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let name = ask.user_name()?;
    let user = account.users.get(name).ok_or_else(|| no_user(name))?;
    xml.node("User", |xml| {
        write(xml, account.number, user);
        shape::boundary(xml, user.boundary.as_deref());
        shape::tags(xml, &user.tags);
    });
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "every action has one signature")]
pub(super) fn aliases(_: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let alias = Some(&account.alias).filter(|alias| !alias.is_empty());
    xml.members("AccountAliases", alias, |xml, alias| xml.text(alias));
    page::write_end(xml, None);
    Ok(())
}
