//! Runs and their notes. A note is on the disk before [`Run::note`] returns: whoever announces a call there may make it.

use std::{
    fmt,
    fs::{DirBuilder, OpenOptions},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Serialize, de::DeserializeOwned};

use super::{StoreError, lease::Lease};
use crate::base::time::Timestamp;

/// A run's number: 1, 2, 3 in one journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct RunId(i64);

impl RunId {
    /// The first run of a journal is 1.
    pub const fn number(self) -> i64 {
        self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for RunId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse()
            .map(Self)
            .map_err(|_| format!("`{text}` is no run: expected a number, as `runs` shows it"))
    }
}

/// A run as it was begun, and all its notes, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept<P, N> {
    pub id: RunId,
    pub begun: Timestamp,
    pub plan: P,
    pub notes: Vec<(Timestamp, N)>,
}

/// How the tables came to be, step by step; their number is the form of the file.
const MIGRATIONS: &[&str] = &["
    CREATE TABLE run (id INTEGER PRIMARY KEY AUTOINCREMENT, begun INTEGER NOT NULL, plan TEXT NOT NULL) STRICT;
    CREATE TABLE note (
        run INTEGER NOT NULL REFERENCES run (id),
        number INTEGER NOT NULL,
        at INTEGER NOT NULL,
        note TEXT NOT NULL,
        PRIMARY KEY (run, number)
    ) STRICT, WITHOUT ROWID;
"];

/// How long to wait for another process that is writing.
const PATIENCE: Duration = Duration::from_secs(10);

/// The file with every run.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    db: Connection,
}

impl Journal {
    /// Opens the file, and makes it where there is none; only its owner may read it.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let wrong = |error: std::io::Error| StoreError::File { path: path.into(), why: error.to_string() };
        let folder = folder_of(path);
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(wrong)?;
        // SQLite gives its -wal and -shm files the mode of the file itself, so the mode is set before it sees it.
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true).mode(0o600).open(path).map_err(wrong)?;
        let mut db = Connection::open(path)?;
        db.busy_timeout(PATIENCE)?;
        db.pragma_update(None, "journal_mode", "wal")?;
        db.pragma_update(None, "synchronous", "full")?;
        db.pragma_update(None, "foreign_keys", true)?;
        migrate(&mut db, path)?;
        Ok(Self { path: path.into(), db })
    }

    /// Writes a new run down and takes it: from now on it is this process's.
    pub fn begin(mut self, at: Timestamp, plan: &impl Serialize) -> Result<Run, StoreError> {
        let change = self.db.transaction()?;
        change.execute("INSERT INTO run (begun, plan) VALUES (?, ?)", params![at.seconds(), text(plan)?])?;
        let id = RunId(change.last_insert_rowid());
        let lease = Lease::take(folder_of(&self.path), id)?;
        change.commit()?;
        Ok(Run { id, next: 0, journal: self, _lease: lease })
    }

    /// Takes a run that was begun before, unless another process has it.
    pub fn take(self, id: RunId) -> Result<Run, StoreError> {
        let known = self.db.query_row("SELECT 1 FROM run WHERE id = ?", [id.0], |_| Ok(())).optional()?;
        known.ok_or(StoreError::Unknown(id))?;
        let lease = Lease::take(folder_of(&self.path), id)?;
        let count = "SELECT coalesce(max(number) + 1, 0) FROM note WHERE run = ?";
        let next = self.db.query_row(count, [id.0], |row| row.get(0))?;
        Ok(Run { id, next, journal: self, _lease: lease })
    }

    /// Is a process running it right now?
    pub fn is_busy(&self, id: RunId) -> bool {
        matches!(Lease::take(folder_of(&self.path), id), Err(StoreError::Busy(_)))
    }

    /// Every run, the oldest first.
    pub fn runs(&self) -> Result<Vec<RunId>, StoreError> {
        let mut query = self.db.prepare("SELECT id FROM run ORDER BY id")?;
        let rows = query.query_map([], |row| row.get(0).map(RunId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One run, whole.
    pub fn read<P: DeserializeOwned, N: DeserializeOwned>(
        &self,
        id: RunId,
    ) -> Result<Kept<P, N>, StoreError> {
        let found = self.db.query_row("SELECT begun, plan FROM run WHERE id = ?", [id.0], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        });
        let (begun, plan) = found.optional()?.ok_or(StoreError::Unknown(id))?;
        let plan =
            serde_json::from_str(&plan).map_err(|_| StoreError::Unreadable { run: id, what: "plan" })?;
        let mut query = self.db.prepare("SELECT at, note FROM note WHERE run = ? ORDER BY number")?;
        let rows = query.query_map([id.0], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
        let mut notes = Vec::new();
        for row in rows {
            let (at, note) = row?;
            let note =
                serde_json::from_str(&note).map_err(|_| StoreError::Unreadable { run: id, what: "notes" })?;
            notes.push((Timestamp::from_seconds(at), note));
        }
        Ok(Kept { id, begun: Timestamp::from_seconds(begun), plan, notes })
    }
}

/// A run that this process, and no other, may carry on.
#[derive(Debug)]
pub struct Run {
    id: RunId,
    next: i64,
    journal: Journal,
    _lease: Lease,
}

impl Run {
    pub const fn id(&self) -> RunId {
        self.id
    }

    /// Writes one note. When this returns `Ok` it survives the machine's crash.
    pub fn note(&mut self, at: Timestamp, note: &impl Serialize) -> Result<(), StoreError> {
        let insert = "INSERT INTO note (run, number, at, note) VALUES (?, ?, ?, ?)";
        self.journal.db.execute(insert, params![self.id.0, self.next, at.seconds(), text(note)?])?;
        self.next += 1;
        Ok(())
    }

    pub fn read<P: DeserializeOwned, N: DeserializeOwned>(&self) -> Result<Kept<P, N>, StoreError> {
        self.journal.read(self.id)
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn text(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| {
        // Our own types serialize; a map with keys that are no text would not.
        StoreError::Database(rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
    })
}

fn migrate(db: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let change = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let found: i64 = change.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let done = usize::try_from(found).ok().filter(|done| *done <= MIGRATIONS.len());
    let done = done.ok_or_else(|| StoreError::Newer { path: path.into(), found })?;
    for step in &MIGRATIONS[done..] {
        change.execute_batch(step)?;
    }
    change.pragma_update(None, "user_version", i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX))?;
    Ok(change.commit()?)
}
