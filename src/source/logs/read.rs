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

use super::{group::Group, name::Stamp};
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
    let done = AtomicUsize::new(0);
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        let (mut reader, mut file) = (Reader::default(), Vec::new());
        while !is_stopped()
            && let Some((path, group, seen)) = next()
        {
            reader.read(path, group.stamp(), (&seen, progress), &mut file);
            done.fetch_add(1, Ordering::Relaxed);
        }
        reader
    };
    let mut all = Reader::default();
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        all = work();
        for other in others {
            match other.join() {
                Ok(part) => {
                    all.fold.merge(part.fold);
                    all.lacks.extend(part.lacks);
                }
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    all.finish(trail, done.into_inner() == files.len())
}

/// Files, those of one group after each other, each with the memory of what its group holds: see [`Fold`].
struct Queue<'a> {
    files: std::vec::IntoIter<(Arc<Group>, &'a Path)>,
    group: Option<Arc<Group>>,
    seen: Arc<Seen>,
}

impl<'a> Queue<'a> {
    fn of(files: &'a [PathBuf]) -> Self {
        let mut files: Vec<_> =
            files.iter().map(|path| (Arc::new(Group::of(&path.to_string_lossy())), path.as_path())).collect();
        files.sort();
        Self { files: files.into_iter(), group: None, seen: Arc::default() }
    }

    fn next(&mut self) -> Option<(&'a Path, Arc<Group>, Arc<Seen>)> {
        let (group, path) = self.files.next()?;
        if self.group.as_ref() != Some(&group) {
            self.group = Some(group.clone());
            self.seen = Arc::default();
        }
        Some((path, group, self.seen.clone()))
    }
}

/// Folds one file after the other.
#[derive(Default)]
pub(in crate::source) struct Reader {
    inflater: Inflater,
    fold: Fold,
    lacks: Vec<Lack>,
}

impl Reader {
    fn read(
        &mut self,
        path: &Path,
        stamp: Option<&Stamp>,
        (seen, progress): (&Seen, &Progress),
        file: &mut Vec<u8>,
    ) {
        let name: Arc<str> = path.to_string_lossy().into();
        file.clear();
        match fs::File::open(path).and_then(|mut opened| io::Read::read_to_end(&mut opened, file)) {
            Ok(_) => {
                let unpacked = self.take(&name, file, stamp, seen);
                progress.bytes.fetch_add(file.len() as u64, Ordering::Relaxed);
                progress.unpacked.fetch_add(unpacked as u64, Ordering::Relaxed);
            }
            Err(error) => self.lack(&name, error.to_string()),
        }
        progress.files.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes in a file's content, packed or not. Returns how many bytes it holds.
    pub(in crate::source) fn take(
        &mut self,
        name: &Arc<str>,
        packed: &[u8],
        stamp: Option<&Stamp>,
        seen: &Seen,
    ) -> usize {
        let (content, damage) = self.inflater.open(packed);
        let (text, letters) = letters(content);
        let place = Place {
            account: stamp.map(|stamp| stamp.account),
            region: stamp.map(|stamp| stamp.region.as_str()),
        };
        self.fold.read(&text, name, place, seen);
        let unpacked = content.len();
        for why in damage.map(|why| why.to_string()).into_iter().chain(letters.map(|why| why.to_string())) {
            self.lack(name, why);
        }
        unpacked
    }

    /// A file that cannot be read at all, or not whole.
    pub(in crate::source) fn lack(&mut self, name: &str, why: String) {
        self.lacks.push(Lack { file: name.to_owned(), why });
    }

    /// What it has read. `is_whole` says whether that was every file.
    pub(in crate::source) fn finish(mut self, trail: &Arc<str>, is_whole: bool) -> Reading {
        self.lacks.sort();
        Reading { folded: self.fold.finish(trail), lacks: self.lacks, is_whole }
    }
}

/// Reads one record again, as text without secrets, from a file on this machine.
pub fn record(origin: &Origin) -> Result<String, String> {
    let file = fs::read(&*origin.file).map_err(|error| format!("{}: {error}", origin.file))?;
    record_in(&file, origin)
}

/// The same from a file's content, packed or not.
pub(in crate::source) fn record_in(packed: &[u8], origin: &Origin) -> Result<String, String> {
    let mut inflater = Inflater::default();
    let (text, wide) = letters(inflater.open(packed).0);
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
