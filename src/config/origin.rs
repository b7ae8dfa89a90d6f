//! Secrets that other programs keep: fetched from an environment variable, from a file only its owner can read or from a command that
//! prints them, and handed to a command that takes them. Whoever writes down where a secret comes from writes down no secret.

use std::{
    fmt,
    io::{Read, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    str::FromStr,
    sync::mpsc,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    error::without_tokens,
    place::{Env, set},
};
use crate::base::secret::Secret;

/// Long enough for a password store that asks a person to touch a key.
const PATIENCE: Duration = Duration::from_mins(1);

/// The most bytes a secret may have.
const LONGEST: u64 = 1 << 16;

/// Where a secret is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// In the environment variable of this name.
    Env(String),
    File(PathBuf),
    /// A program and its arguments; no shell reads them.
    Command(Vec<String>),
}

impl Origin {
    pub(super) fn env(name: &str) -> Result<Self, &'static str> {
        let shape = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if name.is_empty() || !shape || name.starts_with(|letter: char| letter.is_ascii_digit()) {
            return Err("expected the name of an environment variable");
        }
        Ok(Self::Env(name.to_owned()))
    }

    /// For a sentence: `token file /x`, `token command `glab``.
    pub(super) fn says(&self, what: &str) -> String {
        match self {
            Self::Env(name) => format!("environment variable {name}"),
            Self::File(path) => format!("{what} file {}", path.display()),
            Self::Command(words) => {
                format!("{what} command `{}`", words.first().map_or("", String::as_str))
            }
        }
    }

    /// The secret, without the last end of a line, or why there is none. `what` it is, for that sentence.
    pub fn fetch(&self, what: &str, env: &Env<'_>) -> Result<Secret, String> {
        let says = self.says(what);
        let text = match self {
            Self::Env(name) => {
                set(env, name).map(Zeroizing::new).ok_or_else(|| format!("{says} is not set, or empty"))?
            }
            Self::File(path) => from_file(path, &says)?,
            Self::Command(words) => from_command(words, &says, PATIENCE)?,
        };
        let text = text.strip_suffix('\n').unwrap_or(&text);
        Ok(Secret::new(text.strip_suffix('\r').unwrap_or(text).to_owned()))
    }
}

impl FromStr for Origin {
    type Err = String;

    /// `env:NAME`, `file:/PATH`, `command:PROGRAM ARGUMENT`: the words of a command are parted at spaces.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is none of env:NAME, file:/PATH, command:PROGRAM ARGUMENT");
        match text.split_once(':').ok_or_else(wrong)? {
            ("env", name) => Self::env(name).map_err(|problem| format!("`{text}`: {problem}")),
            ("file", path) if path.starts_with('/') => Ok(Self::File(path.into())),
            ("command", line) => {
                let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
                if words.is_empty() { Err(wrong()) } else { Ok(Self::Command(words)) }
            }
            _ => Err(wrong()),
        }
    }
}

/// As it is read again.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Command(words) => write!(f, "command:{}", words.join(" ")),
        }
    }
}

