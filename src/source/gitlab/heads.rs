//! Where each project's default branch stands, and the text of its CI file, in bulk by GraphQL.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Deserializer};
use serde_json::json;
use zeroize::Zeroizing;

use super::{
    graphql::{Asker, Trouble},
    queries::{CI_FILES, CI_HEADS},
    walk::Walk,
    wire::{Connection, Gid, time, told},
};
use crate::base::time::Timestamp;

/// GitLab's default for the path of the CI file.
pub(super) const DEFAULT_PATH: &str = ".gitlab-ci.yml";

/// Projects a page of texts.
const TEXTS: u32 = 20;

/// Where one project stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    pub number: u64,
    /// The project's path.
    pub path: String,
    pub git_ref: Option<String>,
    /// `None` for an empty repository, or where GitLab does not tell.
    pub sha: Option<String>,
    /// Where its CI file stands: in its own repository, or `path@other/project`, or a URL.
    pub ci_path: String,
    pub active: Option<Timestamp>,
    /// The repository is not shown to this token.
    pub closed: bool,
}

impl Head {
    /// Does the CI file stand in the project's own repository?
    pub(super) fn is_at_home(&self) -> bool {
        !self.ci_path.contains('@') && !self.ci_path.contains("://")
    }
}

/// A text that may hold secrets: overwritten when dropped, and never printed.
pub(super) struct Text(pub Zeroizing<String>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    id: Gid,
    full_path: Option<String>,
    ci_config_path_or_default: Option<String>,
    #[serde(default, deserialize_with = "time")]
    last_activity_at: Option<Timestamp>,
    repository: Option<Repository>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Repository {
    root_ref: Option<String>,
    tree: Option<Tree>,
    blobs: Option<Connection<Blob>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tree {
    last_commit: Option<Commit>,
}

#[derive(Deserialize)]
struct Commit {
    sha: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Blob {
    path: Option<String>,
    raw_blob: Option<Text>,
}

/// Where every project stands.
pub(super) async fn heads(walk: &Walk) -> Result<Vec<Head>, Trouble> {
    let mut asker = Asker::new(walk, CI_HEADS);
    let membership = json!({ "membership": !walk.roster.is_admin() });
    let (mut found, mut after): (Vec<Head>, Option<Arc<str>>) = (Vec::new(), None);
    loop {
        let page: Connection<Node> = asker.page(after.as_ref(), &membership).await?;
        let next = page.page_info.next();
        found.extend(page.into_nodes().map(head));
        if next.is_none() || next == after {
            return Ok(found);
        }
        after = next;
    }
}

/// Where one project stands, whoever is a member of it.
pub(super) async fn head_of(walk: &Walk, number: u64) -> Result<Head, Trouble> {
    let mut asker = Asker::new(walk, CI_HEADS);
    let ids = json!({ "ids": [format!("gid://gitlab/Project/{number}")] });
    let page = asker.page::<Node>(None, &ids).await;
    match page {
        Ok(page) => {
            let found = page.into_nodes().map(head).find(|head| head.number == number);
            found.ok_or_else(|| Trouble::Denied(String::new()))
        }
        // Lint needs no more than the number.
        Err(trouble) if trouble.is_graphqls_own() => {
            Ok(Head { number, path: number.to_string(), ci_path: DEFAULT_PATH.to_owned(), ..Head::default() })
        }
        Err(trouble) => Err(trouble),
    }
}

fn head(node: Node) -> Head {
    let closed = node.repository.is_none();
    let (git_ref, tree) = node.repository.map_or((None, None), |one| (one.root_ref, one.tree));
    Head {
        number: node.id.0,
        path: node.full_path.unwrap_or_default(),
        git_ref: told(git_ref),
        sha: tree.and_then(|tree| tree.last_commit?.sha),
        ci_path: told(node.ci_config_path_or_default).unwrap_or_else(|| DEFAULT_PATH.to_owned()),
        active: node.last_activity_at,
        closed,
    }
}

/// The texts of these projects' CI files, by project. A project without one is left out.
pub(super) async fn texts(walk: &Walk, heads: &[Head]) -> Result<BTreeMap<u64, Text>, Trouble> {
    let paths: BTreeMap<u64, &str> = heads.iter().map(|head| (head.number, head.ci_path.as_str())).collect();
    let ids: Vec<String> = paths.keys().map(|number| format!("gid://gitlab/Project/{number}")).collect();
    let mut asked: Vec<&str> = paths.values().copied().collect();
    asked.sort_unstable();
    asked.dedup();
    let variables = json!({ "ids": ids, "paths": asked });
    let mut asker = Asker::new(walk, CI_FILES).of(TEXTS);
    let (mut found, mut after): (BTreeMap<u64, Text>, Option<Arc<str>>) = (BTreeMap::new(), None);
    loop {
        let page: Connection<Node> = asker.page(after.as_ref(), &variables).await?;
        let next = page.page_info.next();
        for node in page.into_nodes() {
            let blobs = node.repository.and_then(|one| one.blobs);
            let mut blobs = blobs.into_iter().flat_map(Connection::into_nodes);
            let own = blobs.find(|blob| blob.path.as_deref() == paths.get(&node.id.0).copied());
            found.extend(own.and_then(|blob| Some((node.id.0, blob.raw_blob?))));
        }
        if next.is_none() || next == after {
            return Ok(found);
        }
        after = next;
    }
}

/// Projects whose texts are asked for at once.
pub(super) fn batches(heads: &[Head]) -> impl Iterator<Item = &[Head]> {
    heads.chunks(TEXTS as usize)
}
