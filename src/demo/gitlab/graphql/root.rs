//! The fields of `Query`: where every walk begins.

use super::{
    connection::{Arguments, Page},
    node::{Got, Node, Owner, number},
    run::Question,
    runner,
};
use crate::demo::world::{Group, Project};

pub(super) fn field<'w>(question: &Question<'_, 'w>) -> Got<'w> {
    let gitlab = question.scene.gitlab;
    let arguments = &question.arguments;
    match question.name {
        "projects" => projects(question),
        "project" => {
            let path = arguments.text("fullPath").unwrap_or_default();
            let id = question.scene.index.project_at(gitlab, path);
            Got::Node(id.and_then(|id| gitlab.projects.get(&id)).map(Node::Project))
        }
        "groups" => groups(question),
        "group" => {
            let path = arguments.text("fullPath").unwrap_or_default();
            Got::Node(gitlab.groups.values().find(|group| group.full_path == path).map(Node::Group))
        }
        "runners" if !question.scene.caller.is_admin => Got::not_for_you(),
        "runners" => runner::page(question, |_| true),
        "runner" => {
            let id = number(arguments.text("id").unwrap_or_default(), "Ci::Runner");
            Got::Node(id.and_then(|id| gitlab.runners.get(&id)).map(Node::Runner))
        }
        "ciVariables" if !question.scene.caller.is_admin => Got::Node(None),
        "ciVariables" => {
            let nodes =
                gitlab.instance_variables.iter().map(|variable| Node::Variable(variable, Owner::Instance));
            Page::in_order(nodes, arguments).into()
        }
        "currentUser" => Got::Node(gitlab.users.get(&question.scene.caller.user).map(Node::CurrentUser)),
        "metadata" => Got::Node(Some(Node::Metadata)),
        _ => Got::Node(Some(Node::Complexity)),
    }
}

fn projects<'w>(question: &Question<'_, 'w>) -> Got<'w> {
    let (gitlab, arguments) = (question.scene.gitlab, &question.arguments);
    let sieve = match ProjectSieve::of(arguments) {
        Ok(sieve) => sieve,
        Err(sentence) => return Got::Refused(sentence),
    };
    let count = question.wants_count.then(|| {
        if sieve.keeps_all() {
            gitlab.projects.len()
        } else {
            gitlab.projects.values().filter(|project| sieve.keeps(project)).count()
        }
    });
    let page = Page::newest(&gitlab.projects, arguments, |project| sieve.keeps(project), Node::Project);
    page.map(|page| page.counted(count)).into()
}

/// Everybody is a member of everything here, so `membership` takes nothing away.
struct ProjectSieve<'a> {
    ids: Option<Vec<u64>>,
    paths: Option<Vec<&'a str>>,
    archived: Option<bool>,
    search: Option<String>,
}

impl<'a> ProjectSieve<'a> {
    fn of(arguments: &'a Arguments) -> Result<Self, String> {
        let archived = match arguments.text("archived") {
            None | Some("INCLUDE") => None,
            Some("ONLY") => Some(true),
            Some("EXCLUDE") => Some(false),
            Some(word) => {
                return Err(format!(
                    "Argument 'archived' on Field 'projects' has an invalid value ({word}). \
                     Expected type 'ProjectArchived'."
                ));
            }
        };
        let ids = arguments.texts("ids");
        Ok(Self {
            ids: ids.map(|ids| ids.into_iter().filter_map(|id| number(id, "Project")).collect()),
            paths: arguments.texts("fullPaths"),
            archived,
            search: arguments.text("search").map(str::to_lowercase),
        })
    }

    const fn keeps_all(&self) -> bool {
        self.ids.is_none() && self.paths.is_none() && self.archived.is_none() && self.search.is_none()
    }

    fn keeps(&self, project: &Project) -> bool {
        self.ids.as_ref().is_none_or(|ids| ids.contains(&project.id))
            && self.paths.as_ref().is_none_or(|paths| paths.contains(&project.full_path.as_str()))
            && self.archived.is_none_or(|archived| project.archived == archived)
            && self.search.as_ref().is_none_or(|text| project.full_path.to_lowercase().contains(text))
    }
}

fn groups<'w>(question: &Question<'_, 'w>) -> Got<'w> {
    let (gitlab, arguments) = (question.scene.gitlab, &question.arguments);
    let ids: Option<Vec<u64>> =
        arguments.texts("ids").map(|ids| ids.into_iter().filter_map(|id| number(id, "Group")).collect());
    let search = arguments.text("search").map(str::to_lowercase);
    let top_only = arguments.flag("topLevelOnly") == Some(true);
    let keep = |group: &Group| {
        ids.as_ref().is_none_or(|ids| ids.contains(&group.id))
            && search.as_ref().is_none_or(|text| group.full_path.to_lowercase().contains(text))
            && (!top_only || group.parent.is_none())
    };
    let count = question.wants_count.then(|| gitlab.groups.values().filter(|group| keep(group)).count());
    Page::newest(&gitlab.groups, arguments, keep, Node::Group).map(|page| page.counted(count)).into()
}
