//! GetAccountAuthorizationDetails: users, groups, roles with their trust, and customer policies, in one paged call.

use std::collections::BTreeSet;

use aws_sdk_iam::{
    operation::get_account_authorization_details::GetAccountAuthorizationDetailsOutput,
    types::{EntityType, GroupDetail, ManagedPolicyDetail, RoleDetail, RoleLastUsed, UserDetail},
};

use super::{
    decode,
    managed_policies::{self, is_managed},
    profiles,
    visit::Visit,
};
use crate::{
    base::name::Arn,
    model::{
        aws::{IamGroup, Policy, Role, RoleUse, User},
        entity::Entity,
    },
};

const CALL: &str = "iam:GetAccountAuthorizationDetails";

/// The policies AWS manages are left out: about 1,500 documents that are the same everywhere.
const WANTED: [EntityType; 4] =
    [EntityType::User, EntityType::Role, EntityType::Group, EntityType::LocalManagedPolicy];

pub(super) async fn collect(visit: &Visit) {
    let walk = visit.walk("users and roles").await;
    let request = visit.clients.iam.get_account_authorization_details();
    // 1,000 is the most IAM gives at once; it may give fewer and say that there is more.
    let mut pages = request.set_filter(Some(WANTED.to_vec())).max_items(1000).into_paginator().send();
    let mut managed = BTreeSet::new();
    while let Some(page) = walk.page(CALL, pages.next()).await {
        let saw = entities(page);
        managed.extend(saw.iter().flat_map(policies_of).filter(|policy| is_managed(policy)).cloned());
        walk.saw(saw).await;
    }
    walk.end().await;
    managed_policies::collect(visit, managed).await;
}

/// The policies somebody has: attached to them, or bounding them.
fn policies_of(entity: &Entity) -> impl Iterator<Item = &Arn> {
    let (attached, boundary) = match entity {
        Entity::User(user) => (&user.attached, &user.boundary),
        Entity::Role(role) => (&role.attached, &role.boundary),
        Entity::IamGroup(group) => (&group.attached, &None),
        _ => (&None, &None),
    };
    attached.iter().flatten().chain(boundary)
}

fn entities(page: GetAccountAuthorizationDetailsOutput) -> Vec<Entity> {
    let mut saw = Vec::new();
    for user in page.user_detail_list.unwrap_or_default() {
        saw.extend(read_user(&user).map(Entity::from));
    }
    for group in page.group_detail_list.unwrap_or_default() {
        saw.extend(read_group(&group).map(Entity::from));
    }
    for role in page.role_detail_list.unwrap_or_default() {
        let profiles = role.instance_profile_list.iter().flatten();
        saw.extend(profiles.filter_map(profiles::read).map(Entity::from));
        saw.extend(read_role(&role).map(Entity::from));
    }
    for policy in page.policies.unwrap_or_default() {
        saw.extend(read_policy(&policy).map(Entity::from));
    }
    saw
}

fn read_user(user: &UserDetail) -> Option<User> {
    Some(User {
        created: user.create_date.as_ref().map(decode::time),
        groups: Some(user.group_list.iter().flatten().map(|name| name.as_str().into()).collect()),
        inline: Some(decode::inline(user.user_policy_list.as_ref())),
        attached: Some(decode::attached(user.attached_managed_policies.as_ref())),
        boundary: decode::boundary(user.permissions_boundary.as_ref()),
        ..User::seen(decode::arn(user.arn.as_ref())?)
    })
}

fn read_group(group: &GroupDetail) -> Option<IamGroup> {
    Some(IamGroup {
        arn: decode::arn(group.arn.as_ref())?,
        inline: Some(decode::inline(group.group_policy_list.as_ref())),
        attached: Some(decode::attached(group.attached_managed_policies.as_ref())),
    })
}

fn read_role(role: &RoleDetail) -> Option<Role> {
    Some(Role {
        unique_id: role.role_id.as_deref().map(Into::into),
        created: role.create_date.as_ref().map(decode::time),
        trust: role.assume_role_policy_document.as_deref().map(decode::document),
        inline: Some(decode::inline(role.role_policy_list.as_ref())),
        attached: Some(decode::attached(role.attached_managed_policies.as_ref())),
        boundary: decode::boundary(role.permissions_boundary.as_ref()),
        last_use: role.role_last_used.as_ref().map(read_use),
        ..Role::seen(decode::arn(role.arn.as_ref())?)
    })
}

/// An empty `RoleLastUsed` means: not in the 400 days IAM remembers.
fn read_use(used: &RoleLastUsed) -> RoleUse {
    match &used.last_used_date {
        Some(at) => {
            let region = used.region.as_deref().unwrap_or_default().into();
            RoleUse::At { at: decode::time(at), region }
        }
        None => RoleUse::NotTracked,
    }
}

fn read_policy(policy: &ManagedPolicyDetail) -> Option<Policy> {
    let versions = policy.policy_version_list.iter().flatten();
    let default = versions.into_iter().find(|version| version.is_default_version);
    let document = default.and_then(|version| version.document.as_deref()).map(decode::document);
    Some(Policy { arn: decode::arn(policy.arn.as_ref())?, document })
}

#[cfg(test)]
mod tests {
    use aws_sdk_iam::{
        primitives::DateTime,
        types::{AttachedPolicy, PolicyVersion},
    };

    use super::*;

    #[test]
    fn a_role_keeps_its_trust_and_tells_unused_from_unseen() {
        let detail = RoleDetail::builder()
            .arn("arn:aws:iam::111111111111:role/ci/deploy")
            .role_id("AROAX")
            .assume_role_policy_document("%7B%22Version%22%3A%222012-10-17%22%7D")
            .role_last_used(RoleLastUsed::builder().build())
            .attached_managed_policies(
                AttachedPolicy::builder().policy_arn("arn:aws:iam::aws:policy/ReadOnlyAccess").build(),
            )
            .build();
        let role = read_role(&detail).unwrap();
        assert_eq!(role.trust.as_deref(), Some(r#"{"Version":"2012-10-17"}"#));
        assert_eq!(role.last_use, Some(RoleUse::NotTracked));
        assert_eq!(role.inline.as_deref(), Some(&[][..]));
        assert_eq!(role.attached.unwrap()[0].name(), "ReadOnlyAccess");

        let used =
            RoleLastUsed::builder().last_used_date(DateTime::from_secs(60)).region("eu-west-1").build();
        assert!(matches!(read_use(&used), RoleUse::At { region, .. } if &*region == "eu-west-1"));
    }

    #[test]
    fn a_policy_is_its_default_version() {
        let version =
            |text: &str, default| PolicyVersion::builder().document(text).is_default_version(default).build();
        let detail = ManagedPolicyDetail::builder()
            .arn("arn:aws:iam::111111111111:policy/p")
            .policy_version_list(version("{\"v\":2}", false))
            .policy_version_list(version("{\"v\":1}", true))
            .build();
        assert_eq!(read_policy(&detail).unwrap().document.as_deref(), Some("{\"v\":1}"));
    }

    #[test]
    fn a_user_without_anything_is_seen_to_have_nothing() {
        let detail = UserDetail::builder().arn("arn:aws:iam::111111111111:user/a").build();
        let user = read_user(&detail).unwrap();
        assert_eq!((user.groups.unwrap().len(), user.attached.unwrap().len()), (0, 0));
        assert_eq!(user.password, None, "the report tells, not this page");
    }
}
