//! Takes back what a run did: a run of its own, made from the receipts, from the last step to the first that cannot be taken back.

use super::{
    action::WhyNot,
    call::{Back, Call, KeyRef},
    note::Receipt,
    plan::{Plan, Step},
    status::Progress,
};
use crate::{base::time::Timestamp, store::RunId};

/// One sentence for a plan's reader.
pub(super) fn says(call: &Call) -> String {
    match call.way_back(None) {
        Back::By(back) => back.says(),
        Back::Nothing => "nothing to undo".into(),
        Back::No(why) | Back::Stays(why) => format!("cannot be undone: {why}"),
    }
}

/// The plan that takes a run back as far as that goes.
pub fn undo(run: RunId, plan: &Plan, progress: &Progress, now: Timestamp) -> Result<Plan, WhyNot> {
    if progress.doubt.is_some() || progress.discarding.is_some() {
        return Err(WhyNot::new("a call of this run is in doubt: resume it first, which clears that up"));
    }
    let mut steps = Vec::new();
    let mut cautions = Vec::new();
    for (step, receipt) in plan.steps.iter().zip(&progress.receipts).rev() {
        // What was so before the run came is not the run's to take back.
        if *receipt == Receipt::FoundSo {
            continue;
        }
        match step.0.way_back(Some(receipt)) {
            Back::By(call) => steps.push(Step(known(call, progress))),
            Back::Nothing => {}
            Back::Stays(why) => cautions.push(format!("this stays: {}: {why}", step.0.says())),
            Back::No(why) => {
                cautions.push(format!("what was done up to \"{}\" stays: {why}", step.0.says()));
                break;
            }
        }
    }
    if steps.is_empty() {
        let why = cautions.pop().unwrap_or_else(|| "this run has changed nothing".into());
        return Err(WhyNot::new(why));
    }
    Ok(Plan {
        action: "undo".into(),
        title: format!("Undo run {run}: {}", plan.title),
        made: now,
        steps,
        blocks: Vec::new(),
        cautions,
        confirm: None,
        undoes: Some(run.to_string()),
        ..plan.clone()
    })
}

/// The key that the run made is known by now.
fn known(mut call: Call, progress: &Progress) -> Call {
    let key = match &mut call {
        Call::SetAccessKeyStatus(switch) => &mut switch.key,
        Call::DeleteAccessKey(delete) => &mut delete.key,
        _ => return call,
    };
    if let (KeyRef::Created, Some(made)) = (&key, &progress.made) {
        *key = KeyRef::Id(made.clone());
    }
    call
}
