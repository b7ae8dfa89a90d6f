//! A trail's files read with a [`Shelf`] at hand: only groups of files that have changed are read.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::UNIX_EPOCH,
};

use super::{
    group::{File, grouped},
    read::{Lack, Progress, Reading, read},
    shelf::Shelf,
};
use crate::trail::Fold;

/// As [`read`]; what it reads is kept.
pub fn read_again(
    files: &[PathBuf],
    (shelf, trail): (&Shelf, &Arc<str>),
    threads: usize,
    progress: &Progress,
    is_stopped: &(dyn Fn() -> bool + Sync),
) -> Reading {
    let listed: Vec<(File, &Path)> = files.iter().map(|path| (file(path), path.as_path())).collect();
    // A path need not be text; what is shown of it is.
    let paths: HashMap<Arc<str>, &Path> =
        listed.iter().map(|(file, path)| (file.name.clone(), *path)).collect();
    let groups = grouped(listed.into_iter().map(|(file, _)| file));
    // One group is read on every core, many on one each.
    let inside = if groups.len() < threads { threads } else { 1 };
    let queue = Mutex::new(groups.into_iter());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let total = Mutex::new(Total { fold: Fold::default(), lacks: Vec::new(), is_whole: true });
    let work = || {
        while let Some((group, files)) = next() {
            let reading = shelf.get(&group, &files).unwrap_or_else(|| {
                let paths: Vec<PathBuf> =
                    files.iter().filter_map(|file| Some(paths.get(&file.name)?.to_path_buf())).collect();
                let reading = read(&paths, trail, inside, progress, is_stopped);
                shelf.put(&group, &files, &reading);
                reading
            });
            total.lock().unwrap_or_else(PoisonError::into_inner).take(reading);
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let Total { fold, mut lacks, is_whole } = total.into_inner().unwrap_or_else(PoisonError::into_inner);
    lacks.sort();
    if is_whole {
        shelf.tidy();
    }
    Reading { folded: fold.finish(trail), lacks, is_whole }
}

struct Total {
    fold: Fold,
    lacks: Vec<Lack>,
    is_whole: bool,
}

impl Total {
    fn take(&mut self, part: Reading) {
        self.fold.take_in(part.folded);
        self.lacks.extend(part.lacks);
        self.is_whole &= part.is_whole;
    }
}

/// A file that cannot be looked at has no size; reading it tells why.
fn file(path: &Path) -> File {
    let meta = fs::metadata(path).ok();
    let changed = meta.as_ref().and_then(|meta| meta.modified().ok()?.duration_since(UNIX_EPOCH).ok());
    File {
        name: path.to_string_lossy().into(),
        size: meta.map_or(0, |meta| meta.len()),
        tag: changed.unwrap_or_default().as_nanos().to_string(),
    }
}
