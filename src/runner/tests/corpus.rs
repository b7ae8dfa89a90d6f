//! Real files: those of gitlab-runner's own repository and its documentation, where they are at hand.

use std::{fs, path::Path};

use super::{What, read};

/// Files that hold nothing of gitlab-runner's.
const REFUSED: [&str; 0] = [];
/// What a person would accept for not reading all of a file: the documentation leaves lines out (`...`), and some lines are templates.
const REASONS: [&str; 3] = ["not TOML: ", "a template decides ", "more lines are not TOML"];

#[test]
fn real_files_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/runner-config");
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("skipped: {} is not here", folder.display());
        return;
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    paths.sort();
    let (mut whole, mut partly, mut refused, mut runners) = (0, 0, Vec::new(), 0);
    for path in &paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let found = read(&name, &fs::read_to_string(path).unwrap());
        match (&found.what, found.problems.is_empty()) {
            (What::Other, _) => refused.push(name.clone()),
            (_, true) => whole += 1,
            (_, false) => partly += 1,
        }
        if let What::Runners(configs) = &found.what {
            runners += configs.len();
        }
        for problem in &found.problems {
            let reason = problem.to_string();
            println!("{name}: {reason}");
            assert!(REASONS.iter().any(|known| reason.contains(known)), "{name}: {reason}");
        }
    }
    println!(
        "runner files: {} in all, {whole} read, {partly} partly, {} refused, {runners} entries",
        paths.len(),
        refused.len()
    );
    assert_eq!(refused, REFUSED);
}
