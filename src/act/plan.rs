//! A plan: everything a run will do, as data. It is made from what is known, and refuses to be carried out when that has changed.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeStruct};

use super::{
    call::Call,
    consumers::Consumers,
    diff::{self, DiffLine},
    need::Need,
    request::Request,
    undo,
};
use crate::{
    base::{name::AccountId, time::Timestamp},
    model::id::Id,
};

/// The form of the file. It changes when a field changes its meaning or goes away.
pub const VERSION: u32 = 1;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub version: u32,
    /// The action's name: `rotate-key`.
    pub action: String,
    pub target: Id,
    /// `Rotate AKIA... of ci-deploy`.
    pub title: String,
    pub made: Timestamp,
    /// As whom the calls are made. Anybody else may not carry the plan out.
    pub identities: Vec<Identity>,
    pub steps: Vec<Step>,
    /// Who uses what is changed.
    pub consumers: Consumers,
    /// Permissions the calls need, and whether their caller has them.
    pub needs: Vec<Need>,
    /// What speaks against it. The plan is not carried out until each of them is accepted.
    pub blocks: Vec<Block>,
    /// What a person should know: what it does not stop, what cannot be undone.
    pub cautions: Vec<String>,
    /// What a person is to do beside: a part of a CI configuration.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<Text>,
    /// What must be typed first, where a step cannot be undone.
    pub confirm: Option<String>,
    /// Does each step stop something by itself, so that a person may leave it out?
    #[serde(default)]
    pub rungs: bool,
    /// What this plan takes back, if that is what it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<Undoes>,
}

/// A text for a person: nothing keytrail writes anywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    pub title: String,
    pub body: String,
}

/// What an undoing takes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undoes {
    /// The number of the run.
    pub run: String,
    /// For each step of the undoing, the steps of that run it takes back, counted from 0.
    pub steps: Vec<Vec<usize>>,
}

/// Who keytrail is where the plan acts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// `caller` is the ARN of `sts:GetCallerIdentity`.
    Aws {
        account: AccountId,
        caller: String,
    },
    GitLab {
        instance: String,
        login: String,
    },
}

/// What speaks against a plan, and why it is carried out all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    pub says: String,
    /// A person's reason to go on; it is kept with the run.
    pub accepted: Option<String>,
}

/// One call or wait. Written with all that follows from it; read by its call alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step(pub Call);

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let diff: Vec<String> =
            self.diff().into_iter().map(|line| format!("{}{}", line.sign, line.text)).collect();
        let mut fields = serializer.serialize_struct("Step", if diff.is_empty() { 4 } else { 5 })?;
        fields.serialize_field("does", &self.0)?;
        fields.serialize_field("request", &self.request())?;
        fields.serialize_field("says", &self.0.says())?;
        fields.serialize_field("undo", &self.undo())?;
        if diff.is_empty() {
            fields.skip_field("diff")?;
        } else {
            fields.serialize_field("diff", &diff)?;
        }
        fields.end()
    }
}

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Written {
            does: Call,
        }
        Written::deserialize(deserializer).map(|written| Self(written.does))
    }
}

impl Step {
    pub fn request(&self) -> Request {
        self.0.request()
    }

    /// How the document it writes differs from the one that stands there.
    pub fn diff(&self) -> Vec<DiffLine> {
        self.0.change().map_or_else(Vec::new, |(from, to)| diff::lines(from, to))
    }

    /// How it is undone, or why it cannot be.
    pub fn undo(&self) -> String {
        undo::says(&self.0)
    }
}

impl Plan {
    pub fn calls(&self) -> Vec<&Call> {
        self.steps.iter().map(|step| &step.0).collect()
    }

    /// Blocks nobody has accepted.
    pub fn open_blocks(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(|block| block.accepted.is_none())
    }

    /// A person goes on all the same.
    pub fn accept(&mut self, reason: &str) {
        for block in &mut self.blocks {
            block.accepted.get_or_insert_with(|| reason.to_owned());
        }
    }

    pub fn accounts(&self) -> BTreeSet<AccountId> {
        self.steps.iter().filter_map(|step| step.0.account()).collect()
    }

    pub fn caller(&self, account: AccountId) -> Option<&str> {
        self.identities.iter().find_map(|identity| match identity {
            Identity::Aws { account: own, caller } if *own == account => Some(&**caller),
            _ => None,
        })
    }
}

impl Plan {
    pub fn login(&self, instance: &str) -> Option<&str> {
        self.identities.iter().find_map(|identity| match identity {
            Identity::GitLab { instance: own, login } if own == instance => Some(&**login),
            _ => None,
        })
    }
}

impl Block {
    pub fn new(says: impl Into<String>) -> Self {
        Self { says: says.into(), accepted: None }
    }
}
