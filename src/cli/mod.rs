//! Floor 8: arguments, subcommands, exit codes. Data goes to standard output, talk to standard error.

mod arguments;
mod carry;
mod collect;
mod ddl;
pub mod demo;
mod keys;
mod log;
mod plan;
mod runs;
mod say;
mod trail;
mod wished;

use std::{collections::BTreeMap, env, process::ExitCode, sync::Arc, time::Duration};

use anyhow::Context;
use clap::Parser;

use self::arguments::{Arguments, Command, Common};
use crate::{
    act::engine,
    app::{self, key::Key},
    base::time::SystemClock,
    config::{Config, Flags, journal_file},
    rules::Limits,
    run::{self, Carrying, Files, Options, Sources},
};

/// Reads the arguments, does what they ask, and says in one line what went wrong if something did.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match obey(&arguments) {
        Ok(code) => code,
        Err(error) => {
            say::talk(&format!("keytrail: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn obey(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if let Some(path) = &arguments.common.log {
        log::open(path)?;
    }
    let common = &arguments.common;
    match &arguments.command {
        Some(Command::Keys) => return say::data(&keys::listing()).map(well),
        Some(Command::Sample) => return say::data(crate::config::sample()).map(well),
        Some(Command::Trail(asked)) => return trail::trail(asked).map(well),
        Some(Command::Runs(asked)) => return runs::runs(asked).map(well),
        Some(Command::Ddl(asked)) => return ddl::print(asked).map(well),
        _ => {}
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting the runtime")?;
    let result = runtime.block_on(async {
        match &arguments.command {
            Some(Command::Demo(asked)) => demo::open(asked, common).await.map(well),
            Some(Command::Collect(asked)) => {
                let (sources, limits) = configured(common)?;
                collect::collect(asked, sources, limits).await.map(well)
            }
            Some(Command::Plan(asked)) => plan::plan(asked, configured(common)?.0).await,
            Some(Command::Apply(asked)) => Box::pin(carry::apply(asked, load(common)?)).await,
            Some(Command::Resume(asked)) => Box::pin(carry::resume(asked, load(common)?)).await,
            Some(Command::Undo(asked)) => Box::pin(carry::undo(asked, load(common)?)).await,
            _ => dashboard(common).await.map(well),
        }
    });
    // Requests still under way are dropped: a run waits for its own, and all others only read.
    runtime.shutdown_background();
    result
}

const fn well((): ()) -> ExitCode {
    ExitCode::SUCCESS
}

async fn dashboard(common: &Common) -> anyhow::Result<()> {
    let config = load(common)?;
    let options = Options {
        settings: settings(&config)?,
        screen: config.screen.clone(),
        refresh: Some(Duration::from_mins(5)),
        carrying: Carrying {
            journal: journal_file(&|name| env::var(name).ok()),
            settings: engine::Settings::default(),
        },
    };
    run::dashboard(sources(config), Arc::new(SystemClock), options).await
}

fn configured(common: &Common) -> anyhow::Result<(Sources, Limits)> {
    let config = load(common)?;
    let limits = Limits { key_age_days: config.limits.key_age_days };
    Ok((sources(config), limits))
}

fn sources(config: Config) -> Sources {
    let files = Files { runners: config.runner_files, logs: config.trail, cache: config.cache };
    Sources::new(config.gitlab, config.aws, files)
}

fn load(common: &Common) -> anyhow::Result<Config> {
    Ok(Config::load(&flags(common), &|name| env::var(name).ok())?)
}

fn flags(common: &Common) -> Flags {
    Flags {
        config: common.config.clone(),
        theme: common.theme.clone(),
        ascii: common.ascii,
        mouse: common.mouse,
        runner_files: common.runner_files.clone(),
        trail: common.trail.clone(),
        no_cache: common.no_cache,
        write: common.write,
    }
}

/// What the dashboard is told of the configuration.
fn settings(config: &Config) -> anyhow::Result<app::Settings> {
    let mut keys = BTreeMap::new();
    for (command, texts) in &config.keys {
        let parsed: Result<Vec<Key>, _> = texts.iter().map(|text| text.parse()).collect();
        keys.insert(command.clone(), parsed.with_context(|| format!("[keys] {command}"))?);
    }
    let aws = config.aws.iter().map(|source| source.name.as_deref().unwrap_or("aws").to_owned());
    Ok(app::Settings {
        limits: Limits { key_age_days: config.limits.key_age_days },
        mouse: config.screen.mouse,
        write: config.write,
        keys,
        places: config.gitlab.iter().map(|source| source.name.to_string()).chain(aws).collect(),
        ..app::Settings::default()
    })
}