fn from_file(path: &Path, says: &str) -> Result<Zeroizing<String>, String> {
    let told = |error: &std::io::Error| format!("{says}: {error}");
    let file = std::fs::File::open(path).map_err(|error| told(&error))?;
    let facts = file.metadata().map_err(|error| told(&error))?;
    if facts.is_dir() {
        return Err(format!("{says} is a folder"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = facts.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            let path = path.display();
            return Err(format!("{says} can be read by others (mode {mode:o}): run chmod 600 {path}"));
        }
    }
    let mut text = Zeroizing::new(String::new());
    file.take(LONGEST).read_to_string(&mut text).map_err(|error| told(&error))?;
    Ok(text)
}

/// What a command said before it ended, or the reason why it said nothing.
fn from_command(words: &[String], says: &str, patience: Duration) -> Result<Zeroizing<String>, String> {
    let mut child = started(words, says, Stdio::null())?;
    let said = listen(child.stdout.take());
    let complained = listen(child.stderr.take());
    // The pipes close when the command ends; one that says nothing and never ends is stopped.
    let Ok(said) = said.recv_timeout(patience) else {
        stop(&mut child);
        return Err(format!("{says} did not end within {} seconds", patience.as_secs()));
    };
    let complaint = complained.recv_timeout(patience).unwrap_or_default();
    let status = child.wait().map_err(|error| format!("{says}: {error}"))?;
    if !status.success() {
        // What it printed before it failed may be the secret, and programs that log what they do repeat it.
        return Err(format!("{says} failed ({status}): {}", harmless(&complaint, &said)));
    }
    let text = str::from_utf8(&said).map_err(|_| format!("{says} printed something else than text"))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Writes a secret and an end of a line to a command's standard input, and waits until it has ended well.
pub fn hand_over(words: &[String], secret: &Secret) -> Result<(), String> {
    hand_over_within(words, secret, PATIENCE)
}

fn hand_over_within(words: &[String], secret: &Secret, patience: Duration) -> Result<(), String> {
    let says = Origin::Command(words.to_vec()).says("the");
    let mut child = started(words, &says, Stdio::piped())?;
    let said = listen(child.stdout.take());
    let complained = listen(child.stderr.take());
    if let Some(mut pipe) = child.stdin.take() {
        let line = Zeroizing::new(format!("{}\n", secret.open()));
        // One that has ended without reading says why by its status. A token fits into every pipe: nothing waits here.
        let _ = pipe.write_all(line.as_bytes());
    }
    if said.recv_timeout(patience).is_err() {
        stop(&mut child);
        return Err(format!("{says} did not end within {} seconds", patience.as_secs()));
    }
    let complaint = complained.recv_timeout(patience).unwrap_or_default();
    let status = child.wait().map_err(|error| format!("{says}: {error}"))?;
    if status.success() {
        return Ok(());
    }
    Err(format!("{says} failed ({status}): {}", harmless(&complaint, secret.open().as_bytes())))
}

fn started(words: &[String], says: &str, input: Stdio) -> Result<Child, String> {
    let Some((program, arguments)) = words.split_first() else { return Err("no program is named".into()) };
    Command::new(program)
        .args(arguments)
        .stdin(input)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{says} does not start: {error}"))
}

/// The beginning of a complaint, without any word of the secret.
fn harmless(complaint: &[u8], secret: &[u8]) -> String {
    let mut complaint = Zeroizing::new(String::from_utf8_lossy(complaint).into_owned());
    for word in String::from_utf8_lossy(secret).split_whitespace().filter(|word| word.len() >= 8) {
        complaint = Zeroizing::new(complaint.replace(word, "......"));
    }
    without_tokens(complaint.trim()).chars().take(300).collect()
}

fn stop(child: &mut Child) {
    // It may have ended by itself in between; either way nothing is left to do.
    let _ = child.kill();
    let _ = child.wait();
}

fn listen(pipe: Option<impl Read + Send + 'static>) -> mpsc::Receiver<Zeroizing<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Zeroizing::new(Vec::new());
        // Half a secret is caught where it is used; what was read so far is still worth showing.
        let _ = pipe.map(|pipe| pipe.take(LONGEST).read_to_end(&mut bytes));
        let _ = sender.send(bytes);
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(script: &str) -> Vec<String> {
        ["sh", "-c", script].map(str::to_owned).to_vec()
    }

    fn run(script: &str) -> Result<String, String> {
        let origin = Origin::Command(words(script));
        origin.fetch("token", &|_| None).map(|secret| secret.open().to_owned())
    }

    #[test]
    fn a_command_prints_the_secret() {
        assert_eq!(run("printf ' two\\nlines \\n'").as_deref(), Ok(" two\nlines "));
        assert_eq!(
            run("echo glpat-abc; echo 'no keyring for glpat-abc' >&2; exit 3"),
            Err("token command `sh` failed (exit status: 3): no keyring for ......".into())
        );
        assert_eq!(
            run("echo 0123456789abcdef; echo 'gave 0123456789abcdef away' >&2; exit 1"),
            Err("token command `sh` failed (exit status: 1): gave ...... away".into())
        );
    }

    #[test]
    fn a_command_takes_the_secret_and_nobody_repeats_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        let secret = Secret::new("glrt-0123456789".into());
        hand_over(&words(&format!("cat > {}", path.display())), &secret).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "glrt-0123456789\n");
        let error =
            hand_over(&words("read token; echo \"what is $token\" >&2; exit 4"), &secret).unwrap_err();
        assert_eq!(error, "the command `sh` failed (exit status: 4): what is ......");
        assert_eq!(hand_over(&words("exit 0"), &secret), Ok(()), "whether it reads is its own affair");
        let late = hand_over_within(&words("exec sleep 600"), &secret, Duration::from_millis(50));
        assert_eq!(late, Err("the command `sh` did not end within 0 seconds".into()));
    }

    #[test]
    fn a_command_that_never_ends_is_stopped() {
        let error = from_command(&words("exec sleep 600"), "it", Duration::from_millis(50)).unwrap_err();
        assert_eq!(error, "it did not end within 0 seconds");
        let missing = Origin::Command(vec!["/no/such/program".to_owned()]).fetch("token", &|_| None);
        let missing = missing.unwrap_err();
        assert!(missing.starts_with("token command `/no/such/program` does not start: "), "{missing}");
    }

    #[test]
    fn origins_are_read_as_they_are_written() {
        for text in ["env:NEW_SECRET", "file:/run/secrets/x", "command:pass show aws/new"] {
            assert_eq!(text.parse::<Origin>().unwrap().to_string(), text);
        }
        for text in
            ["", "NEW_SECRET", "env:", "env:1X", "env:A B", "file:", "file:x", "command: ", "s3cr3t:x"]
        {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "glpat-abc\n").unwrap();
        let set_mode = |mode| std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
        let fetch = || Origin::File(path.clone()).fetch("token", &|_| None);
        set_mode(0o640);
        let shown = path.display();
        assert_eq!(
            fetch().unwrap_err(),
            format!("token file {shown} can be read by others (mode 640): run chmod 600 {shown}")
        );
        set_mode(0o600);
        assert_eq!(fetch().unwrap().open(), "glpat-abc");
    }
}
