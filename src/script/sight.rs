//! What a value shows: access key ids, role ARNs, whether it has a secret's shape; and which text may be kept as it was written. What has a
//! secret's shape never leaves this room.

use std::{borrow::Cow, collections::BTreeSet};

use crate::{
    base::{
        name::{Arn, KeyId},
        text::clean,
    },
    model::gitlab::Sighting,
};

/// Variables whose values are public names: a role, a region, an address.
const PUBLIC: [&str; 14] = [
    "IAM_ROLE",
    "AWS_ROLE_ARN",
    "ROLE_ARN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_PROFILE",
    "AWS_ROLE_SESSION_NAME",
    "VAULT_ADDR",
    "VAULT_SERVER_URL",
    "VAULT_AUTH_ROLE",
    "VAULT_AUTH_PATH",
    "VAULT_NAMESPACE",
    "KUBERNETES_SERVICE_ACCOUNT_OVERWRITE",
    "KUBERNETES_NAMESPACE_OVERWRITE",
];

/// A kept text's length at most, in characters.
const KEPT: usize = 300;

/// What a value shows; without a hash, which only the process that compares values can make.
pub fn look(value: &str) -> Sighting {
    let mut sighting = Sighting::default();
    let (mut keys, mut roles) = (BTreeSet::new(), BTreeSet::new());
    for word in value.split(parts_words) {
        roles.extend(role(word));
        sighting.secret_shaped |= word.split(':').any(is_secret_shaped);
        let parts = word.split(|letter: char| !letter.is_ascii_alphanumeric());
        keys.extend(parts.filter_map(KeyId::new));
    }
    sighting.keys = keys.into_iter().collect();
    sighting.roles = roles.into_iter().collect();
    sighting
}

/// The value itself, where the variable's name says that it is a public name and nothing of it looks like a secret.
pub fn shown(name: &str, value: &str) -> Option<String> {
    let value = value.trim();
    let signs_in = value.contains("://") && value.contains('@');
    let public = PUBLIC.iter().any(|public| name.eq_ignore_ascii_case(public));
    let harmless = !value.is_empty() && value.chars().count() <= KEPT && !signs_in;
    (public && harmless && written(value) == value).then(|| value.to_owned())
}

/// A text as it was written, for people: control characters replaced, of reasonable length, and `(hidden)` where a word of it may be a
/// secret.
pub fn written(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(parts_words).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let secret = word.split(':').any(holds_secret) || word.split([':', '/', '@']).any(is_opaque);
        kept.push_str(if secret { "(hidden)" } else { word });
        let mut letters = after.chars();
        kept.extend(letters.next());
        rest = letters.as_str();
        if kept.len() > 4 * KEPT {
            break;
        }
    }
    let kept = clean(&kept);
    let cut = kept.char_indices().nth(KEPT).map_or(kept.len(), |(at, _)| at);
    match Cow::from(&kept[..cut]) {
        whole if cut == kept.len() => whole.into_owned(),
        part => format!("{part}…"),
    }
}

/// The whole word, when it is a role's ARN.
fn role(word: &str) -> Option<Arn> {
    Arn::new(word).filter(|arn| arn.service() == "iam" && arn.resource().starts_with("role/"))
}

fn parts_words(letter: char) -> bool {
    letter.is_whitespace() || "\"'`,;=()[]{}<>|&$\\".contains(letter)
}

/// Forty base-64 characters with capitals, small letters and something else: a commit's SHA-1 has forty as well, and no capitals.
fn is_secret_shaped(word: &str) -> bool {
    let (mut upper, mut lower, mut other) = (false, false, false);
    for byte in word.bytes() {
        match byte {
            b'A'..=b'Z' => upper = true,
            b'a'..=b'z' => lower = true,
            b'0'..=b'9' | b'+' | b'/' => other = true,
            _ => return false,
        }
    }
    word.len() == 40 && upper && lower && other
}

/// Does a secret's shape stand in this word, or between two slashes of it? A secret may hold slashes itself.
fn holds_secret(word: &str) -> bool {
    let starts = word.match_indices('/').map(|(at, _)| at + 1).chain([0]);
    let mut shapes = starts.filter_map(|start| {
        let shape = word.get(start..start + 40)?;
        matches!(word.as_bytes().get(start + 40), None | Some(b'/')).then_some(shape)
    });
    shapes.any(is_secret_shaped)
}

