//! Groups of users.

use super::{
    super::{ask::Ask, page::Page, refusal::Refusal, xml::Xml},
    in_path, shape,
};
use crate::demo::world::Account;

pub(super) fn list(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let page = Page::of(ask.params)?;
    let groups =
        page.rest(&account.groups).map(|(_, group)| group).filter(|group| in_path(ask.params, &group.path));
    let cut = page.cut(groups, |group| &group.name);
    xml.members("Groups", &cut.items, |xml, group| shape::group(xml, account.number, group));
    cut.write_end(xml);
    Ok(())
}
