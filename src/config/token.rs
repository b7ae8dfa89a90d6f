//! Where a GitLab token comes from: an environment variable, a file only its owner can read, or a command that prints
//! it. Never the configuration file itself: files get committed, synced and shown.

use std::{
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use zeroize::Zeroizing;

use super::{
    error::{ConfigError, without_tokens},
    place::{Env, expand, set},
    table::Field,
};
use crate::base::secret::Secret;

/// Long enough for a password store that asks a person to touch a key.
const PATIENCE: Duration = Duration::from_mins(1);

const FORMS: &str = "{ env = \"NAME\" }, { file = \"path\" } or { command = [\"program\", \"argument\"] }";

#[derive(Debug, PartialEq, Eq)]
enum From {
    Env(String),
    File(PathBuf),
    Command(Vec<String>),
}

/// Reads the `token` field and fetches the token it names.
pub(super) fn token(field: &Field<'_>, beside: &Path, env: &Env<'_>) -> Result<Secret, ConfigError> {
    let found = match origin(field, beside, env)? {
        From::Env(name) => from_env(&name, env),
        From::File(path) => from_file(&path),
        From::Command(words) => from_command(&words, PATIENCE),
    };
    found.map_err(|problem| field.wrong(&problem))
}

fn origin(field: &Field<'_>, beside: &Path, env: &Env<'_>) -> Result<From, ConfigError> {
    if field.is_text() {
        let problem = format!(
            "a token is not written into this file, because files get committed and copied; expected {FORMS}"
        );
        return Err(field.wrong(&problem));
    }
    let table = field.table(FORMS)?;
    table.only(&["env", "file", "command"])?;
    match (table.get("env"), table.get("file"), table.get("command")) {
        (Some(name), None, None) => {
            let text = name.text()?;
            let shape = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !shape || text.starts_with(|letter: char| letter.is_ascii_digit()) {
                return Err(name.wrong("expected the name of an environment variable"));
            }
            Ok(From::Env(text))
        }
        (None, Some(path), None) => Ok(From::File(expand(&path.text()?, beside, env))),
        (None, None, Some(words)) => {
            let list = words.texts()?;
            if list.is_empty() {
                return Err(words
                    .wrong("expected a program and its arguments, as in [\"glab\", \"auth\", \"token\"]"));
            }
            Ok(From::Command(list))
        }
        _ => Err(field.wrong(&format!("expected exactly one of {FORMS}"))),
    }
}

fn from_env(name: &str, env: &Env<'_>) -> Result<Secret, String> {
    let text = set(env, name).ok_or_else(|| format!("environment variable {name} is not set, or empty"))?;
    checked(&Zeroizing::new(text), &format!("environment variable {name}"))
}

fn from_file(path: &Path) -> Result<Secret, String> {
    let told = |error: &std::io::Error| format!("token file {}: {error}", path.display());
    let mut file = std::fs::File::open(path).map_err(|error| told(&error))?;
    let facts = file.metadata().map_err(|error| told(&error))?;
    if facts.is_dir() {
        return Err(format!("token file {} is a folder", path.display()));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = facts.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            let path = path.display();
            return Err(format!(
                "token file {path} can be read by others (mode {mode:o}): run chmod 600 {path}"
            ));
        }
    }
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(|error| told(&error))?;
    checked(&text, &format!("token file {}", path.display()))
}

