//! Refs that get in, gathered class by class into what can be said of a project: every ref of a kind, one protected name, an example.

use std::sync::Arc;

use super::{AdmittedRef, RefKind, weigh::Entry};
use crate::{
    model::link::Grade,
    policy::subject::{Example, RefClass},
};

/// What projects of one shape get that stand equally.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub(super) refs: Arc<[AdmittedRef]>,
    pub(super) statement: usize,
    pub(super) grade: Grade,
    pub(super) conditions: Arc<[String]>,
}

/// Refs of one class that get in.
pub(super) struct Found {
    /// Every ref of the class gets in.
    pub(super) all: bool,
    pub(super) entries: Vec<(Example, Entry)>,
}

/// What gets in of all classes.
#[derive(Default)]
pub(super) struct Gathered {
    refs: Vec<AdmittedRef>,
    entries: Vec<Entry>,
}

impl Gathered {
    /// Classes of one kind: one for each protected name, or the only one.
    pub(super) fn add(&mut self, kind: RefKind, classes: &[(&RefClass<'_>, Found)]) {
        let entries = classes.iter().flat_map(|(_, found)| &found.entries).map(|(_, entry)| entry);
        self.entries.extend(entries.clone().cloned());
        let wide = classes.len() > 1 || classes.iter().any(|(class, _)| is_wide(class));
        if wide && classes.iter().all(|(_, found)| found.all && !found.entries.is_empty()) {
            let sure = entries.clone().all(|entry| entry.sure);
            let name = classes.iter().find_map(|(class, found)| plain_name(class, found));
            self.push(kind, name.unwrap_or_default(), true, sure);
            return;
        }
        for (class, found) in classes {
            match class.entry {
                Some(entry) if found.all && !found.entries.is_empty() => {
                    let sure = found.entries.iter().all(|(_, entry)| entry.sure);
                    self.push(kind, entry, false, sure);
                }
                _ => {
                    for (example, entry) in &found.entries {
                        self.push(kind, &example.name, false, entry.sure);
                    }
                }
            }
        }
    }

    fn push(&mut self, kind: RefKind, name: &str, all: bool, sure: bool) {
        if !self.refs.iter().any(|known| known.kind == kind && *known.name == *name) {
            self.refs.push(AdmittedRef { kind, name: name.into(), all, sure, used: false });
        }
    }

    pub(super) fn outcome(self) -> Option<Outcome> {
        let best = self.entries.iter().max_by_key(|entry| entry.sure)?;
        let mut conditions: Vec<String> = Vec::new();
        for text in self.entries.iter().flat_map(|entry| &entry.conditions) {
            if !conditions.contains(text) {
                conditions.push(text.clone());
            }
        }
        Some(Outcome {
            statement: best.statement,
            grade: if best.sure { Grade::Configured } else { Grade::Inferred },
            refs: self.refs.into(),
            conditions: conditions.into(),
        })
    }
}

/// More than one ref can belong to it.
fn is_wide(class: &RefClass<'_>) -> bool {
    class.entry.is_none_or(|entry| entry.contains('*'))
}

/// How a person would call a ref of this class.
fn plain_name<'c>(class: &'c RefClass<'_>, found: &'c Found) -> Option<&'c str> {
    let usual = if class.kind.is_tag() { "v1.0" } else { "feature/x" };
    let named = class.entry.filter(|entry| !entry.contains('*'));
    let usual = named.or_else(|| class.names.has(usual).then_some(usual));
    usual.or_else(|| found.entries.first().map(|(example, _)| example.name.as_str()))
}
