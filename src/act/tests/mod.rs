//! A world of its own for runs: one user, its keys, the variables that carry them, and everything that can go wrong between a call and its
//! answer. Its clock runs while somebody pauses.

mod crash;
mod every;
mod gitlab;
mod others;
mod outside;
mod plans;
mod rungs;
mod secrets;
mod status;
mod undoing;
mod wished;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use tokio::sync::Notify;

use super::{
    action::Ground,
    engine::{Delays, Engine, Settings},
    *,
};
use crate::{
    base::{
        blame::Blame,
        name::{AccountId, Arn, KeyId},
        secret::Secret,
        time::{Clock, Timestamp},
    },
    join::{self, Policies},
    model::{
        aws::{AccessKey, Account, InlinePolicy, KeyStatus, LastUse, Role, User},
        entity::Entity,
        estate::Estate,
        gitlab::{Instance, Job, Owner, Project, Runner, Sighting, Variable},
        id::Id,
        observe::{Observation, Report, Scope, Sweep},
    },
    store::{Journal, RunId},
};

pub(super) const CALLER: &str = "arn:aws:iam::123456789012:user/operator";
pub(super) const OLD: &str = "AKIARZPUZDIKNSFRP6LN";
pub(super) const OLD_SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
pub(super) const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";
pub(super) const PROVIDER: &str = "arn:aws:iam::123456789012:oidc-provider/gitlab.acme.example";
const START: i64 = 1_800_000_000;

pub(super) fn account() -> AccountId {
    "123456789012".parse().unwrap()
}

pub(super) fn user() -> Arn {
    Arn::new("arn:aws:iam::123456789012:user/ci/deploy").unwrap()
}

/// A key as this world has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) secret: String,
    pub(super) is_active: bool,
    created: i64,
    /// The mark of the run that made it, or whatever else its maker's user agent said.
    agent: String,
    /// Until then AWS does not know it everywhere.
    known_from: i64,
}

/// What happens to one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mishap {
    /// The process dies before the call has its effect.
    DiesBefore,
    /// It dies after the effect, before the answer.
    DiesAfter,
    /// The effect happens, the answer is lost.
    Lost,
    /// No effect, and no answer either.
    Unheard,
    Busy,
    Denied,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) keys: BTreeMap<String, Key>,
    /// Value and whether it is hidden, by place.
    pub(super) variables: BTreeMap<String, (String, bool)>,
    pub(super) caller: String,
    /// Names of the calls so far; those that change something begin with a capital.
    pub(super) calls: Vec<&'static str>,
    /// What happens to the call with this number.
    pub(super) mishap: Option<(usize, Mishap)>,
    /// Pairs that did not work at some time, apart from the one being written.
    pub(super) broken: Vec<String>,
    /// When each key was last used.
    pub(super) used: Option<i64>,
    /// How often jobs will still be found waiting.
    pub(super) waiting: u32,
    /// Documents by holder and name.
    pub(super) policies: BTreeMap<String, String>,
    /// Places of protected variables.
    pub(super) protected: BTreeSet<String>,
    pub(super) gitlab: gitlab::GitLab,
    /// How many more calls that change something are permitted; every one where nobody says.
    pub(super) allowed: Option<usize>,
    /// The trust policy of the role `deploy`.
    pub(super) trust: String,
    /// Roles this world did not begin with: trust policy and managed policies by ARN.
    pub(super) roles: BTreeMap<String, (String, BTreeSet<String>)>,
    /// Audiences by provider.
    pub(super) providers: BTreeMap<String, Vec<String>>,
    /// This write of a variable panics, with everything it was handed in its message.
    pub(super) breaks_at_write: Option<usize>,
    made: usize,
    deleted: Vec<String>,
}

#[derive(Debug)]
pub(super) struct World {
    state: Mutex<State>,
    now: AtomicI64,
    died: Notify,
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(self.now.load(Ordering::Relaxed))
    }
}

/// For journals: they are synced at every note, and a disk makes thousands of runs slow.
pub(super) fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// Pairs of variables: the place of the id, then of the secret. The last one's secret is hidden.
pub(super) fn pair(project: u64) -> (Place, Place) {
    let place = |key: &str| Place {
        instance: "acme".into(),
        owner: Owner::Project(project),
        key: key.into(),
        scope: "*".into(),
    };
    (place("AWS_ACCESS_KEY_ID"), place("AWS_SECRET_ACCESS_KEY"))
}

