//! Looking again while the dashboard is open: only what is new is asked for, and nothing that was seen is lost.

use std::{collections::BTreeSet, sync::Arc};

use keytrail::{
    base::time::SystemClock,
    model::{estate::Estate, event::Event, id::Id},
    source::{Outlet, aws::Aws},
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::aws::{company, source, sweep};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_look_asks_for_fewer_pages_and_shows_the_same_events() {
    let company = company().await.expect("the company opens");
    let aws = Aws::new(source(&company, 1, 6));
    let pages = || company.front.calls().iter().filter(|call| call.name == "cloudtrail:LookupEvents").count();
    let mut estate = Estate::default();
    sweep(&aws, &[], &mut estate).await;
    let (first, seen) = (pages(), events(&estate));
    sweep(&aws, &[], &mut estate).await;
    let second = pages() - first;
    assert!(first > second, "{first} pages, then {second}");
    // One page for each name and region is the least there is: three and four names in two regions, one of them at home only.
    assert!(second <= 13, "{second} pages for a window of a quarter of an hour");
    assert!(seen.len() > 100, "{}", seen.len());
    assert_eq!(events(&estate), seen);
}

/// A session that was opened before the window: the call that minted its key is found by the key.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_no_look_has_read_is_found_by_what_it_names() {
    let company = company().await.expect("the company opens");
    let aws = Aws::new(source(&company, 1, 1));
    let mut estate = Estate::default();
    sweep(&aws, &[], &mut estate).await;
    let number = company.accounts[1].account;
    let old = {
        let world = company.world.read().expect("nobody panicked");
        let trails = world.accounts[&number].trail.values().flatten();
        let minting = trails.filter(|event| event.name == "AssumeRole").min_by_key(|event| event.at);
        let keys = minting.expect("roles were assumed").resources.iter();
        keys.clone().find(|(kind, _)| kind == "AWS::IAM::AccessKey").expect("it minted a key").1.clone()
    };
    let minted = |estate: &Estate| {
        estate
            .all::<Event>()
            .filter(|event| event.minted.as_ref().is_some_and(|key| key.as_str() == old))
            .count()
    };
    assert_eq!(minted(&estate), 0, "it was opened before the window");
    let seen = events(&estate);
    let (reports, mut inbox) = mpsc::channel(64);
    let outlet = Outlet { reports, clock: Arc::new(SystemClock), stop: CancellationToken::new(), run: 1 };
    tokio::join!(aws.look_up(&old, outlet), async {
        while let Some(report) = inbox.recv().await {
            estate.absorb(report);
        }
    });
    assert_eq!(minted(&estate), 1);
    assert!(seen.is_subset(&events(&estate)), "what was known stays");
}

fn events(estate: &Estate) -> BTreeSet<Id> {
    estate.all::<Event>().map(Event::id).collect()
}
