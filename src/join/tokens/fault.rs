//! Conditions of a trust policy that do not do what they seem to: they keep everybody out, or nobody.

use super::{
    Admitted, Fault,
    issuer::BY_PATH,
    roster::{Known, Meant, Place, Roster},
    weigh::{Weigher, meant},
};
use crate::{
    base::text::clean,
    policy::{
        Fact, Request, Statement, Truth,
        condition::weigh,
        document::Condition,
        operator::{Compare, Set, Test},
        subject::{Glob, Hunt},
    },
};

/// Claims of id tokens that make sure a key is about a token at all.
const ALWAYS: [&str; 2] = ["sub", "aud"];

pub(super) fn faults(weigher: &Weigher<'_>, roster: &Roster<'_>, admits: &[Admitted]) -> Vec<Fault> {
    let place = roster.place(weigher.issuer.instance.as_ref());
    let mut faults = Vec::new();
    for (index, statement) in weigher.allows() {
        let mut find = |says: String, opens: bool, dead: bool| {
            let fault = Fault { statement: index, says, opens, dead };
            if !faults.contains(&fault) {
                faults.push(fault);
            }
        };
        for condition in &statement.conditions {
            match what_of(weigher, condition) {
                What::Absent(why) => absent(condition, statement, &why, &mut find),
                What::Subject => {
                    to_the_letter(condition, &mut find);
                    if let Some(place) = place {
                        stale(condition, (roster, place, admits), &mut find);
                    }
                    if condition.operator.set == Some(Set::All) {
                        let key = clean(&condition.key);
                        find(
                            format!("ForAllValues is for keys with many values: {key} has one"),
                            false,
                            false,
                        );
                    }
                }
                What::Other => {}
            }
        }
        audience(weigher, statement, &mut find);
    }
    faults
}

/// What a condition is about.
enum What {
    Subject,
    /// Something that is never in a request with this provider's tokens; why.
    Absent(String),
    Other,
}

fn what_of(weigher: &Weigher<'_>, condition: &Condition) -> What {
    let Some((prefix, claim)) = condition.key.rsplit_once(':') else { return What::Other };
    let (issuer, claim) = (&weigher.issuer.name, claim.to_ascii_lowercase());
    if !prefix.eq_ignore_ascii_case(issuer) {
        // A prefix with a dot is a host: another issuer's. `aws`, `sts` and `saml` have none.
        let why = || format!("{} is not the issuer {}", clean(prefix), clean(issuer));
        return if prefix.contains('.') { What::Absent(why()) } else { What::Other };
    }
    if claim == "sub" {
        return What::Subject;
    }
    if ALWAYS.contains(&claim.as_str()) || weigher.issuer.claims().contains(&claim.as_str()) {
        return What::Other;
    }
    What::Absent(format!("AWS does not pass on the claim {} of {}", clean(&claim), clean(issuer)))
}

/// A key that is never there: what the operator makes of that.
fn absent(
    condition: &Condition,
    statement: &Statement,
    why: &str,
    find: &mut impl FnMut(String, bool, bool),
) {
    let mut request = Request::default();
    request.set(&condition.key, Fact::Absent);
    match weigh(condition, statement.version, &request) {
        Truth::True => find(format!("`{condition}` keeps nobody out: {why}"), true, false),
        Truth::False => find(format!("`{condition}` is never met: {why}"), false, true),
        Truth::Unknown => {}
    }
}

/// Stars under an operator that takes them to the letter; no subject has one, since no path or ref may.
fn to_the_letter(condition: &Condition, find: &mut impl FnMut(String, bool, bool)) {
    let Test::Compare { compare: Compare::Text | Compare::TextAnyCase, negated } = condition.operator.test
    else {
        return;
    };
    for value in condition.values.iter().filter(|value| value.contains(['*', '?']) && !value.contains("${")) {
        let (operator, value) = (clean(&condition.operator.written), clean(value));
        if negated {
            find(
                format!("{operator} takes the star in \"{value}\" to the letter and keeps nobody out"),
                true,
                false,
            );
        } else {
            find(
                format!("{operator} takes the star in \"{value}\" to the letter: nobody has such a subject"),
                false,
                true,
            );
        }
    }
}

/// Patterns that name a known project whose subjects look otherwise, or nothing that GitLab says.
fn stale(
    condition: &Condition,
    (roster, place, admits): (&Roster<'_>, &Place, &[Admitted]),
    find: &mut impl FnMut(String, bool, bool),
) {
    let Test::Compare { compare, negated: false } = &condition.operator.test else { return };
    let wild = *compare == Compare::Like;
    if !(wild || matches!(compare, Compare::Text | Compare::TextAnyCase)) {
        return;
    }
    for value in condition.values.iter().filter(|value| wild || !value.contains(['*', '?'])) {
        let index = match meant(value, wild) {
            Meant::Path(path) => place.by_path(path),
            Meant::Number(number) => place.by_number(number),
            Meant::Odd if !value.is_empty() && place.says_only_projects() => {
                find(format!("no subject of GitLab's looks like \"{}\"", clean(value)), false, true);
                continue;
            }
            _ => continue,
        };
        let Some(known) = index.map(|index| roster.project(index)) else { continue };
        // A project that gets in by another pattern needs this one no more.
        if admits.iter().any(|admitted| admitted.project == *known.id) {
            continue;
        }
        let glob = Glob::of(compare, value);
        if !can_present(roster, known, glob) {
            let (value, path, head) = (clean(value), clean(known.path), clean(&known.head));
            let says = if value.starts_with(BY_PATH) == head.starts_with(BY_PATH) {
                format!("no ref of {path} can present \"{value}\"")
            } else {
                format!("\"{value}\" is stale: subjects of {path} begin with {head}")
            };
            find(says, false, true);
        }
    }
}

/// Can some ref of the project present a subject that matches?
fn can_present(roster: &Roster<'_>, known: &Known<'_>, glob: Glob) -> bool {
    let shape = roster.shape(known);
    let hunt = Hunt::new(vec![glob]);
    let standing = hunt.after(&hunt.start(), &known.head);
    shape.classes.iter().any(|class| {
        let examples = hunt.examples(&standing, shape.tail(class.kind), &class.names);
        !examples.complete || examples.found.iter().any(|example| !example.hits.is_empty())
    })
}

/// Audiences that the provider refuses, or takes and the statement does not.
fn audience(weigher: &Weigher<'_>, statement: &Statement, find: &mut impl FnMut(String, bool, bool)) {
    let Some(accepts) = weigher.accepts else { return };
    if accepts.iter().any(|audience| weigher.takes(statement, audience)) {
        return;
    }
    let quoted: Vec<String> = accepts.iter().map(|audience| format!("\"{}\"", clean(audience))).collect();
    let accepted = if quoted.is_empty() { "none".to_owned() } else { quoted.join(", ") };
    find(format!("no audience passes both: the provider accepts {accepted}"), false, true);
}
