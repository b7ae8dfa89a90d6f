//! `IAM_ROLE`: on a runner with an EC2 metadata proxy the job gets whatever role this variable names. Whoever writes the pipeline writes
//! the variable; the runner's own file says which role a job gets that names none.

use std::sync::Arc;

use super::{
    CredentialPath, Ground, Life, Refs, Way,
    effective::{Effective, refs},
    proxy::{Proxies, Proxy},
    sessions,
    start::{self, Rest},
};
use crate::{
    base::name::Arn,
    model::{
        aws::Role,
        ci::{CiConfig, Setting},
        gitlab::{Sighting, Variable},
        id::Id,
        link::{Grade, Link, Proof, Relation},
        runner_config::RunnerConfig,
        session::Opener,
    },
};

pub(super) const WAY: Way = Way {
    name: "metadata-proxy",
    title: "role named in IAM_ROLE, through a metadata proxy",
    life: Life::Short,
    better: "Let the jobs' id tokens open the role: its trust policy then says which project and which refs, and not the job.",
    find,
};

/// What EC2 metadata proxies read from a container's environment.
const VARIABLE: &str = "IAM_ROLE";

/// What a person should know of a role that a job names.
const CHOSEN: &str =
    "The job names the role: a pipeline that sets IAM_ROLE gets any role that the machine's role may assume.";

fn find(ground: &Ground<'_>) -> Vec<CredentialPath> {
    let proxies = Proxies::of(ground);
    let mut paths = by_variable(ground, &proxies);
    paths.extend(by_pipeline(ground, &proxies));
    paths.extend(by_runner(ground, &proxies));
    paths
}

fn by_variable(ground: &Ground<'_>, proxies: &Proxies<'_>) -> Vec<CredentialPath> {
    let mut effective =
        Effective::of(ground.estate, ground.linked.reach(), |variable| *variable.key == *VARIABLE);
    let mut paths = Vec::new();
    for (id, variable) in ground.estate.named::<Variable>().filter(|(_, variable)| *variable.key == *VARIABLE)
    {
        let Some(holds) = ground.linked.to(id).find(|link| link.relation == Relation::Holds) else {
            continue;
        };
        let projects = effective.projects(variable);
        for role in variable.sighting.iter().flat_map(|sighting| named(ground, sighting)) {
            let proxy = proxies.for_projects(&role, &projects);
            paths.push(path(
                ground,
                id,
                projects.clone(),
                refs(variable),
                Named { from: holds.from.clone(), first: holds.clone(), role, proxy },
            ));
        }
    }
    paths
}

/// Jobs that set it in the CI configuration: who may push may write another role there.
fn by_pipeline(ground: &Ground<'_>, proxies: &Proxies<'_>) -> Vec<CredentialPath> {
    let mut paths = Vec::new();
    for (id, config) in ground.estate.named::<CiConfig>() {
        let project = config.project_id();
        let settings = config.jobs.iter().flatten().flat_map(|job| &job.variables);
        let mut roles = asked(ground, settings);
        roles.dedup();
        for role in roles {
            let first = Link {
                from: id.clone(),
                relation: Relation::Describes,
                to: project.clone(),
                grade: Grade::Configured,
                proof: Proof::of("a job of it sets IAM_ROLE"),
            };
            let projects: Arc<[Id]> = [project.clone()].into();
            let proxy = proxies.for_projects(&role, &projects);
            let named = Named { from: project.clone(), first, role, proxy };
            paths.push(path(ground, id, projects, Refs::Any, named));
        }
    }
    paths
}

/// The role of jobs that name none, and what kube2iam gives to pods by their annotation.
fn by_runner(ground: &Ground<'_>, proxies: &Proxies<'_>) -> Vec<CredentialPath> {
    let mut paths = Vec::new();
    for (id, config) in ground.estate.named::<RunnerConfig>() {
        let mut roles = asked(ground, config.environment.iter().flatten());
        let annotated = config.kubernetes.as_ref().and_then(|pods| pods.annotated_role.as_deref());
        roles.extend(annotated.and_then(|name| of_name(ground, name)));
        roles.sort();
        roles.dedup();
        for role in roles {
            for start in start::of_config(ground, id) {
                let proxy = proxies.on(&role, &start.from);
                let used = proxy.as_ref().and_then(|proxy| used(ground, &role, proxy));
                let names = names(id, &role, proxy.as_ref());
                let cautions =
                    vec!["Jobs that name no role get this one; a job may name another.".to_owned()];
                let rest = Rest { via: id.clone(), to: role.clone(), hops: vec![names], used, cautions };
                paths.push(start.path(&WAY, rest));
            }
        }
    }
    paths
}

