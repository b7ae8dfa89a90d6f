//! The command line as clap reads it. Help text is written for the person at the prompt.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{carry, plan, runs};
use crate::{
    base::{name::AccountId, time::Timestamp},
    demo::front::Rule,
};

/// Every way a GitLab CI job gets into AWS, in one terminal dashboard.
///
/// Without a subcommand keytrail opens the dashboard on what the configuration names, or, where there is none, on
/// GITLAB_TOKEN (with GITLAB_HOST) and the AWS SDK's own credentials. It only reads, unless --write is given (or `write = true` in the
/// configuration) and a plan that was shown is confirmed.
#[derive(Debug, Parser)]
#[command(version, about, long_about, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) common: Common,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Args, Debug)]
pub(super) struct Common {
    /// The configuration file; keytrail/config.toml in the XDG configuration folder otherwise
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// A theme: dark, light, high-contrast, mono, or a file
    #[arg(long, global = true, value_name = "NAME")]
    pub(super) theme: Option<String>,
    /// Draw with ASCII characters only
    #[arg(long, global = true)]
    pub(super) ascii: bool,
    /// Let the mouse select and scroll (selecting text then needs shift)
    #[arg(long, global = true)]
    pub(super) mouse: bool,
    /// A file of gitlab-runner (config.toml, fargate.toml, Helm values), or a folder with such files; may be repeated
    #[arg(long, global = true, value_name = "PATH")]
    pub(super) runner_files: Vec<PathBuf>,
    /// A log file of CloudTrail (.json.gz, .json, JSON lines), or a folder with such files; may be repeated
    #[arg(long, global = true, value_name = "PATH")]
    pub(super) trail: Vec<PathBuf>,
    /// Keep nothing of what is read of trails: read everything again at each start
    #[arg(long, global = true)]
    pub(super) no_cache: bool,
    /// Let confirmed plans be carried out; without it nothing is changed
    #[arg(long, global = true)]
    pub(super) write: bool,
    /// Write a log of calls and refusals to this file; no secret is ever in it
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) log: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Open the dashboard on a fictional company: real servers on this machine, no account needed
    Demo(Demo),
    /// Look once, without the dashboard, and write what is known as JSON
    Collect(Collect),
    /// Look once and write down what an action would do, call by call; changes nothing
    Plan(plan::Asked),
    /// Carry a plan out, if the world is still as it says
    Apply(carry::Apply),
    /// Carry on with a run that waits, was interrupted, or needed somebody
    Resume(carry::Resume),
    /// Take back what a run did, as far as that can be
    Undo(carry::Undo),
    /// List every run: what it did, what it waits for
    Runs(runs::Asked),
    /// Read CloudTrail's log files without the dashboard: who assumed which role, or what each key did
    Trail(Trail),
    /// Print the statement that makes a table of CloudTrail's log files in Athena
    Ddl(Ddl),
    /// Print every command with its keys
    Keys,
    /// Print a sample configuration file
    Sample,
}

#[derive(Args, Debug)]
pub(super) struct Demo {
    /// Print endpoints, tokens and a configuration, and keep serving until interrupted
    #[arg(long)]
    pub(super) serve: bool,
    /// Decides the whole company
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    /// How many projects the company has (12 to 10000); runners, variables, users and roles grow with them
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(12..=10_000))]
    pub(super) projects: Option<u32>,
    /// Stop the company's clock at this time, for reproducible screens
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<Timestamp>,
    /// Nothing happens after the start: no jobs, no new sessions
    #[arg(long)]
    pub(super) still: bool,
    /// Make calls fail, as in `gitlab:forbidden:GET /runners` or `aws:throttle:cloudtrail:LookupEvents@eu-west-1`; may be repeated
    #[arg(long, value_name = "RULE")]
    pub(super) fault: Vec<Rule>,
}

#[derive(Args, Debug)]
pub(super) struct Trail {
    /// Log files, and folders with such files in any nesting
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Write one row for each call that asked for a role here; - is standard output, and where rows go if nothing is said
    #[arg(long, value_name = "FILE")]
    pub(super) calls: Option<PathBuf>,
    /// Write one row for each access key here: how many calls, how many refused, the first and the last
    #[arg(long, value_name = "FILE")]
    pub(super) keys: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = Form::Csv)]
    pub(super) format: Form,
    /// Read on so many threads; one for each core otherwise
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<NonZeroUsize>,
}

#[derive(Args, Debug)]
pub(super) struct Ddl {
    /// Where the trail's files lie: s3://bucket/prefix/AWSLogs, or .../AWSLogs/o-abcdefghij for an organisation's trail
    #[arg(value_name = "S3-FOLDER")]
    pub(super) folder: String,
    /// The accounts whose folders lie there
    #[arg(long, value_name = "NUMBER", required = true, value_delimiter = ',')]
    pub(super) accounts: Vec<AccountId>,
    /// The regions the trail records
    #[arg(long, value_name = "REGION", required = true, value_delimiter = ',')]
    pub(super) regions: Vec<String>,
    /// What the table will be called
    #[arg(long, value_name = "DATABASE.TABLE", default_value = "default.keytrail_trail")]
    pub(super) table: String,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Form {
    Csv,
    /// One object a line
    Json,
}

#[derive(Args, Debug)]
pub(super) struct Collect {
    /// Where to write; standard output otherwise
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}
