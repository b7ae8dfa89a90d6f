//! Ends the sessions of a role: from now on everything that was issued before is refused.

use super::{Action, Ground, WhyNot, Wishes, plan};
use crate::{
    act::{
        consumers::Consumers,
        deny::Deny,
        opened::{denied, twice},
        plan::Plan,
    },
    model::{
        aws::Role,
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

fn make(ground: &Ground<'_>, target: &Id, _: &Wishes) -> Result<Plan, WhyNot> {
    let role = ground.estate.find::<Role>(target);
    let role = role.ok_or_else(|| WhyNot::new(format!("{} was not seen", target.key_text())))?;
    let first = denied(&role.arn, role.inline.as_deref(), Deny::OlderSessions)?;
    let steps = twice(vec![first]);
    let title = format!("Revoke the sessions of {}", role.name());
    let plan = plan(ground, &ACTION, target, title, steps, Consumers::default())?;
    let cautions = vec![
        "Sessions of other roles that were opened from these live on; revoke those roles too.".into(),
        "Whoever may assume the role opens a new session at once, instances and functions too: close the way in first.".into(),
        "Undoing this lets sessions in again that have not expired by then.".into(),
    ];
    Ok(Plan { cautions, ..plan })
}
