//! Keeps the house: which floor may know which, single doors, file length, opening comments, and that every list has
//! one file an entry and one entry a file. It reads the sources as text and runs in milliseconds.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a file that cannot be read is a failed test")]

#[path = "tidy/lists.rs"]
mod lists;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use self::lists::{Entry, LISTS, List};

/// Which of our own modules each top module may import. ARCHITECTURE.md says why.
const FLOORS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("model", &["base"]),
    ("policy", &["base"]),
    ("trail", &["base", "model"]),
    ("script", &["base", "model"]),
    ("ci", &["base", "model", "script"]),
    ("runner", &["base", "model", "script"]),
    ("join", &["base", "model", "policy", "trail"]),
    ("way", &["base", "model", "policy", "trail", "join"]),
    ("rules", &["base", "model", "policy", "join", "way"]),
    ("net", &["base"]),
    ("config", &["base"]),
    ("store", &["base"]),
    ("source", &["base", "model", "trail", "script", "ci", "runner", "net", "config"]),
    ("demo", &["base"]),
    ("act", &["base", "model", "policy", "join", "config", "store", "source"]),
    ("app", &["base", "model", "join", "way", "rules", "act"]),
    ("ui", &["base", "app"]),
    ("run", &["base", "model", "config", "store", "source", "join", "way", "rules", "act", "app", "ui"]),
    (
        "cli",
        &[
            "base", "model", "trail", "config", "store", "source", "demo", "join", "way", "rules", "act",
            "app", "ui", "run",
        ],
    ),
];

/// Crates that have one room, and the files or folders that may name them.
const DOORS: &[(&str, &[&str])] = &[
    ("ratatui", &["src/ui/"]),
    ("crossterm", &["src/ui/"]),
    ("axum", &["src/demo/"]),
    ("reqwest", &["src/net/", "src/source/aws/"]),
    ("aws_config", &["src/source/aws/"]),
    ("aws_sdk_iam", &["src/source/aws/"]),
    ("aws_sdk_sts", &["src/source/aws/"]),
    ("aws_sdk_cloudtrail", &["src/source/aws/"]),
    ("rusqlite", &["src/store/"]),
    ("gitlab::api", &["src/source/gitlab/", "src/net/"]),
    ("clap", &["src/cli/", "src/main.rs"]),
    ("tokio", &["src/net/", "src/source/", "src/demo/", "src/act/hands.rs", "src/run", "src/cli/"]),
];

/// Who opens secrets: where a request is signed or sent.
const SECRET_DOORS: &[&str] = &["src/base/secret.rs", "src/net/", "src/source/", "src/config/"];

const LONGEST: usize = 400;

struct Source {
    path: String,
    text: String,
}

