//! Whom a trust policy lets in besides the projects that are known: anybody at all, whoever registers a name that begins right, every
//! project of a group, or whoever takes a path that is free.

use super::{
    Beyond,
    issuer::{BY_NUMBER, BY_PATH},
    roster::{Meant, Place, Roster},
    weigh::{Claims, Entry, Weigher, meant},
};
use crate::policy::{
    operator::{Compare, Test},
    subject::{Names, Part},
};

/// A group that nobody has, and that anybody could make.
const STRANGER: &str = "someone-else-7d1f";

/// A project's number that is nobody's yet.
const NUMBER: &str = "987654321987";

/// Numbers of projects and groups that no policy names.
const NONE: u64 = 987_654_321_987;

/// Whom it lets in, and what that hangs on where none of it is certain.
pub(super) fn beyond(weigher: &mut Weigher<'_>, roster: &Roster<'_>) -> (Vec<Beyond>, Vec<String>) {
    let place = roster.place(weigher.issuer.instance.as_ref());
    let mut found = Vec::new();
    if let Some(entry) = anybody(weigher) {
        found.push((Beyond::AnyProject, entry));
    } else {
        for (value, wild) in values(weigher) {
            let whom = match meant(value, wild) {
                Meant::Below(start) => below(weigher, start),
                Meant::Path(path) => phantom(weigher, place, path),
                _ => None,
            };
            found.extend(whom);
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found.dedup_by(|a, b| a.0 == b.0);
    let sure = found.iter().any(|(_, entry)| entry.sure);
    let words = if sure { Vec::new() } else { words(&found) };
    (found.into_iter().map(|(whom, _)| whom).collect(), words)
}

fn words(found: &[(Beyond, Entry)]) -> Vec<String> {
    let mut words: Vec<String> = found.iter().flat_map(|(_, entry)| entry.conditions.clone()).collect();
    words.sort();
    words.dedup();
    words
}

/// Patterns that subjects must match, and whether stars in them are wildcards.
fn values<'w>(weigher: &Weigher<'w>) -> Vec<(&'w str, bool)> {
    let mut all = Vec::new();
    for (_, statement) in weigher.allows() {
        for condition in weigher.about(statement, "sub") {
            let Test::Compare { compare, negated: false } = &condition.operator.test else { continue };
            let wild = *compare == Compare::Like;
            // Taken to the letter, a star is in no path that could be registered.
            let possible = condition.values.iter().filter(|value| wild || !value.contains(['*', '?']));
            all.extend(possible.map(|value| (value.as_str(), wild)));
        }
    }
    all
}

/// Could any project of the issuer get in, one with default subjects or one that chose its number for them?
fn anybody(weigher: &mut Weigher<'_>) -> Option<Entry> {
    let claims = Claims { project: Some(NONE), namespace: Some(NONE), protection: None, stranger: true };
    let by_path = probe(weigher, &format!("{BY_PATH}{STRANGER}/"), true, claims);
    by_path.or_else(|| probe(weigher, &format!("{BY_NUMBER}{NUMBER}"), false, claims))
}

/// Who gets in by a path that begins so.
fn below(weigher: &mut Weigher<'_>, start: &str) -> Option<(Beyond, Entry)> {
    let claims = Claims { project: Some(NONE), stranger: true, ..Claims::default() };
    if let Some(group) = start.strip_suffix('/') {
        let entry = probe(weigher, &format!("{BY_PATH}{start}"), true, claims)?;
        return Some((Beyond::Group(group.to_owned()), entry));
    }
    let (head, claims) = if start.contains('/') {
        (format!("{BY_PATH}{start}-"), claims)
    } else {
        (format!("{BY_PATH}{start}-else/"), Claims { namespace: Some(NONE), ..claims })
    };
    let entry = probe(weigher, &head, true, claims)?;
    Some((Beyond::Prefix(format!("{start}*")), entry))
}

/// A path that no project has gets in when somebody makes a project of that name.
fn phantom(weigher: &mut Weigher<'_>, place: Option<&Place>, path: &str) -> Option<(Beyond, Entry)> {
    if !place?.lacks(path) {
        return None;
    }
    let claims = Claims { project: Some(NONE), stranger: true, ..Claims::default() };
    let entry = probe(weigher, &format!("{BY_PATH}{path}"), false, claims)?;
    Some((Beyond::Phantom(path.to_owned()), entry))
}

/// Does some ref of a project get in whose subjects begin so; with `path`, of any project whose path begins so?
fn probe(weigher: &mut Weigher<'_>, head: &str, path: bool, claims: Claims) -> Option<Entry> {
    let kinds = Part::Choice { claim: "ref_type".to_owned(), values: &["branch", "tag"] };
    let rest = [Part::Text(":ref_type:".to_owned()), kinds, Part::Text(":ref:".to_owned()), Part::Ref];
    let tail: Vec<Part> = path.then_some(Part::Path).into_iter().chain(rest).collect();
    let standing = weigher.hunt.after(&weigher.hunt.start(), head);
    let examples = weigher.hunt.examples(&standing, &tail, &Names::default());
    let entries = examples.found.iter().filter_map(|example| weigher.judge(head, example, claims));
    entries.max_by_key(|entry| entry.sure)
}
