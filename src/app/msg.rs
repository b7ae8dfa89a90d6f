//! What happened: the only way anything gets into [`super::App`]. Messages are past tense.

use std::sync::Arc;

use super::{
    action::{KeptRun, Proposed, RunNews},
    find::Found,
    key::Key,
    list::Listing,
    show::{Focus, Tone},
    world::World,
};
use crate::{base::time::Timestamp, model::observe::Report};

#[derive(Clone, Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted: into the prompt when one is open; otherwise it is searched for a key id or an ARN to go to.
    Pasted(String),
    Mouse(Mouse),
    /// The terminal has this many columns and lines.
    Resized {
        columns: u16,
        lines: u16,
    },
    /// Time passed. `now` is what ages are counted from, and may stand still; pauses are counted in `uptime_ms`, which
    /// never does. A few a second are enough.
    Ticked {
        now: Timestamp,
        /// Milliseconds since the dashboard was opened.
        uptime_ms: u64,
    },
    /// Collectors said something.
    Reported(Vec<Report>),
    /// The answer to [`super::Effect::Digest`].
    Digested {
        world: Arc<World>,
        cost_ms: u64,
    },
    /// The answer to [`super::Effect::List`].
    Listed(Listing),
    /// The answer to [`super::Effect::Find`].
    Found(Found),
    /// The answer to [`super::Effect::Read`]: a record's text without secrets, or why there is none.
    Read {
        title: String,
        text: Result<String, String>,
    },
    /// The answer to [`super::Effect::Propose`].
    Proposed(Proposed),
    /// The answer to [`super::Effect::ReadRuns`]: newest first, or why the journal cannot be read.
    RunsRead(Result<Vec<KeptRun>, String>),
    /// Something was heard of the run of this order.
    Run(u64, RunNews),
    /// The sweep ordered last is over, whole or not, or was stopped.
    Swept,
    /// What became of an effect, in words for the footer: `copied`, `written to keys.csv`, `no browser: ...`.
    Said {
        text: String,
        tone: Tone,
    },
}

/// A mouse event in the terms of the screen; `ui` knows where things were drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mouse {
    /// The wheel turned over a side: rows down, or up when negative.
    Wheel { over: Focus, rows: i32 },
    /// A click on a row of the list's window (0 is the topmost row shown).
    ListRow(usize),
    /// A click on a line of the detail's window (0 is the topmost line shown).
    DetailLine(usize),
    /// A click on a tab, counted from the left.
    Tab(usize),
}
