//! A record's text without the secrets CloudTrail leaves in it. Everything else stays as it was written, in its order.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde_json::value::RawValue;

/// CloudTrail keeps the live session token of minted credentials; the others are never there and would be worse.
const SECRETS: [&str; 3] = ["sessiontoken", "secretaccesskey", "x-amz-security-token"];

/// CloudTrail's records nest a dozen deep. What lies deeper is removed whole, so that no record can exhaust the stack.
const DEEPEST: usize = 64;

const REMOVED: &str = r#""(removed)""#;

/// The same JSON with every session token and secret access key replaced by `"(removed)"`, at any depth.
pub(super) fn redact(json: &str) -> serde_json::Result<Cow<'_, str>> {
    if !may_hold_secret(json) {
        return Ok(json.trim().into());
    }
    let mut out = String::with_capacity(json.len());
    write(json.trim(), DEEPEST, &mut out)?;
    Ok(out.into())
}

/// Cheap and never wrong in the bad direction: an escaped letter in a name counts as a suspect.
fn may_hold_secret(json: &str) -> bool {
    json.contains("\\u")
        || SECRETS.iter().any(|secret| {
            json.as_bytes().windows(secret.len()).any(|word| word.eq_ignore_ascii_case(secret.as_bytes()))
        })
}

/// `depth` is how many levels may still be opened.
fn write(json: &str, depth: usize, out: &mut String) -> serde_json::Result<()> {
    match json.as_bytes().first() {
        Some(b'{' | b'[') if depth == 0 => out.push_str(REMOVED),
        Some(b'{') if may_hold_secret(json) => {
            let fields: IndexMap<String, &RawValue> = serde_json::from_str(json)?;
            for (index, (name, value)) in fields.iter().enumerate() {
                out.push(if index == 0 { '{' } else { ',' });
                out.push_str(&serde_json::to_string(name)?);
                out.push(':');
                if SECRETS.iter().any(|secret| name.eq_ignore_ascii_case(secret)) {
                    out.push_str(REMOVED);
                } else {
                    write(value.get(), depth - 1, out)?;
                }
            }
            out.push('}');
        }
        Some(b'[') if may_hold_secret(json) => {
            let items: Vec<&RawValue> = serde_json::from_str(json)?;
            for (index, item) in items.iter().enumerate() {
                out.push(if index == 0 { '[' } else { ',' });
                write(item.get(), depth - 1, out)?;
            }
            out.push(']');
        }
        _ => out.push_str(json),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_and_everything_else_stays_in_order() {
        let json = r#" {"b":1,"a":[{"SessionToken":"FwoG"},{"x":"\"sessionToken\""}],
            "credentials":{"accessKeyId":"ASIA","sessionToken":"IQoJ","secret\u0041ccessKey":{"deep":"wJal"}}} "#;
        let kept = redact(json).unwrap();
        assert_eq!(
            kept,
            r#"{"b":1,"a":[{"SessionToken":"(removed)"},{"x":"\"sessionToken\""}],"credentials":{"accessKeyId":"ASIA","sessionToken":"(removed)","secretAccessKey":"(removed)"}}"#
        );
    }

    #[test]
    fn a_record_as_deep_as_a_well_is_cut_off() {
        let json = format!("{}{{\"sessionToken\":\"IQoJ\"}}{}", "[".repeat(20_000), "]".repeat(20_000));
        let kept = redact(&json).unwrap();
        assert_eq!(kept, format!("{}\"(removed)\"{}", "[".repeat(DEEPEST), "]".repeat(DEEPEST)));
    }

    #[test]
    fn records_without_secrets_are_not_copied() {
        assert!(matches!(redact(r#"{"eventName":"GetObject"}"#).unwrap(), Cow::Borrowed(_)));
    }
}
