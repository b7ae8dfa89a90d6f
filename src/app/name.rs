//! What a thing is called on the screen, seen or not. Everything returned is cleaned.

use super::world::World;
use crate::{
    base::{
        name::Arn,
        text::{clean, truncate},
    },
    model::{
        entity::Entity,
        gitlab::{Owner, Variable},
        id::{Id, Kind},
        session::Session,
    },
};

/// The name of a thing: a path, a login, a key id; the number or the ARN's last part where nobody showed it.
pub(super) fn of(world: &World, id: &Id) -> String {
    let name = match world.path(id) {
        Some(path) => format!("{}: {} to {}", path.way, of(world, &path.from), of(world, &path.to)),
        None => world.get(id).and_then(|entity| seen(world, entity)).unwrap_or_else(|| unseen(world, id)),
    };
    clean(&name).into_owned()
}

/// What tells apart things of one name: an account, an owner, a GitLab.
pub(super) fn context(world: &World, id: &Id) -> Option<String> {
    let text = match id.kind() {
        Kind::User
        | Kind::Role
        | Kind::Profile
        | Kind::Provider
        | Kind::Policy
        | Kind::IamGroup
        | Kind::TaskDefinition
        | Kind::Cluster
        | Kind::PodIdentity
        | Kind::StoredSecret => Arn::new(id.key_text())?.account()?.to_string(),
        Kind::Variable => {
            let Entity::Variable(variable) = world.get(id)? else { return None };
            owner(world, variable)
        }
        Kind::Machine | Kind::ScalingGroup | Kind::LaunchTemplate => {
            id.key_text().split('/').next()?.to_owned()
        }
        Kind::ServiceAccount => match id.key_text().rsplitn(3, '/').nth(2)? {
            "?" => return None,
            cluster => cluster.rsplit('/').next()?.to_owned(),
        },
        Kind::RunnerConfig => id.key_text().split('#').next()?.to_owned(),
        _ => return None,
    };
    Some(clean(&text).into_owned())
}

/// Who holds a variable: a path, or what kind of owner and its number.
pub(super) fn owner(world: &World, variable: &Variable) -> String {
    match variable.owner {
        Owner::Instance => format!("all of {}", variable.instance),
        _ => of(world, &variable.owner.id(&variable.instance)),
    }
}

fn seen(world: &World, entity: &Entity) -> Option<String> {
    Some(match entity {
        Entity::Variable(variable) => variable.key.to_string(),
        Entity::Project(project) => project.path.clone()?,
        Entity::Group(group) => group.path.clone()?,
        Entity::Schedule(schedule) => {
            let project = of(world, &Id::project(&schedule.instance, schedule.project));
            format!("{} ({project})", schedule.description.as_deref().unwrap_or("schedule"))
        }
        Entity::Runner(runner) => {
            let description = runner.description.as_deref().filter(|text| !text.is_empty());
            description.map_or_else(|| format!("runner {}", runner.number), str::to_owned)
        }
        Entity::Manager(manager) => {
            let address = manager.address.as_deref().unwrap_or("address not seen");
            format!("{} {address}", manager.system_id)
        }
        Entity::Job(job) => format!("{} #{}", job.name.as_deref().unwrap_or("job"), job.number),
        Entity::Session(session) => session_name(session),
        Entity::Machine(machine) => match &machine.name {
            Some(name) => format!("{name} ({})", machine.instance),
            None => machine.instance.to_string(),
        },
        Entity::Account(account) => match &account.name {
            Some(name) => format!("{name} ({})", account.number),
            None => account.number.to_string(),
        },
        Entity::Activity(activity) => {
            format!("{} in {} by {}", activity.key.short(), activity.account, activity.trail)
        }
        Entity::Event(event) => format!("{} {}", event.at, event.name),
        Entity::CiConfig(config) => format!("CI of {}", of(world, &config.project_id())),
        Entity::RunnerConfig(config) => config.name.clone().filter(|name| !name.is_empty())?,
        Entity::LaunchTemplate(template) => {
            let name = template.name.as_deref().unwrap_or(&template.template);
            format!("{name} version {}", template.version)
        }
        Entity::PodIdentity(identity) => {
            let (namespace, account) = (identity.namespace.as_deref()?, identity.service_account.as_deref()?);
            format!("{namespace}/{account} in {}", identity.cluster.as_deref().unwrap_or("a cluster"))
        }
        _ => return None,
    })
}

/// `deploy-prod/ci-4711`; the minted key where the role is not known.
fn session_name(session: &Session) -> String {
    let role = session.role.as_ref().map(Arn::name);
    match (role, session.session_name.as_deref()) {
        (Some(role), Some(name)) => format!("{role}/{}", truncate(name, 40, "~")),
        (Some(role), None) => format!("{role}/{}", session.name),
        (None, Some(name)) => name.to_owned(),
        (None, None) => session.name.to_string(),
    }
}

fn unseen(world: &World, id: &Id) -> String {
    let text = id.key_text();
    let last = text.rsplit('/').next().unwrap_or(text);
    match id.kind() {
        Kind::User | Kind::Role | Kind::Profile | Kind::Policy | Kind::IamGroup => {
            Arn::new(text).map_or_else(|| text.to_owned(), |arn| arn.name().to_owned())
        }
        Kind::Provider => Arn::new(text).map_or_else(
            || text.to_owned(),
            |arn| arn.resource().strip_prefix("oidc-provider/").unwrap_or(arn.resource()).to_owned(),
        ),
        Kind::Project | Kind::Group | Kind::Runner | Kind::Job | Kind::Schedule => {
            format!("{} {last}", id.kind().word())
        }
        Kind::CiConfig => format!("CI of project {last}"),
        Kind::RunnerConfig => {
            let (file, index) = text.rsplit_once('#').unwrap_or((text, "0"));
            format!("{} entry {index}", file.rsplit('/').next().unwrap_or(file))
        }
        Kind::LaunchTemplate => last.replace('@', " version "),
        Kind::ServiceAccount => {
            let mut parts = text.rsplitn(3, '/');
            let (name, namespace) = (parts.next().unwrap_or(text), parts.next().unwrap_or("?"));
            format!("{namespace}/{name}")
        }
        Kind::StoredSecret => Arn::new(text).map_or_else(
            || text.to_owned(),
            |arn| arn.resource().trim_start_matches("secret:").trim_start_matches("parameter/").to_owned(),
        ),
        Kind::Manager
        | Kind::Machine
        | Kind::ScalingGroup
        | Kind::TaskDefinition
        | Kind::Cluster
        | Kind::PodIdentity => last.to_owned(),
        Kind::Event => {
            let known = world.estate.get(id).is_some();
            if known { last.to_owned() } else { format!("event {last}") }
        }
        _ => text.to_owned(),
    }
}
