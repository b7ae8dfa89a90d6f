//! `keytrail runs`: every run and how it stands, for people and for a cron job that resumes what is due.

use std::{fmt::Write as _, path::PathBuf};

use clap::Args;
use serde::Serialize;

use super::{carry, say};
use crate::{
    act::{self, Note, Plan, Progress, Receipt, Status},
    base::{
        text::{clean, harmless, plural},
        time::{Clock, SystemClock, Timestamp},
    },
    store::{Journal, RunId},
};

#[derive(Args, Debug)]
pub(super) struct Asked {
    /// One run's number: tells every note of it, and what it could not stop
    #[arg(value_name = "RUN", conflicts_with = "due")]
    run: Option<RunId>,
    /// Only runs whose wait is over, or that were interrupted: those `resume` has something to do for
    #[arg(long)]
    due: bool,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// The file that keeps every run; keytrail/journal.db in the XDG state folder otherwise
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
}

/// One run, as a row.
#[derive(Serialize)]
struct Row {
    run: RunId,
    begun: Timestamp,
    action: String,
    target: String,
    title: String,
    status: &'static str,
    /// Steps that are done.
    done: usize,
    steps: usize,
    /// When it is to be resumed.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Timestamp>,
    /// What it waits for, or why it stands still.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(skip)]
    is_due: bool,
}

pub(super) fn runs(asked: &Asked) -> anyhow::Result<()> {
    let journal = carry::open(asked.journal.as_deref())?;
    let now = SystemClock.now();
    if let Some(id) = asked.run {
        let kept = journal.read::<Plan, Note>(id)?;
        kept.notes.iter().try_for_each(|(at, note)| {
            let line = line_of(&kept.plan, note, *at, asked.json);
            line.map_or(Ok(()), |line| say::data(&(line + "\n")))
        })?;
        for (step, by) in act::taken_back_in(&journal, id)? {
            let number = step + 1;
            say::data(&if asked.json {
                format!("{}\n", serde_json::json!({ "step": number, "taken_back_by": by }))
            } else {
                format!("step {number} was taken back by run {by}\n")
            })?;
        }
        if !asked.json {
            kept.plan.cautions.iter().try_for_each(|line| say::data(&format!("{}\n", clean(line))))?;
        }
        return Ok(());
    }
    for id in journal.runs()? {
        match row(&journal, id, now) {
            Ok(row) if asked.due && !row.is_due => {}
            Ok(row) if asked.json => say::data(&(harmless(&serde_json::to_string(&row)?) + "\n"))?,
            Ok(row) => say::data(&(clean(&line(&row)).into_owned() + "\n"))?,
            // One damaged run hides no other.
            Err(error) => say::talk(&format!("run {id}: {error:#}")),
        }
    }
    Ok(())
}

fn row(journal: &Journal, id: RunId, now: Timestamp) -> anyhow::Result<Row> {
    let kept = journal.read::<Plan, Note>(id)?;
    let progress = Progress::of(kept.begun, &kept.plan.calls(), &kept.notes)?;
    let (due, why) = match &progress.status {
        Status::Waiting { until, why } => (Some(*until), Some(why.clone())),
        Status::Halted { why } | Status::Stuck { why, .. } => (None, Some(why.clone())),
        Status::Going | Status::Finished | Status::Abandoned => (None, None),
    };
    let is_going = progress.status == Status::Going && !journal.is_busy(id);
    Ok(Row {
        run: id,
        begun: kept.begun,
        action: kept.plan.action,
        target: kept.plan.target.to_string(),
        title: kept.plan.title,
        status: progress.status.word(),
        done: progress.receipts.len(),
        steps: kept.plan.steps.len(),
        due,
        why,
        is_due: is_going || due.is_some_and(|due| due <= now),
    })
}

fn line(row: &Row) -> String {
    let mut text =
        format!("{}  {}  {} {}/{}  {}", row.run, row.begun, row.status, row.done, row.steps, row.title);
    if let Some(due) = row.due {
        _ = write!(text, "  due {due}");
    }
    if let Some(why) = &row.why {
        _ = write!(text, "  ({why})");
    }
    text
}

/// Where a run stands, in one sentence.
pub(super) fn standing(plan: &Plan, progress: &Progress) -> String {
    let at = format!("step {} of {}", progress.step + 1, plan.steps.len());
    match &progress.status {
        Status::Finished => match progress.left() {
            0 => "done".into(),
            left => format!("done, but for {}: see what was left out", plural(left, "step", "steps")),
        },
        Status::Abandoned => "abandoned".into(),
        Status::Going => format!("stopped before {at}; resume it"),
        Status::Waiting { until, why } => format!("{at} waits until {until}: {why}; resume it then"),
        Status::Halted { why } => format!("{at} halted: {why}"),
        Status::Stuck { why, .. } => format!("{at} is stuck: {why}"),
    }
}

/// Says one note as it is written.
pub(super) fn tell(plan: &Plan, note: &Note, at: Timestamp, json: bool) {
    match line_of(plan, note, at, json) {
        // A reader that went away must not stop a run.
        Some(line) if json => _ = say::data(&(line + "\n")),
        Some(line) => say::talk(&line),
        None => {}
    }
}

/// One note as a line; `None` for those that say nothing to a person.
fn line_of(plan: &Plan, note: &Note, at: Timestamp, json: bool) -> Option<String> {
    if json {
        return Some(harmless(&serde_json::json!({ "at": at, "note": note }).to_string()));
    }
    let does = |step: usize| {
        plan.steps
            .get(step)
            .map_or_else(String::new, |known| format!("step {}, {}", step + 1, known.0.says()))
    };
    let text = match note {
        Note::Begun { .. } | Note::Resumed => return None,
        Note::Started { step } => format!("{} ...", does(*step)),
        Note::Done { step, receipt: Receipt::FoundSo } => format!("it was so already: {}", does(*step)),
        Note::Done { step, receipt: Receipt::Made(key) } => format!("done: {}: {key}", does(*step)),
        Note::Done { step, receipt: Receipt::Left(why) } => format!("LEFT OUT: {}: {why}", does(*step)),
        Note::Done { step, .. } => format!("done: {}", does(*step)),
        Note::Undone { why, .. } => format!("not done: {why}"),
        Note::Waiting { until, why, .. } => format!("waits until {until}: {why}"),
        Note::Halted { why, .. } => format!("halted: {why}"),
        Note::Stuck { why, .. } => format!("stuck: {why}"),
        Note::Claimed { key } => format!("{key} is this run's"),
        Note::Discarding { key } => format!("deletes {key}, whose secret is lost ..."),
        Note::Discarded { key } => format!("deleted {key}"),
        Note::Abandoned => "abandoned".into(),
    };
    Some(clean(&format!("{at} {text}")).into_owned())
}
