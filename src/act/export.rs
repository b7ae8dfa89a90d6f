//! A plan for people: as Markdown, and as the commands of `aws` and `glab` that would do the same by hand.

use std::fmt::Write as _;

use super::{
    call::{BLANK, Call, KeyRef, Place, Write},
    deny,
    plan::{Identity, Plan},
};
use crate::base::{
    name::Arn,
    text::{clean, plural},
};

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
    consumers(&mut text, plan);
    list(&mut text, "Permissions", plan.needs.iter().cloned());
    text
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
        _ = writeln!(text, "{}", clean(&command(&step.0)));
    }
    text
}

fn command(call: &Call) -> String {
    let key = |key: &KeyRef| match key {
        KeyRef::Id(key) => key.to_string(),
        KeyRef::Created => "\"$NEW_KEY\"".to_owned(),
    };
    match call {
        Call::CreateAccessKey { user, .. } => format!("aws iam create-access-key --user-name {}", quoted(user.name())),
        Call::SetAccessKeyStatus { user, key: which, to, .. } => format!(
            "aws iam update-access-key --user-name {} --access-key-id {} --status {}",
            quoted(user.name()),
            key(which),
            to.word()
        ),
        Call::DeleteAccessKey { user, key: which, .. } => format!(
            "aws iam delete-access-key --user-name {} --access-key-id {}",
            quoted(user.name()),
            key(which)
        ),
        Call::ProveAccessKey { .. } => {
            "AWS_ACCESS_KEY_ID=\"$NEW_KEY\" AWS_SECRET_ACCESS_KEY=\"$NEW_SECRET\" aws sts get-caller-identity # until it \
             is accepted"
                .into()
        }
        Call::Deny { holder, deny, .. } => by_hand("put", holder, deny.name(), "file://deny.json"),
        Call::Lift { holder, deny, restore, .. } => match restore {
            Some(document) => by_hand("put", holder, deny.name(), document),
            None => by_hand("delete", holder, deny.name(), ""),
        },
        Call::SetTrust { role, to, .. } => format!(
            "aws iam update-assume-role-policy --role-name {} --policy-document {}",
            quoted(role.name()),
            quoted(to)
        ),
        Call::PauseRunner { runner, to, .. } => {
            format!("glab api --method PUT runners/{runner} --field paused={to}")
        }
        Call::FlagVariable { place, flag, to, .. } => {
            format!("glab api --method PUT {} --field {}={to}", quoted(&filtered(place)), flag.word())
        }
        Call::BlankVariable { place, .. } => {
            format!("glab api --method PUT {} --raw-field value={BLANK}", quoted(&filtered(place)))
        }
        Call::AwaitDisuse { key, .. } => {
            format!("aws iam get-access-key-last-used --access-key-id {key} # {}", call.says())
        }
        Call::Soak { .. } => format!("# {}", call.says()),
        Call::WriteVariable { place, write, .. } => {
            let value = match write {
                Write::Secret { .. } => "$NEW_SECRET",
                Write::KeyId { .. } => "$NEW_KEY",
                Write::PairInText { .. } => "$NEW_TEXT",
            };
            format!("glab api --method PUT {} --raw-field \"value={value}\"", quoted(&filtered(place)))
        }
    }
}

fn filtered(place: &Place) -> String {
    let path = place.path();
    if place.has_scope() { format!("{path}?filter[environment_scope]={}", place.scope) } else { path }
}

fn by_hand(verb: &str, holder: &Arn, policy: &str, document: &str) -> String {
    let kind = deny::kind(holder).to_ascii_lowercase();
    let document =
        if document.is_empty() { String::new() } else { format!(" --policy-document {}", quoted(document)) };
    let name = quoted(holder.name());
    format!("aws iam {verb}-{kind}-policy --{kind}-name {name} --policy-name {policy}{document}")
}

/// One word for a shell.
fn quoted(text: &str) -> String {
    let is_plain =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.' | '/' | '@' | '+');
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}
