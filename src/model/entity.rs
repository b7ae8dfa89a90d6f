//! Any one thing that exists.

use serde::{Deserialize, Serialize};

use super::{
    activity::Activity,
    aws::{AccessKey, Account, IamGroup, InstanceProfile, Machine, Policy, Provider, Role, User},
    ci::CiConfig,
    compute::{Cluster, LaunchTemplate, PodIdentity, ScalingGroup, TaskDefinition},
    event::Event,
    gitlab::{Group, Instance, Job, Manager, Project, Runner, Schedule, Variable},
    id::{Id, Kind},
    merge::Merge,
    runner_config::RunnerConfig,
    session::{Address, Session},
};

macro_rules! entities {
    ($($kind:ident($type:ty)),* $(,)?) => {
        /// One thing, of whatever kind.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Entity { $($kind($type)),* }

        impl Entity {
            pub fn id(&self) -> Id {
                match self { $(Self::$kind(thing) => thing.id()),* }
            }

            pub const fn kind(&self) -> Kind {
                match self { $(Self::$kind(_) => Kind::$kind),* }
            }
        }

        impl Merge for Entity {
            fn take(&mut self, newer: &Self) {
                match (self, newer) {
                    $((Self::$kind(thing), Self::$kind(newer)) => thing.take(newer),)*
                    // Ids carry the kind, so two entities under one id are of one kind.
                    _ => {}
                }
            }
        }

        $(impl From<$type> for Entity {
            fn from(thing: $type) -> Self { Self::$kind(thing) }
        })*

        $(impl<'a> TryFrom<&'a Entity> for &'a $type {
            type Error = ();
            fn try_from(entity: &'a Entity) -> Result<Self, ()> {
                if let Entity::$kind(thing) = entity { Ok(thing) } else { Err(()) }
            }
        })*

        $(impl OfKind for $type { const KIND: Kind = Kind::$kind; })*
    };
}

/// A type whose things are all of one kind: `estate.all::<AccessKey>()`.
pub trait OfKind {
    const KIND: Kind;
}

entities! {
    Key(AccessKey),
    Variable(Variable),
    Project(Project),
    Group(Group),
    Schedule(Schedule),
    Runner(Runner),
    Manager(Manager),
    Job(Job),
    User(User),
    Role(Role),
    Session(Session),
    Address(Address),
    Machine(Machine),
    Profile(InstanceProfile),
    Provider(Provider),
    Policy(Policy),
    IamGroup(IamGroup),
    Account(Account),
    Instance(Instance),
    Event(Event),
    CiConfig(CiConfig),
    RunnerConfig(RunnerConfig),
    ScalingGroup(ScalingGroup),
    LaunchTemplate(LaunchTemplate),
    TaskDefinition(TaskDefinition),
    Cluster(Cluster),
    PodIdentity(PodIdentity),
    Activity(Activity),
}
