//! `keytrail trail`: CloudTrail's log files folded into rows, for scripts and for whoever has the files and nothing else.

use std::{
    fmt::Write as _, fs::OpenOptions, io::Write as _, os::unix::fs::OpenOptionsExt, path::Path, sync::Arc,
    thread,
};

use anyhow::Context;
use serde::Serialize;

use super::{
    arguments::{Form, Trail},
    say,
};
use crate::{
    base::{
        name::{AccountId, KeyId},
        text::{clean, harmless, plural},
        time::Timestamp,
    },
    model::{activity::Activity, event::Event},
    source::logs::{Progress, Reading, find, read},
};

/// Files that could not be read which are named one by one.
const MOST_NAMED: usize = 20;

/// A call that asked for credentials.
#[derive(Serialize)]
struct Call<'a> {
    time: Timestamp,
    account: AccountId,
    region: &'a str,
    #[serde(rename = "call")]
    name: &'a str,
    /// The caller's access key.
    key: Option<&'a KeyId>,
    /// `sub` of a web identity.
    subject: Option<&'a str>,
    role: Option<&'a str>,
    session: Option<&'a str>,
    /// The access key that was issued.
    minted: Option<&'a KeyId>,
    address: Option<&'a str>,
    error: Option<&'a str>,
    event_id: &'a str,
}

impl<'a> Call<'a> {
    fn of(event: &'a Event) -> Option<Self> {
        event.is_assume_role().then_some(Self {
            time: event.at,
            account: event.account,
            region: &event.region,
            name: &event.name,
            key: event.caller.key.as_ref(),
            subject: event.subject.as_deref(),
            role: event.role.as_ref().map(crate::base::name::Arn::as_str),
            session: event.session_name.as_deref(),
            minted: event.minted.as_ref(),
            address: event.address.as_deref(),
            error: event.error.as_deref(),
            event_id: &event.event_id,
        })
    }
}

/// What one key did in one account.
#[derive(Serialize)]
struct Key<'a> {
    account: AccountId,
    #[serde(rename = "key")]
    id: &'a KeyId,
    caller: Option<&'a str>,
    calls: u64,
    denied: u64,
    first: Timestamp,
    last: Timestamp,
}

impl<'a> Key<'a> {
    fn of(activity: &'a Activity) -> Self {
        Self {
            account: activity.account,
            id: &activity.key,
            caller: activity.caller.arn.as_ref().map(crate::base::name::Arn::as_str),
            calls: activity.all.calls,
            denied: activity.all.denied,
            first: activity.all.first,
            last: activity.all.last,
        }
    }
}

/// Rows go to standard output; how much was read, and what could not be, to standard error.
pub(super) fn trail(asked: &Trail) -> anyhow::Result<()> {
    let found = find(&asked.paths);
    for (path, error) in &found.lacks {
        say::talk(&format!("{}: {error}", path.display()));
    }
    let threads = asked.threads.or_else(|| thread::available_parallelism().ok()).map_or(1, usize::from);
    let progress = Progress::default();
    let reading = read(&found.files, &Arc::from("files"), threads, &progress, &|| false);
    let folded = &reading.folded;
    let calls = || rows(asked.format, folded.events.iter().filter_map(Call::of));
    let keys = || rows(asked.format, folded.activities.iter().map(Key::of));
    if let Some(path) = &asked.keys {
        write(path, &keys()?)?;
    }
    match &asked.calls {
        Some(path) => write(path, &calls()?)?,
        None if asked.keys.is_none() => say::data(&calls()?)?,
        None => {}
    }
    tell(&reading, &progress);
    let nothing = found.files.is_empty() || (folded.records == 0 && !reading.lacks.is_empty());
    // The program ends here: giving back a million small pieces one by one would take a tenth of the time again.
    std::mem::forget(reading);
    anyhow::ensure!(!nothing, "no record could be read");
    Ok(())
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    if path == Path::new("-") {
        return say::data(text);
    }
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).with_context(|| path.display().to_string())
}

fn rows<T: Serialize>(form: Form, rows: impl Iterator<Item = T>) -> anyhow::Result<String> {
    match form {
        Form::Csv => {
            let mut writer = csv::Writer::from_writer(Vec::new());
            for row in rows {
                writer.serialize(row)?;
            }
            let text = String::from_utf8(writer.into_inner()?)?;
            // Cells are quoted by now: a line end in one of them stays one.
            let mut cleaned = String::with_capacity(text.len());
            for line in text.lines() {
                cleaned.push_str(&clean(line));
                cleaned.push('\n');
            }
            Ok(cleaned)
        }
        Form::Json => {
            let mut text = String::new();
            for row in rows {
                text.push_str(&harmless(&serde_json::to_string(&row)?));
                text.push('\n');
            }
            Ok(text)
        }
    }
}

fn tell(reading: &Reading, progress: &Progress) {
    use std::sync::atomic::Ordering::Relaxed;
    let folded = &reading.folded;
    let megabytes = progress.unpacked.load(Relaxed) / 1_000_000;
    let files = plural(progress.files.load(Relaxed), "file", "files");
    let whole = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let records = plural(whole(folded.records), "record", "records");
    let mut text =
        format!("{records} in {files}, {megabytes} MB of text; {} more were copies", folded.duplicates);
    if !folded.refused.is_empty() {
        let _ = write!(text, "; {} could not be read", plural(folded.refused.len(), "record", "records"));
    }
    say::talk(&text);
    let lacks = reading.lacks.iter().map(|lack| format!("{}: {}", lack.file, lack.why));
    let refused =
        folded.refused.iter().map(|one| format!("{}: record {}: {}", one.file, one.record + 1, one.why));
    let mut all = lacks.chain(refused);
    all.by_ref().take(MOST_NAMED).for_each(|line| say::talk(&line));
    match all.count() {
        0 => {}
        more => say::talk(&format!("and {more} more")),
    }
}
