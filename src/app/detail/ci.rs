//! What a CI configuration says about AWS: which jobs ask for id tokens, fetch secrets or call AWS, and what could not be read of it.

use super::{facts::Facts, groups::link};
use crate::{
    app::{
        name,
        show::{Span, Tone},
    },
    base::text::{clean, plural},
    model::{
        ci::{CiConfig, CiJob, CiReading, ClueKind},
        id::{Id, Kind},
    },
};

/// Jobs named in a project's detail; the configuration's own detail has all.
const JOBS: usize = 8;

/// A project's configuration in short.
pub(super) fn of_project(facts: &mut Facts<'_>, id: &Id) {
    if id.kind() != Kind::Project {
        return;
    }
    let (instance, number) = id.key_text().rsplit_once('/').unwrap_or_default();
    let Some(number) = number.parse().ok() else { return };
    let Some(config) = facts.view.world.estate.find::<CiConfig>(&Id::ci_config(instance, number)) else {
        return;
    };
    facts.heading(vec![Span::plain("ITS CI CONFIGURATION")]);
    let jobs = config.jobs.as_deref().unwrap_or_default();
    let telling: Vec<&CiJob> = jobs.iter().filter(|job| !told(job).is_empty()).collect();
    let mut words = vec![Span::plain(format!("{}, ", plural(jobs.len(), "job", "jobs")))];
    words.push(Span::plain(format!("{} to do with AWS", telling.len())));
    words.push(Span::new(format!("  {}", reading(config)), Tone::Dim));
    link(facts, &config.id(), None, words);
    for job in telling.iter().take(JOBS) {
        self::job(facts, job);
    }
    if telling.len() > JOBS {
        let text = format!("{} {} more: in the configuration", facts.view.glyphs.more, telling.len() - JOBS);
        facts.push(vec![Span::new(text, Tone::Dim)]);
    }
}

/// The configuration itself.
pub(super) fn tell(facts: &mut Facts<'_>, config: &CiConfig) {
    let project = name::of(facts.view.world, &config.project_id());
    facts.fact("project", &project, Tone::Plain);
    facts.text("ref", config.git_ref.as_deref());
    facts.text("commit", config.sha.as_deref());
    match config.reading {
        Some(CiReading::Lint) => facts.fact("read", "merged by GitLab: what jobs really get", Tone::Good),
        Some(CiReading::Local) => {
            facts.fact("read", "by keytrail itself: includes of other projects are missing", Tone::Notice);
        }
        None => facts.text("read", None),
    }
    match config.valid {
        Some(false) => facts.fact("valid", "no", Tone::Warn),
        valid => facts.yes_no("valid", valid),
    }
    for problem in config.problems.iter().flatten() {
        facts.fact("problem", problem, Tone::Warn);
    }
    for include in config.unread.iter().flatten() {
        facts.fact("not followed", include, Tone::Notice);
    }
    let Some(jobs) = &config.jobs else {
        facts.text("jobs", None);
        return;
    };
    let telling = jobs.iter().filter(|job| !told(job).is_empty());
    facts.heading(vec![
        Span::plain("JOBS"),
        Span::new(format!("  {}, those to do with AWS:", jobs.len()), Tone::Dim),
    ]);
    let mut any = false;
    for job in telling {
        any = true;
        self::job(facts, job);
        for limit in &job.limits {
            facts.say(&format!("only when: {limit}"), Tone::Dim, 4);
        }
    }
    if !any {
        facts.say("none", Tone::Dim, 2);
    }
}

fn reading(config: &CiConfig) -> &'static str {
    match config.reading {
        Some(CiReading::Lint) => "merged by GitLab",
        Some(CiReading::Local) => "read by keytrail itself: includes of other projects are missing",
        None => "how it was read is not known",
    }
}

fn job(facts: &mut Facts<'_>, job: &CiJob) {
    let environment = job.environment.as_deref().map(|name| format!("  environment {}", clean(name)));
    facts.push(vec![
        Span::new(clean(&job.name).into_owned(), Tone::Strong),
        Span::new(environment.unwrap_or_default(), Tone::Dim),
    ]);
    for (text, tone) in told(job) {
        facts.say(&text, tone, 2);
    }
}

/// What a job does about AWS, a sentence each.
fn told(job: &CiJob) -> Vec<(String, Tone)> {
    let mut told = Vec::new();
    for token in &job.id_tokens {
        let audience = if token.audiences.is_empty() {
            "GitLab's own address".to_owned()
        } else {
            token.audiences.join(", ")
        };
        told.push((format!("id token {} for {audience}", token.name), Tone::Good));
    }
    for secret in &job.secrets {
        told.push((format!("secret {} from {}: {}", secret.name, secret.engine, secret.path), Tone::Plain));
    }
    for setting in &job.variables {
        let sighting = &setting.sighting;
        for key in &sighting.keys {
            told.push((
                format!("sets {} to key {key}: the key stands in the repository", setting.name),
                Tone::Bad,
            ));
        }
        for role in &sighting.roles {
            told.push((format!("sets {} to role {role}", setting.name), Tone::Plain));
        }
        if sighting.secret_shaped {
            told.push((format!("sets {} to what looks like a secret key", setting.name), Tone::Bad));
        }
    }
    for clue in &job.clues {
        let (text, tone) = match &clue.kind {
            ClueKind::Role(role) => (format!("names role {role}"), Tone::Plain),
            ClueKind::AssumeRole(role) => (format!("assumes a role: {role}"), Tone::Plain),
            ClueKind::WebIdentity(role) => (format!("assumes a role by id token: {role}"), Tone::Plain),
            ClueKind::Vault(path) => (format!("asks Vault for {path}"), Tone::Plain),
            ClueKind::SecretsManager(name) => (format!("reads the secret {name}"), Tone::Plain),
            ClueKind::ParameterStore(name) => (format!("reads the parameter {name}"), Tone::Plain),
            ClueKind::Configures(variable) => {
                (format!("writes {variable} into AWS's own configuration"), Tone::Notice)
            }
            ClueKind::Prints(variable) => (format!("prints {variable} into its log"), Tone::Bad),
            ClueKind::Metadata => ("asks the machine's metadata address".to_owned(), Tone::Notice),
            ClueKind::UsesAws(tool) => (format!("calls {tool}"), Tone::Plain),
        };
        told.push((format!("{text}, {}", clue.place), tone));
    }
    told
}
