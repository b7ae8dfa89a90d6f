//! The GitLab of this world: a project runner with two projects, variables that are described, secrets that a person keeps, and a command
//! that takes a runner's token. What GitLab's actions do to them, and what they say.

use super::*;
use crate::{base::text::plural, config::Origin, model::gitlab::RunnerType};

/// What a person keeps in two environment variables.
const BY_HAND: [&str; 2] = ["AKIARZPUZDIKBYHAND01", "ByHandByHandByHandByHandByHandByHandByHa"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::act) struct GitLab {
    /// `None` once it is deleted.
    pub(super) runner: Option<RunnerState>,
    /// Projects the runner is assigned to; the first owns it.
    pub(super) serves: BTreeSet<u64>,
    /// How often its token was reset.
    pub(super) token: u32,
    /// The one the command was given last.
    pub(super) taken: Option<u32>,
    /// Descriptions by place.
    pub(super) described: BTreeMap<String, String>,
    /// Does it know hidden variables?
    pub(super) hides: bool,
}

impl Default for GitLab {
    fn default() -> Self {
        let runner = RunnerState {
            paused: Some(false),
            locked: Some(false),
            protected: Some(false),
            run_untagged: Some(true),
            tags: Some(vec!["aws".into(), "docker".into()]),
        };
        let (id, secret) = pair(1);
        Self {
            runner: Some(runner),
            serves: BTreeSet::from([1, 2]),
            token: 0,
            taken: None,
            described: [id, secret].map(|place| (place.to_string(), format!("why {}", place.key))).into(),
            hides: true,
        }
    }
}

impl GitLab {
    pub(super) fn paused(&mut self, to: bool) {
        self.runner.as_mut().unwrap().paused = Some(to);
    }

    pub(super) fn shown(&self) -> Answer<RunnerState> {
        self.runner.clone().ok_or(Trouble::Gone { call: "GET /runners/7".into() })
    }

    pub(super) fn set(&mut self, to: &Setting) -> Answer<()> {
        let runner = self.runner.as_mut().ok_or(Trouble::Gone { call: "PUT /runners/7".into() })?;
        match to.clone() {
            Setting::Paused(to) => runner.paused = Some(to),
            Setting::Locked(to) => runner.locked = Some(to),
            Setting::Protected(to) => runner.protected = Some(to),
            Setting::RunUntagged(to) => runner.run_untagged = Some(to),
            Setting::Tags(to) => runner.tags = Some(to),
        }
        Ok(())
    }

    pub(super) fn entity(&self) -> Option<Entity> {
        let state = self.runner.as_ref()?;
        let runner = Runner {
            instance: "acme".into(),
            number: 7,
            runner_type: Some(RunnerType::Project),
            paused: state.paused,
            locked: state.locked,
            protected: state.protected,
            run_untagged: state.run_untagged,
            tags: state.tags.clone(),
            projects: Some(self.serves.iter().copied().collect()),
            ..Runner::default()
        };
        Some(runner.into())
    }

    /// The same, however often a token was reset on the way.
    fn settled(mut self) -> Self {
        assert!(
            self.taken.is_none_or(|taken| taken == self.token),
            "the last token is the one that was taken"
        );
        self.token = self.token.min(1);
        self.taken = self.taken.map(|_| 1);
        self
    }
}

pub(super) fn fetched(origin: &Origin) -> Answer<Secret> {
    match origin.to_string().as_str() {
        "env:NEW_ID" => Ok(Secret::new(BY_HAND[0].into())),
        "env:NEW_SECRET" => Ok(Secret::new(BY_HAND[1].into())),
        call => Err(Trouble::Refused { blame: Blame::Scope("it is not set.".into()), call: call.into() }),
    }
}

/// Puts a variable, whole, under another place.
pub(super) fn moved(state: &mut State, from: &Place, to: &Place) -> Answer<()> {
    let (from, to) = (from.to_string(), to.to_string());
    if state.variables.contains_key(&to) {
        let blame = Blame::Scope("GitLab says it is taken.".into());
        return Err(Trouble::Refused { blame, call: to });
    }
    let variable = state.variables.remove(&from).ok_or(Trouble::Gone { call: from.clone() })?;
    state.variables.insert(to.clone(), variable);
    if state.protected.remove(&from) {
        state.protected.insert(to.clone());
    }
    if let Some(text) = state.gitlab.described.remove(&from) {
        state.gitlab.described.insert(to, text);
    }
    Ok(())
}

pub(super) fn made(state: &mut State, place: &Place, like: &VariableState, value: &Secret) -> Answer<bool> {
    let (call, hides) = (place.to_string(), state.gitlab.hides);
    if state.variables.contains_key(&call) {
        return Err(Trouble::Refused { blame: Blame::Scope("GitLab says it is taken.".into()), call });
    }
    state.variables.insert(call.clone(), (value.open().to_owned(), hides));
    if like.flags.protected == Some(true) {
        state.protected.insert(call.clone());
    }
    state.gitlab.described.extend(like.description.clone().map(|text| (call, text)));
    Ok(hides)
}

