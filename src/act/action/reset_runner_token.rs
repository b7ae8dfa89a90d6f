//! Gives a runner another authentication token: whoever has the old one is no longer that runner.

use super::{Action, Ground, WhyNot, Wishes, fleet::Fleet, plan};
use crate::{
    act::{
        call::ResetRunnerToken,
        plan::{Block, Plan},
        wish::{Takes, Wish},
    },
    model::{
        id::{Id, Kind},
        link::Relation,
    },
};

const TO_COMMAND: Wish = Wish {
    name: "to-command",
    about: "a program and its arguments that get the new token on standard input and give it to the runner",
    takes: Takes::Text("ssh runner-1 sudo /usr/local/bin/take-runner-token"),
    must: false,
};

pub(super) const ACTION: Action = Action {
    name: "reset-runner-token",
    about: "Gives a runner another authentication token: whoever has the old one gets no more jobs. The new one is shown nowhere, and goes to \
            a command (--to-command).",
    kind: Kind::Runner,
    wishes: &[TO_COMMAND],
    make,
};

fn make(ground: &Ground<'_>, target: &Id, wishes: &Wishes) -> Result<Plan, WhyNot> {
    let fleet = Fleet::of(ground, target)?;
    let words =
        wishes.text(&TO_COMMAND).map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    let is_handed = words.is_some();
    let call = ResetRunnerToken { instance: fleet.instance(), runner: fleet.runner.number, to: words };
    let title = format!("Reset the token of {} of {}", fleet.says(), fleet.runner.instance);
    let plan = plan(ground, &ACTION, target, title, vec![call.into()], fleet.consumers(ground))?;
    let mut blocks = Vec::new();
    let mut cautions = Vec::new();
    if is_handed {
        cautions.push(
            "The command is run by whoever carries the plan out, on their machine, without a shell. Until it has done its work the runner \
             gets no jobs; if it fails, the run stops, and resuming it gives the runner one more token."
                .to_owned(),
        );
    } else {
        // A runner that nobody has heard of has nobody to cut off.
        if fleet.runner.status.as_deref() != Some("never_contacted") {
            blocks.push(Block::new(
                "its machines are cut off until a person gives them a token: the new one is kept nowhere, without --to-command",
            ));
        }
        cautions.push(
            "To bring the runner back, reset its token once more where the answer can be read, or with --to-command, and write it into \
             `token` of the config.toml of each of its machines; gitlab-runner reads the file again by itself."
                .to_owned(),
        );
    }
    let files = ground.linked.origins(target, Relation::Configures).map(Id::key_text);
    cautions.extend(files.map(|file| format!("The old token stands in {file}.")));
    cautions.push("Jobs it runs go on until they end: they report with tokens of their own.".into());
    Ok(Plan { blocks, cautions, confirm: Some(fleet.says()), ..plan })
}
