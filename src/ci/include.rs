//! `include:`: local files are read and laid under the file that includes them; the others are told by name.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    resolve::{add, overlay},
    tree::{self, Kind, Map, Node},
};
use crate::script::written;

/// GitLab's own limit of included files. Source: `ci_max_includes` of the application settings.
const MOST: usize = 150;

/// Where a local file's text comes from: its path from the repository's root, without a slash before it.
pub type Files<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A configuration with its local includes laid under it.
pub(super) struct Whole<'a> {
    files: Files<'a>,
    seen: BTreeSet<String>,
    pub problems: Vec<String>,
    /// Includes that were not followed, as written.
    pub unread: Vec<String>,
}

impl<'a> Whole<'a> {
    pub(super) fn new(files: Files<'a>) -> Self {
        Self { files, seen: BTreeSet::new(), problems: Vec::new(), unread: Vec::new() }
    }

    /// The top-level entries of a text. Problems of an included file name it.
    pub(super) fn read(&mut self, text: &str) -> Map {
        let file = tree::read(text);
        self.problems.extend(file.problems);
        let Some(root) = file.root else { return Map::new() };
        let Some(fields) = root.map() else {
            add(&mut self.problems, root.line, "the configuration is not a map of jobs");
            return Map::new();
        };
        let Some(include) = root.get("include") else { return fields.clone() };
        let mut below = Map::new();
        for entry in entries(include) {
            if let Some(included) = self.follow(entry) {
                below = overlay(&below, &included, &mut self.problems);
            }
        }
        overlay(&below, fields, &mut self.problems)
    }

    fn follow(&mut self, entry: &Node) -> Option<Map> {
        let path = match local(entry) {
            Ok(path) => path,
            Err(named) => {
                self.leave(named);
                return None;
            }
        };
        // A file that is included twice brings nothing the second time.
        if self.seen.len() >= MOST || !self.seen.insert(path.clone()) {
            return None;
        }
        let Some(text) = (self.files)(&path) else {
            self.leave(format!("local: {}", written(&path)));
            return None;
        };
        let before = self.problems.len();
        let map = self.read(&text);
        for problem in self.problems.iter_mut().skip(before) {
            *problem = format!("{}: {problem}", written(&path));
        }
        Some(map)
    }

    fn leave(&mut self, named: String) {
        if self.unread.len() < MOST && !self.unread.contains(&named) {
            self.unread.push(named);
        }
    }
}

/// One entry, or a list of them. GitLab allows no lists in it.
fn entries(include: &Node) -> Vec<&Node> {
    match &include.kind {
        Kind::List(items) => items.iter().map(Arc::as_ref).collect(),
        _ => vec![include],
    }
}

/// The path of a local include, or what another kind is called.
fn local(entry: &Node) -> Result<String, String> {
    let plain = |path: &str| path.trim_start_matches('/').to_owned();
    if let Some(text) = entry.text() {
        let remote = text.starts_with("http://") || text.starts_with("https://");
        return if remote { Err(format!("remote: {}", written(text))) } else { readable(text).map(plain) };
    }
    for kind in ["local", "remote", "template", "component", "project", "artifact"] {
        let Some(named) = entry.get(kind) else { continue };
        let text = named.text().unwrap_or_default();
        if kind == "local" {
            return readable(text).map(plain);
        }
        let files = entry.get("file").map(|file| file.texts().join(", "));
        let files = files.map(|files| format!(" {}", written(&files))).unwrap_or_default();
        return Err(format!("{kind}: {}{files}", written(text)));
    }
    Err("an include of an unknown kind".to_owned())
}

/// A path with a pattern or a variable in it names no file that can be asked for.
fn readable(path: &str) -> Result<&str, String> {
    if path.contains(['*', '$']) { Err(format!("local: {}", written(path))) } else { Ok(path) }
}
