//! Looking again while the dashboard is open: only what is new is asked for, and nothing that was seen is lost.

use std::collections::BTreeSet;

use keytrail::{
    model::{estate::Estate, event::Event, id::Id},
    source::aws::Aws,
};

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

fn events(estate: &Estate) -> BTreeSet<Id> {
    estate.all::<Event>().map(Event::id).collect()
}
