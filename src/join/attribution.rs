//! Which GitLab job a session was opened by: jobs that ran at that time, ranked by what speaks for each. Nothing here is more than a
//! conclusion, but for a job that its project's id token and the session's name both point to.

mod clues;
mod roll;
#[cfg(test)]
mod tests;

use rustc_hash::FxHashMap;

use self::{clues::Clues, roll::Roll};
use super::{Join, linked::Weave, names::Names};
use crate::model::{
    entity::Entity,
    estate::Estate,
    id::Id,
    link::{Grade, Proof, Relation},
    session::{Candidate, Opener, Session},
};

pub(super) const JOIN: Join = Join { name: "attribution", add };

/// Candidates that are kept; the others are counted.
const MOST: usize = 5;
/// Sessions looked at upwards along a chain.
const DEEPEST: usize = 16;

fn add(estate: &Estate, _: &super::Policies<'_>, weave: &mut Weave) {
    let names = Names::of(estate);
    let linked = weave.so_far();
    let roll = Roll::of(estate, linked);
    if roll.is_empty() {
        return;
    }
    let sessions: Vec<&Session> = linked.all_derived().filter_map(session).collect();
    let own: FxHashMap<&str, Ranked> = sessions
        .iter()
        .map(|session| (&*session.name, rank(&roll, &Clues::of(session, &names, linked, &roll))))
        .filter(|(_, ranked)| !ranked.jobs.is_empty())
        .collect();
    let parents: FxHashMap<&str, &str> = sessions
        .iter()
        .filter_map(|session| match &session.opened_by {
            Opener::Session(parent) => Some((&*session.name, &**parent)),
            _ => None,
        })
        .collect();
    let found: Vec<(Id, Ranked)> = sessions
        .iter()
        .filter_map(|session| Some((session.id(), own_or_inherited(&session.name, &own, &parents)?)))
        .collect();
    let mut found: FxHashMap<Id, Ranked> = found.into_iter().collect();
    for (id, ranked) in &found {
        for candidate in &ranked.jobs {
            let proof = Proof::of(candidate.reasons.join("; "));
            weave.add(id.clone(), Relation::ByJob, candidate.job.clone(), candidate.grade, proof);
        }
    }
    for entity in weave.derived_mut() {
        let Entity::Session(session) = entity else { continue };
        if let Some(ranked) = found.remove(&session.id()) {
            (session.jobs, session.further_jobs) = (ranked.jobs, ranked.further);
        }
    }
}

const fn session(entity: &Entity) -> Option<&Session> {
    if let Entity::Session(session) = entity { Some(session) } else { None }
}

/// The likeliest first.
#[derive(Clone, Debug, Default)]
struct Ranked {
    jobs: Vec<Candidate>,
    further: usize,
}

/// What speaks for a session itself, or else for the nearest session above it.
fn own_or_inherited(
    name: &str,
    own: &FxHashMap<&str, Ranked>,
    parents: &FxHashMap<&str, &str>,
) -> Option<Ranked> {
    if let Some(ranked) = own.get(name) {
        return Some(ranked.clone());
    }
    let mut above = std::iter::successors(parents.get(name), |parent| parents.get(**parent)).take(DEEPEST);
    let mut ranked = above.find_map(|parent| own.get(*parent))?.clone();
    for candidate in &mut ranked.jobs {
        candidate.grade = Grade::Inferred;
        candidate.reasons.insert(0, "as for the session it was chained from".into());
    }
    Some(ranked)
}

fn rank(roll: &Roll<'_>, clues: &Clues<'_>) -> Ranked {
    let mut weighed: Vec<clues::Weighed> =
        roll.around(clues).into_iter().filter_map(|index| clues.weigh(roll, index)).collect();
    weighed.sort_by(|a, b| (b.points, &b.candidate.job).cmp(&(a.points, &a.candidate.job)));
    // Beside a job that much speaks for, one that merely ran there too is none.
    let best = weighed.first().map_or(0, |weighed| weighed.points);
    weighed.retain(|weighed| weighed.points * 3 > best * 2);
    let further = weighed.len().saturating_sub(MOST);
    let jobs = weighed.into_iter().take(MOST).map(|weighed| weighed.candidate).collect();
    Ranked { jobs, further }
}
