//! Some steps of a run are taken back by themselves, and some of a plan are left out, where nothing else hangs on them.

use super::{every::plan, *};

/// A containment that was carried out: its run, its plan, how it stands.
async fn contained(world: &World, journal: &Path) -> (RunId, Plan, Progress) {
    let mut plan = world.plan("contain-key", OLD).unwrap();
    plan.accept("a test");
    let (id, _, progress) = world.drive(journal, None, &plan).await;
    assert_eq!(progress.status, Status::Finished);
    (id, plan, progress)
}

fn of<'a>(run: RunId, plan: &'a Plan, progress: &'a Progress) -> Undoing<'a> {
    Undoing { run, plan, progress, taken_back: BTreeSet::new() }
}

/// Where the plan has steps that say this, counted from 0.
fn saying(plan: &Plan, words: &str) -> Vec<usize> {
    let says = plan.steps.iter().enumerate().filter(|(_, step)| step.0.says().contains(words));
    says.map(|(step, _)| step).collect()
}

#[tokio::test]
async fn one_rung_is_taken_back_and_the_rest_stays() {
    let kept = folder();
    let journal = kept.path().join("j.db");
    let world = World::new(2, 0, false);
    let (id, plan, progress) = contained(&world, &journal).await;
    let policies = world.state().policies.clone();
    let data = saying(&plan, "session of data ");
    assert_eq!(data.len(), 2, "it is revoked twice");
    // Whichever of the two is named, both are one rung.
    for step in &data {
        let back = of(id, &plan, &progress).steps(&[*step].into(), world.now()).unwrap();
        assert_eq!(back.steps.len(), 1, "{:?}", back.steps);
        assert_eq!(back.identities.len(), 1, "GitLab is not asked for it: {:?}", back.identities);
        assert_eq!(back.undoes, Some(Undoes { run: id.to_string(), steps: vec![data.clone()] }));
        assert!(back.title.starts_with(&format!("Undo steps {}, {} of run", data[0] + 1, data[1] + 1)));
    }
    let back = of(id, &plan, &progress).steps(&[data[1]].into(), world.now()).unwrap();
    assert_eq!(engine::check(&world, &world, &back).await.unwrap(), Vec::<String>::new());
    let (second, _, progress_of_back) = world.drive(&journal, None, &back).await;
    let gone: Vec<_> =
        policies.keys().filter(|name| !world.state().policies.contains_key(*name)).cloned().collect();
    assert_eq!(gone, [format!("{} AWSRevokeOlderSessions", role("data"))]);
    assert!(!world.state().keys[OLD].is_active, "the key stays off");
    // The journal tells which steps are taken back, and nothing is taken back twice.
    let journal = Journal::open(&journal).unwrap();
    let taken = taken_back_in(&journal, id).unwrap();
    assert_eq!(taken, data.iter().map(|step| (*step, second)).collect());
    let rest = Undoing { taken_back: taken.keys().copied().collect(), ..of(id, &plan, &progress) };
    let why = rest.steps(&[data[0]].into(), world.now()).unwrap_err();
    assert!(why.to_string().contains("taken back already"), "{why}");
    let whole = rest.whole(world.now()).unwrap();
    assert!(saying(&whole, "in the way of data").is_empty() && saying(&whole, "works again").len() == 1);
    assert_eq!(engine::check(&world, &world, &whole).await.unwrap(), Vec::<String>::new());
    // An undoing that was undone takes nothing back.
    let runs = [(id, &plan, &progress), (second, &back, &progress_of_back)];
    assert_eq!(taken_back(id, &runs).len(), 2);
    let third =
        Plan { undoes: Some(Undoes { run: second.to_string(), steps: vec![vec![0]] }), ..back.clone() };
    let runs = [runs[0], runs[1], ("9".parse().unwrap(), &third, &progress_of_back)];
    assert_eq!(taken_back(id, &runs).len(), 0);
}

