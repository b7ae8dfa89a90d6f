//! What goes back: a status, a few headers, a body. And every refusal in GitLab's own words.

use std::fmt;

use axum::{body::Body, response::Response};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

/// An answer before it is put on the wire.
pub(super) struct Reply {
    pub status: u16,
    pub kind: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

/// What every route gives: an answer, or a refusal of the same shape.
pub(super) type Answer = Result<Reply, Reply>;

impl Reply {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self { status, kind: "application/json", headers: Vec::new(), body: body.to_string().into_bytes() }
    }

    pub(super) fn ok(body: &Value) -> Self {
        Self::json(200, body)
    }

    pub(super) fn text(status: u16, kind: &'static str, body: &str) -> Self {
        Self { status, kind, headers: Vec::new(), body: body.as_bytes().to_vec() }
    }

    pub(super) fn no_content() -> Self {
        Self::text(204, "", "")
    }

    #[must_use]
    pub(super) fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    /// `{"message": "404 Project Not Found"}`
    pub(super) fn not_found(what: &str) -> Self {
        Self::message(404, &format!("404 {what} Not Found"))
    }

    /// `{"error": "404 Not Found"}`: no such route.
    pub(super) fn no_route() -> Self {
        Self::error(404, "404 Not Found")
    }

    pub(super) fn forbidden() -> Self {
        Self::message(403, "403 Forbidden")
    }

    pub(super) fn forbidden_because(why: &str) -> Self {
        Self::message(403, &format!("403 Forbidden - {why}"))
    }

    /// `{"message": ...}`: what GitLab's own checks say.
    pub(super) fn message(status: u16, text: &str) -> Self {
        Self::json(status, &json!({ "message": text }))
    }

    /// `{"error": ...}`: what its parameter checks say.
    pub(super) fn error(status: u16, text: &str) -> Self {
        Self::json(status, &json!({ "error": text }))
    }

    /// A parameter of the wrong form.
    pub(super) fn bad_value(name: &str) -> Self {
        Self::error(400, &format!("{name} does not have a valid value"))
    }

    /// `{"message": {"value": ["is invalid"]}}`: what its models say.
    pub(super) fn invalid(field: &str, why: &str) -> Self {
        Self::json(400, &json!({ "message": { field: [why] } }))
    }

    pub(super) fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let kind = (!self.kind.is_empty()).then(|| ("content-type", self.kind.to_owned()));
        for (name, value) in self.headers.into_iter().chain(kind) {
            let name = HeaderName::from_bytes(name.as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&value)) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}
