//! The sections of the file, each read into its struct: `[[gitlab]]`, `[[aws]]`, `[runner_files]`, `[trail]`, `[limits]`, `[screen]`, `[keys]`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    AwsSource, Config, GitLabSource, Limits, Screen,
    address::{address, name_of},
    error::{ConfigError, Source},
    place::{Env, expand},
    table::{Field, Table},
    token::token,
    trail::trail,
};
use crate::base::name::Arn;

/// Reads a whole file. Tokens are fetched here, so that a missing one is told with its line.
pub(super) fn read(path: &Path, text: &str, env: &Env<'_>) -> Result<Config, ConfigError> {
    let source = Source { path, text };
    let document = toml::de::DeTable::parse(text)
        .map_err(|error| source.wrong(&error.span().unwrap_or_default(), "", error.message()))?;
    let root = Table::root(source, &document);
    root.only(&["gitlab", "aws", "runner_files", "trail", "limits", "screen", "keys", "write"])?;
    let beside = path.parent().unwrap_or(Path::new("."));
    let mut config = Config::default();
    for section in root.sections("gitlab")? {
        let one = gitlab(&section, beside, env)?;
        if config.gitlab.iter().any(|other| other.name == one.name) {
            let place = section.get("name").or_else(|| section.get("url"));
            let problem = format!("two GitLab instances are called `{}`; give one another `name`", one.name);
            return Err(place.map_or_else(|| section.wrong(&problem), |field| field.wrong(&problem)));
        }
        config.gitlab.push(one);
    }
    for section in root.sections("aws")? {
        let one = aws(&section)?;
        if let (Some(name), Some(field)) = (&one.name, section.get("name"))
            && config.aws.iter().any(|other| other.name.as_ref() == Some(name))
        {
            return Err(field.wrong(&format!("two AWS accounts are called `{name}`")));
        }
        config.aws.push(one);
    }
    if let Some(field) = root.get("runner_files") {
        config.runner_files = paths(&field, beside, env)?;
    }
    if let Some(field) = root.get("trail") {
        config.trail = paths(&field, beside, env)?;
    }
    config.write = root.flag("write")?;
    config.limits = root.get("limits").map(|field| limits(&field)).transpose()?.unwrap_or_default();
    config.screen = root.get("screen").map(|field| screen(&field)).transpose()?.unwrap_or_default();
    config.keys = root.get("keys").map(|field| keys(&field)).transpose()?.unwrap_or_default();
    Ok(config)
}

fn gitlab(section: &Table<'_>, beside: &Path, env: &Env<'_>) -> Result<GitLabSource, ConfigError> {
    section.only(&["url", "name", "token", "include", "exclude", "ca_file", "per_second", "concurrency"])?;
    let url =
        section.get("url").ok_or_else(|| section.wrong("`url` is missing, as in \"https://gitlab.com\""))?;
    let address = address(&url.text()?).map_err(|problem| url.wrong(&problem))?;
    let secret = section.get("token").ok_or_else(|| {
        section.wrong("`token` is missing: { env = \"NAME\" }, { file = \"path\" } or { command = [..] }")
    })?;
    let ca_file = section.get("ca_file").map(|field| certificate(&field, beside, env)).transpose()?;
    let per_second = section.get("per_second").map(|field| field.positive(1000.0)).transpose()?;
    let concurrency = section.get("concurrency").map(|field| field.whole(1, 64)).transpose()?;
    let name: Arc<str> = section.text("name")?.map_or_else(|| name_of(&address).into(), Into::into);
    Ok(GitLabSource {
        name,
        include: groups(section, "include")?,
        exclude: groups(section, "exclude")?,
        ca_file,
        per_second: per_second.unwrap_or(GitLabSource::PER_SECOND),
        concurrency: concurrency
            .and_then(|many| usize::try_from(many).ok())
            .unwrap_or(GitLabSource::CONCURRENCY),
        // Last, because it may run a command: everything that can be wrong without one is told before.
        token: token(&secret, beside, env)?,
        url: address,
    })
}

fn groups(section: &Table<'_>, key: &str) -> Result<Vec<String>, ConfigError> {
    let paths = section.texts(key)?;
    Ok(paths.iter().map(|path| path.trim_matches('/').to_owned()).collect())
}

