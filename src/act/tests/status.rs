//! The state machine: what may follow on what, for every beginning of a real journal.

use super::{super::status::Illegal, *};

fn at(second: i64) -> Timestamp {
    Timestamp::from_seconds(second)
}

fn key() -> KeyId {
    KeyId::new("AKIARZPUZDIKNEW00001").unwrap()
}

fn steps() -> Vec<Step> {
    World::new(1, 0, false).plan("rotate-key", OLD).unwrap().steps
}

/// A rotation with everything in it: a lost answer, a discarded key, a wait, a halt.
fn story() -> Vec<Note> {
    let why = || "because".to_owned();
    let done = |step, receipt| Note::Done { step, receipt };
    let mut story = vec![
        Note::Begun { mark: "keytrail-1".into() },
        Note::Started { step: 0 },
        Note::Undone { step: 0, why: why() },
        Note::Started { step: 0 },
        Note::Discarding { key: key() },
        Note::Discarded { key: key() },
        Note::Started { step: 0 },
        done(0, Receipt::Made(key())),
        done(1, Receipt::Accepted),
        Note::Halted { step: 2, why: why() },
        Note::Resumed,
    ];
    for step in 2..4 {
        story.extend([Note::Started { step }, done(step, Receipt::Changed)]);
    }
    story.extend([
        Note::Waiting { step: 4, until: at(99), why: why() },
        done(4, Receipt::Waited),
        Note::Started { step: 5 },
        done(5, Receipt::Changed),
        done(6, Receipt::Waited),
        Note::Started { step: 7 },
        done(7, Receipt::Changed),
    ]);
    story
}

fn fold(notes: &[Note]) -> Result<Progress, Illegal> {
    let steps = steps();
    let calls: Vec<&Call> = steps.iter().map(|step| &step.0).collect();
    let notes: Vec<_> = (1..).map(at).zip(notes.iter().cloned()).collect();
    Progress::of(at(0), &calls, &notes)
}

#[test]
fn every_beginning_of_a_journal_is_a_state() {
    let story = story();
    for length in 0..=story.len() {
        let progress = fold(&story[..length]).unwrap();
        assert_eq!(progress.is_over(), length == story.len(), "{length}");
        assert_eq!(progress.receipts.len(), progress.step, "{length}");
    }
    let end = fold(&story).unwrap();
    assert_eq!((end.status, end.made), (Status::Finished, Some(key())));
}

/// No note can be left out, doubled or moved without being noticed, as far as it says anything of the world.
#[test]
fn notes_cannot_be_doubled() {
    let story = story();
    for place in 0..story.len() {
        let mut twice = story.clone();
        twice.insert(place, story[place].clone());
        let harmless = matches!(story[place], Note::Resumed | Note::Waiting { .. } | Note::Discarding { .. });
        assert_eq!(fold(&twice).is_ok(), harmless, "{:?}", story[place]);
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let made = Receipt::Made(key());
    let wrong: [&[Note]; 7] = [
        &[Note::Started { step: 1 }],
        &[Note::Done { step: 0, receipt: made.clone() }],
        &[Note::Undone { step: 0, why: String::new() }],
        &[Note::Discarding { key: key() }],
        &[Note::Abandoned, Note::Started { step: 0 }],
        &[Note::Halted { step: 0, why: String::new() }, Note::Started { step: 0 }],
        &[Note::Claimed { key: key() }],
    ];
    for notes in wrong {
        let error = fold(notes).unwrap_err().to_string();
        assert!(error.contains("where that cannot be"), "{notes:?}: {error}");
    }
    // A made key that is in a variable's way cannot be confused with another one.
    let other = KeyId::new("AKIARZPUZDIKNEW00002").unwrap();
    let notes =
        [Note::Started { step: 0 }, Note::Done { step: 0, receipt: made }, Note::Discarding { key: other }];
    assert!(fold(&notes).is_err());
}
