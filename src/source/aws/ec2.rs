//! DescribeInstances without the EC2 crate (1.2 million lines): a signed Query request and an XML page.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use serde::Deserialize;

use super::refusal::Failure;
use crate::base::time::Timestamp;

/// EC2's API version; it has not changed since.
const VERSION: &str = "2016-11-15";

/// An answer longer than this is not read: a page of 1,000 instances is about 6 MB.
const LONGEST: usize = 64 << 20;

/// What is needed to speak to EC2 in one region.
pub(super) struct Line<'a> {
    pub(super) http: &'a reqwest::Client,
    pub(super) credentials: &'a Credentials,
    pub(super) region: &'a str,
    /// Another endpoint than AWS's.
    pub(super) endpoint: Option<&'a str>,
}

/// One page of `DescribeInstancesResponse`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    #[serde(default)]
    reservation_set: Items<Reservation>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Items<T> {
    #[serde(default = "Vec::new")]
    item: Vec<T>,
}

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self { item: Vec::new() }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reservation {
    #[serde(default)]
    instances_set: Items<Instance>,
}

/// An instance as EC2 writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Instance {
    #[serde(rename = "instanceId")]
    pub(super) id: String,
    pub(super) private_ip_address: Option<String>,
    pub(super) ip_address: Option<String>,
    pub(super) launch_time: Option<String>,
    #[serde(rename = "instanceState")]
    pub(super) state: Option<State>,
    pub(super) iam_instance_profile: Option<Profile>,
    pub(super) metadata_options: Option<MetadataOptions>,
    tag_set: Items<Tag>,
}

#[derive(Debug, Deserialize)]
pub(super) struct State {
    pub(super) name: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Profile {
    pub(super) arn: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MetadataOptions {
    pub(super) http_tokens: Option<String>,
    pub(super) http_put_response_hop_limit: Option<u32>,
}

#[derive(Debug, Deserialize)]
struct Tag {
    key: String,
    value: Option<String>,
}

impl Instance {
    /// The value of the `Name` tag.
    pub(super) fn name(&self) -> Option<&str> {
        self.tag_set.item.iter().find(|tag| tag.key == "Name")?.value.as_deref()
    }
}

impl Page {
    /// Where the next page begins; EC2 may send an empty token with the last.
    pub(super) fn next(&self) -> Option<&str> {
        self.next_token.as_deref().filter(|token| !token.is_empty())
    }

    pub(super) fn instances(&self) -> impl Iterator<Item = &Instance> {
        self.reservation_set.item.iter().flat_map(|reservation| &reservation.instances_set.item)
    }
}

impl Line<'_> {
    /// One page of instances, from the beginning or from a token.
    pub(super) async fn describe_instances(
        &self,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<Page, Failure> {
        let request = self.signed(form(token), now)?;
        let mut answer = self.http.execute(request).await.map_err(|_| Failure::NoAnswer)?;
        let status = answer.status();
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|_| Failure::NoAnswer)? {
            body.extend_from_slice(&chunk);
            if body.len() > LONGEST {
                return Err(Failure::Unreadable);
            }
        }
        let body = String::from_utf8_lossy(&body);
        if status.is_success() {
            quick_xml::de::from_str(&body).map_err(|_| Failure::Unreadable)
        } else {
            Err(Failure::Refused { code: error_code(&body), status: status.as_u16() })
        }
    }

    fn url(&self) -> String {
        let suffix = if self.region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        match self.endpoint {
            Some(endpoint) => format!("{endpoint}/"),
            None => format!("https://ec2.{}.{suffix}/", self.region),
        }
    }

    fn signed(&self, body: String, now: Timestamp) -> Result<reqwest::Request, Failure> {
        const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
        let url = self.url();
        let identity = self.credentials.clone().into();
        let seconds = u64::try_from(now.seconds()).unwrap_or_default();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name("ec2")
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .settings(SigningSettings::default())
            .build()
            .map_err(|_| Failure::NothingToSignWith)?
            .into();
        let headers = std::iter::once(("content-type", FORM));
        let signable = SignableRequest::new("POST", &url, headers, SignableBody::Bytes(body.as_bytes()));
        let signable = signable.map_err(|_| Failure::Unreadable)?;
        let (instructions, _) =
            sign(signable, &parameters).map_err(|_| Failure::NothingToSignWith)?.into_parts();
        let mut request = http::Request::post(&url)
            .header("content-type", FORM)
            .body(body)
            .map_err(|_| Failure::Unreadable)?;
        instructions.apply_to_request_http1x(&mut request);
        request.try_into().map_err(|_| Failure::Unreadable)
    }
}

/// The parameters of one page.
fn form(token: Option<&str>) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("Action", "DescribeInstances").append_pair("Version", VERSION);
    form.append_pair("MaxResults", "1000");
    if let Some(token) = token {
        form.append_pair("NextToken", token);
    }
    form.finish()
}