#[tokio::test]
async fn what_a_step_cannot_be_taken_back_for_is_said() {
    let kept = folder();
    let world = World::new(2, 0, false);
    let (id, plan, progress) = contained(&world, &kept.path().join("j.db")).await;
    let why =
        |step: usize| of(id, &plan, &progress).steps(&[step].into(), world.now()).unwrap_err().to_string();
    assert!(why(99).contains("no step 100"));
    assert!(why(saying(&plan, "waits")[0]).contains("changed nothing"));
    assert!(why(saying(&plan, "instead of its secret")[0]).contains("the secret was not kept"));
    assert!(of(id, &plan, &progress).steps(&BTreeSet::new(), world.now()).is_err());
    // A run that is not over ends with it, and that is said.
    let calls = plan.calls();
    let mut half = Progress::begun(world.now());
    for note in [Note::Started { step: 0 }, Note::Done { step: 0, receipt: Receipt::Changed }] {
        half = half.next(&calls, world.now(), &note).unwrap();
    }
    let back = of(id, &plan, &half).steps(&[0].into(), world.now()).unwrap();
    assert!(back.open_blocks().next().unwrap().says.contains("is not over"), "{:?}", back.blocks);
    let not_done = of(id, &plan, &half).steps(&[1].into(), world.now()).unwrap_err();
    assert!(not_done.to_string().contains("was not done"));
    // Its answer is not known yet.
    let doubt = half.next(&calls, world.now(), &Note::Started { step: 1 }).unwrap();
    assert!(of(id, &plan, &doubt).steps(&[0].into(), world.now()).unwrap_err().to_string().contains("doubt"));
}

#[tokio::test]
async fn what_came_later_about_the_same_thing_goes_first() {
    let world = World::new(1, 0, false);
    let plan = world.plan("rotate-key", OLD).unwrap();
    let calls = plan.calls();
    let mut progress = Progress::begun(world.now());
    for (step, call) in calls.iter().enumerate() {
        let receipt = match call {
            call if !call.is_repeatable() => Receipt::Made(KeyId::new("AKIARZPUZDIKNEW00001").unwrap()),
            call if call.is_wait() => Receipt::Waited,
            _ => Receipt::Changed,
        };
        for note in [Note::Started { step }, Note::Done { step, receipt }] {
            progress = progress.next(&calls, world.now(), &note).unwrap();
        }
    }
    let off = saying(&plan, "stops working")[0];
    let why = of("1".parse().unwrap(), &plan, &progress).steps(&[off].into(), world.now()).unwrap_err();
    assert!(why.to_string().contains("a deleted key never comes back"), "{why}");
    // Two plans of one runner, as one: there and back.
    let pause = world.plan("pause-runner", "runner:acme/7").unwrap();
    world.state().gitlab.paused(true);
    let resume = world.plan("resume-runner", "runner:acme/7").unwrap();
    let mut both = pause.clone();
    both.steps.extend(resume.steps.iter().cloned());
    both.steps.extend(pause.steps.iter().cloned());
    let calls = both.calls();
    let mut progress = Progress::begun(world.now());
    for step in 0..3 {
        for note in [Note::Started { step }, Note::Done { step, receipt: Receipt::Changed }] {
            progress = progress.next(&calls, world.now(), &note).unwrap();
        }
    }
    let undoing = of("1".parse().unwrap(), &both, &progress);
    let why = undoing.steps(&[0].into(), world.now()).unwrap_err();
    assert!(why.to_string().contains("take it back as well"), "{why}");
    assert_eq!(undoing.steps(&[2].into(), world.now()).unwrap().steps, resume.steps);
    let whole: Vec<_> = undoing.whole(world.now()).unwrap().steps;
    assert_eq!(whole, [&resume.steps[..], &pause.steps, &resume.steps].concat());
}

