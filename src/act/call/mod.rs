//! Calls as data: which service is asked what, about what, and what that changes. One file for each call tells all there is to know of it:
//! how it is spelled and said, how the world is looked at before and after it, how it is made, and how it is taken back.

mod assign_runner;
mod attach_policy;
mod await_assumption;
mod await_disuse;
pub(super) mod blank_variable;
mod copy_hidden;
mod create_access_key;
mod delete_access_key;
mod delete_runner;
mod delete_variable;
mod flag_variable;
mod key;
mod lift_deny;
mod make_provider;
mod make_role;
mod move_variable;
mod place;
mod prove_access_key;
mod put_deny;
mod reset_runner_token;
mod set_access_key_status;
mod set_runner;
mod set_trust;
mod setting;
mod shows;
mod soak;
mod write_policy;
mod write_value;
mod write_variable;

use std::ops::Deref;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

pub(super) use self::shows::Shows;
pub use self::{
    key::{KeyRef, Switch},
    place::{Flag, Flags, Joint, Place},
    setting::Setting,
    write_variable::Write,
};
use super::{
    need::Right,
    note::Receipt,
    outside::Answer,
    plan::Step,
    request::Request,
    scene::{Scene, Sight},
    vault::Vault,
};
use crate::base::name::{AccountId, Arn};

/// What every call tells of itself.
#[async_trait]
pub trait Deed: Send + Sync {
    /// The thing it is about, by name; `None` for a key that is yet to be made, and where there is none.
    fn about(&self) -> Option<String>;
    fn request(&self) -> Request;
    /// The same by hand, for a shell. What waits is a comment; what holds a secret names a shell's variable.
    fn command(&self) -> String;
    /// What it changes or waits for, for a person.
    fn says(&self) -> String;
    /// Permissions it needs, what is read before it included.
    fn needs(&self) -> Vec<Right>;
    /// How it is taken back, once it came to this; `None` before it was made.
    fn way_back(&self, receipt: Option<&Receipt>) -> Back;
    /// A document before and after it, where the difference is what matters; empty where there is none.
    fn change(&self) -> Option<(&str, &str)> {
        None
    }
    /// The account whose caller makes it, or whose key it writes.
    fn account(&self) -> Option<AccountId> {
        None
    }
    /// The user or role it acts on.
    fn holder(&self) -> Option<&Arn> {
        None
    }
    /// The GitLab it is made at.
    fn instance(&self) -> Option<&str> {
        None
    }
    /// The program on this machine that it runs, with its arguments.
    fn runs(&self) -> Option<String> {
        None
    }
    /// May it be made again when nobody knows whether it was made?
    fn is_repeatable(&self) -> bool {
        true
    }
    /// Is the secret of the new key needed for it?
    fn needs_secret(&self) -> bool {
        false
    }
    /// Does it leave the world as it is?
    fn is_wait(&self) -> bool {
        false
    }
    /// The variable that a job may find half done between it and the next call: both are made at once, when no job waits.
    fn gap(&self, _next: &Call) -> Option<&Place> {
        None
    }
    /// Is the world as it was before it, as it will be after it, or as nobody expected?
    async fn look(&self, scene: &Scene<'_>, vault: &mut Vault) -> Answer<Sight>;
    /// Makes it, once. Whether it may be made was decided before. A wait is over when a look says so.
    async fn perform(&self, _: &Scene<'_>, _: &mut Vault) -> Answer<Receipt> {
        Ok(Receipt::Waited)
    }
}

/// How a call is taken back.
pub enum Back {
    /// By this call.
    By(Call),
    /// There is nothing to take back.
    Nothing,
    /// It cannot be, and nothing before it hangs on it.
    Stays(&'static str),
    /// It cannot be, and what came before it must stay as well.
    No(&'static str),
}

macro_rules! calls {
    ($($module:ident::$name:ident),* $(,)?) => {
        $(pub(super) use self::$module::$name;)*

        /// One step's call, or its wait.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "call", rename_all = "snake_case")]
        pub enum Call {
            $($name($name),)*
        }

        impl Deref for Call {
            type Target = dyn Deed;

            fn deref(&self) -> &Self::Target {
                match self {
                    $(Self::$name(call) => call,)*
                }
            }
        }

        $(
            impl From<$name> for Call {
                fn from(call: $name) -> Self {
                    Self::$name(call)
                }
            }

            impl From<$name> for Step {
                fn from(call: $name) -> Self {
                    Self(Call::$name(call))
                }
            }
        )*
    };
}

calls![
    create_access_key::CreateAccessKey,
    prove_access_key::ProveAccessKey,
    set_access_key_status::SetAccessKeyStatus,
    delete_access_key::DeleteAccessKey,
    write_variable::WriteVariable,
    put_deny::PutDeny,
    lift_deny::LiftDeny,
    set_trust::SetTrust,
    make_provider::MakeProvider,
    make_role::MakeRole,
    attach_policy::AttachPolicy,
    write_policy::WritePolicy,
    flag_variable::FlagVariable,
    blank_variable::BlankVariable,
    write_value::WriteValue,
    copy_hidden::CopyHidden,
    move_variable::MoveVariable,
    delete_variable::DeleteVariable,
    set_runner::SetRunner,
    reset_runner_token::ResetRunnerToken,
    assign_runner::AssignRunner,
    delete_runner::DeleteRunner,
    await_disuse::AwaitDisuse,
    await_assumption::AwaitAssumption,
    soak::Soak,
];
