//! Where a variable's value dies. It is looked at in the bytes of the answer, and what leaves this room is a [`Sighting`]:
//! public names, a shape, and a hash under a key that lives as long as the process.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    sync::OnceLock,
};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::value::RawValue;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{base::secret::Secret, model::gitlab::Sighting, script};

/// Looks at a JSON string as it stands in the answer, quotes and escapes included. `None` when it is not a string.
pub(super) fn raw(name: &str, value: &RawValue) -> Option<Sighting> {
    unescape(value.get()).map(|text| look(name, &text))
}

/// A JSON string as a secret; `None` when it is not a string.
pub(super) fn secret(value: &RawValue) -> Option<Secret> {
    unescape(value.get()).map(|text| Secret::new(text.as_str().to_owned()))
}

/// What the value of a variable of this name shows.
fn look(name: &str, value: &str) -> Sighting {
    Sighting { hash: Some(hash(value)), shown: script::shown(name, value), ..script::look(value) }
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

    #[test]
    fn the_value_itself_does_not_survive() {
        let sighting = look("AWS_ROLE_ARN", SECRET);
        let text = format!("{sighting:?} {}", serde_json::to_string(&sighting).unwrap());
        assert!(!text.contains("wJalr"), "{text}");
        assert_eq!(sighting.hash, look("X", SECRET).hash);
        assert_ne!(sighting.hash, look("X", KEY).hash);
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
    fn public_names_are_shown() {
        let shown = |name: &str, json: &str| raw(name, serde_json::from_str(json).unwrap()).unwrap().shown;
        assert_eq!(shown("AWS_REGION", "\"eu-west-1\"").as_deref(), Some("eu-west-1"));
        assert_eq!(shown("DATABASE_URL", "\"postgres:\"").as_deref(), None);
    }

    #[test]
    fn what_is_not_a_string_has_no_sighting() {
        for json in ["null", "12", "{}", "[\"a\"]"] {
            assert_eq!(raw("IAM_ROLE", serde_json::from_str(json).unwrap()), None, "{json}");
        }
    }
}