#[tokio::test]
async fn rungs_are_left_out_before_it_begins() {
    let world = World::new(2, 0, false);
    let mut plan = world.plan("contain-key", OLD).unwrap();
    plan.accept("a test");
    let (off, data) = (saying(&plan, "stops working")[0], saying(&plan, "session of data "));
    assert_eq!(plan.rung(data[0]).unwrap(), data.iter().copied().collect());
    let wait = saying(&plan, "waits")[0];
    assert!(plan.rung(wait).unwrap_err().to_string().contains("a wait"));
    let less = plan.without(&[off, data[1]].into()).unwrap();
    assert_eq!(less.steps.len(), plan.steps.len() - 3);
    assert!(less.cautions[0].contains("Left out") && less.cautions[0].contains("stops working"));
    assert!(less.cautions[1].contains("session of data "));
    assert!(less.steps.iter().any(|step| step.0.is_wait()), "others are revoked twice all the same");
    assert_eq!(engine::check(&world, &world, &less).await.unwrap(), Vec::<String>::new());
    let kept = folder();
    let (.., progress) = world.drive(&kept.path().join("j.db"), None, &less).await;
    assert_eq!(progress.status, Status::Finished);
    assert!(world.state().keys[OLD].is_active);
    assert!(!world.state().policies.keys().any(|name| name.contains("role/data ")));
    assert!(world.state().policies.keys().any(|name| name.contains("role/deploy ")));
    // One rung alone waits for nothing, and asks nobody it has no need of.
    let one = plan.only(&[off].into()).unwrap();
    assert_eq!(one.steps, [plan.steps[off].clone()]);
    assert!(one.identities.iter().all(|identity| matches!(identity, Identity::Aws { .. })), "{one:?}");
    assert!(one.needs.len() < plan.needs.len() && !one.needs.is_empty());
    let every: BTreeSet<usize> =
        (0..plan.steps.len()).filter(|step| !plan.steps[*step].0.is_wait()).collect();
    assert!(plan.without(&every).unwrap_err().to_string().contains("nothing would be left"));
    assert!(plan.without(&[99].into()).is_err());
    assert_eq!(plan.without(&BTreeSet::new()).unwrap(), plan);
    // Where each step needs the one before, none can be left out.
    let fresh = World::new(1, 0, false);
    let rotation = fresh.plan("rotate-key", OLD).unwrap();
    assert!(rotation.rung(0).unwrap_err().to_string().contains("hang together"));
}

/// The colleague was quicker: the pair works with a key of theirs, whose secret stands nowhere else.
#[tokio::test]
async fn a_pair_that_got_another_key_is_neither_blanked_nor_deleted() {
    const THEIRS: &str = "AKIARZPUZDIKTHEIRSXX";
    let world = World::new(2, 0, false);
    let made = plan(&world, "contain-key", OLD);
    let deletion = plan(
        &world,
        "delete-variable",
        &Id::variable("acme", &Owner::Project(1), "AWS_SECRET_ACCESS_KEY", "*").to_string(),
    );
    let (id, secret) = pair(1);
    let secret_of_theirs = "T".repeat(40);
    world.state().variables.insert(id.to_string(), (THEIRS.into(), false));
    world.state().variables.insert(secret.to_string(), (secret_of_theirs.clone(), false));
    let kept = folder();
    let (_, _, progress) = world.drive(&kept.path().join("j.db"), None, &deletion).await;
    assert!(
        matches!(&progress.status, Status::Halted { why } if why.contains("another key")),
        "{progress:?}"
    );
    let (_, _, progress) = world.drive(&kept.path().join("j.db"), None, &made).await;
    // The other rungs are taken all the same.
    assert_eq!((&progress.status, progress.left()), (&Status::Finished, 1));
    assert!(
        progress.receipts.iter().any(|one| matches!(one, Receipt::Left(why) if why.contains("another key")))
    );
    assert_eq!(world.state().variables[&secret.to_string()].0, secret_of_theirs);
    assert_eq!(world.state().variables[&pair(2).1.to_string()].0, call::blank_variable::BLANK);
    assert!(!world.state().keys[OLD].is_active);
}
