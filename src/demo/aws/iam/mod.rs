//! IAM: the list of its actions, and how its things look in XML.

mod attached;
mod details;
mod groups;
mod inline;
mod keys;
mod policies;
mod profiles;
mod providers;
mod report;
mod roles;
mod shape;
mod trusts;
mod users;

use super::{ask::Act, params::Params, refusal::Refusal};
use crate::demo::world::{Account, Role, User};

/// The action behind a name.
pub(crate) fn find(action: &str) -> Option<Act> {
    Some(match action {
        "GetAccountAuthorizationDetails" => Act::Look(details::all),
        "ListAccountAliases" => Act::Look(users::aliases),
        "ListUsers" => Act::Look(users::list),
        "GetUser" => Act::Look(users::get),
        "ListGroups" => Act::Look(groups::list),
        "ListRoles" => Act::Look(roles::list),
        "GetRole" => Act::Look(roles::get),
        "CreateRole" => Act::Change(roles::create),
        "DeleteRole" => Act::Change(roles::delete),
        "UpdateAssumeRolePolicy" => Act::Change(trusts::update),
        "ListAccessKeys" => Act::Look(keys::list),
        "GetAccessKeyLastUsed" => Act::Look(keys::last_used),
        "CreateAccessKey" => Act::Change(keys::create),
        "UpdateAccessKey" => Act::Change(keys::update),
        "DeleteAccessKey" => Act::Change(keys::delete),
        "GenerateCredentialReport" => Act::Look(report::generate),
        "GetCredentialReport" => Act::Look(report::get),
        "ListOpenIDConnectProviders" => Act::Look(providers::list),
        "GetOpenIDConnectProvider" => Act::Look(providers::get),
        "CreateOpenIDConnectProvider" => Act::Change(providers::create),
        "DeleteOpenIDConnectProvider" => Act::Change(providers::delete),
        "ListInstanceProfiles" => Act::Look(profiles::list),
        "GetInstanceProfile" => Act::Look(profiles::get),
        "GetPolicy" => Act::Look(policies::get),
        "GetPolicyVersion" => Act::Look(policies::version),
        "ListUserPolicies" => Act::Look(inline::list_user),
        "GetUserPolicy" => Act::Look(inline::get_user),
        "PutUserPolicy" => Act::Change(inline::put_user),
        "DeleteUserPolicy" => Act::Change(inline::delete_user),
        "ListRolePolicies" => Act::Look(inline::list_role),
        "GetRolePolicy" => Act::Look(inline::get_role),
        "PutRolePolicy" => Act::Change(inline::put_role),
        "DeleteRolePolicy" => Act::Change(inline::delete_role),
        "ListAttachedUserPolicies" => Act::Look(attached::list_user),
        "ListAttachedRolePolicies" => Act::Look(attached::list_role),
        "AttachUserPolicy" => Act::Change(attached::attach_user),
        "DetachUserPolicy" => Act::Change(attached::detach_user),
        "AttachRolePolicy" => Act::Change(attached::attach_role),
        "DetachRolePolicy" => Act::Change(attached::detach_role),
        _ => return None,
    })
}

fn no_user(name: &str) -> Refusal {
    Refusal::absent(format!("The user with name {name} cannot be found."))
}

fn no_role(name: &str) -> Refusal {
    Refusal::absent(format!("The role with name {name} cannot be found."))
}

/// The user that `UserName` names.
fn user<'a>(params: &Params, account: &'a Account) -> Result<&'a User, Refusal> {
    let name = params.need("UserName")?;
    account.users.get(name).ok_or_else(|| no_user(name))
}

fn user_mut<'a>(params: &Params, account: &'a mut Account) -> Result<&'a mut User, Refusal> {
    let name = params.need("UserName")?;
    account.users.get_mut(name).ok_or_else(|| no_user(name))
}

/// The role that `RoleName` names.
fn role<'a>(params: &Params, account: &'a Account) -> Result<&'a Role, Refusal> {
    let name = params.need("RoleName")?;
    account.roles.get(name).ok_or_else(|| no_role(name))
}

fn role_mut<'a>(params: &Params, account: &'a mut Account) -> Result<&'a mut Role, Refusal> {
    let name = params.need("RoleName")?;
    account.roles.get_mut(name).ok_or_else(|| no_role(name))
}

/// Roles that AWS made for its own services cannot be changed.
fn refuse_service_linked(role: &Role) -> Result<(), Refusal> {
    if role.path.starts_with("/aws-service-role/") {
        let message = format!(
            "Cannot perform the operation on the protected role '{}' - this role is only modifiable by AWS",
            role.name
        );
        return Err(Refusal::said(400, "UnmodifiableEntity", message));
    }
    Ok(())
}

/// Things whose path begins as `PathPrefix` says.
fn in_path(params: &Params, path: &str) -> bool {
    params.get("PathPrefix").is_none_or(|prefix| path.starts_with(prefix))
}
