//! The page of a thing at GitLab or in the AWS console.
//!
//! Console addresses are those that stand in a browser's address bar, `console.aws.amazon.com/iam/home#/roles/details/NAME`
//! and the like: AWS documents no form for them. China and GovCloud have hosts of their own.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::world::World;
use crate::{
    base::name::Arn,
    model::{
        entity::Entity,
        event::Event,
        gitlab::{Instance, Owner, Project, Runner, RunnerType, Variable},
        id::{Id, Kind},
    },
};

/// Characters that stand for themselves in a path segment or a console fragment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const PATH: &AsciiSet = &SEGMENT.remove(b'/');

/// The ARN, for things that have one.
pub(super) fn arn(id: &Id) -> Option<String> {
    id.key_text().starts_with("arn:").then(|| id.key_text().to_owned())
}

/// The web page of a thing, as far as what was read allows to say where that is.
pub(super) fn of(world: &World, id: &Id) -> Option<String> {
    match id.kind() {
        Kind::Key => match world.get(id)? {
            Entity::Key(key) => {
                key.user.as_ref().map(|user| format!("{}?section=security_credentials", iam(user, "users")))
            }
            _ => None,
        },
        Kind::User => Arn::new(id.key_text()).map(|arn| iam(&arn, "users")),
        Kind::Role => Arn::new(id.key_text()).map(|arn| iam(&arn, "roles")),
        Kind::IamGroup => Arn::new(id.key_text()).map(|arn| iam(&arn, "groups")),
        Kind::Policy => Arn::new(id.key_text()).map(|arn| by_arn(&arn, "policies/details")),
        Kind::Provider => {
            Arn::new(id.key_text()).map(|arn| by_arn(&arn, "identity_providers/details/OPENID"))
        }
        Kind::Profile | Kind::Address => None,
        Kind::Account => Some("https://console.aws.amazon.com/console/home".to_owned()),
        Kind::Machine => machine(world, id),
        Kind::Event => event(world.estate.find(id)?),
        Kind::ScalingGroup => in_ec2(id, |name| format!("AutoScalingGroupDetails:id={name}")),
        Kind::LaunchTemplate => in_ec2(id, |name| {
            let template = name.split("%40").next().unwrap_or(name);
            format!("LaunchTemplateDetails:launchTemplateId={template}")
        }),
        Kind::TaskDefinition => task_definition(id),
        Kind::Cluster => cluster(id),
        Kind::StoredSecret => stored_secret(id),
        Kind::Path => of(world, &world.path(id)?.from),
        Kind::Session => match world.get(id)? {
            Entity::Session(session) => session
                .minted_by
                .as_ref()
                .and_then(|event| of(world, event))
                .or_else(|| session.role.as_ref().map(|role| iam(role, "roles"))),
            _ => None,
        },
        _ => gitlab(world, id),
    }
}

/// The console's host for a partition and, where it matters, a region.
fn console(partition: &str, region: Option<&str>) -> String {
    let host = match partition {
        "aws-cn" => "console.amazonaws.cn",
        "aws-us-gov" => "console.amazonaws-us-gov.com",
        _ => "console.aws.amazon.com",
    };
    region.map_or_else(|| format!("https://{host}"), |region| format!("https://{region}.{host}"))
}

