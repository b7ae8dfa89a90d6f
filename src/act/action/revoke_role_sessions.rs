//! Ends the sessions of a role: from now on everything that was issued before is refused.

use super::{Action, Ground, WhyNot, Wishes, plan};
use crate::{
    act::{
        call::{PutDeny, Soak},
        consumers::Consumers,
        deny::Deny,
        plan::{Plan, Step},
    },
    base::name::Arn,
    model::{
        aws::{InlinePolicy, Role},
        id::{Id, Kind},
    },
};

pub(super) const ACTION: Action = Action {
    name: "revoke-role-sessions",
    about: "Refuses everything to the sessions a role has now, as the AWS console does; new ones work.",
    kind: Kind::Role,
    wishes: &[],
    make,
};

/// Seconds after which the same is written again: what was issued while the first one spread is refused as well.
pub(super) const AGAIN: i64 = 40;

fn make(ground: &Ground<'_>, target: &Id, _: &Wishes) -> Result<Plan, WhyNot> {
    let role = ground.estate.find::<Role>(target);
    let role = role.ok_or_else(|| WhyNot::new(format!("{} was not seen", target.key_text())))?;
    let first = denied(&role.arn, role.inline.as_deref(), Deny::OlderSessions)?;
    let steps = vec![first.clone(), Soak { seconds: AGAIN }.into(), first];
    let title = format!("Revoke the sessions of {}", role.name());
    let plan = plan(ground, &ACTION, target, title, steps, Consumers::default())?;
    let cautions = vec![
        "Sessions of other roles that were opened from these live on; revoke those roles too.".into(),
        "Whoever may assume the role opens a new session at once, instances and functions too: close the way in first.".into(),
        "Undoing this lets sessions in again that have not expired by then.".into(),
    ];
    Ok(Plan { cautions, ..plan })
}

/// Writes a policy that takes away. Roles that AWS made for its own services cannot be changed.
pub(super) fn denied(holder: &Arn, inline: Option<&[InlinePolicy]>, deny: Deny) -> Result<Step, WhyNot> {
    let account = holder.account().ok_or_else(|| WhyNot::new(format!("{holder} names no account")))?;
    if holder.resource().starts_with("role/aws-service-role/") {
        return Err(WhyNot::new(format!("{} is a role that only AWS changes", holder.name())));
    }
    let before = inline.into_iter().flatten().find(|policy| &*policy.name == deny.name());
    let before = before.map(|policy| policy.document.to_string());
    Ok(PutDeny { account, holder: holder.clone(), deny, before }.into())
}
