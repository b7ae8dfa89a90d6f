//! One request in the protocol its service speaks: Query with XML answers, JSON 1.1, or REST with JSON; signed with Signature Version 4.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::super::refusal::Failure;
use crate::base::time::Timestamp;

/// A call before it is signed.
#[derive(Clone, Debug)]
pub(in super::super) struct Request {
    /// As in host names and signatures: `ec2`.
    service: &'static str,
    protocol: Protocol,
    parameters: Map<String, Value>,
    /// What the service calls the parameter that says where a page begins.
    token: &'static str,
}

#[derive(Clone, Debug)]
enum Protocol {
    /// A form in, XML out.
    Query,
    /// JSON in and out; `X-Amz-Target`.
    Json(String),
    /// A path, JSON out.
    Rest(String),
}

impl Request {
    /// `version` is that of the service's API.
    pub(super) fn query(service: &'static str, version: &str, action: &str) -> Self {
        let request = Self::new(service, Protocol::Query, "NextToken");
        request.with("Action", action).with("Version", version)
    }

    pub(super) fn json(service: &'static str, target: &str) -> Self {
        Self::new(service, Protocol::Json(target.to_owned()), "nextToken")
    }

    /// The parts of the path are encoded here.
    pub(super) fn rest(service: &'static str, parts: &[&str]) -> Self {
        let encoded = parts.iter().map(|part| percent_encoding::utf8_percent_encode(part, PART));
        let path = encoded.fold(String::new(), |path, part| format!("{path}/{part}"));
        Self::new(service, Protocol::Rest(path), "nextToken")
    }

    fn new(service: &'static str, protocol: Protocol, token: &'static str) -> Self {
        Self { service, protocol, parameters: Map::new(), token }
    }

    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.parameters.insert(name.to_owned(), value.into());
        self
    }

    /// The same from another page.
    pub(super) fn from(self, token: &str) -> Self {
        let name = self.token;
        self.with(name, token)
    }

    fn form(&self) -> String {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.parameters {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            form.append_pair(name, &text);
        }
        form.finish()
    }

    /// Ready to be sent to `endpoint`, or to AWS's own in the region.
    pub(super) fn signed(
        &self,
        (endpoint, region): (Option<&str>, &str),
        credentials: &Credentials,
        now: Timestamp,
    ) -> Result<reqwest::Request, Failure> {
        let host = self.host(endpoint, region);
        let (method, url, body, headers) = match &self.protocol {
            Protocol::Query => ("POST", format!("{host}/"), self.form(), vec![("content-type", FORM)]),
            Protocol::Json(target) => {
                let body = Value::Object(self.parameters.clone()).to_string();
                ("POST", format!("{host}/"), body, vec![("content-type", JSON), ("x-amz-target", target)])
            }
            Protocol::Rest(path) => {
                let query =
                    if self.parameters.is_empty() { String::new() } else { format!("?{}", self.form()) };
                ("GET", format!("{host}{path}{query}"), String::new(), Vec::new())
            }
        };
        let identity = credentials.clone().into();
        let seconds = u64::try_from(now.seconds()).unwrap_or_default();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(self.service)
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .settings(SigningSettings::default())
            .build()
            .map_err(|_| Failure::NothingToSignWith)?
            .into();
        let content = SignableBody::Bytes(body.as_bytes());
        let signable = SignableRequest::new(method, &url, headers.iter().copied(), content);
        let signable = signable.map_err(|_| Failure::Unreadable)?;
        let (instructions, _) =
            sign(signable, &parameters).map_err(|_| Failure::NothingToSignWith)?.into_parts();
        let mut request = http::Request::builder().method(method).uri(&url);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut request = request.body(body).map_err(|_| Failure::Unreadable)?;
        instructions.apply_to_request_http1x(&mut request);
        request.try_into().map_err(|_| Failure::Unreadable)
    }

    fn host(&self, endpoint: Option<&str>, region: &str) -> String {
        let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        endpoint.map_or_else(|| format!("https://{}.{region}.{suffix}", self.service), str::to_owned)
    }

    /// An answer in the request's protocol; `None` where it is something else.
    pub(super) fn read<T: DeserializeOwned>(&self, body: &str) -> Option<T> {
        match self.protocol {
            Protocol::Query => quick_xml::de::from_str(body).ok(),
            Protocol::Json(_) | Protocol::Rest(_) => serde_json::from_str(body).ok(),
        }
    }

    /// The code of a refusal; empty for a body in another form. `header` is `x-amzn-errortype`.
    pub(super) fn error_code(&self, header: Option<&str>, body: &str) -> String {
        match self.protocol {
            Protocol::Query => xml_code(body),
            Protocol::Json(_) | Protocol::Rest(_) => json_code(header, body),
        }
        .unwrap_or_default()
    }
}