pub(super) fn deleted(state: &mut State, place: &Place) -> Answer<()> {
    let call = place.to_string();
    state.protected.remove(&call);
    state.gitlab.described.remove(&call);
    state.variables.remove(&call).map(drop).ok_or(Trouble::Gone { call })
}

pub(super) fn settled(state: &State) -> GitLab {
    state.gitlab.clone().settled()
}

fn variable(key: &str) -> String {
    Id::variable("acme", &Owner::Project(1), key, "*").to_string()
}

const RUNNER: &str = "runner:acme/7";

/// What can be taken back.
pub(super) fn undoable() -> Vec<super::every::Case> {
    let nothing: fn(&mut State) = |_| {};
    let mut cases: Vec<super::every::Case> = vec![
        ("narrow-variable", variable("AWS_SECRET_ACCESS_KEY"), nothing),
        (
            "narrow-variable",
            Id::variable("acme", &Owner::Project(1), "AWS_REGION", "*").to_string(),
            |state| _ = state.variables.insert("acme/project/1/AWS_REGION@*".into(), ("eu".into(), false)),
        ),
    ];
    let sets = ["lock-runner", "protect-runner", "forbid-untagged", "remove-runner-tag", "disable-runner"];
    cases.extend(sets.map(|action| (action, RUNNER.to_owned(), nothing)));
    cases
}

/// What cannot.
pub(super) fn lasting() -> Vec<super::every::Case> {
    let nothing: fn(&mut State) = |_| {};
    let protected: fn(&mut State) = |state| {
        state.protected.insert(pair(1).1.to_string());
        state.waiting = 3;
    };
    vec![
        ("hide-variable", variable("AWS_SECRET_ACCESS_KEY"), protected),
        (
            "hide-variable",
            Id::variable("acme", &Owner::Group(9), "AWS_CREDENTIALS", "prod").to_string(),
            nothing,
        ),
        ("write-variable", variable("AWS_ACCESS_KEY_ID"), nothing),
        (
            "write-variable",
            Id::variable("acme", &Owner::Project(2), "AWS_SECRET_ACCESS_KEY", "*").to_string(),
            nothing,
        ),
        ("delete-variable", variable("AWS_ACCESS_KEY_ID"), nothing),
        ("delete-variable", variable("AWS_SECRET_ACCESS_KEY"), protected),
        ("reset-runner-token", RUNNER.to_owned(), nothing),
        ("delete-runner", RUNNER.to_owned(), nothing),
    ]
}

#[tokio::test]
async fn what_lasts_says_so() {
    for (action, target, make) in lasting() {
        let world = super::every::open(make);
        let made = super::every::plan(&world, action, &target);
        assert!(
            made.confirm.is_some() || action == "write-variable",
            "{action} cannot be undone: it wants a word"
        );
        let kept = folder();
        let (id, _, progress) = world.drive(&kept.path().join("j.db"), None, &made).await;
        assert_eq!(progress.status, Status::Finished);
        let undoing = Undoing { run: id, plan: &made, progress: &progress, taken_back: BTreeSet::new() };
        let why = undoing.whole(world.now()).unwrap_err().to_string();
        assert!(
            ["not kept", "never comes back", "never shows"].iter().any(|part| why.contains(part)),
            "{action}: {why}"
        );
    }
}

/// Wherever a hiding rests, the value is somewhere; and as long as it can be read, all can be taken back.
#[tokio::test]
async fn a_hiding_that_was_interrupted_is_taken_back() {
    let target = variable("AWS_SECRET_ACCESS_KEY");
    let quiet = super::every::open(|_| {});
    let before = quiet.state().variables.clone();
    let plan = super::every::plan(&quiet, "hide-variable", &target);
    let mut undone = 0;
    for changes in 1..=3 {
        let world = super::every::open(|_| {});
        let kept = folder();
        let journal = kept.path().join("j.db");
        // Permission is lost for good once so many calls had their effect.
        world.state().allowed = Some(changes);
        let (id, _, progress) = world.drive(&journal, None, &plan).await;
        assert!(matches!(progress.status, Status::Halted { .. }), "{progress:?}");
        world.state().allowed = None;
        let values =
            |state: &State| state.variables.values().filter(|(value, _)| value == OLD_SECRET).count();
        assert!(values(&world.state()) >= values(&quiet.state()), "nothing is lost");
        let undoing = Undoing { run: id, plan: &plan, progress: &progress, taken_back: BTreeSet::new() };
        let back = undoing.whole(world.now()).unwrap();
        let (_, _, progress) = world.drive(&kept.path().join("back.db"), None, &back).await;
        assert_eq!(progress.status, Status::Finished, "{changes}");
        assert_eq!(world.state().variables, before, "{changes}");
        undone += 1;
    }
    assert_eq!(undone, 3);
}

