//! How IAM's things look in XML. Documents are percent-encoded as RFC 3986 says: real AWS does that, and clients must
//! undo it.

use percent_encoding::utf8_percent_encode;

use super::super::{arn, signature::RFC_3986, xml::Xml};
use crate::demo::world::{Account, IamGroup, Inline, InstanceProfile, ManagedPolicy, Role, User};

pub(super) fn document(xml: &mut Xml, name: &str, document: &str) {
    xml.leaf(name, utf8_percent_encode(document, RFC_3986));
}

/// `Path`, `UserName`, `UserId`, `Arn`, `CreateDate`.
pub(super) fn user(xml: &mut Xml, account: u64, user: &User) {
    xml.leaf("Path", &user.path);
    xml.leaf("UserName", &user.name);
    xml.leaf("UserId", &user.id);
    xml.leaf("Arn", arn::iam(account, "user", &user.path, &user.name));
    xml.leaf("CreateDate", user.created);
}

pub(super) fn group(xml: &mut Xml, account: u64, group: &IamGroup) {
    xml.leaf("Path", &group.path);
    xml.leaf("GroupName", &group.name);
    xml.leaf("GroupId", &group.id);
    xml.leaf("Arn", arn::iam(account, "group", &group.path, &group.name));
    xml.leaf("CreateDate", group.created);
}

/// With the trust policy.
pub(super) fn role(xml: &mut Xml, account: u64, role: &Role) {
    xml.leaf("Path", &role.path);
    xml.leaf("RoleName", &role.name);
    xml.leaf("RoleId", &role.id);
    xml.leaf("Arn", arn::iam(account, "role", &role.path, &role.name));
    xml.leaf("CreateDate", role.created);
    document(xml, "AssumeRolePolicyDocument", &role.trust);
}

pub(super) fn role_last_used(xml: &mut Xml, role: &Role) {
    xml.node("RoleLastUsed", |xml| {
        if let Some((at, region)) = &role.last_used {
            xml.leaf("LastUsedDate", at);
            xml.leaf("Region", region);
        }
    });
}

pub(super) fn boundary(xml: &mut Xml, boundary: Option<&str>) {
    if let Some(arn) = boundary {
        xml.node("PermissionsBoundary", |xml| {
            xml.leaf("PermissionsBoundaryType", "PermissionsBoundaryPolicy");
            xml.leaf("PermissionsBoundaryArn", arn);
        });
    }
}

pub(super) fn tags(xml: &mut Xml, tags: &[(String, String)]) {
    if !tags.is_empty() {
        xml.members("Tags", tags, |xml, (key, value)| {
            xml.leaf("Key", key);
            xml.leaf("Value", value);
        });
    }
}

/// `UserPolicyList` and the like: names and documents.
pub(super) fn inline(xml: &mut Xml, list: &str, policies: &[Inline]) {
    xml.members(list, policies, |xml, policy| {
        xml.leaf("PolicyName", &policy.name);
        document(xml, "PolicyDocument", &policy.document);
    });
}

pub(super) fn attached_one(xml: &mut Xml, arn: &str) {
    xml.leaf("PolicyName", arn::policy_name(arn));
    xml.leaf("PolicyArn", arn);
}

/// An instance profile with its role, whole.
pub(super) fn profile(xml: &mut Xml, account: &Account, profile: &InstanceProfile) {
    xml.leaf("Path", &profile.path);
    xml.leaf("InstanceProfileName", &profile.name);
    xml.leaf("InstanceProfileId", &profile.id);
    xml.leaf("Arn", arn::iam(account.number, "instance-profile", &profile.path, &profile.name));
    xml.leaf("CreateDate", profile.created);
    let inside = profile.role.as_ref().and_then(|name| account.roles.get(name));
    xml.members("Roles", inside, |xml, inside| role(xml, account.number, inside));
}

/// A managed policy without its document. Every policy has one version here, `v1`.
pub(super) fn policy(xml: &mut Xml, policy: &ManagedPolicy, attachments: usize) {
    xml.leaf("PolicyName", &policy.name);
    xml.leaf("PolicyId", &policy.id);
    xml.leaf("Arn", &policy.arn);
    xml.leaf("Path", &policy.path);
    xml.leaf("DefaultVersionId", "v1");
    xml.leaf("AttachmentCount", attachments);
    xml.leaf("IsAttachable", true);
    xml.leaf("CreateDate", policy.created);
    xml.leaf("UpdateDate", policy.created);
}

pub(super) fn policy_version(xml: &mut Xml, policy: &ManagedPolicy) {
    document(xml, "Document", &policy.document);
    xml.leaf("VersionId", "v1");
    xml.leaf("IsDefaultVersion", true);
    xml.leaf("CreateDate", policy.created);
}
