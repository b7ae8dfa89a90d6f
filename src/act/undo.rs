//! Takes back what a run did: a run of its own, made from the receipts, from the last step to the first that cannot be taken back.

use super::{
    action::WhyNot,
    call::{Call, KeyRef, Switch},
    note::Receipt,
    plan::{Plan, Step},
    status::Progress,
};
use crate::{base::time::Timestamp, store::RunId};

/// How a step is taken back.
enum Way {
    /// By this call.
    By(Call),
    /// There is nothing to take back.
    Nothing,
    /// It cannot be, and nothing before it hangs on it.
    Stays(&'static str),
    /// It cannot be, and what came before it must stay as well.
    No(&'static str),
}

fn way(call: &Call, receipt: Option<&Receipt>) -> Way {
    match call {
        _ if receipt == Some(&Receipt::FoundSo) => Way::Nothing,
        Call::SetAccessKeyStatus { account, user, key, from, to } => Way::By(Call::SetAccessKeyStatus {
            account: *account,
            user: user.clone(),
            key: key.clone(),
            from: *to,
            to: *from,
        }),
        Call::CreateAccessKey { account, user, .. } => {
            let key = match receipt {
                Some(Receipt::Made(key)) => KeyRef::Id(key.clone()),
                _ => KeyRef::Created,
            };
            Way::By(Call::DeleteAccessKey { account: *account, user: user.clone(), key })
        }
        Call::DeleteAccessKey { .. } => Way::No("a deleted key never comes back"),
        Call::WriteVariable { .. } => Way::No("the old secret was not kept"),
        Call::Deny { account, holder, deny, before } => Way::By(Call::Lift {
            account: *account,
            holder: holder.clone(),
            deny: *deny,
            restore: before.clone(),
        }),
        Call::SetTrust { account, role, from, to } => Way::By(Call::SetTrust {
            account: *account,
            role: role.clone(),
            from: to.clone(),
            to: from.clone(),
        }),
        Call::PauseRunner { instance, runner, to } => {
            Way::By(Call::PauseRunner { instance: instance.clone(), runner: *runner, to: !to })
        }
        Call::FlagVariable { place, flags, flag, to } => {
            Way::By(Call::FlagVariable { place: place.clone(), flags: flags.clone(), flag: *flag, to: !to })
        }
        Call::BlankVariable { .. } => Way::Stays("the secret was not kept"),
        Call::Lift { .. } => Way::Stays("it was an undoing itself"),
        Call::ProveAccessKey { .. } | Call::AwaitDisuse { .. } | Call::Soak { .. } => Way::Nothing,
    }
}

/// One sentence for a plan's reader.
pub(super) fn says(call: &Call) -> String {
    match way(call, None) {
        Way::By(Call::SetAccessKeyStatus { to: Switch::Active, .. }) => "activate it again".into(),
        Way::By(Call::SetAccessKeyStatus { .. }) => "deactivate it again".into(),
        Way::By(Call::DeleteAccessKey { .. }) => "delete the new key, as long as no variable holds it".into(),
        Way::By(back) => back.says(),
        Way::Nothing => "nothing to undo".into(),
        Way::No(why) | Way::Stays(why) => format!("cannot be undone: {why}"),
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
        match way(&step.0, Some(receipt)) {
            Way::By(call) => steps.push(Step(known(call, progress))),
            Way::Nothing => {}
            Way::Stays(why) => cautions.push(format!("this stays: {}: {why}", step.0.says())),
            Way::No(why) => {
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
    if let (Call::SetAccessKeyStatus { key, .. } | Call::DeleteAccessKey { key, .. }, Some(made)) =
        (&mut call, &progress.made)
        && *key == KeyRef::Created
    {
        *key = KeyRef::Id(made.clone());
    }
    call
}