/// The code in EC2's `<Response><Errors><Error><Code>`; empty for a body in another form.
fn error_code(body: &str) -> String {
    #[derive(Deserialize)]
    struct Response {
        #[serde(rename = "Errors")]
        errors: Errors,
    }
    #[derive(Deserialize)]
    struct Errors {
        #[serde(rename = "Error", default)]
        error: Vec<Refusal>,
    }
    #[derive(Deserialize)]
    struct Refusal {
        #[serde(rename = "Code")]
        code: String,
    }
    let response = quick_xml::de::from_str::<Response>(body).ok();
    response
        .and_then(|response| response.errors.error.into_iter().next())
        .map(|refusal| refusal.code)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
  <requestId>8f7724cf</requestId>
  <reservationSet>
    <item><reservationId>r-1</reservationId><ownerId>111111111111</ownerId><groupSet/>
      <instancesSet>
        <item><instanceId>i-0abc</instanceId><instanceState><code>16</code><name>running</name></instanceState>
          <privateIpAddress>10.0.0.4</privateIpAddress><ipAddress>203.0.113.9</ipAddress>
          <launchTime>2026-11-01T10:00:00.000Z</launchTime>
          <metadataOptions><state>applied</state><httpTokens>optional</httpTokens>
            <httpPutResponseHopLimit>2</httpPutResponseHopLimit></metadataOptions>
          <iamInstanceProfile><arn>arn:aws:iam::111111111111:instance-profile/runner</arn><id>AIPAX</id></iamInstanceProfile>
          <tagSet><item><key>team</key><value>ci</value></item><item><key>Name</key><value>runner &amp; co</value></item></tagSet>
        </item>
        <item><instanceId>i-0def</instanceId><tagSet/></item>
      </instancesSet></item>
    <item><reservationId>r-2</reservationId><instancesSet><item><instanceId>i-0123</instanceId></item></instancesSet></item>
  </reservationSet>
  <nextToken>abc==</nextToken>
</DescribeInstancesResponse>"#;

    #[test]
    fn a_page_is_read_across_reservations() {
        let page: Page = quick_xml::de::from_str(PAGE).unwrap();
        let ids: Vec<&str> = page.instances().map(|instance| instance.id.as_str()).collect();
        assert_eq!(ids, ["i-0abc", "i-0def", "i-0123"]);
        assert_eq!(page.next(), Some("abc=="));
        let first = page.instances().next().unwrap();
        assert_eq!(first.name(), Some("runner & co"));
        assert_eq!(first.ip_address.as_deref(), Some("203.0.113.9"));
        let options = first.metadata_options.as_ref().unwrap();
        assert_eq!(
            (options.http_tokens.as_deref(), options.http_put_response_hop_limit),
            (Some("optional"), Some(2))
        );
    }

    #[test]
    fn an_empty_region_is_an_empty_page() {
        let page: Page = quick_xml::de::from_str(
            "<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>",
        )
        .unwrap();
        assert_eq!(page.instances().count(), 0);
        assert_eq!(page.next(), None);
    }

    #[test]
    fn refusals_have_a_code_and_html_has_none() {
        let body = "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors>\
            <RequestID>x</RequestID></Response>";
        assert_eq!(error_code(body), "UnauthorizedOperation");
        assert_eq!(error_code("<!doctype html><title>500 Internal Server Error</title>"), "");
    }

    #[test]
    fn requests_are_signed_for_ec2_in_their_region() {
        let credentials = Credentials::new("AKIARZPUZDIKNSFRP6LN", "secret-text", None, None, "test");
        let http = reqwest::Client::builder()
            .tls_certs_only(std::iter::empty::<reqwest::Certificate>())
            .build()
            .unwrap();
        let line = Line { http: &http, credentials: &credentials, region: "eu-west-1", endpoint: None };
        let request =
            line.signed("Action=DescribeInstances".into(), Timestamp::from_seconds(1_000_000_000)).unwrap();
        assert_eq!(request.url().as_str(), "https://ec2.eu-west-1.amazonaws.com/");
        let authorization = request.headers()["authorization"].to_str().unwrap();
        assert!(
            authorization.contains("AKIARZPUZDIKNSFRP6LN/20010909/eu-west-1/ec2/aws4_request"),
            "{authorization}"
        );
        assert!(!format!("{request:?}").contains("secret-text"));
    }
}
