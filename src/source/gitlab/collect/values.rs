//! Values of variables that may carry AWS credentials, one request for each project or group that holds one. Only what the
//! value shows is kept; the value dies at decode.

use std::ops::ControlFlow;

use super::super::{roster::Holder, single, tally::Tally, walk::Walk};

const MAINTAINER: &str = "needs a token of an administrator, or of a maintainer of the projects.";
const OWNER: &str = "needs a token of an administrator, or of an owner of the groups.";

pub(in super::super) async fn walk(walk: &Walk) {
    let strand = walk.begin("variable values").await;
    let unread = |holders: Vec<(u64, Holder)>| -> Vec<(u64, Holder)> {
        holders.into_iter().filter(|(_, holder)| holder.carries && !holder.read).collect()
    };

    let groups = Tally::new("GET /groups/:id/variables", OWNER);
    walk.each(unread(walk.roster.groups()), async |(number, group): (u64, Holder)| {
        match single::group_variables(walk, &strand, number).await {
            Ok(()) => ControlFlow::Continue(()),
            Err(halt) => groups.add(&group.path, &halt),
        }
    })
    .await;
    groups.tell(&strand).await;

    let projects = Tally::new("GET /projects/:id/variables", MAINTAINER);
    walk.each(unread(walk.roster.projects()), async |(number, project): (u64, Holder)| {
        match single::project_variables(walk, &strand, number).await {
            Ok(()) => ControlFlow::Continue(()),
            Err(halt) => projects.add(&project.path, &halt),
        }
    })
    .await;
    projects.tell(&strand).await;

    if walk.is_stopped() {
        strand.in_part();
    }
    strand.end().await;
}
