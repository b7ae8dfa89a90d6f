//! Log files in folders of any nesting: the layout of an account's or an organisation's trail, or whatever somebody copied out of it.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use super::name;

/// Folders deeper than this are no bucket's layout but a loop.
const DEEPEST: usize = 24;

/// What lies under the paths that were given.
#[derive(Debug, Default)]
pub struct Found {
    /// Sorted, each once.
    pub files: Vec<PathBuf>,
    /// Digests, Insights and what is no JSON.
    pub passed_over: usize,
    /// What could not be looked into.
    pub lacks: Vec<(PathBuf, io::Error)>,
}

/// Looks through folders; a file that is named itself is taken whatever it is called.
pub fn find(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    let mut files = BTreeSet::new();
    for path in paths {
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => look_into(path, 0, &mut files, &mut found),
            Ok(_) => drop(files.insert(path.clone())),
            Err(error) => found.lacks.push((path.clone(), error)),
        }
    }
    found.files = files.into_iter().collect();
    found
}

fn look_into(folder: &Path, depth: usize, files: &mut BTreeSet<PathBuf>, found: &mut Found) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return found.lacks.push((folder.to_owned(), error)),
    };
    for entry in entries {
        let (path, kind) = match entry.and_then(|entry| Ok((entry.path(), entry.file_type()?))) {
            Ok(entry) => entry,
            Err(error) => {
                found.lacks.push((folder.to_owned(), error));
                continue;
            }
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if kind.is_dir() {
            // Links to folders are not followed: they may lead in a circle.
            if depth < DEEPEST && !name::is_other(&name) {
                look_into(&path, depth + 1, files, found);
            } else {
                found.passed_over += 1;
            }
        } else if name::is_log(&name) && !name::is_other(&name) {
            files.insert(path);
        } else {
            found.passed_over += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_is_looked_through_and_what_is_no_log_is_counted() {
        let root = tempfile::tempdir().unwrap();
        let files = [
            "AWSLogs/111111111111/CloudTrail/eu-west-1/2026/11/20/111111111111_CloudTrail_eu-west-1_20261120T0000Z_a.json.gz",
            "AWSLogs/o-x/222222222222/CloudTrail/eu-west-1/2026/11/20/222222222222_CloudTrail_eu-west-1_20261120T0000Z_b.json.gz",
            "AWSLogs/111111111111/CloudTrail-Digest/eu-west-1/2026/11/20/d.json.gz",
            "loose/events.jsonl",
            "loose/readme.txt",
        ];
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let txt = root.path().join("loose/readme.txt");
        let found = find(&[root.path().to_owned(), txt.clone(), root.path().join("nowhere")]);
        assert_eq!(found.files.len(), 4);
        assert!(found.files.contains(&txt));
        assert_eq!((found.passed_over, found.lacks.len()), (2, 1));
    }
}
