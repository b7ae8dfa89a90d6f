//! Where a GitLab token comes from: an environment variable, a file only its owner can read, or a command that prints
//! it. Never the configuration file itself: files get committed, synced and shown.

use std::path::Path;

use zeroize::Zeroizing;

use super::{
    error::ConfigError,
    origin::Origin,
    place::{Env, expand, set},
    table::Field,
};
use crate::base::secret::Secret;

const FORMS: &str = "{ env = \"NAME\" }, { file = \"path\" } or { command = [\"program\", \"argument\"] }";

/// Reads the `token` field and fetches the token it names.
pub(super) fn token(field: &Field<'_>, beside: &Path, env: &Env<'_>) -> Result<Secret, ConfigError> {
    let origin = origin(field, beside, env)?;
    let found = origin.fetch("token", env).and_then(|secret| checked(secret.open(), &origin.says("token")));
    found.map_err(|problem| field.wrong(&problem))
}

fn origin(field: &Field<'_>, beside: &Path, env: &Env<'_>) -> Result<Origin, ConfigError> {
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
            Origin::env(&text).map_err(|problem| name.wrong(problem))
        }
        (None, Some(path), None) => Ok(Origin::File(expand(&path.text()?, beside, env))),
        (None, None, Some(words)) => {
            let list = words.texts()?;
            if list.is_empty() {
                return Err(words
                    .wrong("expected a program and its arguments, as in [\"glab\", \"auth\", \"token\"]"));
            }
            Ok(Origin::Command(list))
        }
        _ => Err(field.wrong(&format!("expected exactly one of {FORMS}"))),
    }
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

    #[test]
    fn a_token_is_one_word() {
        let of = |text: &str| checked(text, "token command `sh`").map(|secret| secret.open().to_owned());
        assert_eq!(of("  glpat-abc \n").as_deref(), Ok("glpat-abc"));
        assert_eq!(of("\n"), Err("token command `sh` gives an empty token".into()));
        assert_eq!(
            of("one two"),
            Err("token command `sh` gives a token with a space, a line break or another odd character in it"
                .into())
        );
    }
}
