//! The journal: what is written is there, for its owner alone, and one process at a time writes it.

use std::{fs, os::unix::fs::PermissionsExt};

use tempfile::TempDir;

use super::*;
use crate::base::time::Timestamp;

fn at(second: i64) -> Timestamp {
    Timestamp::from_seconds(second)
}

fn open(folder: &TempDir) -> Journal {
    Journal::open(&folder.path().join("state/journal.db")).unwrap()
}

#[test]
fn notes_come_back_in_order_after_the_file_was_closed() {
    let folder = tempfile::tempdir().unwrap();
    let mut run = open(&folder).begin(at(1), &"a plan").unwrap();
    for (second, note) in [(2, "started"), (2, "done"), (9, "waiting")] {
        run.note(at(second), &note).unwrap();
    }
    let id = run.id();
    drop(run);
    let journal = open(&folder);
    assert_eq!(journal.runs().unwrap(), [id]);
    let kept: Kept<String, String> = journal.read(id).unwrap();
    assert_eq!((kept.begun, kept.plan.as_str()), (at(1), "a plan"));
    let notes: Vec<_> = kept.notes.iter().map(|(at, note)| (at.seconds(), note.as_str())).collect();
    assert_eq!(notes, [(2, "started"), (2, "done"), (9, "waiting")]);
    let mut run = journal.take(id).unwrap();
    run.note(at(10), &"done").unwrap();
    assert_eq!(run.read::<String, String>().unwrap().notes.len(), 4);
}

#[test]
fn nobody_else_may_read_any_of_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut run = open(&folder).begin(at(1), &"plan").unwrap();
    run.note(at(2), &"note").unwrap();
    let mut files = 0;
    for entry in fs::read_dir(folder.path().join("state")).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", entry.path());
        files += 1;
    }
    assert!(files >= 3, "the database, its log and the lock");
    let mode = fs::metadata(folder.path().join("state")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0);
}

#[test]
fn a_run_belongs_to_one_holder_until_it_lets_go() {
    let folder = tempfile::tempdir().unwrap();
    let run = open(&folder).begin(at(1), &"plan").unwrap();
    let id = run.id();
    assert!(matches!(open(&folder).take(id), Err(StoreError::Busy(busy)) if busy == id));
    assert!(open(&folder).is_busy(id));
    let other = open(&folder).begin(at(1), &"another").unwrap();
    assert_ne!(other.id(), id);
    drop(run);
    assert!(!open(&folder).is_busy(id));
    assert_eq!(open(&folder).take(id).unwrap().id(), id);
}

#[test]
fn what_cannot_be_read_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let unknown = "7".parse::<RunId>().unwrap();
    assert!(matches!(open(&folder).take(unknown), Err(StoreError::Unknown(_))));
    assert!(matches!(open(&folder).read::<String, String>(unknown), Err(StoreError::Unknown(_))));
    assert!("seven".parse::<RunId>().is_err());
    let run = open(&folder).begin(at(1), &17).unwrap();
    let read = run.read::<String, String>();
    assert!(matches!(read, Err(StoreError::Unreadable { what: "plan", .. })), "{read:?}");
    let broken = folder.path().join("broken.db");
    fs::write(&broken, "this is no database, and long enough to be looked at as one").unwrap();
    assert!(matches!(Journal::open(&broken), Err(StoreError::Database(_))));
    let newer = folder.path().join("newer.db");
    drop(Journal::open(&newer).unwrap());
    rusqlite::Connection::open(&newer).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(Journal::open(&newer), Err(StoreError::Newer { found: 99, .. })));
    assert!(matches!(Journal::open(folder.path()), Err(StoreError::File { .. })));
}
