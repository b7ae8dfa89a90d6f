//! Joins, ways and rules on small estates written as TOML: each must find what its file says in `[[fires]]`, and nothing in `[[quiet]]`.

use std::{collections::BTreeSet, fmt::Write, fs, path::PathBuf};

use keytrail::{
    base::time::Timestamp,
    join,
    model::{
        entity::Entity,
        estate::Estate,
        observe::{Observation, Outcome, Report, Scope, Sweep},
    },
    rules, way,
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    now: Timestamp,
    #[serde(default)]
    fires: Vec<Case>,
    #[serde(default)]
    quiet: Vec<Case>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// Why this case stands here.
    because: String,
    /// For rules: `severity about: the sentence`. For joins: `from RELATION to grade`. For ways: `way from > to grade`.
    #[serde(default)]
    finds: Vec<String>,
    /// Sweeps that ended whole: `source/what`.
    #[serde(default)]
    whole: Vec<String>,
    things: Vec<Entity>,
}

fn files(folder: &str) -> Vec<(String, Cases)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(folder);
    let mut found: Vec<(String, Cases)> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).unwrap();
            let cases = toml::from_str(&text).unwrap_or_else(|wrong| panic!("{}: {wrong}", path.display()));
            (name, cases)
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

fn estate(case: &Case, now: Timestamp) -> Estate {
    let mut estate = Estate::default();
    let sweep = Sweep { scope: Scope::new("case", "things"), run: 1 };
    estate.absorb(Report::Saw(Observation { sweep, at: now, saw: case.things.clone(), gaps: vec![] }));
    for scope in &case.whole {
        let (source, what) = scope.split_once('/').unwrap();
        let sweep = Sweep { scope: Scope::new(source, what), run: 1 };
        estate.absorb(Report::Ended { sweep, at: now, outcome: Outcome::Whole });
    }
    estate
}

/// Every rule's file has both kinds of case, and every rule has a file.
fn complete(files: &[(String, Cases)], names: &BTreeSet<String>) {
    let have: BTreeSet<String> = files.iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(have, *names, "one case file an entry");
    for (name, cases) in files {
        assert!(!cases.fires.is_empty(), "{name}: nothing makes it fire");
        assert!(!cases.quiet.is_empty(), "{name}: nothing keeps it quiet");
        assert!(cases.fires.iter().all(|case| !case.finds.is_empty()), "{name}: a firing case finds nothing");
    }
}

#[test]
fn every_rule_fires_and_stays_quiet_as_its_cases_say() {
    let files = files("rules");
    complete(&files, &rules::RULES.iter().map(|rule| rule.name.to_owned()).collect());
    let mut wrong = String::new();
    for (name, cases) in &files {
        for case in cases.fires.iter().chain(&cases.quiet) {
            let estate = estate(case, cases.now);
            let known = rules::Conclusions::of(&estate, &rules::Limits::default(), cases.now);
            let of_rule: Vec<String> = known
                .findings
                .iter()
                .filter(|finding| finding.rule == name)
                .map(|finding| format!("{} {}: {}", finding.severity.word(), finding.about, finding.says))
                .collect();
            differ(&mut wrong, name, case, &of_rule);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Writes down what a case finds and should not, or should and does not, line by line.
fn differ(wrong: &mut String, name: &str, case: &Case, found: &[String]) {
    if found != case.finds {
        let missing =
            case.finds.iter().filter(|line| !found.contains(line)).map(|line| format!("  - {line}\n"));
        let unwanted =
            found.iter().filter(|line| !case.finds.contains(line)).map(|line| format!("  + {line}\n"));
        let lines: String = missing.chain(unwanted).collect();
        let lines = if lines.is_empty() { format!("  in another order: {found:#?}\n") } else { lines };
        write!(wrong, "{name}: {}\n{lines}", case.because).unwrap();
    }
}

/// A way's file names every path of that way: what it does not name must not be there, in quiet cases nothing at all.
#[test]
fn every_way_finds_what_its_cases_say_and_nothing_else() {
    let files = files("way");
    complete(&files, &way::WAYS.iter().map(|way| way.name.to_owned()).collect());
    let mut wrong = String::new();
    for (name, cases) in &files {
        let quiet = cases.quiet.iter().filter(|case| !case.finds.is_empty());
        assert_eq!(quiet.count(), 0, "{name}: a quiet case finds something");
        for case in cases.fires.iter().chain(&cases.quiet) {
            let estate = estate(case, cases.now);
            let known = rules::Conclusions::of(&estate, &rules::Limits::default(), cases.now);
            let of_way: BTreeSet<String> = known
                .paths
                .iter()
                .filter(|path| path.way == name)
                .map(|path| format!("{} {} > {} {}", path.way, path.from, path.to, path.grade().word()))
                .collect();
            let case = Case {
                finds: case.finds.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect(),
                ..case.clone()
            };
            differ(&mut wrong, name, &case, &of_way.into_iter().collect::<Vec<_>>());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_join_links_as_its_cases_say() {
    let files = files("join");
    complete(&files, &join::JOINS.iter().map(|join| join.name.to_owned()).collect());
    for (name, cases) in &files {
        for case in &cases.fires {
            let estate = estate(case, cases.now);
            let links = links(&estate);
            for wanted in &case.finds {
                assert!(links.contains(wanted), "{name}: {}: no `{wanted}` in {links:#?}", case.because);
            }
        }
        for case in &cases.quiet {
            let links = links(&estate(case, cases.now));
            let unwanted: Vec<&String> = case.finds.iter().filter(|link| links.contains(*link)).collect();
            assert!(unwanted.is_empty(), "{name}: {}: {unwanted:?}", case.because);
        }
    }
}

fn links(estate: &Estate) -> BTreeSet<String> {
    let linked = join::link(estate, &join::Policies::of(estate));
    let text = |link: &keytrail::model::link::Link| {
        format!("{} {:?} {} {}", link.from, link.relation, link.to, link.grade.word())
    };
    let stored = linked.iter().map(text);
    let asked = estate
        .of(keytrail::model::id::Kind::Project)
        .flat_map(|project| linked.around(estate, &project.id()))
        .map(|link| text(&link));
    stored.collect::<BTreeSet<_>>().into_iter().chain(asked).collect()
}
