//! Gives a variable to jobs of fewer environments, and the other half with it where it is one of a pair.

use super::{
    Action, Ground, WhyNot, Wishes,
    held::{Halves, few, jobs_of},
    plan,
};
use crate::{
    act::{
        call::{Joint, MoveVariable},
        plan::{Block, Plan, Step},
        wish::{Takes, Wish},
    },
    base::text::plural,
    model::id::{Id, Kind},
    policy::pattern::matches,
};

const SCOPE: Wish = Wish {
    name: "scope",
    about: "the environments whose jobs are to get it",
    takes: Takes::Text("production"),
    must: true,
};

pub(super) const ACTION: Action = Action {
    name: "narrow-variable",
    about: "Gives a variable to jobs of fewer environments (--scope), and the other half with it where it is one of a pair.",
    kind: Kind::Variable,
    wishes: &[SCOPE],
    make,
};

fn make(ground: &Ground<'_>, target: &Id, wishes: &Wishes) -> Result<Plan, WhyNot> {
    let halves = Halves::of(ground, target)?;
    let each = halves.each();
    let Some(place) = each.first().map(|held| &held.place) else {
        return Err(WhyNot::new("there is no variable"));
    };
    if !place.has_scope() {
        return Err(WhyNot::new("variables of an instance, and of schedules, have no environment scope"));
    }
    let old = &place.scope;
    let new = wishes.text(&SCOPE).ok_or_else(|| {
        WhyNot::new(format!("say with --scope which environments are to get it; `{old}` gets it now"))
    })?;
    if !is_scope(new) {
        return Err(WhyNot::new(format!("GitLab takes no environment scope such as `{new}`")));
    }
    // A `*` of the new scope is matched by a `*` of the old one alone.
    if new == old || !matches(old, new) {
        return Err(WhyNot::new(format!("`{new}` is not narrower than `{old}`, which gets it now")));
    }
    if let Some(taken) = each.iter().find(|held| held.is_taken(ground, new)) {
        return Err(WhyNot::new(format!("there is another one: {}", taken.place.at(new))));
    }
    let joints = if each.len() == 2 { [Joint::WithNext, Joint::WithLast] } else { [Joint::Alone; 2] };
    let steps: Vec<Step> = each
        .iter()
        .zip(joints)
        .map(|(held, joint)| {
            MoveVariable { place: held.place.clone(), flags: held.flags.clone(), to: new.to_owned(), joint }
                .into()
        })
        .collect();
    let (lose, cautions) = losers(ground, &halves, new);
    let title = format!("Narrow {} to {new}", halves.says());
    let plan = plan(ground, &ACTION, target, title, steps, halves.consumers(ground))?;
    let mut cautions: Vec<String> = cautions.into_iter().collect();
    if let Halves::Pair { .. } = halves {
        cautions.push(
            "GitLab cannot move both halves at once: a job that is handed out in between and gets one half alone fails, and can be retried."
                .into(),
        );
    }
    cautions.push(
        "Whoever may push a branch names an environment in its jobs: a scope keeps nobody out who wants in. Protected environments and \
         protect-variable do."
            .into(),
    );
    Ok(Plan { blocks: lose.into_iter().map(Block::new).collect(), cautions, ..plan })
}

/// Jobs that got it and do not any more, and what is not known of that.
fn losers(ground: &Ground<'_>, halves: &Halves<'_>, new: &str) -> (Option<String>, Option<String>) {
    let readers = halves.readers(ground);
    let (jobs, unread) = jobs_of(ground, &readers);
    let old = halves.each().first().map_or("*", |held| &held.place.scope).to_owned();
    // Jobs without an environment get what is for all environments alone. A name with a variable in it is known when the job runs.
    let gets = |scope: &str, environment: Option<&str>| match environment {
        None => scope == "*",
        Some(name) => matches(scope, name) || name.contains('$'),
    };
    let loses: Vec<String> = jobs
        .iter()
        .filter(|(_, job)| {
            let environment = job.environment.as_deref();
            gets(&old, environment) && !gets(new, environment)
        })
        .map(|(config, job)| {
            format!(
                "{} of {}",
                job.name,
                super::fleet::project_name(ground, &config.instance, config.project)
            )
        })
        .collect();
    let count = plural(loses.len(), "job does", "jobs do");
    let block = (!loses.is_empty()).then(|| format!("{count} not get it any more: {}", few(loses)));
    let unread = (unread > 0).then(|| {
        let projects = plural(unread, "project", "projects");
        format!("The CI configurations of {projects} whose jobs get it were not read.")
    });
    (block, unread)
}

/// Source: lib/gitlab/regex.rb.
fn is_scope(text: &str) -> bool {
    text.len() <= 255
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "_/\\${}. -*".contains(letter))
}
