//! Access keys: every user's, with status, age and last use. Slow, one or two calls for each user, so the credential
//! report goes first and says where keys can be.

use std::collections::{HashMap, HashSet};

use aws_sdk_iam::types::{AccessKeyLastUsed, AccessKeyMetadata, StatusType};
use futures_util::{StreamExt, stream};

use super::{
    credential_report::{self, Report},
    decode,
    visit::Visit,
    walk::Walk,
};
use crate::{
    base::{
        blame::Blame,
        name::{Arn, KeyId},
        time::Timestamp,
    },
    model::{
        aws::{AccessKey, KeyStatus, LastUse},
        entity::Entity,
    },
};

/// Users asked about at once. IAM publishes no rates; more than this draws throttling in practice.
const AT_ONCE: usize = 8;

/// A report younger than this is as good as asking: nobody is skipped because of what a cache said hours ago.
const FRESH_SECONDS: i64 = 15 * 60;

pub(super) async fn collect(visit: &Visit) {
    let walk = visit.walk("access keys").await;
    let users = list_users(visit, &walk).await;
    let known = users.as_ref().map(|users| users.iter().cloned().collect::<HashSet<_>>());
    let report = credential_report::collect(visit, known.as_ref()).await;
    let users = users.or_else(|| report.as_ref().map(users_of));
    let worth = in_order(users.unwrap_or_default(), report.as_ref(), walk.now());
    stream::iter(worth).for_each_concurrent(AT_ONCE, |user| read(visit, &walk, user)).await;
    walk.end().await;
}

/// Every user, or `None` where that is refused (or cut short, so that nobody is taken for deleted).
async fn list_users(visit: &Visit, walk: &Walk) -> Option<Vec<Arn>> {
    let mut users = Vec::new();
    let mut marker = None;
    loop {
        let list = visit.clients.iam.list_users().max_items(1000).set_marker(marker.clone()).send();
        let page = walk.ask("iam:ListUsers", list).await?;
        users.extend(page.users.iter().filter_map(|user| Arn::new(&user.arn)));
        if !page.is_truncated || page.marker.is_none() {
            return Some(users);
        }
        if page.marker == marker {
            // A page that names itself as the next one would be read for ever.
            walk.gap("iam:ListUsers", Blame::Bug).await;
            return None;
        }
        marker = page.marker;
    }
}

fn users_of(report: &Report) -> Vec<Arn> {
    report.rows.iter().filter(|row| !row.is_root).map(|row| row.arn.clone()).collect()
}

/// Whom to ask about, those with keys first. Users without keys are left out only on the word of a fresh report: a
/// stale one has not seen the key somebody made an hour ago.
fn in_order(users: Vec<Arn>, report: Option<&Report>, now: Timestamp) -> Vec<Arn> {
    let Some(report) = report else { return users };
    let rows = report.rows.iter().map(|row| (&row.arn, row.may_have_key));
    let may_have_key: HashMap<&Arn, bool> = rows.collect();
    let is_fresh = report.generated.is_some_and(|at| at.age(now).seconds() < FRESH_SECONDS);
    let (mut likely, unlikely): (Vec<Arn>, Vec<Arn>) =
        users.into_iter().partition(|user| may_have_key.get(user).copied().unwrap_or(true));
    if !is_fresh {
        likely.extend(unlikely);
    }
    likely
}

async fn read(visit: &Visit, walk: &Walk, user: Arn) {
    let name = user.name();
    let request = visit.clients.iam.list_access_keys().user_name(name);
    let mut pages = request.into_paginator().send();
    while let Some(page) = walk.page(&format!("iam:ListAccessKeys {name}"), pages.next()).await {
        let mut saw: Vec<Entity> = Vec::new();
        for entry in &page.access_key_metadata {
            let Some(mut key) = read_key(entry, &user) else { continue };
            key.last_use = last_use(visit, walk, &key.key).await;
            saw.push(key.into());
        }
        walk.saw(saw).await;
    }
}

async fn last_use(visit: &Visit, walk: &Walk, key: &KeyId) -> Option<LastUse> {
    let get = visit.clients.iam.get_access_key_last_used().access_key_id(key.as_str()).send();
    let got = walk.ask(&format!("iam:GetAccessKeyLastUsed {key}"), get).await?;
    got.access_key_last_used.as_ref().map(read_use)
}

fn read_key(entry: &AccessKeyMetadata, user: &Arn) -> Option<AccessKey> {
    Some(AccessKey {
        key: KeyId::new(entry.access_key_id.as_deref()?)?,
        user: Some(user.clone()),
        created: entry.create_date.as_ref().map(decode::time),
        status: match entry.status {
            Some(StatusType::Active) => Some(KeyStatus::Active),
            Some(StatusType::Inactive) => Some(KeyStatus::Inactive),
            Some(StatusType::Expired) => Some(KeyStatus::Expired),
            _ => None,
        },
        last_use: None,
    })
}

/// Service and region are `N/A` where there is no date.
fn read_use(used: &AccessKeyLastUsed) -> LastUse {
    match &used.last_used_date {
        Some(at) => LastUse::At {
            at: decode::time(at),
            service: used.service_name.as_str().into(),
            region: used.region.as_str().into(),
        },
        None => LastUse::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::credential_report::Row, *};

    fn user(name: &str) -> Arn {
        Arn::new(&format!("arn:aws:iam::111111111111:user/{name}")).unwrap()
    }

    fn report(age: i64) -> Report {
        let row = |name, may_have_key| Row {
            arn: user(name),
            is_root: false,
            password: None,
            password_last_used: None,
            mfa: None,
            active_keys: u8::from(may_have_key),
            may_have_key,
        };
        Report {
            generated: Some(Timestamp::from_seconds(100_000 - age)),
            rows: vec![row("none", false), row("some", true)],
        }
    }

    #[test]
    fn only_a_fresh_report_may_leave_users_out() {
        let users = || vec![user("none"), user("new"), user("some")];
        let now = Timestamp::from_seconds(100_000);
        assert_eq!(in_order(users(), Some(&report(60)), now), [user("new"), user("some")]);
        assert_eq!(in_order(users(), Some(&report(7200)), now), [user("new"), user("some"), user("none")]);
        assert_eq!(in_order(users(), None, now), users());
    }

    #[test]
    fn a_key_that_was_never_used_says_so() {
        let never = AccessKeyLastUsed::builder().service_name("N/A").region("N/A").build().unwrap();
        assert_eq!(read_use(&never), LastUse::Never);
        let entry = AccessKeyMetadata::builder()
            .access_key_id("AKIARZPUZDIKNSFRP6LN")
            .status(StatusType::Inactive)
            .build();
        assert_eq!(read_key(&entry, &user("a")).unwrap().status, Some(KeyStatus::Inactive));
    }
}
