//! Writes a new value into a variable, and both halves where it is one of a pair. A person keeps the value: the plan names where, and it is
//! fetched when it is written.

use super::{
    Action, Ground, WhyNot, Wishes,
    held::{Halves, Held},
    plan,
};
use crate::{
    act::{
        call::{Joint, WriteValue},
        plan::{Block, Plan, Step},
        wish::{Takes, Wish},
    },
    config::Origin,
    model::id::{Id, Kind},
};

const VALUE: Wish = Wish {
    name: "value",
    about: "where the new value is kept: env:NAME, file:/PATH or command:PROGRAM ARGUMENT; of a pair, the key's id",
    takes: Takes::Text("env:NEW_VALUE"),
    must: true,
};

const SECRET: Wish = Wish {
    name: "secret",
    about: "where the secret is kept that goes with the key's id, for a pair",
    takes: Takes::Text("file:/run/secrets/new-key"),
    must: false,
};

pub(super) const ACTION: Action = Action {
    name: "write-variable",
    about: "Writes a new value into a variable (--value), and both halves of a pair (--secret). The value is fetched from where a person keeps \
            it, and stands in no plan.",
    kind: Kind::Variable,
    wishes: &[VALUE, SECRET],
    make,
};

fn make(ground: &Ground<'_>, target: &Id, wishes: &Wishes) -> Result<Plan, WhyNot> {
    let halves = Halves::of(ground, target)?;
    let write = |held: &Held<'_>, from: &Origin, joint| -> Step {
        let (place, flags) = (held.place.clone(), held.flags.clone());
        WriteValue { place, flags, from: from.clone(), holds: held.keys(), joint }.into()
    };
    let steps = match &halves {
        Halves::Alone(held) => {
            if wishes.text(&SECRET).is_some() {
                return Err(WhyNot::new(format!(
                    "{} is no half of a pair: --secret is not for it",
                    held.place
                )));
            }
            vec![write(held, &origin(wishes, &VALUE)?, Joint::Alone)]
        }
        Halves::Pair { secret, id } => {
            let from = wishes.text(&SECRET).map(|_| origin(wishes, &SECRET)).transpose()?.ok_or_else(|| {
                WhyNot::new(format!(
                    "{} and {} are one pair and are written together: --value says where the id is kept, and --secret where the secret is",
                    id.place, secret.place.key
                ))
            })?;
            vec![write(secret, &from, Joint::WithNext), write(id, &origin(wishes, &VALUE)?, Joint::WithLast)]
        }
    };
    let title = format!("Write {}", halves.says());
    let plan = plan(ground, &ACTION, target, title, steps, halves.consumers(ground))?;
    let mut cautions = vec![
        "The old value is not kept. Jobs that run keep it until they end.".to_owned(),
        "Where the value is kept is looked up by whoever carries the plan out, on their machine; a command that is named there is run."
            .to_owned(),
    ];
    if let Halves::Pair { .. } = halves {
        cautions.push(
            "Whether AWS accepts the new pair is not tried; rotate-key makes a key of its own, and does. GitLab cannot write both halves at \
             once: a job that gets one half of each fails, and can be retried."
                .into(),
        );
    }
    let elsewhere = halves
        .elsewhere(ground)
        .map(|elsewhere| Block::new(format!("{elsewhere}, which keep it: rotate-key writes all of them")));
    Ok(Plan { blocks: elsewhere.into_iter().collect(), cautions, ..plan })
}

fn origin(wishes: &Wishes, wish: &Wish) -> Result<Origin, WhyNot> {
    let text = wishes.text(wish).ok_or_else(|| {
        WhyNot::new(format!(
            "say with --{} where the new value is kept: env:NAME, file:/PATH or command:PROGRAM",
            wish.name
        ))
    })?;
    text.parse().map_err(WhyNot::new)
}