/// Is this more likely a token than a name: a known token's prefix, or many mixed letters and digits in one go?
fn is_opaque(word: &str) -> bool {
    const TOKENS: [&str; 12] = [
        "glpat-", "glrt-", "glptt-", "gldt-", "glcbt-", "glsoat-", "hvs.", "hvb.", "ghp_", "ghs_", "xox",
        "eyJ",
    ];
    if word.len() > 12 && TOKENS.iter().any(|prefix| word.starts_with(prefix)) {
        return true;
    }
    let any = |test: fn(&u8) -> bool| word.as_bytes().iter().any(test);
    let one_go = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+_=".contains(&byte));
    word.len() >= 24
        && one_go
        && any(u8::is_ascii_uppercase)
        && any(u8::is_ascii_lowercase)
        && any(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AKIARZPUZDIKNSFRP6LN";
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    const ROLE: &str = "arn:aws:iam::123456789012:role/ci/deploy";

    fn seen(value: &str) -> (Vec<String>, Vec<String>, bool) {
        let sighting = look(value);
        let keys = sighting.keys.iter().map(ToString::to_string).collect();
        let roles = sighting.roles.iter().map(ToString::to_string).collect();
        (keys, roles, sighting.secret_shaped)
    }

    #[test]
    fn public_names_are_found_wherever_they_stand() {
        let file = format!(
            "[default]\naws_access_key_id = {KEY}\naws_secret_access_key={SECRET}\nrole_arn = {ROLE}\n"
        );
        let json = format!(r#"{{"AccessKeyId":"{KEY}","SecretAccessKey":"{SECRET}"}}"#);
        let keys = |found: &[&str]| found.iter().map(ToString::to_string).collect::<Vec<_>>();
        let cases = [
            (KEY.to_owned(), keys(&[KEY]), keys(&[]), false),
            (format!(" {KEY}\n"), keys(&[KEY]), keys(&[]), false),
            (SECRET.to_owned(), keys(&[]), keys(&[]), true),
            (ROLE.to_owned(), keys(&[]), keys(&[ROLE]), false),
            (file, keys(&[KEY]), keys(&[ROLE]), true),
            (json, keys(&[KEY]), keys(&[]), true),
            (format!("{KEY}:{SECRET}"), keys(&[KEY]), keys(&[]), true),
            (format!("X{KEY}"), keys(&[]), keys(&[]), false),
            ("arn:aws:iam::123456789012:user/bob".to_owned(), keys(&[]), keys(&[]), false),
            ("da39a3ee5e6b4b0d3255bfef95601890afd80709".to_owned(), keys(&[]), keys(&[]), false),
            (String::new(), keys(&[]), keys(&[]), false),
        ];
        for (value, key, role, secret) in cases {
            assert_eq!(seen(&value), (key, role, secret), "{value}");
        }
    }

    #[test]
    fn public_names_are_shown_and_nothing_else_is() {
        let vault = "https://vault.acme.example:8200";
        for (name, value) in [("IAM_ROLE", ROLE), ("aws_region", "eu-west-1"), ("VAULT_ADDR", vault)] {
            assert_eq!(shown(name, value).as_deref(), Some(value));
        }
        let signed = "https://user:hunter2@vault.acme.example";
        for (name, value) in [
            ("AWS_SECRET_ACCESS_KEY", SECRET),
            ("DB", "x"),
            ("IAM_ROLE", SECRET),
            ("AWS_PROFILE", "glpat-abcdefghijkl"),
            ("VAULT_ADDR", signed),
            ("AWS_REGION", ""),
        ] {
            assert_eq!(shown(name, value), None, "{name}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is_not_kept_as_written() {
        for text in ["$ROLE_ARN", ROLE, "ops/data/aws/production@secrets", "$CI_COMMIT_BRANCH == \"main\""] {
            assert_eq!(written(text), text);
        }
        assert_eq!(written(&format!("$T == \"{SECRET}\"")), "$T == \"(hidden)\"");
        assert_eq!(written("glpat-aB3dE6gH9jK2mN5pQ8sT"), "(hidden)");
        assert_eq!(written("a\u{1b}[2J"), "a?[2J");
        assert_eq!(written(&"x".repeat(1000)).chars().count(), KEPT + 1);
    }
}
