//! Before a run: is the world still as its plan says? Everything is asked, and nothing is changed.

use super::{
    outside::{Answer, Outside},
    plan::{Identity, Plan},
    scene::{Delays, Scene, Sight},
    status::Progress,
    vault::Vault,
};
use crate::base::time::Clock;

/// What differs from the plan, in sentences.
pub async fn check(outside: &dyn Outside, clock: &dyn Clock, plan: &Plan) -> Answer<Vec<String>> {
    let mut differs = Vec::new();
    for call in plan.calls() {
        // Calls name users and roles without their account: a plan that was edited by hand could mean a namesake.
        if let (Some(holder), Some(account)) = (call.holder(), call.account())
            && holder.account() != Some(account)
        {
            differs.push(format!("the plan acts on {holder} in account {account}, and that is none of its"));
        }
    }
    for identity in &plan.identities {
        // One that cannot be asked is told with the others: together they say what has happened.
        let (planned, place, now) = match identity {
            Identity::Aws { account, caller } => {
                (caller, format!("in account {account}"), outside.caller(*account).await)
            }
            Identity::GitLab { instance, login } => {
                (login, format!("at {instance}"), outside.login(instance).await)
            }
        };
        match now {
            Ok(now) if now == *planned => {}
            Ok(now) => differs.push(format!("the plan is for {planned} {place}, and keytrail is {now} now")),
            Err(trouble) => differs.push(trouble.says()),
        }
    }
    if !differs.is_empty() {
        return Ok(differs);
    }
    let now = clock.now();
    let progress = Progress::begun(now);
    let scene = Scene { outside, now, progress: &progress, delays: Delays::default() };
    let mut seen = Vec::new();
    for step in plan.steps.iter().filter(|step| !step.0.is_wait()) {
        // Of several steps about one thing the first says how the plan found it.
        let about = step.0.about();
        if about.is_none() || seen.contains(&about) {
            continue;
        }
        seen.push(about);
        match step.0.look(&scene, &mut Vault::default()).await? {
            // What is to be waited for is no difference.
            Sight::Before | Sight::Later { .. } => {}
            // Of a ladder the other rungs are taken all the same.
            Sight::After(_) if plan.rungs => {}
            Sight::After(_) => differs.push(format!("it is done already: {}", step.0.says())),
            Sight::Other(why) | Sight::Unknown(why) | Sight::Asks(_, why) => {
                differs.push(why);
            }
            Sight::Orphan(key) => differs.push(format!("{key} appeared since the plan was made")),
        }
    }
    Ok(differs)
}
