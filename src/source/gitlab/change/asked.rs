//! One request below `/api/v4/`, whatever it does there.

use std::borrow::Cow;

use gitlab::api::endpoint_prelude::{BodyError, Endpoint, Method, QueryParams};
use serde_json::Value;

/// What is asked. The body may hold a secret, so that nothing here can be printed.
pub(super) struct Asked<'a> {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) parameters: Vec<(&'static str, &'a str)>,
    pub(super) body: Option<Value>,
}

impl<'a> Asked<'a> {
    pub(super) fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), parameters: Vec::new(), body: None }
    }

    pub(super) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub(super) fn with(mut self, name: &'static str, value: &'a str) -> Self {
        self.parameters.push((name, value));
        self
    }

    pub(super) fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// As a person would write it: `PUT /runners/7`.
    pub(super) fn call(&self) -> String {
        format!("{} /{}", self.method, self.path)
    }
}

impl Endpoint for Asked<'_> {
    fn method(&self) -> Method {
        self.method.clone()
    }

    fn endpoint(&self) -> Cow<'static, str> {
        self.path.clone().into()
    }

    fn parameters(&self) -> QueryParams<'_> {
        let mut parameters = QueryParams::default();
        for (name, value) in &self.parameters {
            parameters.push(*name, *value);
        }
        parameters
    }

    fn body(&self) -> Result<Option<(&'static str, Vec<u8>)>, BodyError> {
        Ok(self.body.as_ref().map(|body| ("application/json", body.to_string().into_bytes())))
    }
}
