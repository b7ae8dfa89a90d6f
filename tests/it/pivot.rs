//! The pivot that is planted in the demo company, as keytrail shows it after reading the demo's servers: one chain from the leaked key over
//! three accounts, and honest sessions around it with the jobs that opened them.

use keytrail::{
    app::World,
    model::{
        entity::Entity,
        event::Event,
        gitlab::Job,
        id::{Id, Kind},
        session::{Opener, Session},
    },
};

use crate::company;

fn session<'w>(world: &'w World, name: &str) -> &'w Session {
    match world.get(&Id::session(name)) {
        Some(Entity::Session(session)) => session,
        other => panic!("{name}: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_leaked_keys_pivot_is_one_chain_and_the_sessions_around_it_have_their_jobs() {
    let company = company::open().await;
    let world = company::collect(&company, |_| ()).await;
    let planted = |name: &str| {
        let company = company.world.read().expect("the company's world");
        company.planted.get(name).unwrap_or_else(|| panic!("no {name} is planted")).clone()
    };

    let names = [
        "leaked key first unknown session",
        "leaked key chained session",
        "leaked key second chained session",
    ];
    let ids = names.map(|name| Id::session(&planted(name)));
    let [broker, admin, replica] = names.map(|name| session(&world, &planted(name)));

    // Who opened whom, by the key of each call.
    assert!(matches!(&broker.opened_by, Opener::Key(key) if key.as_str() == planted("leaked key")));
    assert_eq!(admin.opened_by, Opener::Session(broker.name.clone()));
    assert_eq!(replica.opened_by, Opener::Session(admin.name.clone()));
    assert!(![broker, admin, replica].iter().any(|session| session.is_probable));
    let accounts = [broker, admin, replica].map(|session| session.role.as_ref().unwrap().account().unwrap());
    assert_eq!(accounts.map(|account| account.to_string()), ["222222222222", "222222222222", "333333333333"]);

    // One chain: they stand under each other, and filters by the leaked key find all three.
    let chains = world.chains();
    let first = chains.sessions().iter().position(|id| *id == ids[0]).unwrap();
    assert_eq!(chains.sessions()[first..first + 3], ids);
    assert_eq!(ids.each_ref().map(|id| chains.place(id).depth), [0, 1, 2]);
    assert_eq!(chains.place(&ids[0]).below, 2);
    assert!(ids.iter().all(|id| chains.root(id) == &ids[0]));

    // The attempts to stay: refused, by the chained sessions, and kept as events.
    for who in [admin, replica] {
        assert!(who.denied > 0 && !who.errors.is_empty(), "{who:?}");
        let tried = world
            .estate
            .all::<Event>()
            .any(|event| &*event.name == "CreateUser" && event.is_denied() && event.caller.key == who.key);
        assert!(tried, "{} tried to make a user", who.name);
    }

    // All of it came from an address that is nobody's, and no job is blamed for it.
    for pivot in [broker, admin, replica] {
        assert!(pivot.addresses.iter().any(|address| **address == *planted("leaked key unknown address")));
        assert!(pivot.jobs.is_empty(), "{:?}", pivot.jobs);
    }

    // Honest sessions of the same role have the job whose pipeline their name holds, as GitLab ran it.
    let mut attributed = 0;
    for id in chains.sessions() {
        let Some(Entity::Session(honest)) = world.get(id) else { panic!("{id}") };
        let Some(name) = honest.session_name.as_deref().filter(|name| name.starts_with("gitlab-ci-")) else {
            continue;
        };
        let pipeline: u64 = name.rsplit('-').next().unwrap().parse().unwrap();
        let Some(best) = honest.jobs.first() else { continue };
        assert_eq!(best.job.kind(), Kind::Job);
        let job: &Job = world.estate.find(&best.job).unwrap();
        let of_pipeline =
            world.estate.all::<Job>().any(|job| job.pipeline == Some(pipeline) && job.started.is_some());
        if of_pipeline {
            assert_eq!(job.pipeline, Some(pipeline), "{name}: {best:?}");
            attributed += 1;
        }
        assert!(!best.reasons.is_empty());
    }
    assert!(attributed > 20, "only {attributed} sessions have the job of their pipeline");
}
