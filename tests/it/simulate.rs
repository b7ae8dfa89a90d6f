//! The policy engine against an independent evaluator of IAM policies, as a black box in a child process: thousands of
//! trust policies and requests, made from a seed, must have the same answer in both. Where they differ for a reason, the
//! reason stands in tests/peers/simulate/disagreements.toml with the AWS document that decides it.

mod dice;
mod gitlab;
mod language;
mod principals;

use std::{
    collections::BTreeMap,
    fmt, fs,
    io::{Write, stderr},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use keytrail::policy;
use regex::Regex;
use serde::Deserialize;
use serde_json::Value;

use self::dice::Dice;
use crate::python::script;

/// How many cases of each family, and its seed.
const FAMILIES: [(&str, usize, fn(&mut Dice) -> Case); 3] = [
    ("gitlab", 4000, gitlab::case),
    ("language", 3000, language::case),
    ("principals", 2500, principals::case),
];
const SEED: u64 = 20_261_121;

/// One policy and request, and what our engine says.
struct Case {
    /// For the other evaluator: `{trust, identity, boundary, principal, action, role, context}`; `old` for the list.
    asked: Value,
    ours: Said,
    /// Our engine was told everything: "cannot tell" is then wrong.
    complete: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Allow,
    Deny,
    Unknown,
    /// A policy that cannot be read.
    Refused,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
        })
    }
}

impl Case {
    /// Marks what was asked when one of its documents is not of version 2012-10-17.
    fn with_age(mut self) -> Self {
        let documents = ["trust", "identity", "boundary"].map(|name| &self.asked[name]);
        let is_old = |document: &Value| document.is_object() && document["Version"] != "2012-10-17";
        let old = documents.iter().any(|found| match found {
            Value::Array(several) => several.iter().any(is_old),
            one => is_old(one),
        });
        self.asked["old"] = old.into();
        self
    }
}

impl From<policy::Grade> for Said {
    fn from(grade: policy::Grade) -> Self {
        match grade {
            policy::Grade::Denied => Self::Deny,
            policy::Grade::Possible => Self::Unknown,
            policy::Grade::Delegated | policy::Grade::Proven => Self::Allow,
        }
    }
}

impl From<policy::Truth> for Said {
    fn from(truth: policy::Truth) -> Self {
        match truth {
            policy::Truth::False => Self::Deny,
            policy::Truth::Unknown => Self::Unknown,
            policy::Truth::True => Self::Allow,
        }
    }
}

/// A difference that is known, and why ours is kept.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    name: String,
    families: Vec<String>,
    /// Ours and theirs: `unknown/deny`.
    said: Vec<String>,
    /// Found in what was asked, as JSON without spaces.
    pattern: String,
    why: String,
    /// The AWS document that decides it.
    source: String,
}

#[derive(Debug, Deserialize)]
struct Listed {
    #[serde(default)]
    disagreement: Vec<Known>,
}

#[test]
fn an_independent_evaluator_says_the_same() {
    let Some(folder) = std::env::var_os("KEYTRAIL_TEST_NODE").map(PathBuf::from) else {
        let _ = writeln!(
            stderr(),
            "left out: the policy engine against @cloud-copilot/iam-simulate (./test runs it, with Node)"
        );
        return;
    };
    let listed = fs::read_to_string(script("simulate/disagreements.toml")).expect("the list is there");
    let listed: Listed = toml::from_str(&listed).expect("the list is TOML");
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    let mut unlisted = Vec::new();
    for (index, (family, count, make)) in FAMILIES.into_iter().enumerate() {
        let mut dice = Dice::new(SEED + index as u64);
        let cases: Vec<Case> = (0..count).map(|_| make(&mut dice).with_age()).collect();
        let answers = ask(&folder, &cases);
        let mut tally: BTreeMap<String, usize> = BTreeMap::new();
        for (case, peer) in cases.iter().zip(&answers) {
            *tally.entry(format!("{}/{peer}", case.ours)).or_default() += 1;
            if agrees(case, peer) {
                continue;
            }
            match listed.disagreement.iter().find(|known| known.is_about(family, case, peer)) {
                Some(known) => *met.entry(&known.name).or_default() += 1,
                None => unlisted.push(format!("{family}: {}/{peer}: {}", case.ours, case.asked)),
            }
        }
        let _ = writeln!(stderr(), "{family}: {count} cases, ours/theirs {tally:?}");
    }
    let _ = writeln!(stderr(), "listed differences met: {met:?}");
    let stale: Vec<&str> = listed
        .disagreement
        .iter()
        .filter(|known| !met.contains_key(&*known.name))
        .map(|known| &*known.name)
        .collect();
    let shown: Vec<&String> = unlisted.iter().take(25).collect();
    assert!(unlisted.is_empty(), "{} differ and are not listed, such as {shown:#?}", unlisted.len());
    assert!(stale.is_empty(), "listed, but no longer met: {stale:?}");
}

fn agrees(case: &Case, peer: &str) -> bool {
    match case.ours {
        Said::Allow => peer == "allow",
        Said::Deny => peer == "deny",
        Said::Unknown => !case.complete && matches!(peer, "allow" | "deny"),
        Said::Refused => false,
    }
}

impl Known {
    fn is_about(&self, family: &str, case: &Case, peer: &str) -> bool {
        assert!(!self.why.is_empty() && !self.source.is_empty(), "{} has no reason", self.name);
        let said = format!("{}/{peer}", case.ours);
        self.families.iter().any(|known| known == family)
            && self.said.contains(&said)
            && Regex::new(&self.pattern).expect("a pattern").is_match(&case.asked.to_string())
    }
}

/// One answer for each case.
fn ask(folder: &Path, cases: &[Case]) -> Vec<String> {
    let mut child = Command::new("node")
        .arg(script("simulate/evaluate.mjs"))
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node starts");
    let mut lines: String = String::new();
    for case in cases {
        lines.push_str(&case.asked.to_string());
        lines.push('\n');
    }
    let mut input = child.stdin.take().expect("its input");
    let writer = thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output().expect("node ends");
    writer.join().expect("the writer ends").expect("node reads everything");
    assert!(output.status.success(), "node ended with {}", output.status);
    let answers: Vec<String> =
        String::from_utf8(output.stdout).expect("text").lines().map(str::to_owned).collect();
    assert_eq!(answers.len(), cases.len(), "one answer for each case");
    answers
}