impl Source {
    /// `join` for `src/join/key.rs`, `run` for `src/run.rs`.
    fn top(&self) -> &str {
        let inside = self.path.trim_start_matches("src/");
        inside.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// The text before its tests: rules about imports and doors are for what ships.
    fn shipped(&self) -> &str {
        if self.path.ends_with("/tests.rs") || self.path.contains("/tests/") {
            return "";
        }
        let end = self.text.find("#[cfg(test)]").unwrap_or(self.text.len());
        &self.text[..end]
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn sources(folder: &str) -> Vec<Source> {
    let mut paths = Vec::new();
    walk(&root().join(folder), &mut paths);
    paths.sort();
    paths
        .into_iter()
        .map(|path| Source {
            path: path.strip_prefix(root()).unwrap().to_string_lossy().into_owned(),
            text: fs::read_to_string(&path).unwrap(),
        })
        .collect()
}

/// Our own modules a text names: after `crate::`, whether in a `use`, in a group, or in an expression.
fn imports(text: &str) -> BTreeSet<String> {
    let word = |text: &str| {
        text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect::<String>()
    };
    let code: String =
        text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        if code[..at].ends_with('$') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            // The names at depth one of `use crate::{a::x, b::{y, z}};`.
            let mut depth = 1;
            let mut expects = true;
            for (offset, letter) in group.char_indices() {
                match letter {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    ',' => expects = depth == 1,
                    letter if letter.is_alphabetic() && expects && depth == 1 => {
                        found.insert(word(&group[offset..]));
                        expects = false;
                    }
                    _ => {}
                }
                if depth == 0 {
                    break;
                }
            }
        } else {
            found.insert(word(rest));
        }
    }
    found
}

#[test]
fn imports_are_read_from_groups_and_paths() {
    let text =
        "use crate::{base::{name::Arn, time}, model::id::Id};\nlet x = crate::net::get();\n// crate::ui\n";
    let found: Vec<String> = imports(text).into_iter().collect();
    assert_eq!(found, ["base", "model", "net"]);
}

#[test]
fn floors_know_only_the_floors_below() {
    let floors: BTreeMap<&str, &[&str]> = FLOORS.iter().copied().collect();
    let mut wrong = Vec::new();
    for source in sources("src") {
        if matches!(source.top(), "lib" | "main") {
            continue;
        }
        let Some(allowed) = floors.get(source.top()) else {
            wrong.push(format!("{}: no floor is called `{}`", source.path, source.top()));
            continue;
        };
        for import in imports(source.shipped()) {
            if import != source.top() && !allowed.contains(&import.as_str()) {
                wrong.push(format!("{}: `{}` must not know `{import}`", source.path, source.top()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_crate_with_one_room_stays_there() {
    let mut wrong = Vec::new();
    for source in sources("src") {
        for (name, rooms) in DOORS {
            let named = source.shipped().lines().any(|line| {
                let line = line.trim_start();
                !line.starts_with("//")
                    && !line.contains(&format!("crate::{name}"))
                    && (line.starts_with(&format!("use {name}::"))
                        || line
                            .split(|letter: char| {
                                !(letter.is_alphanumeric() || letter == '_' || letter == ':')
                            })
                            .any(|word| word.starts_with(&format!("{name}::"))))
            });
            if named && !rooms.iter().any(|room| source.path.starts_with(room)) {
                wrong.push(format!("{}: `{name}` lives in {}", source.path, rooms.join(", ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn secrets_are_opened_where_requests_are_made() {
    let wrong: Vec<String> = sources("src")
        .iter()
        .filter(|source| source.shipped().replace("self.open()", "").contains(".open()"))
        .filter(|source| !SECRET_DOORS.iter().any(|door| source.path.starts_with(door)))
        .map(|source| source.path.clone())
        .collect();
    assert!(wrong.is_empty(), "these open a secret: {wrong:?}");
}

/// What names of calls that change something begin with: methods of the AWS SDK, endpoints of the `gitlab` crate.
const CHANGES: &[&str] = &[
    "create", "delete", "update", "put", "patch", "edit", "add", "remove", "attach", "detach", "upload",
    "reset",
];

/// The only places that may hold such calls: these files, and the rooms behind them. Nobody but `act` knows them.
const CHANGE_DOORS: [&str; 2] = ["src/source/aws/change", "src/source/gitlab/change"];

fn is_change_door(path: &str) -> bool {
    let rest = CHANGE_DOORS.iter().find_map(|door| path.strip_prefix(door));
    rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

#[test]
fn things_are_changed_at_gitlab_and_aws_through_one_door_each() {
    let mut wrong = Vec::new();
    let reads = |source: &&Source| ["source", "net"].contains(&source.top()) && !is_change_door(&source.path);
    for source in sources("src").iter().filter(reads) {
        let text = source.shipped();
        for verb in CHANGES {
            let call = format!(".{verb}_");
            let calls = text.match_indices(&call).filter(|(at, found)| {
                let rest =
                    text[at + found.len()..].trim_start_matches(|l: char| l.is_alphanumeric() || l == '_');
                rest.starts_with("()")
            });
            let endpoint = format!("{}{}", verb[..1].to_uppercase(), &verb[1..]);
            let is_endpoint = |word: &&str| {
                word.strip_prefix(&endpoint).is_some_and(|rest| rest.starts_with(char::is_uppercase))
            };
            let endpoints = text.split(|letter: char| !letter.is_alphanumeric()).filter(is_endpoint);
            let method = format!("Method::{}", verb.to_uppercase());
            if calls.count() + endpoints.count() > 0 || text.contains(&method) || text.contains("mutation ") {
                wrong.push(format!("{}: `{verb}`", source.path));
            }
        }
    }
    for source in sources("src").iter().filter(|source| !["source", "act"].contains(&source.top())) {
        if source.shipped().contains("Changer") {
            wrong.push(format!("{}: `Changer` is for `act`", source.path));
        }
    }
    assert!(wrong.is_empty(), "these change something:\n{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for_and_stays_short() {
    let mut wrong = Vec::new();
    for folder in ["src", "tests", "benches"] {
        if !root().join(folder).exists() {
            continue;
        }
        for source in sources(folder) {
            if !source.text.starts_with("//!") {
                wrong.push(format!("{}: opens without `//!`", source.path));
            }
            let lines = source.text.lines().count();
            if lines > LONGEST {
                wrong.push(format!("{}: {lines} lines, {LONGEST} at most", source.path));
            }
            if source.text.contains("#[allow(") || source.text.contains("#![allow(") {
                wrong.push(format!("{}: `allow` instead of `expect` with a reason", source.path));
            }
        }
    }
    wrong.retain(|line| !line.starts_with("tests/tidy.rs: `allow`"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

impl List {
    fn entries(&self) -> BTreeSet<String> {
        let text = fs::read_to_string(root().join(self.file)).unwrap();
        let body =
            text.split_once(self.opens).unwrap_or_else(|| panic!("{}: no {}", self.file, self.opens)).1;
        let body = body.split_once("];").unwrap().0;
        match self.entry {
            Entry::Module => body
                .split(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == ':'))
                .filter_map(|word| Some(word.split_once("::")?.0.to_owned()))
                .collect(),
            Entry::Name(after) => body
                .split(after)
                .filter_map(|rest| Some(rest.strip_prefix('"')?.split_once('"')?.0.to_owned()))
                .collect(),
        }
    }

    fn files(&self) -> BTreeSet<String> {
        fs::read_dir(root().join(self.folder))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|ending| ending == self.ending))
            .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
            .filter(|name| !self.others.contains(&name.as_str()))
            .collect()
    }
}

#[test]
fn lists_have_one_file_an_entry_and_one_entry_a_file() {
    for list in LISTS {
        let entries = list.entries();
        assert!(!entries.is_empty(), "{}: no entry is read from {}", list.file, list.opens);
        assert_eq!(entries, list.files(), "{}: entries and files differ", list.file);
    }
}
