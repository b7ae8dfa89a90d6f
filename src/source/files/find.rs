//! Which files of a folder may be gitlab-runner's: by their endings, to a bounded depth and number, each folder once.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use tokio_util::sync::CancellationToken;

use super::reading::blame_of;
use crate::base::blame::Blame;

/// Folders inside folders that are looked through.
const DEEPEST: usize = 8;
/// Files of one given folder that are read.
const MOST_FILES: usize = 2_000;
/// Entries of one given folder that are looked at: a home or a repository given by mistake ends here.
const MOST_ENTRIES: usize = 50_000;

/// Files to read, in the order of their paths, and what could not be looked at.
#[derive(Default)]
pub(super) struct Found {
    pub(super) files: Vec<PathBuf>,
    pub(super) gaps: Vec<(PathBuf, Blame)>,
}

/// Looks through a folder. A file that was given by name is read whatever it is called, with the neighbours that belong to it.
pub(super) fn find(given: &Path, stop: &CancellationToken) -> Found {
    let mut found = Found::default();
    match fs::metadata(given) {
        Err(error) => found.gaps.push((given.to_owned(), blame_of(&error))),
        Ok(kind) if kind.is_dir() => {
            let mut walk = Walk { found, stop, folders: BTreeSet::new(), entries: 0, full: false };
            walk.folder(given, DEEPEST);
            found = walk.found;
            found.files.sort();
        }
        Ok(_) => {
            found.files.push(given.to_owned());
            let neighbour = given.with_file_name(crate::runner::SYSTEM_ID_FILE);
            if neighbour != given {
                found.files.push(neighbour);
            }
        }
    }
    found
}

struct Walk<'a> {
    found: Found,
    stop: &'a CancellationToken,
    /// Where links really lead: a loop comes back to one of these.
    folders: BTreeSet<PathBuf>,
    entries: usize,
    full: bool,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, deeper: usize) {
        match fs::canonicalize(folder) {
            Ok(real) => {
                if !self.folders.insert(real) {
                    return;
                }
            }
            Err(error) => return self.found.gaps.push((folder.to_owned(), blame_of(&error))),
        }
        let mut paths = match fs::read_dir(folder) {
            Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).take(MOST_ENTRIES).collect(),
            Err(error) => {
                self.found.gaps.push((folder.to_owned(), blame_of(&error)));
                Vec::new()
            }
        };
        paths.sort();
        for path in paths {
            if self.stop.is_cancelled() || self.is_full(folder) {
                return;
            }
            self.entries += 1;
            // A link that leads nowhere is no file.
            let Ok(kind) = fs::metadata(&path) else { continue };
            if kind.is_file() && may_be_ours(&path) {
                self.found.files.push(path);
            } else if kind.is_dir() && !is_hidden(&path) {
                if let Some(deeper) = deeper.checked_sub(1) {
                    self.folder(&path, deeper);
                } else {
                    let what = format!("folders more than {DEEPEST} deep: give this one by name");
                    self.found.gaps.push((path, Blame::Skipped(what)));
                }
            }
        }
    }

    /// Says once that there is more than is read.
    fn is_full(&mut self, folder: &Path) -> bool {
        if self.found.files.len() < MOST_FILES && self.entries < MOST_ENTRIES {
            return false;
        }
        if !self.full {
            self.full = true;
            let what =
                format!("more than {MOST_FILES} files or {MOST_ENTRIES} entries: give a smaller folder");
            self.found.gaps.push((folder.to_owned(), Blame::Skipped(what)));
        }
        true
    }
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

fn may_be_ours(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name == crate::runner::SYSTEM_ID_FILE
        || path.extension().is_some_and(|ending| ["toml", "yaml", "yml"].iter().any(|ours| ending == *ours))
}