#[tokio::test]
async fn half_of_a_pair_is_not_taken_back_alone() {
    let world = super::every::open(|_| {});
    let plan = super::every::plan(&world, "narrow-variable", &variable("AWS_ACCESS_KEY_ID"));
    let kept = folder();
    let (id, _, progress) = world.drive(&kept.path().join("j.db"), None, &plan).await;
    let undoing = Undoing { run: id, plan: &plan, progress: &progress, taken_back: BTreeSet::new() };
    for step in [0, 1] {
        let why = undoing.steps(&BTreeSet::from([step]), world.now()).unwrap_err().to_string();
        assert!(why.contains("belongs to step"), "{why}");
    }
    assert_eq!(undoing.steps(&BTreeSet::from([0, 1]), world.now()).unwrap().steps.len(), 2);
}

#[tokio::test]
async fn an_older_gitlab_is_left_as_it_was() {
    let world = super::every::open(|state| state.gitlab.hides = false);
    let before = world.state().variables.clone();
    let plan = super::every::plan(&world, "hide-variable", &variable("AWS_SECRET_ACCESS_KEY"));
    let kept = folder();
    let (_, _, progress) = world.drive(&kept.path().join("j.db"), None, &plan).await;
    let Status::Halted { why } = progress.status else { panic!("{progress:?}") };
    assert!(why.contains("17.4"), "{why}");
    assert_eq!(world.state().variables, before);
}

#[tokio::test]
async fn halves_that_were_mixed_up_are_not_written() {
    let world = super::every::open(|_| {});
    let plan = super::every::plan(&world, "write-variable", &variable("AWS_ACCESS_KEY_ID"));
    let json = serde_json::to_string(&plan).unwrap();
    assert!(!json.contains(BY_HAND[0]) && !json.contains(BY_HAND[1]));
    let mixed =
        json.replace("NEW_ID", "NEW_X").replace("NEW_SECRET", "NEW_ID").replace("NEW_X", "NEW_SECRET");
    let mixed: Plan = serde_json::from_str(&mixed).unwrap();
    let differs = engine::check(&world, &world, &mixed).await.unwrap();
    assert_eq!(differs.len(), 2, "{differs:?}");
    assert!(differs[0].contains("is no secret") && differs[1].contains("no access key id"), "{differs:?}");
    assert!(world.state().calls.iter().all(|call| *call != "PUT"));
}

#[test]
fn actions_say_why_not() {
    let world = super::every::open(|_| {});
    let why = |action: &str, target: &str, set: &dyn Fn(&mut State)| {
        let world = super::every::open(|_| {});
        set(&mut world.state());
        world.plan(action, target).unwrap_err().to_string()
    };
    let runner =
        |change: fn(&mut RunnerState)| move |state: &mut State| change(state.gitlab.runner.as_mut().unwrap());
    assert!(why("lock-runner", RUNNER, &runner(|one| one.locked = Some(true))).contains("locked already"));
    assert!(why("protect-runner", RUNNER, &runner(|one| one.protected = Some(true))).contains("already"));
    assert!(why("forbid-untagged", RUNNER, &runner(|one| one.tags = Some(vec![]))).contains("no tags"));
    let last = |one: &mut RunnerState| (one.tags, one.run_untagged) = (Some(vec!["aws".into()]), Some(false));
    assert!(why("remove-runner-tag", RUNNER, &runner(last)).contains("last tag"));
    let other = |one: &mut RunnerState| one.tags = Some(vec!["x".into(), "y".into()]);
    assert!(why("remove-runner-tag", RUNNER, &runner(other)).contains("with --tag: x, y"));
    let owner = |state: &mut State| state.gitlab.serves = BTreeSet::from([2]);
    assert!(why("disable-runner", RUNNER, &owner).contains("delete-runner does"));
    let hidden = variable("AWS_SECRET_ACCESS_KEY");
    let hide = |state: &mut State| state.variables.get_mut(&pair(1).1.to_string()).unwrap().1 = true;
    assert!(why("hide-variable", &hidden, &hide).contains("hidden already"));
    let taken = |state: &mut State| {
        state.variables.insert(pair(1).0.at("production").to_string(), ("x".into(), false));
    };
    assert!(why("narrow-variable", &hidden, &taken).contains("there is another one"));
    let text = Id::variable("acme", &Owner::Group(9), "AWS_CREDENTIALS", "prod").to_string();
    let narrower = why("narrow-variable", &text, &|_| {});
    assert!(narrower.contains("`production` is not narrower than `prod`"), "{narrower}");
    assert!(why("write-variable", &text, &|_| {}).contains("no half of a pair"));
    let plan = world.plan("delete-variable", &hidden).unwrap();
    let order: Vec<String> = plan.steps.iter().map(|step| step.0.says()).collect();
    assert!(order[0].contains("SECRET") && order[1].contains("KEY_ID"), "the id is last: {order:?}");
    assert!(plan.blocks[0].says.contains(&plural(1, "project", "projects")), "{:?}", plan.blocks);
    assert!(
        plan.cautions.iter().any(|line| line.contains("stands in 2 other variables")),
        "{:?}",
        plan.cautions
    );
}
