//! Which id tokens open which roles: each role's trust policy against the subjects that each project's refs can really present, and
//! against everybody else's.

mod beyond;
mod fault;
mod gather;
mod issuer;
mod presented;
mod roster;
mod seen;
mod weigh;

use std::sync::Arc;

use rustc_hash::FxHashMap;

pub use self::presented::{Presented, Presents, issuer_of_instance};
use super::{Linked, Policies, names::Names};
pub use crate::policy::subject::RefKind;
use crate::{
    base::name::Arn,
    model::{
        aws::{Provider, Role},
        estate::Estate,
        id::Id,
        link::{Grade, Proof},
    },
    policy::{Document, Kind, principal::Principal, trusted},
};

use issuer::Issuers;
use roster::Roster;
use seen::Seen;
use weigh::Weigher;

/// Every role that trusts an id token's issuer, and whom it lets in.
#[derive(Debug, Default)]
pub struct Tokens {
    roles: Vec<TokenTrust>,
    /// Indices into `roles`; a role may trust several issuers.
    by_role: FxHashMap<Id, Vec<usize>>,
    /// Indices into `roles`.
    by_project: FxHashMap<Id, Vec<usize>>,
    weighed: usize,
}

/// One role that trusts an OIDC provider which is a known GitLab.
#[derive(Clone, Debug)]
pub struct TokenTrust {
    pub role: Id,
    pub provider: Id,
    /// `gitlab.com`, `gitlab.acme.example/gitlab`: the prefix of its condition keys.
    pub issuer: Arc<str>,
    /// The GitLab whose tokens it trusts: its name in the configuration. `None`: `gitlab.com`-like issuer that keytrail does not read.
    pub instance: Option<Arc<str>>,
    /// Audiences that provider and policy both take, a job's to choose from. `None`: the provider was not read.
    pub audiences: Option<Vec<String>>,
    /// Known projects it lets in.
    pub admits: Vec<Admitted>,
    /// Whom it lets in beyond the projects that are known.
    pub beyond: Vec<Beyond>,
    /// What letting them in hangs on, in words; empty where it is certain.
    pub beyond_if: Vec<String>,
    /// Conditions that do not do what they seem to.
    pub faults: Vec<Fault>,
}

/// One project that a trust policy lets in.
#[derive(Clone, Debug)]
pub struct Admitted {
    pub project: Id,
    pub refs: Arc<[AdmittedRef]>,
    /// The statement of the trust policy that lets it in, counted from 0.
    pub statement: usize,
    /// Configured when it is certain, Inferred when it hangs on what cannot be known.
    pub grade: Grade,
    /// What it hangs on, in words.
    pub conditions: Arc<[String]>,
    /// Sessions that were really opened so.
    pub used: Option<Arc<Proof>>,
}

impl Admitted {
    /// Does some ref get in that anybody who may push can make? Where protection was not read, nobody knows.
    pub fn unprotected(&self) -> bool {
        self.refs.iter().any(|admitted| admitted.kind.protection() == Some(false))
    }
}

/// One ref, or kind of refs, that gets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdmittedRef {
    pub kind: RefKind,
    /// `main`, `release/*`; for a kind of refs one that would get in, as an example: `feature/x`.
    pub name: Arc<str>,
    /// Every ref of the kind gets in, not only those named like this one.
    pub all: bool,
    /// It does not hang on what cannot be known.
    pub sure: bool,
    /// Was a session of this ref seen?
    pub used: bool,
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
    /// It keeps everybody out, so that its statement, or one of its alternatives, means nothing.
    pub dead: bool,
}

impl Tokens {
    /// Weighs every trust policy against every project that it could mean.
    pub fn of(estate: &Estate, _linked: &Linked, policies: &Policies<'_>) -> Self {
        let scales = Scales::of(estate);
        let mut tokens = Self::default();
        for (role_id, role) in estate.named::<Role>() {
            let Some(trust) = policies.trust(role) else { continue };
            for (trust, weighed) in scales.weigh(role_id, trust) {
                tokens.weighed += weighed;
                tokens.file(trust);
            }
        }
        tokens
    }

