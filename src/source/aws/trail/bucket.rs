//! A bucket of log files: listed, fetched several at a time, folded day by day. What a day came to is kept on this machine, so that a
//! reading that was interrupted goes on where it was, and a later look fetches what is new.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use futures_util::{StreamExt, stream};

use super::{
    super::{refusal::Failure, retry, visit::Visit, walk::Walk},
    SCHEME,
    layout::{self, Folder},
    s3::{Bucket, Listing, Object},
};
use crate::{
    base::{blame::Blame, time::Timestamp},
    model::observe::{Gap, Meter, Outcome, Report, Scope},
    source::logs::{
        Reader, Reading, Shelf, gaps,
        group::{File, Group, grouped},
        name::{Stamp, is_log, is_other, stamp},
        tell, tell_events, tell_gaps,
    },
    trail::{Fold, seen::Seen},
};

/// Days read at once, and files fetched at once for each.
const DAYS_AT_ONCE: usize = 4;
const FILES_AT_ONCE: usize = 4;
/// Lists under way at once: one an account and region.
const LISTS_AT_ONCE: usize = 8;
/// Organisations and accounts nest this deep, with a prefix before them.
const DEEPEST: usize = 6;

/// Reads what the bucket holds of the window.
pub(super) async fn collect(visit: &Visit, name: &str, prefix: &str, region: Option<&str>) {
    let Some(trail) = &visit.source.trail else { return };
    let place = if prefix.is_empty() { name.to_owned() } else { format!("{name}/{prefix}") };
    let walk = visit.walk(&format!("trail {SCHEME}{place}")).await;
    let from = walk.now().minus(trail.days * 86_400);
    let reading = Download {
        bucket: Bucket::new(visit.clients.clone(), name, region),
        trail: format!("{SCHEME}{place}").into(),
        visit,
        walk: &walk,
        from,
        meter: Count::default(),
    };
    reading.read(prefix).await;
    walk.end().await;
}

struct Download<'v> {
    bucket: Bucket,
    /// `s3://bucket/prefix`.
    trail: Arc<str>,
    visit: &'v Visit,
    walk: &'v Walk,
    from: Timestamp,
    meter: Count,
}

#[derive(Default)]
struct Count {
    calls: AtomicU64,
    throttled: AtomicU64,
    retried: AtomicU64,
}

