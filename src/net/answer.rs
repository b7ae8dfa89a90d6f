//! One answer: status, headers and body. The body may hold secrets: it is never printed and is overwritten when dropped.

use std::fmt;

use http::{HeaderMap, StatusCode};
use reqwest::Response;
use serde::Deserialize;
use zeroize::{Zeroize, Zeroizing};

use super::error::Error;

/// A complete answer.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub(super) body: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({}, {} bytes)", self.status.as_u16(), self.body.len())
    }
}

impl Answer {
    /// The body's bytes, for decoders that borrow from them.
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// The body as JSON. The parser's own message is not kept, since it may quote the body; `what` says what was expected.
    pub fn json<'a, T: Deserialize<'a>>(&'a self, what: &'static str) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| {
            tracing::debug!(what, line = error.line(), column = error.column(), "unreadable answer");
            Error::Unreadable { what }
        })
    }

    /// Reads a response to its end, or to the cap.
    pub(super) async fn read(mut response: Response, cap: usize) -> Result<Self, Error> {
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let announced = response.content_length().and_then(|length| usize::try_from(length).ok());
        if announced.is_some_and(|length| length > cap) {
            return Err(Error::TooLarge { cap });
        }
        let mut body = Zeroizing::new(Vec::with_capacity(announced.unwrap_or(16 * 1024)));
        while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
            if body.len() + chunk.len() > cap {
                return Err(Error::TooLarge { cap });
            }
            push(&mut body, &chunk);
        }
        Ok(Self { status, headers, body })
    }
}

/// Appends without leaving a copy behind: a `Vec` that grows by itself frees its old memory as it is.
fn push(body: &mut Zeroizing<Vec<u8>>, chunk: &[u8]) {
    if body.capacity() - body.len() < chunk.len() {
        let mut larger = Vec::with_capacity((body.len() + chunk.len()) * 2);
        larger.extend_from_slice(body);
        body.zeroize();
        **body = larger;
    }
    body.extend_from_slice(chunk);
}

/// What remains of a transport error: whether it was slow. Its text may carry the URL.
pub(super) fn broken(error: &reqwest::Error) -> Error {
    Error::Broken { timeout: error.is_timeout() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_never_printed() {
        let body = Zeroizing::new(b"s3cr3t".to_vec());
        let answer = Answer { status: StatusCode::OK, headers: HeaderMap::new(), body };
        assert_eq!(format!("{answer:?}"), "Answer(200, 6 bytes)");
        let error = answer.json::<Vec<u8>>("a list").unwrap_err();
        assert!(!format!("{error:?} {error}").contains("s3cr3t"));
    }

    #[test]
    fn chunks_grow_into_one_body() {
        let mut body = Zeroizing::new(Vec::with_capacity(2));
        for chunk in [&b"ab"[..], b"cdefgh", b"", b"i"] {
            push(&mut body, chunk);
        }
        assert_eq!(body.as_slice(), b"abcdefghi");
    }
}
