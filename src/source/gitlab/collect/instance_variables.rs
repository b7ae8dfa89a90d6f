//! Variables of the whole instance, which every job of every project gets: `GET /admin/ci/variables`.

use super::super::{
    endpoint::instance_variables,
    strand::Strand,
    variable::Listed,
    walk::{Halt, Walk},
};
use crate::{model::gitlab::Owner, net::Place};

pub(in super::super) async fn walk(walk: &Walk) {
    let strand = walk.begin("instance variables").await;
    if let Err(halt) = read(walk, &strand).await {
        strand.refused("GET /admin/ci/variables", &halt, "needs a token of an administrator.").await;
    }
    strand.end().await;
}

async fn read(walk: &Walk, strand: &Strand<'_>) -> Result<(), Halt> {
    let mut pages = walk.pages(instance_variables(), Place::Start);
    while let Some(page) = pages.next().await? {
        let listed: Vec<Listed<'_>> = page.answer.json("a list of variables")?;
        let seen = listed.into_iter().map(|variable| variable.seen(walk.instance(), Owner::Instance));
        strand.saw(seen.collect::<Vec<_>>()).await;
        if let Some(total) = page.total {
            strand.expects(total).await;
        }
    }
    Ok(())
}
