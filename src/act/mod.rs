//! Floor 4: what keytrail changes, and how nobody is hurt by it.
//!
//! An action makes a [`Plan`] from what is known, without asking anybody. The plan is data: it is shown, exported, kept, and carried
//! out later by the [`engine`], which writes every call into a journal before it leaves and every answer after it came. Whatever is
//! interrupted is carried on by looking at the world first and calling second.

pub mod action;
mod call;
mod came;
mod check;
mod consumers;
mod copied;
mod deny;
mod diff;
pub mod engine;
mod export;
mod exposed;
mod hands;
mod movers;
mod narrow;
pub mod need;
mod note;
mod opened;
mod outside;
mod plan;
mod recover;
mod request;
mod rungs;
mod scene;
mod snippet;
pub mod status;
mod together;
mod trust;
mod undo;
mod vault;
mod wish;

pub use self::{
    action::{ACTIONS, Action, WhyNot},
    call::{Call, Flag, Flags, Joint, KeyRef, Place, Setting, Switch, Write},
    consumers::{Carrier, Consumers},
    deny::Deny,
    diff::DiffLine,
    export::{commands, markdown},
    hands::Hands,
    note::{Ask, Note, Receipt, mark},
    outside::{Answer, KeyState, NewKey, NewRole, Outside, RoleState, RunnerState, Trouble, VariableState},
    plan::{Block, Identity, Plan, Step, Text, Undoes, VERSION as PLAN_VERSION},
    request::Request,
    status::{Progress, Status},
    together::together,
    undo::{Undoing, taken_back, taken_back_in},
    wish::{Takes, Wish, Wishes},
};
/// A run is named by its number in the journal.
pub use crate::store::RunId;

#[cfg(test)]
mod tests;
