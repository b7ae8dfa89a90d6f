//! The caller, this GitLab, and what the query costs.

use super::{
    check::MOST_COMPLEX,
    node::{Got, gid},
    run::Question,
};
use crate::demo::{gitlab::about, world::GitLabUser};

pub(super) fn user<'w>(user: &GitLabUser, question: &Question<'_, 'w>) -> Got<'w> {
    match question.name {
        "id" => Got::Leaf(gid("User", user.id)),
        "username" => Got::leaf(user.login.as_str()),
        "name" => Got::leaf(user.name.as_str()),
        _ => Got::leaf(format!("{}/{}", question.scene.gitlab.external_url, user.login)),
    }
}

pub(super) fn metadata<'w>(question: &Question<'_, 'w>) -> Got<'w> {
    let gitlab = question.scene.gitlab;
    match question.name {
        "version" => Got::leaf(gitlab.version.as_str()),
        "revision" => Got::leaf(about::revision(gitlab)),
        _ => Got::leaf(about::is_enterprise(gitlab)),
    }
}

pub(super) fn complexity<'w>(question: &Question<'_, 'w>) -> Got<'w> {
    Got::leaf(if question.name == "score" { question.scene.score } else { MOST_COMPLEX })
}
