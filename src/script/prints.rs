//! Credentials that a script writes where the job's log, or a file, will show them: `echo`, `env`, `set -x`, `~/.aws/credentials`.

use super::shell::{Command, assignment, variables};
use crate::model::ci::ClueKind;

/// Programs that show what they are given; at the end of a pipe they undo nothing, and what they change no longer looks masked.
const SHOWS: [&str; 18] = [
    "base64", "rev", "xxd", "od", "hexdump", "sed", "tr", "fold", "cat", "tee", "cut", "head", "tail",
    "grep", "sort", "awk", "jq", "openssl",
];

/// The variables of credentials that one pipeline prints. `rest` are the commands behind the first, `traced` says that `set -x` is on.
pub(super) fn of(command: &Command, rest: &[Command], traced: bool) -> Vec<ClueKind> {
    let mut found = Vec::new();
    if traced {
        found.extend(
            command
                .words
                .iter()
                .flat_map(|word| variables(word))
                .filter(|name| is_credential(name))
                .map(prints),
        );
    }
    if !reaches_log(command, rest) {
        return found;
    }
    let call = command.call();
    let arguments = call.get(1..).unwrap_or_default();
    match command.program() {
        "echo" | "printf" | "Write-Host" | "Write-Output" => {
            let names = arguments.iter().flat_map(|word| variables(word));
            found.extend(names.filter(|name| is_credential(name)).map(prints));
        }
        "printenv" if !arguments.is_empty() => {
            let names = arguments.iter().map(String::as_str);
            found.extend(names.filter(|name| is_credential(name)).map(prints));
        }
        "env" | "printenv" | "set" if arguments.iter().all(|word| assignment(word).is_some()) => {
            found.push(prints("*"));
        }
        // `call` takes `export` for a prefix unless nothing follows.
        "-p" if ["export", "declare"]
            .iter()
            .any(|word| command.words.first().is_some_and(|first| first == word)) =>
        {
            found.push(prints("*"));
        }
        "cat" | "less" | "more" => {
            let files = arguments.iter().filter(|word| is_credentials_file(word));
            found.extend(files.map(|_| prints("~/.aws/credentials")));
        }
        _ => {}
    }
    found
}

/// Does this command turn on `set -x` (`true`) or off?
pub(super) fn traces(command: &Command) -> Option<bool> {
    let [set, options @ ..] = command.call() else { return None };
    let named = options.iter().any(|word| word == "xtrace");
    let option = |sign: char| {
        options.iter().any(|word| {
            word.strip_prefix(sign)
                .is_some_and(|letters| letters.contains('x') || named && letters.ends_with('o'))
        })
    };
    match set.as_str() {
        "set" if option('-') => Some(true),
        "set" if option('+') => Some(false),
        _ => None,
    }
}

/// `aws configure set aws_access_key_id $KEY`, a here-document or an `echo` into the credentials file: the variables they take.
pub(super) fn configures(command: &Command) -> Vec<ClueKind> {
    let words: Vec<&str> =
        command.call().iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    let clue = |name: &str| ClueKind::Configures(name.to_owned());
    let taken = |text: &str| variables(text).filter(|name| is_credential(name)).map(clue).collect::<Vec<_>>();
    if command.program() == "aws"
        && let Some(at) = words.windows(2).position(|pair| pair == ["configure", "set"])
        && let Some(key) = words.get(at + 2).filter(|key| is_credential(key))
    {
        let value = words.get(at + 3).copied().unwrap_or_default();
        return vec![clue(variables(value).next().unwrap_or(key))];
    }
    let into_file = command.outputs.iter().any(|file| is_credentials_file(file))
        || command.program() == "tee" && words.iter().any(|word| is_credentials_file(word));
    if into_file {
        let found: Vec<ClueKind> = command.texts().flat_map(taken).collect();
        return if found.is_empty() { vec![clue("~/.aws/credentials")] } else { found };
    }
    Vec::new()
}

fn prints(name: &str) -> ClueKind {
    ClueKind::Prints(name.to_owned())
}

/// Does what the command writes end in the job's log?
fn reaches_log(command: &Command, rest: &[Command]) -> bool {
    let mut last = command;
    let mut rest = rest.iter().filter(|next| next.inner == command.inner);
    while last.piped {
        match rest.next() {
            Some(next) if SHOWS.contains(&next.program()) => last = next,
            _ => return false,
        }
    }
    let kept = |target: &String| !["/dev/stdout", "/dev/stderr", "/dev/tty"].contains(&target.as_str());
    !command.inner && !last.outputs.iter().any(kept)
}

/// Does this variable, or key of a credentials file, hold AWS credentials by its name?
pub(super) fn is_credential(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let aws = name.contains("AWS") || name.contains("ACCESS_KEY");
    let secret = ["ACCESS_KEY", "SECRET", "SESSION_TOKEN", "SECURITY_TOKEN", "CRED"]
        .iter()
        .any(|part| name.contains(part));
    aws && secret && !name.ends_with("_FILE") && !name.ends_with("_PATH")
}

fn is_credentials_file(path: &str) -> bool {
    path.ends_with(".aws/credentials") || path.ends_with("AWS_SHARED_CREDENTIALS_FILE")
}
