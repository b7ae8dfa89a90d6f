//! Id tokens: a project's jobs ask GitLab for one and exchange it for a role's credentials. Whom a trust policy lets in without a job that
//! asks is told too, in one path a role: trust that sleeps is trust.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::{CredentialPath, Ground, Life, Refs, Way};
use crate::{
    base::text::{clean, plural},
    join::{Admitted, AdmittedRef, Beyond, RefKind, TokenTrust},
    model::{
        ci::{CiConfig, CiJob, ClueKind, IdToken},
        gitlab::{Instance, Variable},
        id::Id,
        link::{Grade, Link, Proof, Relation},
    },
};

pub(super) const WAY: Way = Way {
    name: "oidc",
    title: "GitLab id token",
    life: Life::Short,
    better: "Nothing is better: let each role trust one project's protected refs, by exact subject.",
    find,
};

fn find(ground: &Ground<'_>) -> Vec<CredentialPath> {
    ground.tokens.all().iter().flat_map(|trust| of_role(ground, trust)).collect()
}

/// A path for each project that asks, one for all that only may.
fn of_role(ground: &Ground<'_>, trust: &TokenTrust) -> Vec<CredentialPath> {
    let asking = Asking::of(ground, trust);
    let mut paths = Vec::new();
    let mut dormant = Vec::new();
    for admitted in &trust.admits {
        match asking.proof(admitted) {
            Some(presents) => paths.push(own(trust, admitted, presents)),
            None => dormant.push(admitted),
        }
    }
    let strangers = trust.admits.is_empty() && !trust.beyond.is_empty();
    if strangers || !dormant.is_empty() {
        paths.push(asleep(trust, &dormant));
    }
    paths
}

/// Which projects ask for id tokens that a role's provider takes, and name the role.
struct Asking<'a> {
    ground: &'a Ground<'a>,
    trust: &'a TokenTrust,
    /// Owners of variables that name the role.
    owners: FxHashSet<Id>,
    /// The address that is the audience where a job names none.
    address: Option<&'a str>,
}

impl<'a> Asking<'a> {
    fn of(ground: &'a Ground<'a>, trust: &'a TokenTrust) -> Self {
        let named = ground.linked.origins(&trust.role, Relation::Names);
        let variables = named.filter_map(|id| ground.estate.find::<Variable>(id));
        let owners = variables.map(|variable| variable.owner.id(&variable.instance)).collect();
        let instance = trust.instance.as_deref().map(Id::instance);
        let instance = instance.and_then(|id| ground.estate.find::<Instance>(&id));
        Self { ground, trust, owners, address: instance.and_then(|instance| instance.url.as_deref()) }
    }

    /// Why we say that the project's jobs present id tokens for this role, and how surely.
    fn proof(&self, admitted: &Admitted) -> Option<(Grade, Arc<Proof>)> {
        if let Some(used) = &admitted.used {
            return Some((Grade::Observed, used.clone()));
        }
        let (instance, number) = admitted.project.key_text().rsplit_once('/')?;
        let config = Id::ci_config(instance, number.parse().ok()?);
        let config = self.ground.estate.find::<CiConfig>(&config)?;
        let named = self.is_named_to(&admitted.project);
        let asks =
            |job: &&CiJob| (named || self.names(job)) && job.id_tokens.iter().any(|token| self.takes(token));
        let job = config.jobs.iter().flatten().find(asks)?;
        Some((Grade::Configured, Proof::of(format!("job {} asks for an id token", clean(&job.name)))))
    }

    /// Does a variable that the project's jobs see name the role?
    fn is_named_to(&self, project: &Id) -> bool {
        let above = self.ground.linked.reach().groups_of(project);
        let instance = self.trust.instance.as_deref().map(Id::instance);
        above.iter().chain([project]).chain(&instance).any(|owner| self.owners.contains(owner))
    }

    /// Does the job itself?
    fn names(&self, job: &CiJob) -> bool {
        let role = self.trust.role.key_text();
        let clue = job.clues.iter().any(|clue| match &clue.kind {
            ClueKind::Role(arn) => arn.as_str() == role,
            ClueKind::AssumeRole(text) | ClueKind::WebIdentity(text) => text == role,
            _ => false,
        });
        clue || job.variables.iter().any(|setting| {
            setting.sighting.shown.as_deref() == Some(role)
                || setting.sighting.roles.iter().any(|arn| arn.as_str() == role)
        })
    }

    /// May the token be for an audience that the provider and the policy take?
    fn takes(&self, token: &IdToken) -> bool {
        let Some(taken) = &self.trust.audiences else { return true };
        let takes = |audience: &str| {
            let audience =
                if audience == "$CI_SERVER_URL" { self.address.unwrap_or(audience) } else { audience };
            // What another variable holds may be anything.
            audience.contains('$') || taken.iter().any(|known| known == audience)
        };
        if token.audiences.is_empty() {
            return self.address.is_none_or(takes);
        }
        token.audiences.iter().any(|audience| takes(audience))
    }
}