    fn file(&mut self, trust: TokenTrust) {
        let index = self.roles.len();
        self.by_role.entry(trust.role.clone()).or_default().push(index);
        for admitted in &trust.admits {
            self.by_project.entry(admitted.project.clone()).or_default().push(index);
        }
        self.roles.push(trust);
    }

    pub fn all(&self) -> &[TokenTrust] {
        &self.roles
    }

    /// The first of the issuers that a role trusts; see [`Tokens::all_of_role`].
    pub fn of_role(&self, role: &Id) -> Option<&TokenTrust> {
        self.all_of_role(role).next()
    }

    /// One entry for each issuer that a role trusts.
    pub fn all_of_role<'a>(&'a self, role: &Id) -> impl Iterator<Item = &'a TokenTrust> {
        self.by_role.get(role).into_iter().flatten().map(|&index| &self.roles[index])
    }

    /// Roles that let a project in.
    pub fn of_project<'a>(&'a self, project: &Id) -> impl Iterator<Item = &'a TokenTrust> {
        self.by_project.get(project).into_iter().flatten().map(|&index| &self.roles[index])
    }

    /// How often a project was held against a trust policy: what the work grows with.
    pub const fn weighed(&self) -> usize {
        self.weighed
    }
}

/// What trust policies are held against: one reading of an estate for any number of them.
pub struct Scales<'a> {
    estate: &'a Estate,
    issuers: Issuers<'a>,
    roster: Roster<'a>,
    seen: Seen,
}

impl<'a> Scales<'a> {
    pub fn of(estate: &'a Estate) -> Self {
        let seen = Seen::of(estate, &Names::of(estate));
        Self { estate, issuers: Issuers::of(estate), roster: Roster::of(estate), seen }
    }

    /// Whom a role would let in if this were its trust policy: one entry for each issuer. None where the text is no policy.
    pub fn would(&self, role: &Id, trust: &str) -> Vec<TokenTrust> {
        let Ok(trust) = Document::parse(trust) else { return Vec::new() };
        self.weigh(role, &trust).map(|(trust, _)| trust).collect()
    }

    /// With each entry how often a project was held against the policy.
    fn weigh<'t>(
        &'t self,
        role: &'t Id,
        trust: &'t Document,
    ) -> impl Iterator<Item = (TokenTrust, usize)> + 't {
        providers(trust).into_iter().filter_map(move |provider| {
            let issuer = self.issuers.known(&provider, trust)?;
            let provider_id = Id::provider(&provider);
            let read = self.estate.find::<Provider>(&provider_id);
            let accepts = read.and_then(|read| read.audiences.as_deref());
            let mut weigher = Weigher::new(trust, &provider, accepts, &issuer);
            let admits = weigher.admits(&self.roster, self.seen.of_role(role));
            let (beyond, beyond_if) = beyond::beyond(&mut weigher, &self.roster);
            let faults = fault::faults(&weigher, &self.roster, &admits);
            let (audiences, weighed) = (weigher.audiences(), weigher.weighed);
            let trust = TokenTrust {
                role: role.clone(),
                provider: provider_id,
                faults,
                audiences,
                instance: issuer.instance.clone(),
                issuer: issuer.name.clone(),
                admits,
                beyond,
                beyond_if,
            };
            Some((trust, weighed))
        })
    }
}

impl TokenTrust {
    /// The project's entry, if it is let in.
    pub fn admitted(&self, project: &Id) -> Option<&Admitted> {
        self.admits.iter().find(|admitted| admitted.project == *project)
    }
}

/// OIDC providers that the policy lets in by id token, each once.
fn providers(trust: &Document) -> Vec<Arn> {
    let mut found: Vec<Arn> = Vec::new();
    for entry in trusted(trust).iter().filter(|entry| !entry.excepted && entry.kind == Kind::WebIdentity) {
        let Principal::Federated(text) = entry.principal else { continue };
        let arn = Arn::new(text).filter(|arn| arn.resource().starts_with("oidc-provider/"));
        found.extend(arn.filter(|arn| !found.contains(arn)));
    }
    found
}

#[cfg(test)]
mod tests;