const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
const JSON: &str = "application/x-amz-json-1.1";
/// Everything but the unreserved characters of RFC 3986.
const PART: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// In EC2's `<Response><Errors><Error><Code>` or the others' `<ErrorResponse><Error><Code>`.
fn xml_code(body: &str) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Response {
        errors: Option<Errors>,
        error: Option<Refusal>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Errors {
        #[serde(default)]
        error: Vec<Refusal>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Refusal {
        code: String,
    }
    let response: Response = quick_xml::de::from_str(body).ok()?;
    let inside = response.errors.and_then(|errors| errors.error.into_iter().next());
    inside.or(response.error).map(|refusal| refusal.code)
}

/// `AccessDeniedException`, which may stand after a namespace and before a URL: `com.amazonaws.x#Code`, `Code:http://...`.
fn json_code(header: Option<&str>, body: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Refusal {
        #[serde(rename = "__type", alias = "code")]
        kind: Option<String>,
    }
    let stated = || serde_json::from_str::<Refusal>(body).ok()?.kind;
    let text = header.map(str::to_owned).or_else(stated)?;
    let code = text.split(':').next().unwrap_or_default();
    Some(code.rsplit('#').next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(request: &Request, endpoint: Option<&str>) -> reqwest::Request {
        let credentials = Credentials::new("AKIARZPUZDIKNSFRP6LN", "secret-text", None, None, "test");
        let now = Timestamp::from_seconds(1_000_000_000);
        let signed = request.signed((endpoint, "eu-west-1"), &credentials, now).unwrap();
        assert!(!format!("{signed:?}").contains("secret-text"));
        signed
    }

    #[test]
    fn each_service_is_asked_at_its_own_host_with_its_own_scope() {
        let request = Request::query("ec2", "2016-11-15", "DescribeInstances").from("a+b");
        let asked = signed(&request, None);
        assert_eq!(asked.url().as_str(), "https://ec2.eu-west-1.amazonaws.com/");
        let authorization = asked.headers()["authorization"].to_str().unwrap();
        let scope = "AKIARZPUZDIKNSFRP6LN/20010909/eu-west-1/ec2/aws4_request";
        assert!(authorization.contains(scope), "{authorization}");
        let body = String::from_utf8(asked.body().unwrap().as_bytes().unwrap().to_vec()).unwrap();
        assert_eq!(body, "Action=DescribeInstances&NextToken=a%2Bb&Version=2016-11-15");

        let request = Request::json("ecs", "AmazonX.ListThings").with("maxResults", 100);
        let asked = signed(&request, Some("http://127.0.0.1:1"));
        assert_eq!(asked.url().as_str(), "http://127.0.0.1:1/");
        assert_eq!(asked.headers()["x-amz-target"], "AmazonX.ListThings");
        assert!(asked.headers()["authorization"].to_str().unwrap().contains("x-amz-target"), "it is signed");
        assert_eq!(asked.body().unwrap().as_bytes().unwrap(), b"{\"maxResults\":100}");

        let request = Request::rest("eks", &["clusters", "a/b"]).with("maxResults", 100);
        let asked = signed(&request, None);
        assert_eq!(
            asked.url().as_str(),
            "https://eks.eu-west-1.amazonaws.com/clusters/a%2Fb?maxResults=100",
            "a name cannot become a path"
        );
    }

    #[test]
    fn refusals_have_a_code_in_every_protocol_and_html_has_none() {
        let query = Request::query("ec2", "", "");
        let rest = Request::rest("eks", &[]);
        let body = "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors>\
            <RequestID>x</RequestID></Response>";
        assert_eq!(query.error_code(None, body), "UnauthorizedOperation");
        let body = "<ErrorResponse xmlns=\"http://autoscaling.amazonaws.com/doc/2011-01-01/\"><Error><Type>Sender</Type>\
            <Code>AccessDenied</Code></Error></ErrorResponse>";
        assert_eq!(query.error_code(None, body), "AccessDenied");
        let html = "<!doctype html><title>500 Internal Server Error</title>";
        assert_eq!(query.error_code(None, html), "");
        assert_eq!(rest.error_code(None, html), "");
        assert_eq!(rest.error_code(Some("AccessDeniedException:http://x/"), "{}"), "AccessDeniedException");
        let body = r#"{"__type":"com.amazonaws.ecs#ClientException","message":"no"}"#;
        assert_eq!(rest.error_code(None, body), "ClientException");
    }
}