pub(super) fn text_place() -> Place {
    Place {
        instance: "acme".into(),
        owner: Owner::Group(9),
        key: "AWS_CREDENTIALS".into(),
        scope: "prod".into(),
    }
}

impl World {
    /// So many projects with a pair each, of which the last `hidden` hide their secret; and a file with both in it.
    pub(super) fn new(projects: u64, hidden: u64, has_file: bool) -> Self {
        let old = Key {
            secret: OLD_SECRET.into(),
            is_active: true,
            created: START - 9_000_000,
            agent: "console".into(),
            known_from: 0,
        };
        let mut state =
            State { caller: CALLER.into(), trust: trust_of(&[user(), role("ops")]), ..State::default() };
        state.keys.insert(OLD.into(), old);
        for project in 1..=projects {
            let (id, secret) = pair(project);
            state.variables.insert(id.to_string(), (OLD.into(), false));
            state.variables.insert(secret.to_string(), (OLD_SECRET.into(), project > projects - hidden));
        }
        if has_file {
            let text = format!("[default]\naws_access_key_id={OLD}\naws_secret_access_key={OLD_SECRET}\n");
            state.variables.insert(text_place().to_string(), (text, false));
        }
        Self { state: Mutex::new(state), now: AtomicI64::new(START), died: Notify::new() }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// What a sweep would see of it.
    pub(super) fn estate(&self) -> Estate {
        let state = self.state();
        let mut saw: Vec<Entity> = vec![
            Account { number: account(), name: None, caller: Some(state.caller.clone()), root: None }.into(),
            Instance {
                name: "acme".into(),
                url: Some("https://gitlab.acme.example".into()),
                login: Some("ada".into()),
                token_scopes: Some(vec!["api".into()]),
                ..Instance::default()
            }
            .into(),
        ];
        for (id, key) in &state.keys {
            saw.push(
                AccessKey {
                    key: KeyId::new(id).unwrap(),
                    user: Some(user()),
                    created: Some(Timestamp::from_seconds(key.created)),
                    status: Some(if key.is_active { KeyStatus::Active } else { KeyStatus::Inactive }),
                    last_use: Some(LastUse::Never),
                }
                .into(),
            );
        }
        for (place, (value, hidden)) in &state.variables {
            let (owner, rest) = place.strip_prefix("acme/").unwrap().split_once("/AWS").unwrap();
            let (key, scope) = rest.split_once('@').unwrap();
            let number = owner.split_once('/').unwrap().1.parse().unwrap();
            let owner = if owner.starts_with('p') { Owner::Project(number) } else { Owner::Group(number) };
            let keys =
                state.keys.keys().filter(|id| value.contains(*id)).filter_map(|id| KeyId::new(id)).collect();
            let sighting = Sighting { keys, secret_shaped: value.len() == 40, ..Sighting::default() };
            saw.push(
                Variable {
                    instance: "acme".into(),
                    owner,
                    key: format!("AWS{key}").into(),
                    environment_scope: scope.into(),
                    hidden: Some(*hidden),
                    protected: Some(state.protected.contains(place)),
                    file: Some(value.contains('\n')),
                    sighting: (!hidden).then_some(sighting),
                    ..Variable::default()
                }
                .into(),
            );
            if let Owner::Project(number) = owner {
                let path = Some(format!("acme/p{number}"));
                saw.push(Project { instance: "acme".into(), number, path, ..Project::default() }.into());
                saw.push(
                    Job {
                        instance: "acme".into(),
                        number: 100 + number,
                        project: Some(number),
                        name: Some("deploy".into()),
                        git_ref: Some("main".into()),
                        ..Job::default()
                    }
                    .into(),
                );
            }
        }
        saw.extend(others::others(&state));
        let mut estate = Estate::default();
        let sweep = Sweep { scope: Scope::new("all", "all"), run: 1 };
        estate.absorb(Report::Saw(Observation { sweep, at: self.now(), saw, gaps: Vec::new() }));
        estate
    }

    pub(super) fn plan(&self, action: &str, target: &str) -> Result<Plan, WhyNot> {
        let estate = self.estate();
        let linked = join::link(&estate, &Policies::of(&estate));
        let ground = Ground { estate: &estate, linked: &linked, now: self.now() };
        let action = action.parse::<&Action>().unwrap();
        let target = KeyId::new(target).map_or_else(|| target.parse().unwrap(), |key| Id::key(&key));
        let mut wishes = Wishes::default();
        for wish in action.wishes {
            wishes.set(wish, wished::wished(action.name, wish.name)).unwrap();
        }
        action.plan(&ground, &target, &wishes)
    }

    /// One call: counts it, and lets happen to it what was planned.
    async fn call<T>(&self, name: &'static str, effect: impl FnOnce(&mut State) -> Answer<T>) -> Answer<T> {
        let mishap = {
            let mut state = self.state();
            state.calls.push(name);
            let number = state.calls.len() - 1;
            if name.starts_with(char::is_uppercase) {
                if state.allowed == Some(0) {
                    return Err(Trouble::Refused { blame: Blame::Token, call: name.to_owned() });
                }
                state.allowed = state.allowed.map(|left| left - 1);
            }
            let mishap = state.mishap.filter(|(at, _)| *at == number).map(|(_, mishap)| mishap);
            match mishap {
                None | Some(Mishap::Lost | Mishap::DiesAfter) => {
                    let answer = effect(&mut state);
                    judge(&mut state);
                    if mishap.is_none() {
                        return answer;
                    }
                }
                _ => {}
            }
            mishap
        };
        let call = name.to_owned();
        match mishap {
            Some(Mishap::DiesBefore | Mishap::DiesAfter) => {
                self.died.notify_one();
                std::future::pending().await
            }
            Some(Mishap::Busy) => Err(Trouble::Busy { call }),
            Some(Mishap::Denied) => Err(Trouble::Refused { blame: Blame::Token, call }),
            _ => Err(Trouble::Lost { call }),
        }
    }

    /// Carries a run on until it rests or its process dies; true where it died.
    pub(super) async fn drive(
        &self,
        journal: &Path,
        run: Option<RunId>,
        plan: &Plan,
    ) -> (RunId, bool, Progress) {
        let journal = Journal::open(journal).unwrap();
        let is_new = run.is_none();
        let run = match run {
            None => journal.begin(self.now(), plan).unwrap(),
            Some(run) => journal.take(run).unwrap(),
        };
        let id = run.id();
        let settings = Settings { delays: Delays::default(), stays: true };
        let mut engine = Engine::new(self, self, settings, run).unwrap();
        if is_new {
            engine.note(&Note::Begun { mark: mark() }, &mut |_| {}).unwrap();
        }
        let (stops, mut heard) = (|| false, |_: &Note| {});
        let died = tokio::select! {
            biased;
            gone = engine.go(&stops, &mut heard) => { gone.unwrap(); false }
            () = self.died.notified() => true,
        };
        (id, died, engine.progress().clone())
    }
}

/// The plan that takes a run back as far as that goes.
pub(super) fn undo(run: RunId, plan: &Plan, progress: &Progress, now: Timestamp) -> Result<Plan, WhyNot> {
    Undoing { run, plan, progress, taken_back: BTreeSet::new() }.whole(now)
}

pub(super) fn role(name: &str) -> Arn {
    Arn::new(&format!("arn:aws:iam::123456789012:role/{name}")).unwrap()
}

/// A policy that trusts these.
pub(super) fn trust_of(principals: &[Arn]) -> String {
    let allow = |arn: &Arn| serde_json::json!({ "Effect": "Allow", "Principal": { "AWS": arn.to_string() }, "Action": "sts:AssumeRole" });
    let statements: Vec<_> = principals.iter().map(allow).collect();
    serde_json::json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

/// Notes which pairs do not work right now.
fn judge(state: &mut State) {
    let works =
        |id: &str, secret: &str| state.keys.get(id).is_some_and(|key| key.is_active && key.secret == secret);
    let ids = state.variables.iter().filter(|(place, _)| place.contains("ACCESS_KEY_ID"));
    let broken: Vec<String> = ids
        .filter(|(place, (id, _))| {
            let beside = place.replace("ACCESS_KEY_ID", "SECRET_ACCESS_KEY");
            !state.variables.get(&beside).is_some_and(|(secret, _)| works(id, secret))
        })
        .map(|(place, _)| place.clone())
        .collect();
    state.broken = broken;
}
