//! Which refs of which projects really opened which roles, as events tell.

use rustc_hash::FxHashMap;

use super::super::names::Names;
use crate::{
    base::{name::Arn, time::Timestamp},
    model::{estate::Estate, event::Event, id::Id},
    policy::who::issuer_of,
};

/// Sessions of one ref of one project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SeenRef {
    /// Empty where the subject does not name the ref.
    pub(super) name: String,
    /// `None` where the subject does not tell.
    pub(super) is_tag: Option<bool>,
    pub(super) count: usize,
    pub(super) last: Timestamp,
}

pub(super) type OfRole = FxHashMap<Id, Vec<SeenRef>>;

/// By role and project.
#[derive(Default)]
pub(super) struct Seen {
    roles: FxHashMap<Id, OfRole>,
    none: OfRole,
}

impl Seen {
    pub(super) fn of(estate: &Estate, names: &Names<'_>) -> Self {
        let mut seen = Self::default();
        for event in estate.all::<Event>().filter(|event| !event.is_denied()) {
            let (Some(role), Some(subject)) = (&event.role, event.subject.as_deref()) else { continue };
            let Some((project, reference)) = project_of(event.provider.as_ref(), subject, names) else {
                continue;
            };
            let refs = seen.roles.entry(names.role(role)).or_default().entry(project).or_default();
            let (name, is_tag) = reference;
            match refs.iter_mut().find(|known| known.name == name && known.is_tag == is_tag) {
                Some(known) => {
                    known.count += 1;
                    known.last = known.last.max(event.at);
                }
                None => refs.push(SeenRef { name: name.to_owned(), is_tag, count: 1, last: event.at }),
            }
        }
        seen
    }

    pub(super) fn of_role(&self, role: &Id) -> &OfRole {
        self.roles.get(role).unwrap_or(&self.none)
    }
}

type Reference<'s> = (&'s str, Option<bool>);

/// The project that a subject names, and the ref. Claims and values stand in turn, and GitLab's values have no colons.
fn project_of<'s>(
    provider: Option<&Arn>,
    subject: &'s str,
    names: &Names<'_>,
) -> Option<(Id, Reference<'s>)> {
    let instance = names.instance_of_issuer(issuer_of(provider?.as_str()))?;
    let words: Vec<&str> = subject.split(':').collect();
    let claim = |name: &str| words.chunks_exact(2).find(|pair| pair[0] == name).map(|pair| pair[1]);
    let by_number = || claim("project_id")?.parse().ok().map(|number| Id::project(instance, number));
    let project = claim("project_path").and_then(|path| names.project(instance, path)).or_else(by_number)?;
    let path = claim("ref_path").and_then(|path| path.strip_prefix("refs/")?.split_once('/'));
    let name = claim("ref").or_else(|| Some(path?.1)).unwrap_or_default();
    let kind = claim("ref_type").or_else(|| Some(path?.0.trim_end_matches('s')));
    let is_tag = match kind {
        Some("tag") => Some(true),
        Some("branch" | "head") => Some(false),
        _ => None,
    };
    Some((project, (name, is_tag)))
}
