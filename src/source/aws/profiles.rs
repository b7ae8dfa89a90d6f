//! ListInstanceProfiles: which role stands behind each instance profile, those included that no role is in.

use aws_sdk_iam::types;

use super::visit::Visit;
use crate::{
    base::name::Arn,
    model::{aws::InstanceProfile, entity::Entity},
};

pub(super) async fn collect(visit: &Visit) {
    let walk = visit.walk("instance profiles").await;
    let mut pages = visit.clients.iam.list_instance_profiles().max_items(1000).into_paginator().send();
    while let Some(page) = walk.page("iam:ListInstanceProfiles", pages.next()).await {
        walk.saw(page.instance_profiles.iter().filter_map(read).map(Entity::from).collect()).await;
    }
    walk.end().await;
}

pub(super) fn read(profile: &types::InstanceProfile) -> Option<InstanceProfile> {
    let roles = profile.roles.iter().filter_map(|role| Arn::new(&role.arn)).collect();
    Some(InstanceProfile { arn: Arn::new(&profile.arn)?, roles: Some(roles) })
}