/// The path of a project that asks.
fn own(trust: &TokenTrust, admitted: &Admitted, (grade, proof): (Grade, Arc<Proof>)) -> CredentialPath {
    // What it hung on was met when it was used.
    let lets_in = if admitted.used.is_some() { Grade::Configured } else { admitted.grade };
    let hops = vec![
        hop(&admitted.project, Relation::Presents, &trust.provider, (grade, proof)),
        hop(&trust.provider, Relation::MayAssume, &trust.role, (lets_in, Proof::of(said(admitted)))),
    ];
    let mut cautions: Vec<String> = open_refs(admitted).into_iter().collect();
    cautions.extend(admitted.conditions.iter().cloned());
    CredentialPath {
        id: CredentialPath::id(WAY.name, &admitted.project, &trust.provider, &trust.role),
        way: WAY.name,
        from: admitted.project.clone(),
        projects: [admitted.project.clone()].into(),
        refs: refs_of(&admitted.refs),
        hops,
        to: trust.role.clone(),
        life: WAY.life,
        used: admitted.used.clone(),
        cautions,
    }
}

/// The one path of all projects that may, though no job was seen to ask.
fn asleep(trust: &TokenTrust, dormant: &[&Admitted]) -> CredentialPath {
    let from = match dormant {
        [one] => one.project.clone(),
        _ => Id::instance(trust.instance.as_deref().unwrap_or(&trust.issuer)),
    };
    let presents = match dormant {
        [] => "it lets strangers in".to_owned(),
        some => format!("{} may; no job was seen to ask", plural(some.len(), "project", "projects")),
    };
    let lets_in = match dormant {
        [first, ..] => said(first),
        [] => trust.beyond.first().map(whom).unwrap_or_default(),
    };
    let hops = vec![
        hop(&from, Relation::Presents, &trust.provider, (Grade::Inferred, Proof::of(presents))),
        hop(&trust.provider, Relation::MayAssume, &trust.role, (Grade::Configured, Proof::of(lets_in))),
    ];
    let mut cautions: Vec<String> = trust.beyond.iter().map(whom).collect();
    cautions.extend(trust.beyond_if.iter().cloned());
    let refs = if dormant.is_empty() { Refs::Any } else { Merged::of(dormant).refs() };
    CredentialPath {
        id: CredentialPath::id(WAY.name, &from, &trust.provider, &trust.role),
        way: WAY.name,
        from,
        projects: dormant.iter().map(|admitted| admitted.project.clone()).collect(),
        refs,
        hops,
        to: trust.role.clone(),
        life: WAY.life,
        used: None,
        cautions,
    }
}

fn hop(from: &Id, relation: Relation, to: &Id, (grade, proof): (Grade, Arc<Proof>)) -> Link {
    Link { from: from.clone(), relation, to: to.clone(), grade, proof }
}

fn said(admitted: &Admitted) -> String {
    let names: Vec<String> =
        admitted.refs.iter().take(3).map(|reference| clean(&reference.name).into_owned()).collect();
    let more = if admitted.refs.len() > names.len() { " and more" } else { "" };
    format!("trust policy statement {} lets in {}{more}", admitted.statement + 1, names.join(", "))
}

/// Whom a trust policy lets in besides known projects, in words.
fn whom(beyond: &Beyond) -> String {
    match beyond {
        Beyond::AnyProject => "it lets in any project of the issuer".to_owned(),
        Beyond::Prefix(prefix) => format!("it lets in whoever makes {}", clean(prefix)),
        Beyond::Group(group) => format!("it lets in every project of {}, also new ones", clean(group)),
        Beyond::Phantom(path) => format!("it lets in {}, which is free to be made", clean(path)),
    }
}

fn open_refs(admitted: &Admitted) -> Option<String> {
    let open = admitted.refs.iter().find(|reference| reference.kind.protection() == Some(false))?;
    let kind = if open.kind.is_tag() { "tags" } else { "branches" };
    Some(format!("unprotected {kind} get in, {} for one", clean(&open.name)))
}

/// Which refs take the path, as far as their names and protection are known.
fn refs_of(refs: &[AdmittedRef]) -> Refs {
    let all =
        |kinds: [RefKind; 2]| refs.iter().any(|reference| reference.all && kinds.contains(&reference.kind));
    if all([RefKind::Branch, RefKind::UnknownBranch]) || all([RefKind::Tag, RefKind::UnknownTag]) {
        return Refs::Any;
    }
    let protection: Vec<Option<bool>> = refs.iter().map(|reference| reference.kind.protection()).collect();
    if !protection.contains(&Some(false)) {
        if protection.contains(&None) {
            return Refs::Unknown;
        }
        if refs.iter().any(|reference| reference.all) {
            return Refs::Protected;
        }
    }
    let names = refs.iter().map(|reference| reference.name.clone()).collect();
    Refs::Named { refs: names, protected: !protection.contains(&Some(false)) }
}

/// The refs of several projects as one.
struct Merged {
    each: Vec<Refs>,
}

impl Merged {
    fn of(admitted: &[&Admitted]) -> Self {
        let mut each: Vec<Refs> = Vec::new();
        for refs in admitted.iter().map(|admitted| refs_of(&admitted.refs)) {
            if !each.contains(&refs) {
                each.push(refs);
            }
        }
        Self { each }
    }

    /// The widest, since whoever can take it in one project can take it.
    fn refs(self) -> Refs {
        let open = self.each.iter().find(|refs| refs.unprotected() == Some(true));
        let any = self.each.iter().find(|refs| **refs == Refs::Any);
        let unknown = self.each.iter().find(|refs| **refs == Refs::Unknown);
        match (any.or(open).or(unknown), &self.each[..]) {
            (Some(widest), _) => widest.clone(),
            (None, [one]) => one.clone(),
            (None, _) => Refs::Protected,
        }
    }
}