impl Download<'_> {
    async fn read(&self, prefix: &str) {
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        let mut objects = self.find(prefix).await;
        let mut groups = grouped(objects.values().map(|object| self.file(object)));
        let total = Arc::new(Mutex::new(Fold::default()));
        let shelf = self.visit.cache.as_deref().map(|cache| Arc::new(Shelf::of(cache, &self.trail)));
        let days = std::mem::take(&mut groups).into_iter().map(|(group, files)| {
            let key = |file: &File| file.name.strip_prefix(&self.root()).map(str::to_owned);
            let objects = files.iter().filter_map(|file| objects.remove(&key(file)?)).collect();
            self.day(Arc::new((group, files)), objects, shelf.clone(), total.clone())
        });
        let days: Vec<_> = days.collect();
        let ended: Vec<bool> = stream::iter(days).buffer_unordered(DAYS_AT_ONCE).collect().await;
        let is_whole = ended.into_iter().all(|is_whole| is_whole) && !self.walk.is_stopped();
        let fold = std::mem::take(&mut *total.lock().unwrap_or_else(PoisonError::into_inner));
        let folded = fold.finish(&self.trail);
        if let Some(shelf) = shelf.filter(|_| is_whole) {
            shelf.tidy();
        }
        self.tell_gaps(gaps(std::iter::empty(), &folded.refused, &self.trail)).await;
        if !is_whole {
            self.walk.leave_out();
        }
        let outcome = if self.walk.is_partial() { Outcome::Partial } else { Outcome::Whole };
        tell(folded, outcome, self.walk.sweep(), &self.visit.outlet).await;
        self.tell_meter().await;
    }

    fn root(&self) -> String {
        format!("{SCHEME}{}/", self.bucket.name)
    }

    fn file(&self, object: &Object) -> File {
        let name = format!("{}{}", self.root(), object.key).into();
        File { name, size: object.size, tag: object.etag.clone() }
    }

    /// Every log file of the window, by its key.
    async fn find(&self, prefix: String) -> BTreeMap<String, Object> {
        let mut found = BTreeMap::new();
        // Folders to look into, and lists to make of everything below a folder, from a key on.
        let mut ways = vec![(prefix.clone(), layout::folder(&prefix))];
        let mut lists: Vec<(String, Option<String>)> = Vec::new();
        for _ in 0..DEEPEST {
            let mut below = Vec::new();
            for (prefix, kind) in std::mem::take(&mut ways) {
                let Some((folders, loose)) = self.look_into(&prefix).await else { continue };
                self.keep(loose, &mut found);
                for folder in folders {
                    match (kind, layout::folder(&folder)) {
                        (Folder::Regions, _) => {
                            let after = layout::before_day(&folder, self.from);
                            lists.push((folder, Some(after)));
                        }
                        (_, kind @ (Folder::Way | Folder::Regions)) => below.push((folder, kind)),
                        (_, Folder::Unknown) => lists.push((folder, None)),
                        (_, Folder::Other) => {}
                    }
                }
            }
            ways = below;
        }
        lists.extend(ways.into_iter().map(|(prefix, _)| (prefix, None)));
        let all = async |(prefix, after): (String, Option<String>)| self.all(&prefix, after.as_deref()).await;
        let lists = stream::iter(lists).map(all);
        let listed: Vec<Vec<Object>> = lists.buffer_unordered(LISTS_AT_ONCE).collect().await;
        for objects in listed {
            self.keep(objects, &mut found);
        }
        let none = "no CloudTrail log file lies there (.json.gz, .json, .jsonl) that the window reaches";
        if found.is_empty() && !self.walk.is_partial() && !self.walk.is_stopped() {
            self.walk.gap(format!("s3:ListBucket {}", self.trail), Blame::Partly(none.into())).await;
        }
        found
    }

    /// What of these is a log of the window.
    fn keep(&self, objects: Vec<Object>, found: &mut BTreeMap<String, Object>) {
        let first = layout::day(self.from);
        for object in objects {
            let name = object.key.rsplit('/').next().unwrap_or_default();
            let is_early = stamp(name).is_some_and(|stamp| stamp.day < first);
            if is_log(name) && !is_other(&object.key) && !is_early && object.size > 0 {
                found.insert(object.key.clone(), object);
            }
        }
    }

    /// The folders in a folder, and the files that lie in it.
    async fn look_into(&self, prefix: &str) -> Option<(Vec<String>, Vec<Object>)> {
        let what = Listing { prefix, is_shallow: true, after: None };
        let (mut folders, mut objects, mut from) = (Vec::new(), Vec::new(), None);
        loop {
            let page = self.ask("s3:ListBucket", prefix, || self.bucket.list(what, from.as_deref())).await?;
            folders.extend(page.folders);
            objects.extend(page.objects);
            match page.next {
                Some(next) => from = Some(next),
                None => return Some((folders, objects)),
            }
        }
    }

    /// Everything below a folder, from a key on.
    async fn all(&self, prefix: &str, after: Option<&str>) -> Vec<Object> {
        let what = Listing { prefix, is_shallow: false, after };
        let (mut objects, mut from) = (Vec::new(), None);
        while let Some(page) =
            self.ask("s3:ListBucket", prefix, || self.bucket.list(what, from.as_deref())).await
        {
            objects.extend(page.objects);
            match page.next {
                Some(next) => from = Some(next),
                None => break,
            }
        }
        objects
    }

    /// One answer, asked for again while that makes sense; a refusal becomes a gap.
    async fn ask<T, A: Future<Output = Result<T, Failure>>>(
        &self,
        call: &str,
        about: &str,
        answer: impl Fn() -> A,
    ) -> Option<T> {
        let mut failed = 0;
        loop {
            self.meter.calls.fetch_add(1, Ordering::Relaxed);
            let failure = match self.walk.unless_stopped(answer()).await? {
                Ok(answer) => return Some(answer),
                Err(failure) => failure,
            };
            failed += 1;
            let call = format!("{call} {}{about}", self.root());
            let blame = self.walk.blame(&call, &failure);
            if matches!(blame, Blame::Quota { .. }) {
                self.meter.throttled.fetch_add(1, Ordering::Relaxed);
            }
            let Some(wait) = retry::wait(&blame, failed) else {
                self.walk.gap(call, explained(blame, &failure)).await;
                return None;
            };
            self.meter.retried.fetch_add(1, Ordering::Relaxed);
            self.walk.unless_stopped(tokio::time::sleep(wait)).await?;
        }
    }

    /// One group of files: taken from the shelf, or fetched, folded and put there. Its events are told at once. `false` where it was not
    /// read whole.
    async fn day(
        &self,
        day: Arc<(Group, Vec<File>)>,
        objects: Vec<Object>,
        shelf: Option<Arc<Shelf>>,
        total: Arc<Mutex<Fold>>,
    ) -> bool {
        if self.walk.is_stopped() {
            return false;
        }
        let known = match shelf.clone() {
            Some(shelf) => {
                let day = day.clone();
                away(move || shelf.get(&day.0, &day.1)).await
            }
            None => None,
        };
        let reading = match (known, shelf) {
            (Some(reading), _) => reading,
            (None, Some(shelf)) => {
                let reading = self.fetch(day.0.stamp(), objects).await;
                away(move || {
                    shelf.put(&day.0, &day.1, &reading);
                    reading
                })
                .await
            }
            (None, None) => self.fetch(day.0.stamp(), objects).await,
        };
        self.tell_meter().await;
        let Reading { mut folded, lacks, is_whole } = reading;
        let is_whole = is_whole && lacks.is_empty();
        self.tell_gaps(gaps(lacks.into_iter(), &[], &self.trail)).await;
        tell_events(std::mem::take(&mut folded.events), self.walk.sweep(), &self.visit.outlet).await;
        away(move || total.lock().unwrap_or_else(PoisonError::into_inner).take_in(folded)).await;
        is_whole
    }

    /// Fetches files, in their order, and folds each as it comes.
    async fn fetch(&self, stamp: Option<&Stamp>, objects: Vec<Object>) -> Reading {
        let (mut reader, seen, stamp) = (Reader::default(), Arc::new(Seen::default()), stamp.cloned());
        let mut is_whole = true;
        let contents = stream::iter(objects).map(async |object| (self.content(&object).await, object.key));
        let mut contents = std::pin::pin!(contents.buffered(FILES_AT_ONCE));
        while let Some((content, key)) = contents.next().await {
            let Some(content) = content else {
                is_whole = false;
                continue;
            };
            let name: Arc<str> = format!("{}{key}", self.root()).into();
            let (seen, stamp) = (seen.clone(), stamp.clone());
            reader = away(move || {
                reader.take(&name, &content, stamp.as_ref(), &seen);
                reader
            })
            .await;
        }
        reader.finish(&self.trail, is_whole)
    }

    async fn tell_gaps(&self, gaps: Vec<Gap>) {
        if !gaps.is_empty() {
            self.walk.leave_out();
        }
        tell_gaps(gaps, self.walk.sweep(), &self.visit.outlet).await;
    }

    /// An object's content; what came of it before an answer broke off is not fetched again.
    async fn content(&self, object: &Object) -> Option<Vec<u8>> {
        if object.is_archived {
            let why = "it is archived in S3 Glacier: restore it to have it read";
            let call = format!("s3:GetObject {}{}", self.root(), object.key);
            self.walk.gap(call, Blame::Partly(why.into())).await;
            return None;
        }
        let content = tokio::sync::Mutex::new(Vec::new());
        self.ask("s3:GetObject", &object.key, || async {
            self.bucket.get(object, &mut *content.lock().await).await
        })
        .await?;
        Some(content.into_inner())
    }

    async fn tell_meter(&self) {
        let count = |number: &AtomicU64| number.load(Ordering::Relaxed);
        let scope = Scope::new(self.walk.sweep().scope.source.clone(), format!("requests to {}", self.trail));
        self.walk
            .send(Report::Metered(Meter {
                scope,
                per_second: None,
                calls: count(&self.meter.calls),
                throttled: count(&self.meter.throttled),
                retried: count(&self.meter.retried),
            }))
            .await;
    }
}

/// Does what takes longer than an answer may wait for, on a thread of its own.
async fn away<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The program ends.
        Err(_) => std::future::pending().await,
    }
}

/// What S3's own codes mean, in place of the general word.
///
/// Source: the S3 API reference, "List of error codes", and KMS's.
fn explained(blame: Blame, failure: &Failure) -> Blame {
    let Failure::Refused { code, .. } = failure else { return blame };
    match code.as_str() {
        "NoSuchBucket" => Blame::Partly("there is no such bucket".into()),
        "NoSuchKey" | "PreconditionFailed" => {
            Blame::Partly("it was changed or removed while it was read; the next look reads it".into())
        }
        "InvalidObjectState" => {
            Blame::Partly("it is archived in S3 Glacier: restore it to have it read".into())
        }
        code if code.starts_with("KMS.") => Blame::Partly(format!(
            "its encryption key cannot be used ({}): enable the key, and allow kms:Decrypt",
            code.chars()
                .filter(|letter| letter.is_ascii_alphanumeric() || *letter == '.')
                .collect::<String>()
        )),
        _ => match blame {
            Blame::Scope(fix) => {
                Blame::Scope(format!("{fix}, and kms:Decrypt where the trail has its own key"))
            }
            other => other,
        },
    }
}
