//! How long sessions of each role may last: the account's authorization details leave that out, a list of roles has it.

use super::{decode, visit::Visit};
use crate::model::{aws::Role, entity::Entity};

pub(super) async fn collect(visit: &Visit) {
    let walk = visit.walk("session limits").await;
    let mut pages = visit.clients.iam.list_roles().max_items(1000).into_paginator().send();
    while let Some(page) = walk.page("iam:ListRoles", pages.next()).await {
        let seen = page.roles.iter().filter_map(|role| {
            let max_session = role.max_session_duration.and_then(|seconds| u32::try_from(seconds).ok());
            Some(Role { max_session, ..Role::seen(decode::arn(Some(&role.arn))?) })
        });
        walk.saw(seen.map(Entity::from).collect()).await;
    }
    walk.end().await;
}
