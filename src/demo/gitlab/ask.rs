//! A request as GitLab reads it: decoded path segments, parameters from query and body alike, and the token.
//! Which route it takes is not decided here.

use axum::{
    body::{Body, Bytes},
    extract::Request,
};
use http::{HeaderMap, Method, header};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::form_urlencoded;

/// Nothing a client of this API sends is longer, in bytes.
const BODY_LIMIT: usize = 4 << 20;

/// One request. It holds a token, so it has no Debug.
pub(super) struct Ask {
    pub method: Method,
    /// As it came, without the query.
    pub path: String,
    /// Percent-decoded one by one, so that `acme%2Finfra` stays one segment.
    pub segments: Vec<String>,
    /// In the order given; nested JSON is flattened as Rails spells it: `filter[environment_scope]`, `tag_list[]`.
    pub query: Vec<(String, String)>,
    pub body: Vec<(String, String)>,
    /// The body where it was JSON, for GraphQL.
    pub json: Option<Value>,
    pub token: Option<String>,
    /// `http://127.0.0.1:4010`: what `Link` headers start with.
    pub origin: String,
}

impl Ask {
    /// Reads the whole request; a body that is too long or cut counts as empty.
    pub(super) async fn read(request: Request<Body>) -> Self {
        let (parts, body) = request.into_parts();
        let bytes = axum::body::to_bytes(body, BODY_LIMIT).await.unwrap_or_default();
        let json = is_json(&parts.headers).then(|| serde_json::from_slice(&bytes).ok()).flatten();
        let path = parts.uri.path().to_owned();
        let query = pairs(parts.uri.query().unwrap_or_default().as_bytes());
        Self {
            method: if parts.method == Method::HEAD { Method::GET } else { parts.method },
            segments: segments(&path),
            token: token(&parts.headers, &query),
            origin: format!("http://{}", header_text(&parts.headers, "host").unwrap_or("localhost")),
            body: body_pairs(json.as_ref(), &parts.headers, &bytes),
            path,
            query,
            json,
        }
    }

    /// The parameter of that name, wherever it stands; the query wins.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.params().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a list, written `name[]=a&name[]=b` or `name=a,b`; `None` where it was not given at all.
    pub(super) fn list(&self, name: &str) -> Option<Vec<&str>> {
        let bracketed = format!("{name}[]");
        let mut found = None;
        for (key, value) in self.params() {
            if *key == bracketed || key == name {
                let items: &mut Vec<&str> = found.get_or_insert_default();
                items.extend(value.split(',').map(str::trim).filter(|item| !item.is_empty()));
            }
        }
        found
    }

    /// `true`, `1`, `t`, `yes` and the like, as Grape coerces them; `None` for anything else.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        match self.get(name)?.to_ascii_lowercase().as_str() {
            "true" | "1" | "t" | "yes" | "on" => Some(true),
            "false" | "0" | "f" | "no" | "off" => Some(false),
            _ => None,
        }
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse().ok()
    }

    fn params(&self) -> impl Iterator<Item = &(String, String)> {
        self.query.iter().chain(&self.body)
    }
}

fn segments(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|part| !part.is_empty())
        .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
        .collect()
}

fn pairs(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).into_owned().collect()
}

fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn is_json(headers: &HeaderMap) -> bool {
    header_text(headers, header::CONTENT_TYPE.as_str()).is_some_and(|kind| kind.contains("json"))
}

/// GitLab takes a token from `PRIVATE-TOKEN`, from `Authorization: Bearer` and from the parameter `private_token`.
fn token(headers: &HeaderMap, query: &[(String, String)]) -> Option<String> {
    let bearer = || header_text(headers, "authorization").and_then(|text| text.strip_prefix("Bearer "));
    let parameter = || query.iter().find(|(key, _)| key == "private_token").map(|(_, value)| value.as_str());
    header_text(headers, "private-token")
        .or_else(bearer)
        .or_else(parameter)
        .map(|text| text.trim().to_owned())
}

fn body_pairs(json: Option<&Value>, headers: &HeaderMap, bytes: &Bytes) -> Vec<(String, String)> {
    let mut flat = Vec::new();
    if let Some(Value::Object(fields)) = json {
        for (key, value) in fields {
            flatten(key.clone(), value, &mut flat);
        }
    } else if header_text(headers, "content-type").is_some_and(|kind| kind.contains("urlencoded")) {
        flat = pairs(bytes);
    }
    flat
}

fn flatten(key: String, value: &Value, flat: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                flatten(format!("{key}[{name}]"), inner, flat);
            }
        }
        // An empty list is told apart from a list that was not given.
        Value::Array(items) if items.is_empty() => flat.push((key + "[]", String::new())),
        Value::Array(items) => {
            for item in items {
                flatten(format!("{key}[]"), item, flat);
            }
        }
        Value::Null => flat.push((key, String::new())),
        Value::String(text) => flat.push((key, text.clone())),
        Value::Bool(_) | Value::Number(_) => flat.push((key, value.to_string())),
    }
}
