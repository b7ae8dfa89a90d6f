//! What the overview shows, counted once for each world and away from the screen.

use rustc_hash::FxHashSet;

use crate::{
    base::time::Timestamp,
    model::{
        aws::{AccessKey, KeyStatus},
        estate::Estate,
        event::Event,
        gitlab::Variable,
        id::Id,
    },
    rules::{Finding, Limits, Severity},
};

/// Findings in "what to do first", at most; one for each thing.
const FIRST: usize = 10;
const DAY: i64 = 86_400;
/// Days of calls shown, at most.
const DAYS: i64 = 30;

/// Variables that lead into AWS, or might, by what they hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carriers {
    pub keys_unprotected: u64,
    pub keys_protected: u64,
    pub secrets: u64,
    pub roles: u64,
    pub hidden: u64,
    pub not_read: u64,
}

#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Keys in use by age: label, how many, and whether that is over the limit.
    pub ages: Vec<(String, u64, bool)>,
    /// Index of the first bucket over the limit.
    pub limit: usize,
    /// Keys whose age was not seen.
    pub ageless: u64,
    pub inactive: u64,
    pub carriers: Carriers,
    /// AssumeRole calls for each day, oldest first: allowed and denied. Empty while no event was read.
    pub assumed: Vec<u64>,
    pub denied: Vec<u64>,
    /// Worst first.
    pub severities: Vec<(Severity, u64)>,
    /// Indices into the findings, worst first.
    pub first: Vec<usize>,
}

impl Summary {
    pub fn of(estate: &Estate, findings: &[Finding], limits: &Limits, now: Timestamp) -> Self {
        let mut summary = Self { carriers: carriers(estate), first: first(findings), ..Self::default() };
        summary.count_ages(estate, *limits, now);
        summary.count_calls(estate, now);
        for severity in [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info]
        {
            let count = findings.iter().filter(|finding| finding.severity == severity).count();
            summary.severities.push((severity, count as u64));
        }
        summary
    }

    fn count_ages(&mut self, estate: &Estate, limits: Limits, now: Timestamp) {
        let limit = limits.key_age_days.max(3);
        let bounds = [limit / 3, limit * 2 / 3, limit, limit * 2, limit * 4];
        self.limit = 3;
        let mut low = 0;
        for (index, bound) in bounds.into_iter().enumerate() {
            self.ages.push((format!("{low}-{bound}"), 0, index >= self.limit));
            low = bound + 1;
        }
        self.ages.push((format!(">{}", limit * 4), 0, true));
        for key in estate.all::<AccessKey>() {
            match key.created {
                _ if key.status.is_some_and(|status| status != KeyStatus::Active) => self.inactive += 1,
                None => self.ageless += 1,
                Some(at) => {
                    let days = at.age(now).days();
                    let bucket = bounds.iter().position(|bound| days <= *bound).unwrap_or(bounds.len());
                    self.ages[bucket].1 += 1;
                }
            }
        }
    }

    fn count_calls(&mut self, estate: &Estate, now: Timestamp) {
        let windows = estate.sweeps().filter_map(|(_, sweep)| sweep.window);
        let read_from = windows.map(|(from, _)| from).min();
        let mut calls = estate.all::<Event>().filter(|event| event.is_assume_role()).peekable();
        let Some(from) = read_from.or_else(|| calls.peek().map(|event| event.at)) else { return };
        let days = (from.age(now).seconds() / DAY + 1).clamp(1, DAYS);
        let days = usize::try_from(days).unwrap_or(1);
        self.assumed = vec![0; days];
        self.denied = vec![0; days];
        for event in calls {
            let back = usize::try_from(event.at.age(now).seconds() / DAY).unwrap_or(usize::MAX);
            let Some(day) = (days - 1).checked_sub(back) else { continue };
            let series = if event.is_denied() { &mut self.denied } else { &mut self.assumed };
            series[day] += 1;
        }
    }
}

fn carriers(estate: &Estate) -> Carriers {
    let mut carriers = Carriers::default();
    for variable in estate.all::<Variable>() {
        let Some(sighting) = &variable.sighting else {
            if variable.hidden == Some(true) {
                carriers.hidden += 1;
            } else {
                carriers.not_read += 1;
            }
            continue;
        };
        if !sighting.keys.is_empty() {
            if variable.protected == Some(true) {
                carriers.keys_protected += 1;
            } else {
                carriers.keys_unprotected += 1;
            }
        } else if sighting.secret_shaped {
            carriers.secrets += 1;
        } else if !sighting.roles.is_empty() {
            carriers.roles += 1;
        }
    }
    carriers
}

/// The worst finding of each thing, worst first.
fn first(findings: &[Finding]) -> Vec<usize> {
    let mut about: FxHashSet<&Id> = FxHashSet::default();
    let worst = findings.iter().enumerate().filter(|(_, finding)| about.insert(&finding.about));
    worst.map(|(index, _)| index).take(FIRST).collect()
}
