//! Files to a fold, on every core. Memory holds one file a core, what was kept, and eight bytes for each record of the day being read.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
};

use super::name::{self, Stamp};
use crate::{
    model::event::Origin,
    trail::{
        Fold, Folded, Place,
        inflate::Inflater,
        letters::{BadLetters, letters},
        scan::scan,
        seen::Seen,
    },
};

/// What is missing of a file, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lack {
    pub file: String,
    pub why: String,
}

/// How far a reading has come.
#[derive(Debug, Default)]
pub struct Progress {
    pub files: AtomicUsize,
    /// Bytes on disk.
    pub bytes: AtomicU64,
    /// Bytes of records.
    pub unpacked: AtomicU64,
}

/// What a trail's files came to.
#[derive(Debug, Default)]
pub struct Reading {
    pub folded: Folded,
    /// Files that could not be read, or not whole. What could be read of them was.
    pub lacks: Vec<Lack>,
    /// Every file was gone through.
    pub is_whole: bool,
}

/// Reads files on so many threads, until `is_stopped`.
pub fn read(
    files: &[PathBuf],
    trail: &Arc<str>,
    threads: usize,
    progress: &Progress,
    is_stopped: &(dyn Fn() -> bool + Sync),
) -> Reading {
    let queue = Mutex::new(Queue::of(files));
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        let mut reader = Reader::default();
        while !is_stopped()
            && let Some((path, stamp, seen)) = next()
        {
            reader.read(path, stamp.as_ref(), &seen, progress);
        }
        (reader.fold, reader.lacks)
    };
    let mut fold = Fold::default();
    let mut lacks = Vec::new();
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        (fold, lacks) = work();
        for other in others {
            match other.join() {
                Ok((part, more)) => {
                    fold.merge(part);
                    lacks.extend(more);
                }
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    lacks.sort();
    let is_whole = progress.files.load(Ordering::Relaxed) == files.len();
    Reading { folded: fold.finish(trail), lacks, is_whole }
}

/// Files, those of one group after each other, each with the memory of what its group holds: see [`Fold`].
struct Queue<'a> {
    files: std::vec::IntoIter<(Group<'a>, &'a Path)>,
    group: Option<Group<'a>>,
    seen: Arc<Seen>,
}

/// A day of an account and region, in whichever folders its files lie; a folder of files that do not say.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Group<'a> {
    Day(Stamp),
    Folder(Option<&'a Path>),
}

impl<'a> Queue<'a> {
    fn of(files: &'a [PathBuf]) -> Self {
        let group = |path: &'a PathBuf| {
            let stamp = path.file_name().and_then(|name| name::stamp(&name.to_string_lossy()));
            stamp.map_or_else(|| Group::Folder(path.parent()), Group::Day)
        };
        let mut files: Vec<_> = files.iter().map(|path| (group(path), path.as_path())).collect();
        files.sort();
        Self { files: files.into_iter(), group: None, seen: Arc::default() }
    }

    fn next(&mut self) -> Option<(&'a Path, Option<Stamp>, Arc<Seen>)> {
        let (group, path) = self.files.next()?;
        if self.group.as_ref() != Some(&group) {
            self.group = Some(group.clone());
            self.seen = Arc::default();
        }
        let stamp = match group {
            Group::Day(stamp) => Some(stamp),
            Group::Folder(_) => None,
        };
        Some((path, stamp, self.seen.clone()))
    }
}

#[derive(Default)]
struct Reader {
    inflater: Inflater,
    file: Vec<u8>,
    fold: Fold,
    lacks: Vec<Lack>,
}

impl Reader {
    fn read(&mut self, path: &Path, stamp: Option<&Stamp>, seen: &Seen, progress: &Progress) {
        let name: Arc<str> = path.to_string_lossy().into();
        let mut lack = |why: String| self.lacks.push(Lack { file: name.to_string(), why });
        self.file.clear();
        if let Err(error) =
            fs::File::open(path).and_then(|mut file| io::Read::read_to_end(&mut file, &mut self.file))
        {
            lack(error.to_string());
            progress.files.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let (content, damage) = self.inflater.open(&self.file);
        let (text, letters) = letters(content);
        if let Some(damage) = damage {
            lack(damage.to_string());
        }
        if let Some(letters) = letters {
            lack(letters.to_string());
        }
        let place = Place {
            account: stamp.map(|stamp| stamp.account),
            region: stamp.map(|stamp| stamp.region.as_str()),
        };
        self.fold.read(&text, &name, place, seen);
        progress.files.fetch_add(1, Ordering::Relaxed);
        progress.bytes.fetch_add(self.file.len() as u64, Ordering::Relaxed);
        progress.unpacked.fetch_add(content.len() as u64, Ordering::Relaxed);
    }
}

/// Reads one record again, as text without secrets, from a file on this machine.
pub fn record(origin: &Origin) -> Result<String, String> {
    let file = fs::read(&*origin.file).map_err(|error| format!("{}: {error}", origin.file))?;
    let mut inflater = Inflater::default();
    let (text, wide) = letters(inflater.open(&file).0);
    if wide == Some(BadLetters::Utf16) {
        return Err(format!("{}: {}", origin.file, BadLetters::Utf16));
    }
    let mut found = None;
    // Only the text is wanted: where an old record does not say whose it is, any account will do.
    let place = Place { account: crate::base::name::AccountId::new(0), region: Some("-") };
    scan(&text, place, &mut |number, record| {
        if number == origin.record {
            found = record.ok().and_then(|record| crate::trail::read(record.text, place).ok());
        }
    });
    found
        .map(|event| event.raw.to_string())
        .ok_or_else(|| format!("{} has changed: record {} is no longer there", origin.file, origin.record))
}

#[cfg(test)]
mod tests;
