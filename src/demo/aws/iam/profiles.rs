//! Instance profiles, each with its role.

use super::{
    super::{ask::Ask, page::Page, refusal::Refusal, xml::Xml},
    in_path, shape,
};
use crate::demo::world::Account;

pub(super) fn list(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let page = Page::of(ask.params)?;
    let profiles = page.rest(&account.profiles).map(|(_, profile)| profile);
    let cut =
        page.cut(profiles.filter(|profile| in_path(ask.params, &profile.path)), |profile| &profile.name);
    xml.members("InstanceProfiles", &cut.items, |xml, profile| shape::profile(xml, account, profile));
    cut.write_end(xml);
    Ok(())
}

pub(super) fn get(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let name = ask.params.need("InstanceProfileName")?;
    let profile = account
        .profiles
        .get(name)
        .ok_or_else(|| Refusal::absent(format!("Instance Profile {name} cannot be found.")))?;
    xml.node("InstanceProfile", |xml| shape::profile(xml, account, profile));
    Ok(())
}
