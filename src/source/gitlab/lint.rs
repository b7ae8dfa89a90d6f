//! One project's CI configuration as GitLab merges it, and as keytrail reads it where GitLab will not.

use std::{cell::RefCell, collections::BTreeMap};

use gitlab::api::projects::repository::files::FileRaw;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{
    endpoint::{built, lint},
    heads::{Head, Text},
    walk::{Halt, Walk},
};
use crate::{
    ci,
    model::ci::{CiConfig, CiReading},
    net::Error,
    script::written,
};

/// Local includes are followed so deep and so many, where lint is refused.
const ROUNDS: usize = 5;
const FILES: usize = 30;

/// Source: lib/api/entities/ci/lint/result.rb.
#[derive(Deserialize)]
struct Linted {
    valid: Option<bool>,
    #[serde(default = "Option::default")]
    errors: Option<Vec<String>>,
    #[serde(default = "Option::default")]
    warnings: Option<Vec<String>>,
    /// `null` where GitLab could not even merge it.
    merged_yaml: Option<Text>,
}

/// A configuration without anything in it.
pub(super) fn blank(walk: &Walk, head: &Head) -> CiConfig {
    CiConfig {
        instance: walk.instance().clone(),
        project: head.number,
        git_ref: head.git_ref.clone(),
        sha: head.sha.clone(),
        problems: Some(Vec::new()),
        unread: Some(Vec::new()),
        jobs: Some(Vec::new()),
        ..CiConfig::default()
    }
}

/// What keytrail made of a text.
pub(super) fn told(config: CiConfig, mut read: ci::Read, reading: CiReading) -> CiConfig {
    if reading == CiReading::Local && config.valid.is_some() {
        // What GitLab said of it stays.
        read.problems.splice(0..0, config.problems.unwrap_or_default());
    }
    CiConfig {
        reading: Some(reading),
        problems: Some(read.problems),
        unread: Some(read.unread),
        jobs: Some(read.jobs),
        ..config
    }
}

/// Did the text alone tell every job?
pub(super) fn is_told(config: &CiConfig) -> bool {
    config.jobs.is_some() && config.unread.as_ref().is_some_and(Vec::is_empty)
}

/// Asks GitLab to merge it. `None`: GitLab could not, and says why in the problems of `known`.
pub(super) async fn merged(walk: &Walk, head: &Head, known: &mut CiConfig) -> Result<Option<ci::Read>, Halt> {
    let answer = walk.ask(&lint(head.number)).await?;
    let linted: Linted = answer.json("a linted CI configuration")?;
    let said = linted.errors.into_iter().chain(linted.warnings).flatten();
    known.valid = linted.valid;
    known.problems = Some(said.map(|words| written(&words)).collect());
    let Some(text) = linted.merged_yaml else { return Ok(None) };
    let mut read = ci::read(&text.0, &|_| None);
    // What GitLab merged leaves nothing to follow, though `include:` still stands in it.
    read.unread.clear();
    let more = std::mem::take(&mut read.problems);
    read.problems = known.problems.take().unwrap_or_default();
    if linted.valid != Some(true) {
        read.problems.extend(more);
    }
    Ok(Some(read))
}

/// Reads the CI file and its local includes, one request for each. `None` where there is no CI file.
pub(super) async fn local(walk: &Walk, head: &Head) -> Result<Option<ci::Read>, Halt> {
    let Some(root) = file(walk, head, &head.ci_path).await? else { return Ok(None) };
    let mut texts: BTreeMap<String, Option<Zeroizing<String>>> = BTreeMap::new();
    for _ in 0..ROUNDS {
        let missing = RefCell::new(Vec::new());
        let read = ci::read(&root, &|path| {
            let known = texts.get(path);
            if known.is_none() {
                missing.borrow_mut().push(path.to_owned());
            }
            known?.as_ref().map(|text| text.to_string())
        });
        let missing = missing.into_inner();
        if missing.is_empty() || texts.len() >= FILES {
            return Ok(Some(read));
        }
        for path in missing.into_iter().take(FILES) {
            let text = file(walk, head, &path).await?;
            texts.insert(path, text);
        }
    }
    let read = ci::read(&root, &|path| texts.get(path)?.as_ref().map(|text| text.to_string()));
    Ok(Some(read))
}

/// One file's text; `None` where there is no such file.
async fn file(walk: &Walk, head: &Head, path: &str) -> Result<Option<Zeroizing<String>>, Halt> {
    let git_ref = head.git_ref.as_deref().unwrap_or("HEAD");
    let endpoint = built(FileRaw::builder().project(head.number).file_path(path).ref_(git_ref).build())?;
    match walk.ask(&endpoint).await {
        Ok(answer) => Ok(Some(Zeroizing::new(String::from_utf8_lossy(answer.bytes()).into_owned()))),
        Err(Halt::Failed(Error::Refused { status: 404, .. })) => Ok(None),
        Err(halt) => Err(halt),
    }
}