/// What a command said before it ended, or the reason why it said nothing.
fn from_command(words: &[String], patience: Duration) -> Result<Secret, String> {
    let Some((program, arguments)) = words.split_first() else { return Err("no program is named".into()) };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("token command `{program}` does not start: {error}"))?;
    let said = listen(child.stdout.take());
    let complained = listen(child.stderr.take());
    // The pipes close when the command ends; one that says nothing and never ends is stopped.
    let Ok(said) = said.recv_timeout(patience) else {
        stop(&mut child);
        return Err(format!("token command `{program}` did not end within {} seconds", patience.as_secs()));
    };
    let complaint = complained.recv_timeout(patience).unwrap_or_default();
    let status = child.wait().map_err(|error| format!("token command `{program}`: {error}"))?;
    if !status.success() {
        let mut complaint = Zeroizing::new(String::from_utf8_lossy(&complaint).into_owned());
        // What it printed before it failed may be the token, and programs that log what they do repeat it.
        for word in String::from_utf8_lossy(&said).split_whitespace().filter(|word| word.len() >= 8) {
            complaint = Zeroizing::new(complaint.replace(word, "......"));
        }
        let complaint = without_tokens(complaint.trim());
        let complaint: String = complaint.chars().take(300).collect();
        return Err(format!("token command `{program}` failed ({status}): {complaint}"));
    }
    let text = str::from_utf8(&said)
        .map_err(|_| format!("token command `{program}` printed something else than text"))?;
    checked(text, &format!("token command `{program}`"))
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
        // Half a token is caught where it is used; what was read so far is still worth showing.
        let _ = pipe.map(|pipe| pipe.take(1 << 16).read_to_end(&mut bytes));
        let _ = sender.send(bytes);
    });
    receiver
}

/// A token goes into a header: nothing around it, no space or line break in it.
fn checked(text: &str, whence: &str) -> Result<Secret, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(format!("{whence} gives an empty token"));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(format!(
            "{whence} gives a token with a space, a line break or another odd character in it"
        ));
    }
    Ok(Secret::new(text.to_owned()))
}

/// The token of `GITLAB_TOKEN`, for use without a file.
pub(super) fn from_variable(name: &str, env: &Env<'_>) -> Option<Result<Secret, ConfigError>> {
    let text = Zeroizing::new(set(env, name)?);
    let checked = checked(&text, "it");
    Some(checked.map_err(|problem| ConfigError::Environment { variable: name.to_owned(), problem }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(script: &str) -> Result<String, String> {
        let words = ["sh", "-c", script].map(str::to_owned);
        from_command(&words, Duration::from_secs(20)).map(|secret| secret.open().to_owned())
    }

    #[test]
    fn a_command_prints_the_token() {
        assert_eq!(run("echo '  glpat-abc  '").as_deref(), Ok("glpat-abc"));
        assert_eq!(
            run("echo glpat-abc; echo 'no keyring for glpat-abc' >&2; exit 3"),
            Err("token command `sh` failed (exit status: 3): no keyring for ......".into())
        );
        assert_eq!(
            run("echo 0123456789abcdef; echo 'gave 0123456789abcdef away' >&2; exit 1"),
            Err("token command `sh` failed (exit status: 1): gave ...... away".into())
        );
        assert_eq!(run("true"), Err("token command `sh` gives an empty token".into()));
        assert_eq!(
            run("echo one two"),
            Err("token command `sh` gives a token with a space, a line break or another odd character in it"
                .into())
        );
    }

    #[test]
    fn a_command_that_never_ends_is_stopped() {
        let words = ["sh", "-c", "exec sleep 600"].map(str::to_owned);
        let error = from_command(&words, Duration::from_millis(50)).unwrap_err();
        assert_eq!(error, "token command `sh` did not end within 0 seconds");
        let missing = from_command(&["/no/such/program".to_owned()], PATIENCE).unwrap_err();
        assert!(missing.starts_with("token command `/no/such/program` does not start: "), "{missing}");
    }

    #[cfg(unix)]
    #[test]
    fn a_token_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "glpat-abc\n").unwrap();
        let set_mode = |mode| std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
        set_mode(0o640);
        let shown = path.display();
        assert_eq!(
            from_file(&path).unwrap_err(),
            format!("token file {shown} can be read by others (mode 640): run chmod 600 {shown}")
        );
        set_mode(0o600);
        assert_eq!(from_file(&path).unwrap().open(), "glpat-abc");
        std::fs::write(&path, "\n").unwrap();
        assert_eq!(from_file(&path).unwrap_err(), format!("token file {shown} gives an empty token"));
    }
}
