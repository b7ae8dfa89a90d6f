//! Deletes a variable, and the other half where it is one of a pair.

use super::{Action, Ground, WhyNot, Wishes, held::Halves, plan};
use crate::{
    act::{
        call::{DeleteVariable, Joint},
        plan::{Plan, Step},
    },
    model::id::{Id, Kind},
};

pub(super) const ACTION: Action = Action {
    name: "delete-variable",
    about: "Deletes a variable, and the other half where it is one of a pair.",
    kind: Kind::Variable,
    wishes: &[],
    make,
};

fn make(ground: &Ground<'_>, target: &Id, _: &Wishes) -> Result<Plan, WhyNot> {
    let halves = Halves::of(ground, target)?;
    let joints = match halves {
        Halves::Alone(_) => [Joint::Alone; 2],
        Halves::Pair { .. } => [Joint::WithNext, Joint::WithLast],
    };
    let steps: Vec<Step> = halves
        .each()
        .into_iter()
        .zip(joints)
        .map(|(held, joint)| {
            let (place, flags) = (held.place.clone(), held.flags.clone());
            DeleteVariable { place, flags, joint, shows: halves.shows() }.into()
        })
        .collect();
    let title = format!("Delete {}", halves.says());
    let blocks = halves.blocks(ground, "fail from then on if they need it");
    let plan = plan(ground, &ACTION, target, title, steps, halves.consumers(ground))?;
    let mut cautions = vec![
        "Its value is kept nowhere.".to_owned(),
        "Jobs that run keep it until they end. A variable of the same name from a group above, or from the instance, takes its place."
            .to_owned(),
    ];
    if let Halves::Pair { .. } = halves {
        cautions.push(
            "A job that is handed out between the two gets an id without its secret, and fails; it can be retried.".into(),
        );
    }
    cautions.extend(halves.elsewhere(ground).map(|where_else| {
        format!("{where_else}, and works: deactivate-key or rotate-key, if that is what is meant.")
    }));
    Ok(Plan { blocks, cautions, confirm: Some(halves.confirm()), ..plan })
}
