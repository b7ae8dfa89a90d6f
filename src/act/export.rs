//! A plan for people: as Markdown, and as the commands of `aws` and `glab` that would do the same by hand.

use std::fmt::Write as _;

use super::plan::{Identity, Plan};
use crate::base::text::{clean, plural};

const PERMISSIONS: &str =
    "Permissions, and whether the caller has them (policies above the account are unseen)";

/// The whole plan.
pub fn markdown(plan: &Plan) -> String {
    let mut text = format!("# {}\n\nMade {}.\n", clean(&plan.title), plan.made);
    list(&mut text, "As whom", plan.identities.iter().map(identity));
    _ = writeln!(text, "\n## Steps\n");
    for (number, step) in (1..).zip(&plan.steps) {
        let request = step.request();
        let parameters: Vec<String> =
            request.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let call = match request.service {
            "" => request.operation,
            service => format!("{service} {} in {}", request.operation, request.place),
        };
        _ = writeln!(text, "{number}. {}", clean(&step.0.says()));
        _ = writeln!(text, "   - call: `{}`", clean(&format!("{call} {}", parameters.join(" "))).trim_end());
        _ = writeln!(text, "   - undo: {}", step.undo());
        let diff = step.diff();
        if !diff.is_empty() {
            let lines = diff.iter().map(|line| format!("{}{}", line.sign, line.text));
            fenced(&mut text, "diff", "     ", lines);
        }
    }
    list(
        &mut text,
        "What speaks against it",
        plan.blocks.iter().map(|block| match &block.accepted {
            Some(reason) => format!("{} (accepted: {reason})", block.says),
            None => block.says.clone(),
        }),
    );
    list(&mut text, "Know this", plan.cautions.iter().cloned());
    for part in &plan.texts {
        _ = writeln!(text, "\n## {}", clean(&part.title));
        fenced(&mut text, "yaml", "", part.body.lines().map(str::to_owned));
    }
    consumers(&mut text, plan);
    list(&mut text, PERMISSIONS, plan.needs.iter().map(ToString::to_string));
    text
}

/// A block of code that no line of its own can end.
fn fenced(text: &mut String, kind: &str, indent: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<String> = lines.collect();
    let ticks = lines.iter().map(|line| line.len() - line.trim_start_matches('`').len()).max();
    let fence = "`".repeat(ticks.unwrap_or(0).max(2) + 1);
    _ = writeln!(text, "\n{indent}{fence}{kind}");
    for line in &lines {
        _ = writeln!(text, "{indent}{}", clean(line));
    }
    _ = writeln!(text, "{indent}{fence}\n");
}

fn identity(identity: &Identity) -> String {
    match identity {
        Identity::Aws { account, caller } => format!("{caller} in account {account}"),
        Identity::GitLab { instance, login } => format!("{login} at {instance}"),
    }
}

fn consumers(text: &mut String, plan: &Plan) {
    let consumers = &plan.consumers;
    let used = consumers.last_use.iter().map(|used| format!("last used {used}"));
    let carriers = consumers.carriers.iter().map(|carrier| {
        let secret =
            carrier.secret.as_ref().map_or_else(String::new, |secret| format!(" with {}", secret.key));
        format!(
            "{}{secret}: read by jobs of {}",
            carrier.place,
            plural(carrier.readers, "project", "projects")
        )
    });
    let kept = consumers.kept_in.iter().map(|file| format!("kept in {file}"));
    let addresses = consumers.addresses.iter().map(|address| format!("used from {address}"));
    let agents = consumers.agents.iter().map(|agent| format!("used by {agent}"));
    let services =
        (!consumers.services.is_empty()).then(|| format!("used for {}", consumers.services.join(", ")));
    list(
        text,
        "Who uses it",
        used.chain(carriers).chain(kept).chain(addresses).chain(agents).chain(services),
    );
}

fn list(text: &mut String, heading: &str, lines: impl Iterator<Item = String>) {
    for (index, line) in lines.enumerate() {
        if index == 0 {
            _ = writeln!(text, "\n## {heading}\n");
        }
        _ = writeln!(text, "- {}", clean(&line));
    }
}

/// The same by hand, for a shell. What waits or holds a secret is a comment.
pub fn commands(plan: &Plan) -> String {
    let mut text = format!("# {}\n", clean(&plan.title));
    for step in &plan.steps {
        _ = writeln!(text, "{}", clean(&step.0.command()));
    }
    text
}
