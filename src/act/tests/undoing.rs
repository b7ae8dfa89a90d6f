//! What is undone is as it was before; what cannot be undone says so.

use proptest::prelude::*;

use super::{
    call::Back,
    every::{cases, shape},
    *,
};

async fn carry(world: &World, journal: &Path, plan: &Plan) -> (RunId, Progress) {
    let (id, _, progress) = world.drive(journal, None, plan).await;
    (id, progress)
}

/// May every step of it be taken back?
fn is_undoable(plan: &Plan) -> bool {
    plan.calls().iter().all(|call| matches!(call.way_back(None), Back::By(_) | Back::Nothing))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Any sequence of any actions, as far as they apply one after the other and can be undone at all, undone from its end, leaves the world
    /// as it was. In a world without variables containing a key can be undone too.
    #[test]
    fn undoing_everything_gives_the_world_back(
        pairs in 0_u64..3, choices in proptest::collection::vec(any::<prop::sample::Index>(), 1..14),
    ) {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
            let kept = folder();
            let journal = kept.path().join("j.db");
            let world = World::new(pairs, 0, pairs > 0);
            let before = shape(&world);
            let cases = cases();
            let mut runs = Vec::new();
            for choice in choices {
                let (action, target, _) = &cases[choice.index(cases.len())];
                let Ok(mut plan) = world.plan(action, target) else { continue };
                if !is_undoable(&plan) {
                    continue;
                }
                plan.accept("a test");
                let (id, progress) = carry(&world, &journal, &plan).await;
                assert_eq!(progress.status, Status::Finished, "{action}");
                runs.push((id, plan, progress));
            }
            for (id, plan, progress) in runs.into_iter().rev() {
                let back = undo(id, &plan, &progress, world.now()).unwrap();
                assert_eq!(back.undoes.as_ref().map(|undoes| &*undoes.run), Some(&*id.to_string()));
                assert_eq!(carry(&world, &journal, &back).await.1.status, Status::Finished, "{}", back.title);
            }
            assert_eq!(shape(&world), before);
        });
    }
}

#[tokio::test]
async fn a_rotation_is_undone_as_far_as_it_goes() {
    let kept = folder();
    let journal = kept.path().join("j.db");
    let world = World::new(1, 0, false);
    let plan = world.plan("rotate-key", OLD).unwrap();
    let deactivated =
        plan.steps.iter().position(|step| step.request().operation == "UpdateAccessKey").unwrap();
    // As it stands while it soaks.
    let mut progress = Progress::begun(world.now());
    let calls = plan.calls();
    let made = KeyId::new("AKIARZPUZDIKNEW00001").unwrap();
    for step in 0..=deactivated {
        let receipt = match calls[step] {
            Call::CreateAccessKey(_) => Receipt::Made(made.clone()),
            call if call.is_wait() => Receipt::Waited,
            _ => Receipt::Changed,
        };
        for note in [Note::Started { step }, Note::Done { step, receipt }] {
            progress = progress.next(&calls, world.now(), &note).unwrap();
        }
    }
    let id = carry(&world, &journal, &plan).await.0;
    let back = undo(id, &plan, &progress, world.now()).unwrap();
    let operations: Vec<String> = back.steps.iter().map(|step| step.0.says()).collect();
    assert_eq!(operations, [format!("{OLD} works again")]);
    assert!(back.cautions[0].contains("the old secret was not kept"), "{:?}", back.cautions);
    // After the first step alone, the new key is what there is to undo.
    let begun = Progress::begun(world.now());
    let begun = begun.next(&calls, world.now(), &Note::Started { step: 0 }).unwrap();
    assert!(undo(id, &plan, &begun, world.now()).unwrap_err().to_string().contains("in doubt"));
    let note = Note::Done { step: 0, receipt: Receipt::Made(made.clone()) };
    let begun = begun.next(&calls, world.now(), &note).unwrap();
    let back = undo(id, &plan, &begun, world.now()).unwrap();
    assert_eq!(back.steps[0].0.about(), Some(made.to_string()));
    // And of nothing, nothing.
    let nothing = Progress::begun(world.now());
    assert!(undo(id, &plan, &nothing, world.now()).unwrap_err().to_string().contains("changed nothing"));
}
