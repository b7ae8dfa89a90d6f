//! Gives a user another access key and every variable that carries the old one the new pair, then lets the old one rest, switches it off,
//! waits, and deletes it.
//!
//! Of each pair the secret is written before the id. A run that dies between the two is carried on by writing an id, which is public; the
//! secret that died with it is read back from the variable.

use super::{Action, Ground, Owned, Switch, WhyNot, plan};
use crate::{
    act::{
        call::{CreateAccessKey, Flags, Place, ProveAccessKey, Soak, Write, WriteVariable},
        consumers::{Carrier, Consumers, unread},
        plan::{Block, Plan, Step},
        wish::{Takes, Wish, Wishes},
    },
    base::{name::KeyId, text::plural},
    model::{
        aws::AccessKey,
        gitlab::Variable,
        id::{Id, Kind},
    },
};

pub(super) const QUIET: Wish = Wish {
    name: "quiet",
    about: "how long the old key must not have been used before it is deactivated",
    takes: Takes::Time("1d"),
    must: false,
};
pub(super) const SOAK: Wish = Wish {
    name: "soak",
    about: "how long to wait between deactivating the old key and deleting it",
    takes: Takes::Time("7d"),
    must: false,
};

pub(super) const ACTION: Action = Action {
    name: "rotate-key",
    about: "Makes a new access key, writes it into every variable that carries the old one, and retires the old one \
            when nobody uses it any more.",
    kind: Kind::Key,
    wishes: &[QUIET, SOAK],
    make,
};

/// Seconds. Source: doc of GetAccessKeyLastUsed: uses within 15 minutes are recorded as one.
const LEAST_QUIET: i64 = 1800;

/// AWS's quota; keys that are switched off count.
const KEYS_PER_USER: usize = 2;

fn make(ground: &Ground<'_>, target: &Id, wishes: &Wishes) -> Result<Plan, WhyNot> {
    let owned = Owned::of(ground, target)?;
    let known = siblings(ground, &owned);
    if known.len() >= KEYS_PER_USER {
        let other = known.iter().find(|key| *key != owned.id()).map(ToString::to_string).unwrap_or_default();
        return Err(WhyNot::new(format!(
            "{} has two access keys, the most AWS allows: delete {other} first, if nobody needs it",
            owned.user.name()
        )));
    }
    let consumers = Consumers::of(ground.estate, ground.linked, owned.id(), ground.now);
    if consumers.carriers.is_empty() {
        return Err(WhyNot::new(format!(
            "no variable that was read carries {}: there is no place to write a new key to",
            owned.id()
        )));
    }
    let mut steps = vec![
        CreateAccessKey { account: owned.account, user: owned.user.clone(), known }.into(),
        ProveAccessKey { account: owned.account, user: owned.user.clone() }.into(),
    ];
    for carrier in &consumers.carriers {
        steps.extend(written(ground, &owned, carrier));
    }
    if owned.switch == Some(Switch::Active) {
        steps.extend(owned.retired(wishes.seconds(&QUIET)));
        steps.push(Soak { seconds: wishes.seconds(&SOAK) }.into());
    }
    steps.push(owned.deleted());
    let mut blocks = consumers.blocks();
    blocks.extend(hasty(wishes.seconds(&QUIET)));
    let cautions = cautions(ground, &consumers);
    let title = format!("Rotate {} of {}", owned.id(), owned.user.name());
    let confirm = Some(owned.user.name().to_owned());
    let plan = plan(ground, &ACTION, target, title, steps, consumers)?;
    Ok(Plan { blocks, cautions, confirm, ..plan })
}

/// What speaks against a rest that proves nothing.
pub(super) fn hasty(quiet: i64) -> Option<Block> {
    let says = "AWS writes a key's last use down every quarter of an hour: within so short a time a use may not be seen";
    (quiet < LEAST_QUIET).then(|| Block::new(says))
}

/// Every key of the same user.
fn siblings(ground: &Ground<'_>, owned: &Owned<'_>) -> Vec<KeyId> {
    let keys = ground.estate.all::<AccessKey>().filter(|key| key.user.as_ref() == Some(owned.user));
    keys.map(|key| key.key.clone()).collect()
}

fn written(ground: &Ground<'_>, owned: &Owned<'_>, carrier: &Carrier) -> Vec<Step> {
    let write = |place: &Place, write: Write| -> Step {
        let id = Id::variable(&place.instance, &place.owner, &place.key, &place.scope);
        let flags = ground.estate.find::<Variable>(&id).map(Flags::of).unwrap_or_default();
        WriteVariable { account: owned.account, place: place.clone(), flags, write }.into()
    };
    let instead_of = owned.id().clone();
    match &carrier.secret {
        Some(secret) => vec![
            write(secret, Write::Secret { instead_of: instead_of.clone(), user: owned.user.clone() }),
            write(&carrier.place, Write::KeyId { instead_of }),
        ],
        None => vec![write(&carrier.place, Write::PairInText { instead_of })],
    }
}

fn cautions(ground: &Ground<'_>, consumers: &Consumers) -> Vec<String> {
    let mut said = vec![
        "A variable's old secret is not kept: once it is overwritten, only the new key is good for it.".to_owned(),
        "GitLab cannot write both variables of a pair at once. A pair of a project is written in a moment when none of its jobs waits \
         to be handed out (for half a minute such a moment is waited for); a job that gets one half of each key all the same fails, \
         and can be retried."
            .to_owned(),
    ];
    if consumers.running > 0 {
        let jobs = plural(consumers.running, "job is", "jobs are");
        said.push(format!("{jobs} running with the old key; they keep it until they end."));
    }
    let hidden = consumers.carriers.iter().filter(|carrier| carrier.hidden).count();
    if hidden > 0 {
        let pairs = plural(hidden, "pair has a hidden secret", "pairs have a hidden secret");
        said.push(format!("{pairs}: that it is the old key's can only be told from its name."));
    }
    said.extend(unread(ground.estate).into_iter().map(|what| format!("May hold the key unseen: {what}")));
    said
}
