//! Hides a variable's value for ever. GitLab hides a variable when it is made, and at no other time, so that another one takes its place.
//!
//! The hidden one is made first, under a scope that no environment has: whatever GitLab refuses, it refuses while nothing has been changed.
//! Then both change places, and the old one is deleted when the new one stands where it stood. The value is nowhere lost, wherever the run
//! is interrupted, and until the last step all can be taken back.

use super::{Action, Ground, WhyNot, Wishes, held::Halves, held::Held, plan};
use crate::{
    act::{
        call::{CopyHidden, DeleteVariable, Joint, MoveVariable, Place},
        plan::{Plan, Step},
    },
    model::{
        gitlab::Owner,
        id::{Id, Kind},
    },
};

pub(super) const ACTION: Action = Action {
    name: "hide-variable",
    about: "Hides a variable's value: nobody reads it again, jobs go on to get it.",
    kind: Kind::Variable,
    wishes: &[],
    make,
};

fn make(ground: &Ground<'_>, target: &Id, _: &Wishes) -> Result<Plan, WhyNot> {
    let held = Held::of(ground, target)?;
    let place = &held.place;
    if !place.has_scope() {
        return Err(WhyNot::new("GitLab hides variables of projects and groups alone"));
    }
    match held.flags.hidden {
        Some(true) => return Err(WhyNot::new(format!("{place} is hidden already"))),
        None => {
            return Err(WhyNot::new(format!(
                "whether {place} is hidden was not seen: GitLab hides variables since 17.4"
            )));
        }
        Some(false) => {}
    }
    let mark = ground.now.seconds();
    let (new, old) = (Place::aside("new", mark), Place::aside("old", mark));
    let flags = held.flags.clone();
    let hidden = CopyHidden::hidden(&flags);
    let moved = |place: &Place, flags, to: &str, joint| -> Step {
        MoveVariable { place: place.clone(), flags, to: to.to_owned(), joint }.into()
    };
    let steps = vec![
        CopyHidden { place: place.clone(), flags: flags.clone(), to: new.clone() }.into(),
        moved(place, flags.clone(), &old, Joint::WithNext),
        moved(&place.at(&new), hidden, &place.scope, Joint::WithLast),
        DeleteVariable { place: place.at(&old), flags, joint: Joint::Alone, shows: None }.into(),
    ];
    let title = format!("Hide {place}");
    let protected = held.flags.protected;
    let alone = Halves::Alone(Held::of(ground, target)?);
    let plan = plan(ground, &ACTION, target, title, steps, alone.consumers(ground))?;
    let mut cautions = vec![
        "Nobody reads it again, keytrail included: what a hidden variable holds is told from its name alone, and a value that is lost \
         elsewhere is lost."
            .to_owned(),
        gap(place),
        "GitLab hides what it can mask: one line without spaces, of eight letters and more. Anything else is refused before something \
         changes."
            .to_owned(),
    ];
    if let Owner::Group(_) = place.owner {
        cautions.push(
            "In a group it wants environment scopes, which are part of GitLab Premium: without them it is refused before something changes."
                .into(),
        );
    }
    if protected == Some(false) {
        cautions.push("It is not protected: whoever may push a branch can still print it in a job.".into());
    }
    Ok(Plan { cautions, confirm: Some(place.key.clone()), ..plan })
}

/// What jobs may notice.
fn gap(place: &Place) -> String {
    let moment = match place.owner {
        Owner::Project(_) => {
            "They change places in a moment when no job of the project waits to be handed out (for half a minute such a moment is waited for)"
        }
        _ => "Whether a job waits can be asked of a project, and not of a group: they change places at once",
    };
    format!(
        "Between two calls no variable of the name is where it was. {moment}; a job that is handed out just then misses it, and can be retried."
    )
}
