//! Which files are read together: those whose records may be copies of each other.

use std::{collections::BTreeMap, sync::Arc};

use super::name::{self, Stamp};

/// A day of an account and region, in whichever folders its files lie; or a folder of files that do not say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::source) enum Group {
    Day(Stamp),
    Folder(String),
}

impl Group {
    /// Of a file, by its path or key.
    pub(in crate::source) fn of(path: &str) -> Self {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        name::stamp(name).map_or_else(|| Self::Folder(folder.to_owned()), Self::Day)
    }

    pub(in crate::source) const fn stamp(&self) -> Option<&Stamp> {
        match self {
            Self::Day(stamp) => Some(stamp),
            Self::Folder(_) => None,
        }
    }

    /// Tells groups of one trail apart.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Day(stamp) => format!("{} {} {}", stamp.account, stamp.region, stamp.day),
            Self::Folder(folder) => format!("folder {folder}"),
        }
    }
}

/// One file of a trail, as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::source) struct File {
    /// A path, or `s3://bucket/key`.
    pub(in crate::source) name: Arc<str>,
    /// Bytes, packed as it lies there.
    pub(in crate::source) size: u64,
    /// Changes when the content does: a time, or an ETag.
    pub(in crate::source) tag: String,
}

/// Files by group, sorted.
pub(in crate::source) fn grouped(files: impl IntoIterator<Item = File>) -> BTreeMap<Group, Vec<File>> {
    let mut groups: BTreeMap<Group, Vec<File>> = BTreeMap::new();
    for file in files {
        groups.entry(Group::of(&file.name)).or_default().push(file);
    }
    for files in groups.values_mut() {
        files.sort();
    }
    groups
}
