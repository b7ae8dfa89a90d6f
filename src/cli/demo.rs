//! `keytrail demo`: opens the fictional company and looks at it exactly as at a real one; or serves it to others.

use std::{fmt::Write, sync::Arc, time::Duration};

use anyhow::Context;

use super::{
    arguments::{Common, Demo},
    say,
};
use crate::{
    act::engine::{self, Delays},
    app,
    base::{
        secret::Secret,
        time::{Clock, StoppedClock, SystemClock},
    },
    config::{AwsSource, GitLabSource, Given, Screen},
    demo::{self, Company, Size},
    run::{self, Carrying, Files, Options, Sources},
};

/// Days of events the company keeps.
const EVENT_DAYS: i64 = 14;

pub(super) async fn open(asked: &Demo, common: &Common) -> anyhow::Result<()> {
    // A run waits by the clock, and one that stands still would make it wait for ever.
    anyhow::ensure!(
        !common.write || asked.at.is_none() || asked.serve,
        "--write needs a clock that goes: leave --at out"
    );
    let defaults = demo::Options::default();
    let company = demo::start(demo::Options {
        seed: asked.seed,
        size: asked.projects.map_or(defaults.size, |projects| Size::of(projects as usize)),
        at: asked.at,
        alive: !asked.still,
        write: common.write,
    })
    .await
    .context("opening the demo company")?;
    asked.fault.iter().for_each(|rule| company.front.set(rule.clone()));
    if asked.serve {
        say::data(&directory(&company))?;
        tokio::signal::ctrl_c().await.context("waiting for an interrupt")?;
        return Ok(());
    }
    let clock: Arc<dyn Clock> = match asked.at {
        Some(at) => Arc::new(StoppedClock(at)),
        None => Arc::new(SystemClock),
    };
    let screen = Screen { theme: common.theme.clone(), ascii: common.ascii, mouse: common.mouse };
    let settings = app::Settings {
        places: vec![NAME.into()],
        mouse: screen.mouse,
        write: common.write,
        ..app::Settings::default()
    };
    let refresh = (!asked.still).then_some(Duration::from_secs(30));
    let mut sources = sources(&company);
    sources.files.runners.extend(common.runner_files.iter().cloned());
    sources.files.logs.extend(common.trail.iter().cloned());
    // Its runs end with the company.
    let folder = tempfile::tempdir().context("a folder for the journal")?;
    let delays = Delays { settle: 1, ..Delays::default() };
    let carrying = Carrying {
        journal: folder.path().join("journal.db"),
        settings: engine::Settings { delays, stays: false },
    };
    run::dashboard(sources, clock, Options { settings, screen, refresh, carrying }).await
}

/// What the company calls its GitLab.
const NAME: &str = "gitlab.acme.example";
/// Requests a second to the company, which is nobody else's to wait for. A minute of it holds no more requests than one of
/// GitLab.com's; the client slows down by itself when little of it is left.
const PER_SECOND: f64 = 200.0;
const CONCURRENCY: usize = 16;

/// The company as a configuration would name it.
pub fn sources(company: &Company) -> Sources {
    let gitlab = GitLabSource {
        name: NAME.into(),
        url: company.gitlab_url.clone(),
        token: Secret::new(company.gitlab_token.clone()),
        include: Vec::new(),
        exclude: Vec::new(),
        ca_file: None,
        per_second: PER_SECOND,
        concurrency: CONCURRENCY,
    };
    let secret = Arc::new(Secret::new(company.secret_access_key.clone()));
    let aws = company.accounts.iter().map(|access| AwsSource {
        name: Some(access.name.as_str().into()),
        role: access.role.clone(),
        external_id: access.external_id.clone(),
        regions: access.regions.clone(),
        endpoint: Some(company.aws_url.clone()),
        event_days: EVENT_DAYS,
        given: Some(Given {
            access_key_id: company.access_key_id.clone(),
            secret_access_key: secret.clone(),
        }),
        ..AwsSource::default()
    });
    let files = Files { runners: vec![company.runner_files.path().to_owned()], ..Files::default() };
    Sources::new(vec![gitlab], aws.collect(), files)
}

/// Endpoints and credentials of the company, and the configuration that reads it: for other clients and other processes.
/// These credentials open nothing but the servers of this process.
fn directory(company: &Company) -> String {
    let mut text = format!(
        "# A fictional company, open until interrupted.\n\
         export GITLAB_HOST='{}'\n\
         export GITLAB_TOKEN='{}'\n\
         export AWS_ENDPOINT_URL='{}'\n\
         export AWS_ACCESS_KEY_ID='{}'\n\
         export AWS_SECRET_ACCESS_KEY='{}'\n\
         export AWS_REGION='us-east-1'\n\n\
         # keytrail --config FILE, with these variables exported and this in FILE:\n\
         #\n\
         # [[gitlab]]\n\
         # name = \"{NAME}\"\n\
         # url = \"{}\"\n\
         # token = {{ env = \"GITLAB_TOKEN\" }}\n\
         # per_second = {PER_SECOND}\n\
         # concurrency = {CONCURRENCY}\n",
        company.gitlab_url,
        company.gitlab_token,
        company.aws_url,
        company.access_key_id,
        company.secret_access_key,
        company.gitlab_url,
    );
    for access in &company.accounts {
        let regions: Vec<String> = access.regions.iter().map(|region| format!("\"{region}\"")).collect();
        let _ = write!(
            text,
            "#\n# [[aws]]\n# name = \"{}\"\n# endpoint = \"{}\"\n# regions = [{}]\n# event_days = {EVENT_DAYS}\n",
            access.name,
            company.aws_url,
            regions.join(", ")
        );
        if let (Some(role), Some(external_id)) = (&access.role, &access.external_id) {
            let _ = write!(text, "# role = \"{role}\"\n# external_id = \"{external_id}\"\n");
        }
    }
    // Quoted as TOML quotes it: a path may hold anything.
    let folder = toml::Value::from(company.runner_files.path().to_string_lossy().into_owned());
    let _ = write!(text, "#\n# [runner_files]\n# paths = [{folder}]\n");
    text.push_str("# ready\n");
    text
}
