//! What parts of a trail came to when they were read before: a day whose files have not changed is not read again, and a reading that was
//! interrupted goes on where it was.
//!
//! What lies here is what [`Folded`](crate::trail::Folded) holds: no record's text and no session token.

use std::{
    collections::BTreeSet,
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    group::{File, Group},
    packed::Packed,
    read::Reading,
};

/// Changes when records are folded otherwise; what an earlier keytrail has left is then read anew.
const VERSION: u32 = 1;

/// One trail's parts, a file each.
#[derive(Debug)]
pub struct Shelf {
    trail: Arc<str>,
    folder: PathBuf,
    /// Names of the parts that the trail has now.
    current: Mutex<BTreeSet<String>>,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    version: u32,
    /// Of the files it was read from.
    files: String,
    part: Packed,
}

impl Shelf {
    /// In a folder for caches; `trail` tells trails apart. Makes nothing yet.
    pub fn of(cache: &Path, trail: &str) -> Self {
        let folder = cache.join("trail").join(digest([trail]));
        Self { trail: trail.into(), folder, current: Mutex::default() }
    }

    /// What these very files came to, if they were read before.
    pub(in crate::source) fn get(&self, group: &Group, files: &[File]) -> Option<Reading> {
        let packed = fs::read(self.folder.join(self.name(group))).ok()?;
        let mut text = Vec::new();
        GzDecoder::new(packed.as_slice()).read_to_end(&mut text).ok()?;
        let kept: Kept = serde_json::from_slice(&text).ok()?;
        let is_same = kept.version == VERSION && kept.files == listing(files);
        kept.part.open(&self.trail).filter(|_| is_same)
    }

    /// Keeps what files came to. What cannot be written is read again another time; the log says so.
    pub(in crate::source) fn put(&self, group: &Group, files: &[File], reading: &Reading) {
        if !reading.is_whole || !reading.lacks.is_empty() {
            return;
        }
        let kept = Kept { version: VERSION, files: listing(files), part: Packed::of(&reading.folded) };
        if let Err(error) = self.write(&self.name(group), &kept) {
            tracing::warn!(folder = %self.folder.display(), %error, "what was read of a trail is not kept");
        }
    }

    fn write(&self, name: &str, kept: &Kept) -> io::Result<()> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(&serde_json::to_vec(kept)?)?;
        let packed = packer.finish()?;
        // Written beside and moved: whoever is killed here leaves either the old or the new.
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let beside = self.folder.join(format!("{name}.{}-{count}", std::process::id()));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        let written = file.write_all(&packed).and_then(|()| fs::rename(&beside, self.folder.join(name)));
        written.inspect_err(|_| drop(fs::remove_file(&beside)))
    }

    fn name(&self, group: &Group) -> String {
        let name = digest([group.name().as_str()]);
        self.current.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone());
        name
    }

    /// Throws away what belongs to no part of the trail that was asked for since this shelf was opened: days that the window has left,
    /// folders that are gone, halves of what somebody was killed over.
    pub(in crate::source) fn tidy(&self) {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| !current.contains(&*entry.file_name().to_string_lossy())) {
            // Another keytrail may be faster.
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn listing(files: &[File]) -> String {
    digest(files.iter().map(|file| format!("{}\n{}\n{}\n", file.name, file.size, file.tag)))
}

fn digest<T: AsRef<str>>(parts: impl IntoIterator<Item = T>) -> String {
    let hash = parts.into_iter().fold(Sha256::new(), |hash, part| hash.chain_update(part.as_ref()));
    let hash = hash.finalize();
    let half: [u8; 16] = std::array::from_fn(|at| hash[at]);
    format!("{:032x}", u128::from_be_bytes(half))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::{source::logs::read::Lack, trail::Folded};

    fn file(name: &str, tag: &str) -> File {
        File { name: name.into(), size: 1, tag: tag.into() }
    }

    fn reading(records: u64) -> Reading {
        Reading { folded: Folded { records, ..Folded::default() }, lacks: Vec::new(), is_whole: true }
    }

    #[test]
    fn what_has_not_changed_is_given_back_and_nothing_else_is() {
        let root = tempfile::tempdir().unwrap();
        let shelf = Shelf::of(root.path(), "s3://acme");
        let (day, files) = (Group::of("a/b"), [file("a/b", "1")]);
        assert!(shelf.get(&day, &files).is_none());
        shelf.put(&day, &files, &reading(7));
        let again = Shelf::of(root.path(), "s3://acme");
        assert_eq!(again.get(&day, &files).map(|reading| reading.folded.records), Some(7));
        assert!(again.get(&day, &[file("a/b", "2")]).is_none(), "it has changed");
        assert!(again.get(&Group::of("c/d"), &files).is_none());
        assert!(Shelf::of(root.path(), "s3://other").get(&day, &files).is_none());
    }

    #[test]
    fn what_could_not_be_read_whole_is_not_kept() {
        let root = tempfile::tempdir().unwrap();
        let shelf = Shelf::of(root.path(), "x");
        let (day, files) = (Group::of("a/b"), [file("a/b", "1")]);
        let lack = Lack { file: "a/b".into(), why: "cut off".into() };
        shelf.put(&day, &files, &Reading { lacks: vec![lack], ..reading(1) });
        shelf.put(&day, &files, &Reading { is_whole: false, ..reading(1) });
        assert!(shelf.get(&day, &files).is_none());
    }

    #[test]
    fn it_is_nobody_elses_survives_damage_and_is_tidied() {
        let root = tempfile::tempdir().unwrap();
        let shelf = Shelf::of(root.path(), "x");
        let files = [file("a/b", "1")];
        for folder in ["a/b", "c/d"] {
            shelf.put(&Group::of(folder), &files, &reading(1));
        }
        let paths: Vec<PathBuf> =
            fs::read_dir(&shelf.folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(paths.len(), 2);
        for path in &paths {
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
            fs::write(path, b"\x1f\x8bnothing").unwrap();
        }
        assert_eq!(fs::metadata(&shelf.folder).unwrap().permissions().mode() & 0o777, 0o700);
        let again = Shelf::of(root.path(), "x");
        assert!(again.get(&Group::of("a/b"), &files).is_none());
        again.tidy();
        assert_eq!(fs::read_dir(&shelf.folder).unwrap().count(), 1, "what was asked for stays");
    }
}