fn certificate(field: &Field<'_>, beside: &Path, env: &Env<'_>) -> Result<PathBuf, ConfigError> {
    let path = expand(&field.text()?, beside, env);
    if path.is_file() {
        Ok(path)
    } else {
        Err(field.wrong("expected a PEM file with certificate authorities; there is no such file"))
    }
}

fn aws(section: &Table<'_>) -> Result<AwsSource, ConfigError> {
    section.only(&[
        "name",
        "profile",
        "role",
        "external_id",
        "regions",
        "endpoint",
        "event_days",
        "trail",
    ])?;
    let checked = |key: &str, check: &dyn Fn(&str) -> Result<String, String>| {
        let Some(field) = section.get(key) else { return Ok(None) };
        check(&field.text()?).map(Some).map_err(|problem| field.wrong(&problem))
    };
    let role = checked("role", &role)?;
    if let (Some(field), None) = (section.get("external_id"), &role) {
        return Err(field.wrong("an external id is of use with a `role` only"));
    }
    let mut regions = Vec::new();
    if let Some(field) = section.get("regions") {
        for item in field.items("a list of strings")? {
            let name = item.text()?;
            if !is_region(&name) {
                return Err(item.wrong("expected a region like eu-central-1"));
            }
            regions.push(name);
        }
    }
    // CloudTrail's event history goes back 90 days.
    let event_days = section
        .get("event_days")
        .map(|field| field.whole(1, 90))
        .transpose()?
        .unwrap_or(AwsSource::EVENT_DAYS);
    Ok(AwsSource {
        name: section.text("name")?.map(Into::into),
        profile: section.text("profile")?,
        role,
        external_id: section.text("external_id")?,
        regions,
        endpoint: checked("endpoint", &address)?,
        event_days,
        trail: section.get("trail").map(|field| trail(&field, event_days)).transpose()?,
        given: None,
    })
}

fn role(text: &str) -> Result<String, String> {
    let arn = Arn::new(text).filter(|arn| {
        let partition = arn.partition();
        (partition == "aws" || partition.starts_with("aws-"))
            && arn.service() == "iam"
            && arn.region().is_empty()
            && arn.account().is_some()
            && arn
                .resource()
                .strip_prefix("role/")
                .is_some_and(|name| !name.is_empty() && !name.ends_with('/'))
    });
    arn.map(|arn| arn.to_string())
        .ok_or_else(|| "expected a role's ARN like arn:aws:iam::123456789012:role/name".to_owned())
}

/// Is this spelled like a region: `eu-central-1`, `us-gov-west-1`?
pub(super) fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let Some((last, words)) = parts.split_last() else { return false };
    let digits = !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit());
    let word = |word: &&str| word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    digits && words.len() >= 2 && words.iter().all(word)
}

/// Of files. Whether they can be read is told at every look: a folder may be mounted later.
fn paths(field: &Field<'_>, beside: &Path, env: &Env<'_>) -> Result<Vec<PathBuf>, ConfigError> {
    let table = field.table("a section")?;
    table.only(&["paths"])?;
    Ok(table.texts("paths")?.iter().map(|path| expand(path, beside, env)).collect())
}

fn limits(field: &Field<'_>) -> Result<Limits, ConfigError> {
    let table = field.table("a section")?;
    table.only(&["key_age_days"])?;
    let days = table.get("key_age_days").map(|field| field.whole(1, 36_500)).transpose()?;
    Ok(days.map_or_else(Limits::default, |key_age_days| Limits { key_age_days }))
}

fn screen(field: &Field<'_>) -> Result<Screen, ConfigError> {
    let table = field.table("a section")?;
    table.only(&["theme", "ascii", "mouse"])?;
    Ok(Screen { theme: table.text("theme")?, ascii: table.flag("ascii")?, mouse: table.flag("mouse")? })
}

fn keys(field: &Field<'_>) -> Result<BTreeMap<String, Vec<String>>, ConfigError> {
    let table = field.table("a section")?;
    table
        .all()
        .map(|(command, keys)| Ok((command, if keys.is_text() { vec![keys.text()?] } else { keys.texts()? })))
        .collect()
}
