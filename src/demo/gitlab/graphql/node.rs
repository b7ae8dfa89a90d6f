//! What a query walks over: things of the world, each of one GraphQL type.

use serde_json::Value;

use super::{connection::Page, people, project, repository, root, run::Question, runner};
use crate::demo::world::{GitLabUser, Group, Manager, Project, Runner, Variable};

/// Whose variable it is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Owner {
    Project(u64),
    Group(u64),
    Instance,
}

#[derive(Clone, Copy)]
pub(super) enum Node<'w> {
    Query,
    Project(&'w Project),
    Repository(&'w Project),
    Tree(&'w Project),
    Commit(&'w Project),
    Blob(&'w Project, &'w str, &'w str),
    BranchRule(&'w Project, &'w str),
    Group(&'w Group),
    Variable(&'w Variable, Owner),
    Runner(&'w Runner),
    Manager(&'w Runner, &'w Manager),
    CurrentUser(&'w GitLabUser),
    Metadata,
    Complexity,
}

/// What stands behind one field.
pub(super) enum Got<'w> {
    Leaf(Value),
    Node(Option<Node<'w>>),
    Page(Page<'w>),
    /// Null, with this error beside it.
    Refused(String),
}

impl Got<'_> {
    pub(super) fn leaf(value: impl Into<Value>) -> Self {
        Self::Leaf(value.into())
    }

    /// What GitLab says of things that are not there and of things that are not for the caller, so that one cannot be
    /// told from the other.
    pub(super) fn not_for_you() -> Self {
        let sentence = "The resource that you are attempting to access does not exist or you don't have permission to \
                        perform this action";
        Self::Refused(sentence.to_owned())
    }
}

impl<'w> Node<'w> {
    pub(super) const fn type_name(self) -> &'static str {
        match self {
            Self::Query => "Query",
            Self::Project(_) => "Project",
            Self::Repository(_) => "Repository",
            Self::Tree(_) => "Tree",
            Self::Commit(_) => "Commit",
            Self::Blob(..) => "RepositoryBlob",
            Self::BranchRule(..) => "BranchRule",
            Self::Group(_) => "Group",
            Self::Variable(_, Owner::Project(_)) => "CiProjectVariable",
            Self::Variable(_, Owner::Group(_)) => "CiGroupVariable",
            Self::Variable(_, Owner::Instance) => "CiInstanceVariable",
            Self::Runner(_) => "CiRunner",
            Self::Manager(..) => "CiRunnerManager",
            Self::CurrentUser(_) => "CurrentUser",
            Self::Metadata => "Metadata",
            Self::Complexity => "QueryComplexity",
        }
    }

    /// The field's value. The query was checked: the field exists.
    pub(super) fn field(self, question: &Question<'_, 'w>) -> Got<'w> {
        match self {
            Self::Query => root::field(question),
            Self::Project(project) => project::field(project, question),
            Self::Repository(project) => repository::field(project, question),
            Self::Tree(project) => Got::Node(Some(Node::Commit(project))),
            Self::Commit(project) => repository::commit(project, question),
            Self::Blob(project, path, text) => repository::blob(project, (path, text), question),
            Self::BranchRule(project, name) => project::branch_rule(project, name, question),
            Self::Group(group) => project::group(group, question),
            Self::Variable(variable, owner) => project::variable(variable, owner, question),
            Self::Runner(runner) => runner::field(runner, question),
            Self::Manager(runner, manager) => runner::manager(runner, manager, question),
            Self::CurrentUser(user) => people::user(user, question),
            Self::Metadata => people::metadata(question),
            Self::Complexity => people::complexity(question),
        }
    }
}

/// `gid://gitlab/Project/42`
pub(super) fn gid(kind: &str, id: u64) -> Value {
    Value::String(format!("gid://gitlab/{kind}/{id}"))
}

/// The number in a global id of that kind; GitLab takes a bare number too.
pub(super) fn number(gid: &str, kind: &str) -> Option<u64> {
    gid.strip_prefix("gid://gitlab/")
        .map_or(Some(gid), |rest| rest.strip_prefix(kind)?.strip_prefix('/'))?
        .parse()
        .ok()
}