fn partition_of(region: &str) -> &'static str {
    match region.split('-').next() {
        Some("cn") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

fn iam(arn: &Arn, what: &str) -> String {
    let name = utf8_percent_encode(arn.name(), SEGMENT);
    format!("{}/iam/home#/{what}/details/{name}", console(arn.partition(), None))
}

fn by_arn(arn: &Arn, what: &str) -> String {
    let text = utf8_percent_encode(arn.as_str(), SEGMENT);
    format!("{}/iam/home#/{what}/{text}", console(arn.partition(), None))
}

fn machine(world: &World, id: &Id) -> Option<String> {
    let mut parts = id.key_text().split('/');
    let (_, region, instance) = (parts.next()?, parts.next()?, parts.next()?);
    world.get(id)?;
    let host = console(partition_of(region), Some(region));
    let instance = utf8_percent_encode(instance, SEGMENT);
    Some(format!("{host}/ec2/home?region={region}#InstanceDetails:instanceId={instance}"))
}

/// Is this a region's name and nothing that could lead a browser astray?
fn is_region(region: &str) -> bool {
    !region.is_empty() && region.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
}

/// A page of the EC2 console for `account/region/name`.
fn in_ec2(id: &Id, page: impl Fn(&str) -> String) -> Option<String> {
    let mut parts = id.key_text().splitn(3, '/').skip(1);
    let (region, name) = (parts.next().filter(|region| is_region(region))?, parts.next()?);
    let name = utf8_percent_encode(name, SEGMENT).to_string();
    Some(format!("{}/ec2/home?region={region}#{}", console(partition_of(region), Some(region)), page(&name)))
}

/// `task-definition/family:3`, with its region.
fn task_definition(id: &Id) -> Option<String> {
    let arn = Arn::new(id.key_text())?;
    let region = Some(arn.region()).filter(|region| is_region(region))?;
    let (family, revision) = arn.resource().strip_prefix("task-definition/")?.split_once(':')?;
    let (family, revision) = (utf8_percent_encode(family, SEGMENT), utf8_percent_encode(revision, SEGMENT));
    let host = console(arn.partition(), Some(region));
    Some(format!("{host}/ecs/v2/task-definitions/{family}/{revision}/containers?region={region}"))
}

fn cluster(id: &Id) -> Option<String> {
    let arn = Arn::new(id.key_text())?;
    let region = Some(arn.region()).filter(|region| is_region(region))?;
    let name = utf8_percent_encode(arn.resource().strip_prefix("cluster/")?, SEGMENT);
    Some(format!("{}/eks/clusters/{name}?region={region}", console(arn.partition(), Some(region))))
}

/// Secrets Manager ends a secret's ARN in a hyphen and six letters of its own, which the console's address leaves out.
fn stored_secret(id: &Id) -> Option<String> {
    let arn = Arn::new(id.key_text())?;
    let region = Some(arn.region()).filter(|region| is_region(region))?;
    let host = console(arn.partition(), Some(region));
    if let Some(name) = arn.resource().strip_prefix("secret:") {
        let name = name.rsplit_once('-').filter(|(_, end)| end.len() == 6).map_or(name, |(name, _)| name);
        let name = utf8_percent_encode(name, SEGMENT);
        return Some(format!("{host}/secretsmanager/secret?name={name}&region={region}"));
    }
    let name = utf8_percent_encode(arn.resource().strip_prefix("parameter")?, SEGMENT);
    Some(format!("{host}/systems-manager/parameters/{name}/description?region={region}"))
}

fn event(event: &Event) -> Option<String> {
    let region = &event.region;
    let safe = is_region(region);
    let host = console(partition_of(region), Some(region));
    let id = utf8_percent_encode(&event.event_id, SEGMENT);
    safe.then(|| format!("{host}/cloudtrailv2/home?region={region}#/events/{id}"))
}

fn gitlab(world: &World, id: &Id) -> Option<String> {
    match world.get(id)? {
        Entity::Instance(instance) => address(instance.url.as_deref()?),
        Entity::Group(group) => group.url.as_deref().and_then(address).or_else(|| {
            let path = group.path.as_deref()?;
            Some(format!("{}/groups/{}", root(world, &group.instance)?, utf8_percent_encode(path, PATH)))
        }),
        Entity::Project(project) => self::project(world, project),
        Entity::Job(job) => address(job.url.as_deref()?),
        Entity::CiConfig(config) => Some(format!("{}/-/ci/editor", of(world, &config.project_id())?)),
        Entity::Schedule(schedule) => {
            let project = of(world, &Id::project(&schedule.instance, schedule.project))?;
            Some(format!("{project}/-/pipeline_schedules"))
        }
        Entity::Variable(variable) => self::variable(world, variable),
        Entity::Runner(runner) => self::runner(world, runner),
        Entity::Manager(manager) => of(world, &Id::runner(&manager.instance, manager.runner)),
        _ => None,
    }
}

/// Only web addresses are handed to a browser: texts come from outside.
fn address(url: &str) -> Option<String> {
    let parsed = url::Url::parse(url).ok()?;
    matches!(parsed.scheme(), "http" | "https").then(|| url.trim_end_matches('/').to_owned())
}

fn root(world: &World, name: &str) -> Option<String> {
    let instance: &Instance = world.estate.find(&Id::instance(name))?;
    address(instance.url.as_deref()?)
}

fn project(world: &World, project: &Project) -> Option<String> {
    project.url.as_deref().and_then(address).or_else(|| {
        let path = utf8_percent_encode(project.path.as_deref()?, PATH).to_string();
        Some(format!("{}/{path}", root(world, &project.instance)?))
    })
}

fn variable(world: &World, variable: &Variable) -> Option<String> {
    let owner = variable.owner.id(&variable.instance);
    Some(match variable.owner {
        Owner::Instance => format!("{}/admin/application_settings/ci_cd", root(world, &variable.instance)?),
        Owner::Group(_) | Owner::Project(_) => format!("{}/-/settings/ci_cd", of(world, &owner)?),
        Owner::Schedule { schedule, project } => {
            let project = of(world, &Id::project(&variable.instance, project))?;
            format!("{project}/-/pipeline_schedules/{schedule}/edit")
        }
    })
}

fn runner(world: &World, runner: &Runner) -> Option<String> {
    let number = runner.number;
    let first = |ids: &Option<Vec<u64>>| ids.as_ref().and_then(|ids| ids.first().copied());
    match runner.runner_type {
        Some(RunnerType::Group) => {
            let group = of(world, &Id::group(&runner.instance, first(&runner.groups)?))?;
            Some(format!("{group}/-/runners/{number}"))
        }
        Some(RunnerType::Project) => {
            let project = of(world, &Id::project(&runner.instance, first(&runner.projects)?))?;
            Some(format!("{project}/-/runners/{number}"))
        }
        _ => Some(format!("{}/admin/runners/{number}", root(world, &runner.instance)?)),
    }
}
