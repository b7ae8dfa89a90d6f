//! Why a call brought no answer that can be used, and who must act on it. No text here repeats a token, a URL's query or a
//! body; of a refusal's body only the server's own short message is kept.

use http::StatusCode;

use crate::base::{blame::Blame, text::clean, time::Timestamp};

/// A call that failed, after all its attempts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The configured address cannot be used.
    #[error("the address cannot be used: {why}")]
    Address { why: String },
    /// The certificates or the client could not be set up.
    #[error("{why}")]
    Setup { why: String },
    /// An answer pointed away from the configured address; nothing was sent there.
    #[error("pointed to {host}, which is not the configured address")]
    Foreign { host: String },
    /// No complete answer came.
    #[error("{}", if *.timeout { "no answer in time" } else { "the connection failed" })]
    Broken { timeout: bool },
    /// Too many requests, or a wait longer than keytrail's patience.
    #[error("too many requests")]
    Throttled { until: Option<Timestamp> },
    /// The server fails: 5xx.
    #[error("the server failed with {status}")]
    Failed { status: u16 },
    /// Any other status that is not a success.
    #[error("refused with {status}{}", if .message.is_empty() { String::new() } else { format!(": {message}") })]
    Refused { status: u16, message: String },
    /// The answer is longer than the cap.
    #[error("the answer is longer than {cap} bytes")]
    TooLarge { cap: usize },
    /// The answer is not what the call's documentation promises.
    #[error("the answer cannot be read as {what}")]
    Unreadable { what: &'static str },
}

impl Error {
    /// Who must act. `fix` is what would lift a 403: the role or scope, in the words of whoever knows the call.
    pub fn blame(&self, fix: &str) -> Blame {
        match self {
            Self::Address { why } => Blame::Scope(format!("the address cannot be used: {why}.")),
            Self::Setup { why } => Blame::Scope(why.clone()),
            Self::Foreign { host } => {
                Blame::Scope(format!("it points to {host}; configure the address it calls its own."))
            }
            Self::Broken { .. } | Self::Failed { .. } => Blame::Network,
            Self::Throttled { until } => Blame::Quota { until: *until },
            Self::Refused { status: 401, .. } => Blame::Token,
            Self::Refused { status: 403, .. } => Blame::Scope(fix.to_owned()),
            Self::Refused { status: 404 | 410, .. } => Blame::Gone,
            Self::Refused { status: 300..=399, .. } => {
                Blame::Scope("it redirects; configure the address it redirects to.".into())
            }
            Self::Refused { .. } | Self::TooLarge { .. } | Self::Unreadable { .. } => Blame::Bug,
        }
    }

    /// The error an answered status stands for; `None` for a success. Only the body's own short message is kept.
    pub(super) fn of(status: StatusCode, body: &[u8]) -> Option<Self> {
        let number = status.as_u16();
        match number {
            200..=299 => None,
            429 => Some(Self::Throttled { until: None }),
            500.. => Some(Self::Failed { status: number }),
            _ => Some(Self::Refused { status: number, message: message(body) }),
        }
    }
}

/// The most characters of a server's message worth showing.
const MESSAGE: usize = 160;

/// `message`, `error_description` or `error` of a JSON body, when it is a short text; nothing else of a body is ever repeated.
fn message(body: &[u8]) -> String {
    let Ok(serde_json::Value::Object(fields)) = serde_json::from_slice(body) else { return String::new() };
    let text = ["error", "message"].iter().find_map(|name| fields.get(*name)?.as_str()).unwrap_or_default();
    clean(&text.chars().take(MESSAGE).collect::<String>()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, body: &str) -> Option<Error> {
        Error::of(StatusCode::from_u16(status).unwrap(), body.as_bytes())
    }

    #[test]
    fn every_status_has_somebody_who_must_act() {
        let cases = [
            (401, Blame::Token),
            (403, Blame::Scope("needs Maintainer".into())),
            (404, Blame::Gone),
            (410, Blame::Gone),
            (429, Blame::Quota { until: None }),
            (400, Blame::Bug),
            (405, Blame::Bug),
            (500, Blame::Network),
            (503, Blame::Network),
        ];
        for (status, blame) in cases {
            assert_eq!(of(status, "").unwrap().blame("needs Maintainer"), blame, "{status}");
        }
        assert_eq!(of(200, "{}"), None);
        assert!(matches!(of(302, "").unwrap().blame(""), Blame::Scope(text) if text.contains("redirects")));
    }

    #[test]
    fn only_the_servers_own_message_is_repeated() {
        let shown = |body: &str| of(403, body).unwrap().to_string();
        assert_eq!(shown(r#"{"message":"403 Forbidden"}"#), "refused with 403: 403 Forbidden");
        assert_eq!(
            shown(r#"{"error":"insufficient_scope","scope":"api"}"#),
            "refused with 403: insufficient_scope"
        );
        for body in
            [r#"{"value":"s3cr3t"}"#, "<html>s3cr3t</html>", r#"{"message":{"value":["s3cr3t"]}}"#, "s3cr3t"]
        {
            assert_eq!(shown(body), "refused with 403", "{body}");
        }
        assert_eq!(shown("{\"message\":\"a\u{1b}[2J\"}"), "refused with 403");
        assert_eq!(shown(r#"{"message":"a\u001b[2J"}"#), "refused with 403: a?[2J");
        assert!(shown(&format!(r#"{{"message":"{}"}}"#, "x".repeat(9999))).len() < 200);
    }
}
