//! What [`super::App`] wants done by others. Effects are imperative; each says what comes back, if anything does.

use std::sync::Arc;

use super::{
    action::{Order, ProposeRequest},
    find::FindRequest,
    list::ListRequest,
    world::World,
};
use crate::{
    base::{name::AccountId, time::Timestamp},
    model::{estate::Estate, event::Origin},
    rules::Limits,
};

use super::export::Export;

#[derive(Clone, Debug)]
pub enum Effect {
    /// Run [`super::World::build`] away from the screen and answer with [`super::Msg::Digested`]. One at a time.
    Digest { estate: Estate, limits: Limits, now: Timestamp },
    /// Let go of a world that is shown no more, away from the screen: freeing a large one takes a while.
    Discard(Arc<World>),
    /// Run [`super::list::list`] away from the screen and answer with [`super::Msg::Listed`]. One at a time for a pane.
    List(ListRequest),
    /// Run [`super::find::find`] away from the screen and answer with [`super::Msg::Found`]. One at a time.
    Find(FindRequest),
    /// Put this on the clipboard (OSC 52). Never a secret.
    Copy(String),
    /// Show this address in a browser.
    Open(String),
    /// Write [`Export::text`] to [`Export::path`], never over an existing file, and answer with [`super::Msg::Said`].
    Save(Export),
    /// Write this to a file, never over an existing one, and answer with [`super::Msg::Said`].
    Write { path: String, text: String },
    /// Run [`super::action::propose`] away from the screen and answer with [`super::Msg::Proposed`].
    Propose(ProposeRequest),
    /// Carry a plan out that was read and confirmed; answer with [`super::Msg::Run`]s. Several may be under way.
    Start(Order),
    /// Stop the run of this order before its next step.
    StopRun(u64),
    /// Read the journal and answer with [`super::Msg::RunsRead`].
    ReadRuns,
    /// Read a record again where it stands in a trail's files, and answer with [`super::Msg::Read`].
    Read { title: String, origin: Origin },
    /// Look at everything again; answer with [`super::Msg::Swept`] when all collectors have ended.
    Sweep,
    /// Read one project's CI configuration now; the answer comes as a report.
    LookCloser { instance: Arc<str>, project: u64 },
    /// Ask an account's CloudTrail, as far back as it goes, for the calls that name this thing: a temporary key for the call that minted it, a
    /// role's ARN for those that assumed it. The answer comes as a report.
    LookUp { account: AccountId, name: Arc<str> },
    /// Stop the sweep under way.
    StopSweep,
    /// Capture the mouse, or let it go.
    Mouse(bool),
    /// Leave.
    Quit,
}
