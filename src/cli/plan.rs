//! `keytrail plan`: one look, and what an action would do.

use std::{fs::OpenOptions, io::Write, os::unix::fs::OpenOptionsExt, path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::{
    carry::{REFUSED, Rungs},
    collect::look,
    say,
    wished::Wished,
};
use crate::{
    act::{self, ACTIONS, Action, Plan, action::Ground},
    base::{
        name::{Arn, KeyId},
        text::harmless,
        time::{Clock, SystemClock},
    },
    join::{self, Policies},
    model::id::Id,
    run::Sources,
};

#[derive(Args, Debug)]
pub(super) struct Asked {
    /// What to do: rotate-key, contain-key and so on; a wrong word lists them all
    #[arg(value_name = "ACTION", value_parser = action)]
    action: &'static str,
    /// What to do it to: an access key id, the ARN of a user or role, or an id as `collect` writes it (runner:gitlab/7)
    #[arg(value_name = "TARGET", value_parser = target)]
    target: Id,
    #[command(flatten)]
    wished: Wished,
    #[command(flatten)]
    rungs: Rungs,
    /// Go on in spite of what speaks against it; the reason is kept with the run
    #[arg(long, value_name = "REASON")]
    accept: Option<String>,
    /// Write the plan here, for `apply`; standard output otherwise
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// JSON where a file is written, Markdown otherwise; only JSON can be applied
    #[arg(long, value_enum)]
    format: Option<Form>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Json,
    Markdown,
    /// The commands of aws and glab that do the same by hand
    Commands,
}

fn action(text: &str) -> Result<&'static str, String> {
    text.parse::<&'static Action>().map(|action| action.name)
}

fn target(text: &str) -> Result<Id, String> {
    if let Some(arn) = Arn::new(text).filter(|arn| arn.service() == "iam") {
        let kind = arn.resource().split('/').next();
        match kind {
            Some("user") => return Ok(Id::user(&arn)),
            Some("role") => return Ok(Id::role(&arn)),
            _ => {}
        }
    }
    match KeyId::new(text) {
        Some(key) => Ok(Id::key(&key)),
        None => text
            .parse()
            .map_err(|_| format!("`{text}` is neither an access key id nor an id like key:AKIA...")),
    }
}

pub(super) async fn plan(asked: &Asked, sources: Sources) -> anyhow::Result<ExitCode> {
    let estate = look(sources).await?;
    for (scope, gap) in estate.gaps() {
        say::talk(&format!("not read: {} {}: {}: {}", scope.source, scope.what, gap.call, gap.blame));
    }
    let linked = join::link(&estate, &Policies::of(&estate));
    let ground = Ground { estate: &estate, linked: &linked, now: SystemClock.now() };
    let Some(action) = ACTIONS.into_iter().find(|action| action.name == asked.action) else {
        anyhow::bail!("no action is called `{}`", asked.action)
    };
    let wishes = match asked.wished.of(action) {
        Ok(wishes) => wishes,
        Err(why) => {
            say::talk(&format!("keytrail: {why}"));
            return Ok(ExitCode::from(REFUSED));
        }
    };
    let plan = action.plan(&ground, &asked.target, &wishes);
    let mut plan = match plan.and_then(|plan| asked.rungs.of(plan)) {
        Ok(plan) => plan,
        Err(why) => {
            say::talk(&format!("keytrail: {why}"));
            return Ok(ExitCode::from(REFUSED));
        }
    };
    if let Some(reason) = &asked.accept {
        plan.accept(reason);
    }
    write(asked, &plan)?;
    for block in plan.open_blocks() {
        say::talk(&format!("against it: {}", block.says));
    }
    let is_open = plan.open_blocks().next().is_some();
    if is_open {
        say::talk("it will not be carried out as it is: look into these, or give a reason with --accept");
    }
    Ok(if is_open { ExitCode::from(REFUSED) } else { ExitCode::SUCCESS })
}

fn write(asked: &Asked, plan: &Plan) -> anyhow::Result<()> {
    let form = asked.format.unwrap_or(if asked.output.is_some() { Form::Json } else { Form::Markdown });
    let text = match form {
        Form::Json => harmless(&serde_json::to_string(plan)?) + "\n",
        Form::Markdown => act::markdown(plan),
        Form::Commands => act::commands(plan),
    };
    let Some(path) = &asked.output else { return say::data(&text) };
    let mut options = OpenOptions::new();
    let file = options.create(true).truncate(true).write(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("writing {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_key_ids_or_ids() {
        assert_eq!(target("AKIARZPUZDIKNSFRP6LN").unwrap().to_string(), "key:AKIARZPUZDIKNSFRP6LN");
        assert_eq!(target("role:arn:aws:iam::1:role/x").unwrap().key_text(), "arn:aws:iam::1:role/x");
        assert!(target("ci-deploy").is_err());
        assert_eq!(action("rotate-key"), Ok("rotate-key"));
        assert!(action("explode").unwrap_err().contains("rotate-key"));
    }
}
