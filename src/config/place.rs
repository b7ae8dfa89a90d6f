//! Where files are: the configuration's own place, `~`, and paths relative to the file that names them.

use std::path::{Path, PathBuf};

/// Reads one environment variable.
pub type Env<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// The variable, where it is set and not empty.
pub(super) fn set(env: &Env<'_>, variable: &str) -> Option<String> {
    env(variable).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// The home directory: `HOME`, or what the system knows about the user.
pub(super) fn home(env: &Env<'_>) -> Option<PathBuf> {
    set(env, "HOME").map(PathBuf::from).or_else(|| etcetera::home_dir().ok())
}

/// `$XDG_CONFIG_HOME/keytrail/config.toml`, or the same below `~/.config`. A relative XDG_CONFIG_HOME does not count,
/// as the XDG base directory specification demands.
pub(super) fn default_file(env: &Env<'_>) -> PathBuf {
    let folder = set(env, "XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let folder =
        folder.or_else(|| Some(home(env)?.join(".config"))).unwrap_or_else(|| PathBuf::from(".config"));
    folder.join("keytrail").join("config.toml")
}

/// `$XDG_STATE_HOME/keytrail/journal.db`, or the same below `~/.local/state`.
pub fn journal_file(env: &Env<'_>) -> PathBuf {
    let folder = set(env, "XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = folder.or_else(|| Some(home(env)?.join(".local/state")));
    folder.unwrap_or_else(|| PathBuf::from(".local/state")).join("keytrail").join("journal.db")
}

/// `$XDG_CACHE_HOME/keytrail`, or the same below `~/.cache`; none where there is no home either.
pub(super) fn cache(env: &Env<'_>) -> Option<PathBuf> {
    let folder = set(env, "XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    Some(folder.or_else(|| Some(home(env)?.join(".cache")))?.join("keytrail"))
}

/// Expands a leading `~/`, and takes a relative path from `beside`, the folder of the file that names it.
pub(super) fn expand(written: &str, beside: &Path, env: &Env<'_>) -> PathBuf {
    let rest = if written == "~" { Some("") } else { written.strip_prefix("~/") };
    match (rest, home(env)) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => beside.join(written),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_in_the_xdg_place() {
        let home = |name: &str| (name == "HOME").then(|| "/home/ada".to_owned());
        assert_eq!(default_file(&home), Path::new("/home/ada/.config/keytrail/config.toml"));
        let xdg = |name: &str| match name {
            "HOME" => Some("/home/ada".to_owned()),
            "XDG_CONFIG_HOME" => Some("/etc/ada".to_owned()),
            _ => None,
        };
        assert_eq!(default_file(&xdg), Path::new("/etc/ada/keytrail/config.toml"));
        assert_eq!(journal_file(&xdg), Path::new("/home/ada/.local/state/keytrail/journal.db"));
        let state = |name: &str| (name == "XDG_STATE_HOME").then(|| "/var/ada".to_owned());
        assert_eq!(journal_file(&state), Path::new("/var/ada/keytrail/journal.db"));
        assert_eq!(cache(&home).as_deref(), Some(Path::new("/home/ada/.cache/keytrail")));
        let xdg = |name: &str| (name == "XDG_CACHE_HOME").then(|| "/var/cache/ada".to_owned());
        assert_eq!(cache(&xdg).as_deref(), Some(Path::new("/var/cache/ada/keytrail")));
    }

    #[test]
    fn tildes_and_relative_paths_expand() {
        let env = |name: &str| (name == "HOME").then(|| "/home/ada".to_owned());
        let expanded = |written| expand(written, Path::new("/etc/keytrail"), &env);
        assert_eq!(expanded("~/.token"), Path::new("/home/ada/.token"));
        assert_eq!(expanded("token"), Path::new("/etc/keytrail/token"));
        assert_eq!(expanded("/run/token"), Path::new("/run/token"));
        assert_eq!(expanded("~ada/x"), Path::new("/etc/keytrail/~ada/x"));
    }
}
