//! Takes a principal out of a role's trust policy. Everything else of the policy stays as it was written.

use super::{Action, Ground, WhyNot, plan};
use crate::{
    act::{
        call::SetTrust,
        consumers::Consumers,
        plan::Plan,
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
    let unseen = || WhyNot::new(format!("the trust policy of {} was not seen", target.key_text()));
    let role = ground.estate.find::<Role>(target).ok_or_else(unseen)?;
    let from = role.trust.as_deref().ok_or_else(unseen)?;
    let account = role.arn.account().ok_or_else(unseen)?;
    let named = trust::principals(from);
    let list = || named.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let principal = wishes.text(&PRINCIPAL);
    let principal = principal.filter(|principal| named.contains(*principal)).ok_or_else(|| {
        WhyNot::new(format!("name one of those {} trusts with --principal: {}", role.name(), list()))
    })?;
    let to = trust::without(from, principal).ok_or_else(|| {
        WhyNot::new(format!(
            "{} trusts nobody else, and IAM accepts no policy that lets nobody in: delete the role",
            role.name()
        ))
    })?;
    // Ids are what is left of principals that were deleted; IAM refuses every policy that still names one.
    let is_orphan = |name: &&String| name.starts_with("AIDA") || name.starts_with("AROA");
    if let Some(orphan) = trust::principals(&to).iter().find(is_orphan) {
        return Err(WhyNot::new(format!(
            "IAM accepts no trust policy with the deleted principal {orphan}: remove that one first"
        )));
    }
    let call = SetTrust { account, role: role.arn.clone(), from: from.to_owned(), to };
    let title = format!("Take {principal} out of the trust policy of {}", role.name());
    let plan = plan(ground, &ACTION, target, title, vec![call.into()], Consumers::default())?;
    let cautions =
        vec!["Sessions that are open live on until they expire: revoke-role-sessions ends them.".into()];
    Ok(Plan { cautions, ..plan })
}