/// A role that something names.
struct Named<'a> {
    from: Id,
    /// Between where the path begins and what names the role.
    first: Link,
    role: Id,
    proxy: Option<Proxy<'a>>,
}

fn path(ground: &Ground<'_>, via: &Id, projects: Arc<[Id]>, refs: Refs, named: Named<'_>) -> CredentialPath {
    let Named { from, first, role, proxy } = named;
    let hop = names(via, &role, proxy.as_ref());
    CredentialPath {
        id: CredentialPath::id(WAY.name, &from, via, &role),
        way: WAY.name,
        from,
        projects,
        refs,
        hops: vec![first, hop],
        used: proxy.and_then(|proxy| used(ground, &role, &proxy)),
        to: role,
        life: WAY.life,
        cautions: vec![CHOSEN.to_owned()],
    }
}

/// That the role is named says little; that a runner of these jobs can become it makes it a way.
fn names(via: &Id, role: &Id, proxy: Option<&Proxy<'_>>) -> Link {
    let (grade, says) = match proxy {
        Some(proxy) => {
            let own = proxy.own.key_text().rsplit('/').next().unwrap_or_default();
            (
                Grade::Configured,
                format!("IAM_ROLE; the machine of {} has {own}, which may assume it", proxy.runner),
            )
        }
        None => (
            Grade::Inferred,
            "IAM_ROLE; no runner of these jobs is known to sit where it can be assumed".into(),
        ),
    };
    Link { from: via.clone(), relation: Relation::Names, to: role.clone(), grade, proof: Proof::of(says) }
}

/// Sessions of the role that the machine's own role opened.
fn used(ground: &Ground<'_>, role: &Id, proxy: &Proxy<'_>) -> Option<Arc<Proof>> {
    if proxy.assumes.grade == Grade::Inferred {
        return None;
    }
    let how = format!("opened by {}", proxy.own.key_text().rsplit('/').next().unwrap_or_default());
    sessions::seen(ground, role, &how, |session| match &session.opened_by {
        Opener::Session(parent) => {
            ground.linked.origins(&Id::session(parent), Relation::AssumedAs).any(|of| of == proxy.own)
        }
        _ => false,
    })
}

/// Roles that settings of the name ask for, sorted.
fn asked<'s>(ground: &Ground<'_>, settings: impl Iterator<Item = &'s Setting>) -> Vec<Id> {
    let settings = settings.filter(|setting| setting.name == VARIABLE);
    let mut roles: Vec<Id> = settings.flat_map(|setting| named(ground, &setting.sighting)).collect();
    roles.sort();
    roles
}

/// The roles of a value: an ARN, or a name alone where one role has it.
fn named(ground: &Ground<'_>, sighting: &Sighting) -> Vec<Id> {
    if sighting.roles.is_empty() {
        return sighting.shown.iter().filter_map(|name| of_name(ground, name)).collect();
    }
    sighting.roles.iter().filter_map(|role| of_name(ground, role.as_str())).collect()
}

fn of_name(ground: &Ground<'_>, written: &str) -> Option<Id> {
    let arn = Arn::new(written).filter(|arn| arn.resource().starts_with("role/"));
    let name = arn.as_ref().map_or(written, |arn| arn.name());
    let same_account = |role: &Role| arn.as_ref().is_none_or(|arn| arn.account() == role.arn.account());
    let mut known =
        ground.estate.named::<Role>().filter(|(_, role)| role.name() == name && same_account(role));
    match (known.next(), known.next(), arn) {
        (Some((id, _)), None, _) => Some(id.clone()),
        (_, _, arn) => arn.map(|arn| Id::role(&arn)),
    }
}
