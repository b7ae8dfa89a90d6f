//! Ends the temporary sessions of a user: what GetSessionToken and GetFederationToken have issued outlives the key it was issued to.

use super::{Action, Ground, WhyNot, Wishes, plan};
use crate::{
    act::{
        consumers::Consumers,
        deny::Deny,
        opened::{denied, twice},
        plan::Plan,
    },
    model::{
        aws::User,
        id::{Id, Kind},
    },
};

pub(super) const ACTION: Action = Action {
    name: "revoke-user-sessions",
    about: "Refuses everything to temporary sessions a user has now; its access keys work on.",
    kind: Kind::User,
    wishes: &[],
    make,
};

fn make(ground: &Ground<'_>, target: &Id, _: &Wishes) -> Result<Plan, WhyNot> {
    let user = ground.estate.find::<User>(target);
    let user = user.ok_or_else(|| WhyNot::new(format!("{} was not seen", target.key_text())))?;
    let first = denied(&user.arn, user.inline.as_deref(), Deny::OlderSessions)?;
    let steps = twice(vec![first]);
    let title = format!("Revoke the temporary sessions of {}", user.name());
    let plan = plan(ground, &ACTION, target, title, steps, Consumers::default())?;
    let cautions = vec![
        "Sessions of roles that the user has assumed live on; revoke those roles too.".into(),
        "The user's access keys and its password work on.".into(),
    ];
    Ok(Plan { cautions, ..plan })
}
