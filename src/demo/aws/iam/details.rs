//! GetAccountAuthorizationDetails: users, groups, roles and policies in one list that is cut into pages wherever it
//! comes to.

use std::collections::{BTreeMap, HashMap};

use super::{
    super::{
        ask::Ask,
        managed,
        page::{self, Page},
        refusal::Refusal,
        xml::Xml,
    },
    shape,
};
use crate::demo::world::{Account, IamGroup, InstanceProfile, ManagedPolicy, Role, User};

/// In the order of the list.
const KINDS: [&str; 5] = ["User", "Group", "Role", "LocalManagedPolicy", "AWSManagedPolicy"];

/// Where the walk stands.
struct Cursor {
    wanted: [bool; 5],
    /// Kind and name that the page before ended with.
    after: Option<(usize, String)>,
    room: usize,
    last: Option<(usize, String)>,
    more: bool,
}

impl Cursor {
    fn of(ask: &Ask<'_>) -> Result<Self, Refusal> {
        let Page { limit, after } = Page::of(ask.params)?;
        let filters = ask.params.list("Filter.member");
        if let Some(unknown) = filters.iter().find(|filter| !KINDS.contains(filter)) {
            return Err(Refusal::invalid(format!(
                "1 validation error detected: Value '[{unknown}]' at 'filter' failed to satisfy constraint: \
                 Member must satisfy enum value set: [{}]",
                KINDS.join(", ")
            )));
        }
        let invalid = || Refusal::invalid("Invalid Marker.".into());
        let after = match after {
            None => None,
            Some(text) => {
                let (kind, name) = text.split_once(' ').ok_or_else(invalid)?;
                Some((kind.parse().map_err(|_| invalid())?, name.to_owned()))
            }
        };
        let wanted = KINDS.map(|kind| filters.is_empty() || filters.contains(&kind));
        Ok(Self { wanted, after, room: limit, last: None, more: false })
    }

    /// As many of one kind as the page has room for.
    fn take<'a, V>(&mut self, kind: usize, map: &'a BTreeMap<String, V>) -> Vec<&'a V> {
        let is_behind = self.after.as_ref().is_some_and(|(begun, _)| kind < *begun);
        if self.more || is_behind || !self.wanted[kind] {
            return Vec::new();
        }
        let from = self.after.as_ref().filter(|(begun, _)| *begun == kind).map(|(_, name)| name.as_str());
        let mut taken = Vec::new();
        let mut last = None;
        for (name, item) in page::after(map, from) {
            if self.room == 0 {
                self.more = true;
                break;
            }
            self.room -= 1;
            last = Some(name);
            taken.push(item);
        }
        if let Some(name) = last {
            self.last = Some((kind, name.clone()));
        }
        taken
    }

    fn marker(&self) -> Option<String> {
        let (kind, name) = self.last.as_ref().filter(|_| self.more)?;
        Some(page::marker(&format!("{kind} {name}")))
    }
}

pub(super) fn all(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let mut cursor = Cursor::of(ask)?;
    let users = cursor.take(0, &account.users);
    let groups = cursor.take(1, &account.groups);
    let roles = cursor.take(2, &account.roles);
    let local = cursor.take(3, &account.policies);
    let aws = cursor.take(4, &managed::AWS);
    xml.members("UserDetailList", users, |xml, user| write_user(xml, account.number, user));
    xml.members("GroupDetailList", groups, |xml, group| write_group(xml, account.number, group));
    let profiles = if roles.is_empty() { HashMap::new() } else { profiles_of_roles(account) };
    xml.members("RoleDetailList", roles, |xml, role| {
        let profiles = profiles.get(role.name.as_str()).map(Vec::as_slice).unwrap_or_default();
        write_role(xml, account, role, profiles);
    });
    let policies: Vec<&ManagedPolicy> = local.into_iter().chain(aws).collect();
    let attachments = if policies.is_empty() { HashMap::new() } else { attachments(account) };
    xml.members("Policies", policies, |xml, policy| {
        shape::policy(xml, policy, attachments.get(policy.arn.as_str()).copied().unwrap_or_default());
        xml.members("PolicyVersionList", [policy], shape::policy_version);
    });
    page::write_end(xml, cursor.marker().as_deref());
    Ok(())
}

/// How often each managed policy is attached, counted in one walk.
pub(super) fn attachments(account: &Account) -> HashMap<&str, usize> {
    let users = account.users.values().flat_map(|user| &user.attached);
    let groups = account.groups.values().flat_map(|group| &group.attached);
    let roles = account.roles.values().flat_map(|role| &role.attached);
    let mut counts = HashMap::new();
    for arn in users.chain(groups).chain(roles) {
        *counts.entry(arn.as_str()).or_default() += 1;
    }
    counts
}

fn profiles_of_roles(account: &Account) -> HashMap<&str, Vec<&InstanceProfile>> {
    let mut profiles: HashMap<&str, Vec<&InstanceProfile>> = HashMap::new();
    for profile in account.profiles.values() {
        if let Some(role) = &profile.role {
            profiles.entry(role).or_default().push(profile);
        }
    }
    profiles
}

fn write_user(xml: &mut Xml, account: u64, user: &User) {
    shape::user(xml, account, user);
    shape::inline(xml, "UserPolicyList", &user.inline);
    xml.members("GroupList", &user.groups, |xml, group| xml.text(group));
    xml.members("AttachedManagedPolicies", &user.attached, |xml, arn| shape::attached_one(xml, arn));
    shape::boundary(xml, user.boundary.as_deref());
    shape::tags(xml, &user.tags);
}

fn write_group(xml: &mut Xml, account: u64, group: &IamGroup) {
    shape::group(xml, account, group);
    shape::inline(xml, "GroupPolicyList", &group.inline);
    xml.members("AttachedManagedPolicies", &group.attached, |xml, arn| shape::attached_one(xml, arn));
}

fn write_role(xml: &mut Xml, account: &Account, role: &Role, profiles: &[&InstanceProfile]) {
    shape::role(xml, account.number, role);
    xml.members("InstanceProfileList", profiles, |xml, profile| shape::profile(xml, account, profile));
    shape::inline(xml, "RolePolicyList", &role.inline);
    xml.members("AttachedManagedPolicies", &role.attached, |xml, arn| shape::attached_one(xml, arn));
    shape::boundary(xml, role.boundary.as_deref());
    shape::tags(xml, &role.tags);
    shape::role_last_used(xml, role);
}
