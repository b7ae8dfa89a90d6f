//! Where a variable's value dies. It is looked at in the bytes of the answer, and what leaves this room is a [`Sighting`]:
//! public names, a shape, and a hash under a key that lives as long as the process.

use std::{
    collections::BTreeSet,
    hash::{BuildHasher, Hasher, RandomState},
    sync::OnceLock,
};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::value::RawValue;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{
    base::name::{Arn, KeyId},
    model::gitlab::Sighting,
};

/// Looks at a JSON string as it stands in the answer, quotes and escapes included. `None` when it is not a string.
pub(super) fn raw(value: &RawValue) -> Option<Sighting> {
    unescape(value.get()).map(|text| look(&text))
}

/// What a value shows.
pub(super) fn look(value: &str) -> Sighting {
    let names = |text: &str| -> (Option<KeyId>, Option<Arn>) {
        let role = Arn::new(text).filter(|arn| arn.service() == "iam" && arn.resource().starts_with("role/"));
        (KeyId::new(text), role)
    };
    let mut sighting = Sighting { hash: Some(hash(value)), ..Sighting::default() };
    let (mut keys, mut roles) = (BTreeSet::new(), BTreeSet::new());
    for word in value.split(|letter: char| letter.is_whitespace() || "\"'`,;=()[]{}<>|&$\\".contains(letter))
    {
        roles.extend(names(word).1);
        sighting.secret_shaped |= word.split(':').any(is_secret_shaped);
        let parts = word.split(|letter: char| !letter.is_ascii_alphanumeric());
        keys.extend(parts.filter_map(|part| names(part).0));
    }
    sighting.keys = keys.into_iter().collect();
    sighting.roles = roles.into_iter().collect();
    sighting
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

/// Equal values have equal hashes within this process, and nobody outside it can try values against them.
fn hash(value: &str) -> u64 {
    static KEY: OnceLock<Zeroizing<[u8; 32]>> = OnceLock::new();
    let key = KEY.get_or_init(|| {
        // The standard library's hash keys come from the system's random numbers.
        let mut key = Zeroizing::new([0; 32]);
        for part in key.chunks_exact_mut(8) {
            part.copy_from_slice(&RandomState::new().build_hasher().finish().to_le_bytes());
        }
        key
    });
    // A key of any length is accepted; the arm for a wrong one is never reached.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&**key) else { return 0 };
    mac.update(value.as_bytes());
    let digest = mac.finalize().into_bytes();
    digest.iter().take(8).fold(0, |sum, &byte| sum << 8 | u64::from(byte))
}

/// A JSON string's text in memory that is overwritten when dropped. The parser's own scratch space would not be.
fn unescape(json: &str) -> Option<Zeroizing<String>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    // Escapes only ever shorten a text, so the buffer never grows and never leaves a copy behind.
    let mut text = Zeroizing::new(String::with_capacity(inner.len()));
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        text.push(match letters.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => code_point(&mut letters)?,
            plain => plain,
        });
    }
    Some(text)
}

/// After `\u`: four hex digits, or two halves of a surrogate pair.
fn code_point(letters: &mut std::str::Chars<'_>) -> Option<char> {
    let high = unit(letters)?;
    if !(0xd800..0xdc00).contains(&high) {
        return Some(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    let mut ahead = letters.clone();
    if (ahead.next(), ahead.next()) != (Some('\\'), Some('u')) {
        return Some(char::REPLACEMENT_CHARACTER);
    }
    let low = unit(&mut ahead)?;
    *letters = ahead;
    let joined = 0x10000 + ((high - 0xd800) << 10) + (low.wrapping_sub(0xdc00) & 0x3ff);
    Some(char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER))
}

fn unit(letters: &mut std::str::Chars<'_>) -> Option<u32> {
    (0..4).try_fold(0, |sum, _| Some(sum << 4 | letters.next()?.to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
    fn the_value_itself_does_not_survive() {
        let sighting = look(SECRET);
        let text = format!("{sighting:?} {}", serde_json::to_string(&sighting).unwrap());
        assert!(!text.contains("wJalr"), "{text}");
        assert_eq!(sighting.hash, look(SECRET).hash);
        assert_ne!(sighting.hash, look(KEY).hash);
    }

    fn unescaped(json: &str) -> Option<String> {
        unescape(json).map(|text| text.as_str().to_owned())
    }

    proptest! {
        #[test]
        fn escapes_are_undone_as_json_does(text in "\\PC*|[\\x00-\\x1f\"\\\\/\u{1f600}a]*") {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(unescaped(&json), Some(text.clone()));
            let ascii: Vec<String> = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            let ascii = ascii.concat();
            prop_assert_eq!(unescaped(&format!("\"{ascii}\"")), Some(text));
        }
    }

    #[test]
    fn what_is_not_a_string_has_no_sighting() {
        for json in ["null", "12", "{}", "[\"a\"]"] {
            assert_eq!(raw(serde_json::from_str(json).unwrap()), None, "{json}");
        }
    }
}
