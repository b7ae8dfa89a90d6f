//! A repository: its default branch, the last commit there, and its files by path.

use super::{
    connection::Page,
    node::{Got, Node},
    run::Question,
};
use crate::demo::{
    gitlab::{about::number_of, project_body::leaf},
    world::Project,
};

pub(super) fn field<'w>(project: &'w Project, question: &Question<'_, 'w>) -> Got<'w> {
    match question.name {
        "rootRef" => Got::leaf(project.default_branch.as_str()),
        "empty" => Got::leaf(project.branches.is_empty()),
        "tree" => Got::Node(is_there(project, question).then_some(Node::Tree(project))),
        "blobs" => blobs(project, question),
        _ => Got::leaf(true),
    }
}

/// Does the ref that was asked for exist? None asked for is the default branch.
fn is_there(project: &Project, question: &Question<'_, '_>) -> bool {
    question.arguments.text("ref").is_none_or(|name| project.has_ref(name))
}

/// Those of the paths asked for that are files; what is not there is left out without a word.
fn blobs<'w>(project: &'w Project, question: &Question<'_, 'w>) -> Got<'w> {
    let paths = question.arguments.texts("paths").filter(|_| is_there(project, question)).unwrap_or_default();
    let found = paths.into_iter().filter_map(|path| project.files.get_key_value(path));
    Page::in_order(found.map(|(path, text)| Node::Blob(project, path, text)), &question.arguments).into()
}

pub(super) fn commit<'w>(project: &Project, question: &Question<'_, 'w>) -> Got<'w> {
    let sha = project.head();
    match question.name {
        "id" => Got::leaf(format!("gid://gitlab/Commit/{sha}")),
        "sha" => Got::leaf(sha),
        _ => Got::leaf(sha.get(..8)),
    }
}

pub(super) fn blob<'w>(project: &Project, file: (&str, &str), question: &Question<'_, 'w>) -> Got<'w> {
    let (path, text) = file;
    match question.name {
        "id" => {
            let number = number_of(&[&project.full_path, path, text]);
            Got::leaf(format!("gid://gitlab/Gitlab::Graphql::Representation::TreeEntry/{number:016x}"))
        }
        "path" => Got::leaf(path),
        "name" => Got::leaf(leaf(path)),
        "rawBlob" | "rawTextBlob" => Got::leaf(text),
        "size" => Got::leaf(text.len().to_string()),
        _ => Got::leaf(text.len()),
    }
}
