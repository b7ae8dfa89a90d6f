//! Takes a principal out of a role's trust policy. Everything else of the policy stays as it was written.

use super::{Action, Ground, WhyNot, plan};
use crate::{
    act::{
        call::SetTrust,
        consumers::Consumers,
        plan::{Plan, Step},
        trust,
        wish::{Takes, Wish, Wishes},
    },
    model::{
        aws::Role,
        id::{Id, Kind},
    },
};

const PRINCIPAL: Wish = Wish {
    name: "principal",
    about: "whom the role is to trust no longer",
    takes: Takes::OneOf(trusted),
    must: true,
};

pub(super) const ACTION: Action = Action {
    name: "remove-principal",
    about: "Takes a user, role, account, service or identity provider out of a role's trust policy (--principal).",
    kind: Kind::Role,
    wishes: &[PRINCIPAL],
    make,
};

/// Everybody the role trusts.
fn trusted(ground: &Ground<'_>, target: &Id) -> Vec<String> {
    let document = ground.estate.find::<Role>(target).and_then(|role| role.trust.as_deref());
    document.map(trust::principals).unwrap_or_default().into_iter().collect()
}

fn make(ground: &Ground<'_>, target: &Id, wishes: &Wishes) -> Result<Plan, WhyNot> {
    let (role, from) = role_of(ground, target)?;
    let named = trust::principals(from);
    let list = || named.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let principal = wishes.text(&PRINCIPAL);
    let principal = principal.filter(|principal| named.contains(*principal)).ok_or_else(|| {
        WhyNot::new(format!("name one of those {} trusts with --principal: {}", role.name(), list()))
    })?;
    let to = taken_out(role, from, principal)?;
    let title = format!("Take {principal} out of the trust policy of {}", role.name());
    let plan = plan(ground, &ACTION, target, title, vec![changed(role, from, to)?], Consumers::default())?;
    let cautions =
        vec!["Sessions that are open live on until they expire: revoke-role-sessions ends them.".into()];
    Ok(Plan { cautions, ..plan })
}

/// A role and its trust policy.
pub(super) fn role_of<'a>(ground: &Ground<'a>, target: &Id) -> Result<(&'a Role, &'a str), WhyNot> {
    let unseen = || WhyNot::new(format!("the trust policy of {} was not seen", target.key_text()));
    let role = ground.estate.find::<Role>(target).ok_or_else(unseen)?;
    Ok((role, role.trust.as_deref().ok_or_else(unseen)?))
}

/// The policy without one principal, if IAM accepts what is left.
pub(super) fn taken_out(role: &Role, from: &str, principal: &str) -> Result<String, WhyNot> {
    let to = trust::without(from, principal).ok_or_else(|| {
        WhyNot::new(format!(
            "{} trusts nobody else, and IAM accepts no policy that lets nobody in: delete the role",
            role.name()
        ))
    })?;
    accepted(&to)?;
    Ok(to)
}

/// Ids are what is left of principals that were deleted; IAM refuses every policy that still names one.
pub(super) fn accepted(to: &str) -> Result<(), WhyNot> {
    let is_orphan = |name: &&String| name.starts_with("AIDA") || name.starts_with("AROA");
    match trust::principals(to).iter().find(is_orphan) {
        Some(orphan) => Err(WhyNot::new(format!(
            "IAM accepts no trust policy with the deleted principal {orphan}: remove that one first"
        ))),
        None => Ok(()),
    }
}

/// The call that gives it the other policy.
pub(super) fn changed(role: &Role, from: &str, to: String) -> Result<Step, WhyNot> {
    let account = role.arn.account();
    let account = account.ok_or_else(|| WhyNot::new(format!("{} names no account", role.arn)))?;
    Ok(SetTrust { account, role: role.arn.clone(), from: from.to_owned(), to }.into())
}
