//! Access keys: two to a user, inactive ones counted; a new one is refused for some seconds, as IAM's other halls have not
//! heard of it yet.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{
    super::{ask::Ask, page::Page, refusal::Refusal, trail::Note, xml::Xml},
    no_user,
};
use crate::demo::world::{AccessKey, Account, User, World};

const KEYS_PER_USER: usize = 2;

/// How long IAM takes to spread the word: about four seconds were measured.
const PROPAGATION: Duration = Duration::from_secs(4);

fn no_key(id: &str) -> Refusal {
    Refusal::absent(format!("The Access Key with id {id} cannot be found."))
}

const fn status(key: &AccessKey) -> &'static str {
    if key.active { "Active" } else { "Inactive" }
}

fn named<'a>(ask: &Ask<'_>, account: &'a mut Account) -> Result<&'a mut User, Refusal> {
    let name = ask.user_name()?;
    account.users.get_mut(name).ok_or_else(|| no_user(name))
}

pub(super) fn list(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let name = ask.user_name()?;
    let user = account.users.get(name).ok_or_else(|| no_user(name))?;
    let page = Page::of(ask.params)?;
    let cut = page.cut(page.rest_of(&user.keys, |key| &key.id).iter(), |key| &key.id);
    xml.members("AccessKeyMetadata", &cut.items, |xml, key| {
        xml.leaf("UserName", name);
        xml.leaf("AccessKeyId", &key.id);
        xml.leaf("Status", status(key));
        xml.leaf("CreateDate", key.created);
    });
    cut.write_end(xml);
    Ok(())
}

pub(super) fn last_used(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let id = ask.params.need("AccessKeyId")?;
    let (user, key) = account
        .users
        .values()
        .find_map(|user| user.keys.iter().find(|key| key.id == id).map(|key| (user, key)))
        .ok_or_else(|| no_key(id))?;
    xml.leaf("UserName", &user.name);
    xml.node("AccessKeyLastUsed", |xml| {
        let last = key.last_used.as_ref();
        xml.maybe("LastUsedDate", last.map(|last| last.at));
        xml.leaf("ServiceName", last.map_or("N/A", |last| &last.service));
        xml.leaf("Region", last.map_or("N/A", |last| &last.region));
    });
    Ok(())
}

pub(super) fn create(ask: &Ask<'_>, world: &mut World, xml: &mut Xml) -> Result<Note, Refusal> {
    let delay = world.key_delay.unwrap_or(PROPAGATION);
    let account = ask.account_mut(world)?;
    let number = account.number;
    let user = named(ask, account)?;
    if user.keys.len() >= KEYS_PER_USER {
        return Err(Refusal::quota("AccessKeysPerUser", KEYS_PER_USER));
    }
    let key = AccessKey {
        id: ask.server.mint.key_id("AKIA", number),
        secret: ask.server.mint.secret(),
        active: true,
        created: ask.now,
        last_used: None,
        usable_from: Some(Instant::now() + delay),
    };
    xml.node("AccessKey", |xml| {
        xml.leaf("UserName", &user.name);
        xml.leaf("AccessKeyId", &key.id);
        xml.leaf("Status", status(&key));
        xml.leaf("SecretAccessKey", &key.secret);
        xml.leaf("CreateDate", key.created);
    });
    let mut note = Note::of(ask);
    note.response = json!({ "accessKey": {
        "userName": user.name,
        "accessKeyId": key.id,
        "status": status(&key),
        "createDate": key.created.utc().format("%b %-d, %Y, %-I:%M:%S %p").to_string(),
    } });
    note.lookup.push(("AWS::IAM::AccessKey".into(), key.id.clone()));
    user.keys.push(key);
    Ok(note)
}

pub(super) fn update(ask: &Ask<'_>, world: &mut World, _: &mut Xml) -> Result<Note, Refusal> {
    let id = ask.params.need("AccessKeyId")?;
    let active = match ask.params.need("Status")? {
        "Active" => true,
        "Inactive" => false,
        other => {
            return Err(Refusal::invalid(format!(
                "1 validation error detected: Value '{other}' at 'status' failed to satisfy constraint: \
                 Member must satisfy enum value set: [Active, Inactive]"
            )));
        }
    };
    let user = named(ask, ask.account_mut(world)?)?;
    user.keys.iter_mut().find(|key| key.id == id).ok_or_else(|| no_key(id))?.active = active;
    Ok(Note::of(ask))
}

/// Sessions that the key has opened live on.
pub(super) fn delete(ask: &Ask<'_>, world: &mut World, _: &mut Xml) -> Result<Note, Refusal> {
    let id = ask.params.need("AccessKeyId")?;
    let user = named(ask, ask.account_mut(world)?)?;
    let place = user.keys.iter().position(|key| key.id == id).ok_or_else(|| no_key(id))?;
    user.keys.remove(place);
    Ok(Note::of(ask))
}
