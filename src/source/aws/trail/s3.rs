//! Two of S3's calls, by hand: ListObjectsV2 and GetObject. (Its SDK crate is 240,000 lines.) A bucket's region need not be known: S3 tells
//! it when it is asked elsewhere.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use aws_credential_types::{Credentials, provider::ProvideCredentials};
use aws_sigv4::{
    http_request::{
        PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
        UriPathNormalizationMode, sign,
    },
    sign::v4,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Deserialize;

use super::super::{client::Clients, refusal::Failure};
use crate::base::time::{Clock, SystemClock};

/// Bytes asked for at once. CloudTrail's files are smaller, nearly all of them; one that is larger, or whose answer breaks off, goes on
/// where it was.
const PART: u64 = 8 << 20;
/// CloudTrail writes no file larger than 50 MB (packed); nothing that is ten times that is one.
const LARGEST: u64 = 500 << 20;
/// A list of 1,000 keys is about 400 kB.
const LONGEST_LIST: usize = 16 << 20;
/// Credentials are asked for again after this: a bucket may take longer to read than a session lives.
const FRESH: Duration = Duration::from_mins(5);

pub(super) struct Bucket {
    clients: Arc<Clients>,
    pub(super) name: String,
    region: Mutex<String>,
    credentials: tokio::sync::Mutex<Option<(Instant, Credentials)>>,
}

/// One page of keys.
#[derive(Debug, Default)]
pub(super) struct List {
    pub(super) objects: Vec<Object>,
    /// What stands before the next slash, with it.
    pub(super) folders: Vec<String>,
    /// Where the next page begins.
    pub(super) next: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Object {
    pub(super) key: String,
    pub(super) size: u64,
    pub(super) etag: String,
    /// It must be restored before it can be read.
    pub(super) is_archived: bool,
}

/// What to list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listing<'a> {
    pub(super) prefix: &'a str,
    /// Only down to the next slash.
    pub(super) is_shallow: bool,
    /// Keys up to this one are left out.
    pub(super) after: Option<&'a str>,
}

impl Bucket {
    /// `region` is where to ask first.
    pub(super) fn new(clients: Arc<Clients>, name: &str, region: Option<&str>) -> Self {
        let region = region.unwrap_or_else(|| clients.region()).to_owned();
        Self {
            clients,
            name: name.to_owned(),
            region: Mutex::new(region),
            credentials: tokio::sync::Mutex::default(),
        }
    }

    /// One page of at most 1,000 keys, in their order.
    pub(super) async fn list(&self, what: Listing<'_>, from: Option<&str>) -> Result<List, Failure> {
        let mut query = vec![("list-type", "2"), ("encoding-type", "url"), ("prefix", what.prefix)];
        if what.is_shallow {
            query.push(("delimiter", "/"));
        }
        match (from, what.after) {
            (Some(token), _) => query.push(("continuation-token", token)),
            (None, Some(after)) => query.push(("start-after", after)),
            (None, None) => {}
        }
        let mut answer = self.send("", &query, &[]).await?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|_| Failure::NoAnswer)? {
            body.extend_from_slice(&chunk);
            if body.len() > LONGEST_LIST {
                return Err(Failure::Unreadable);
            }
        }
        read_list(&String::from_utf8_lossy(&body)).ok_or(Failure::Unreadable)
    }

    /// An object as the listing showed it: one that has changed since is refused (`PreconditionFailed`).
    pub(super) async fn get(&self, object: &Object, content: &mut Vec<u8>) -> Result<(), Failure> {
        if object.size > LARGEST {
            return Err(Failure::Unreadable);
        }
        let mut at = content.len() as u64;
        while at < object.size {
            let range = format!("bytes={at}-{}", (at + PART).min(object.size) - 1);
            let headers = [("range", range.as_str()), ("if-match", &object.etag)];
            let answer = self.send(&object.key, &[], &headers).await?;
            // Whoever answers with the whole begins at its beginning.
            if answer.status() != reqwest::StatusCode::PARTIAL_CONTENT {
                content.clear();
            }
            let came = receive(answer, object.size, content).await;
            let reached = content.len() as u64;
            came?;
            if reached <= at {
                return Err(Failure::NoAnswer);
            }
            at = reached;
        }
        Ok(())
    }

    /// An object by its key alone.
    pub(super) async fn content(&self, key: &str) -> Result<Vec<u8>, Failure> {
        let mut content = Vec::new();
        let answer = self.send(key, &[], &[]).await?;
        receive(answer, LARGEST, &mut content).await?;
        Ok(content)
    }

    /// Sends one request; an answer that names another region is asked for there.
    async fn send(
        &self,
        key: &str,
        query: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Result<reqwest::Response, Failure> {
        let mut region = self.region.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let http = self.clients.http.clone().ok_or(Failure::NoAnswer)?;
        loop {
            let request = self.signed(&region, key, query, headers).await?;
            let answer = http.execute(request).await.map_err(|_| Failure::NoAnswer)?;
            if answer.status().is_success() {
                return Ok(answer);
            }
            let told = answer.headers().get("x-amz-bucket-region").and_then(|region| region.to_str().ok());
            if let Some(other) = told.filter(|other| *other != region) {
                other.clone_into(&mut region);
                region.clone_into(&mut self.region.lock().unwrap_or_else(PoisonError::into_inner));
                continue;
            }
            let status = answer.status().as_u16();
            let body = answer.bytes().await.unwrap_or_default();
            let text = String::from_utf8_lossy(&body[..body.len().min(64 << 10)]);
            return Err(Failure::Refused { code: error_code(&text).unwrap_or_default(), status });
        }
    }

    async fn signed(
        &self,
        region: &str,
        key: &str,
        query: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Result<reqwest::Request, Failure> {
        let url = self.url(region, key, query);
        let identity = self.credentials().await?.into();
        let mut settings = SigningSettings::default();
        // Source: the S3 API reference, "Authenticating Requests: Using the Authorization Header": paths are encoded once and not
        // normalised, and the payload's hash is a header.
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        // AWS holds the signature's date against its own clock, as it does with what the SDK signs.
        let seconds = u64::try_from(SystemClock.now().seconds()).unwrap_or_default();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name("s3")
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .settings(settings)
            .build()
            .map_err(|_| Failure::NothingToSignWith)?
            .into();
        let signable = SignableRequest::new("GET", &url, headers.iter().copied(), SignableBody::Bytes(b""));
        let signable = signable.map_err(|_| Failure::Unreadable)?;
        let (instructions, _) =
            sign(signable, &parameters).map_err(|_| Failure::NothingToSignWith)?.into_parts();
        let mut request = http::Request::builder().method("GET").uri(&url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(String::new()).map_err(|_| Failure::Unreadable)?;
        instructions.apply_to_request_http1x(&mut request);
        request.try_into().map_err(|_| Failure::Unreadable)
    }

    /// The bucket is a host of its own, unless another endpoint is given or dots in its name would not fit S3's certificate.
    fn url(&self, region: &str, key: &str, query: &[(&str, &str)]) -> String {
        let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        let mut url = match self.clients.endpoint() {
            Some(endpoint) => format!("{endpoint}/{}", self.name),
            None if self.name.contains('.') => format!("https://s3.{region}.{suffix}/{}", self.name),
            None => format!("https://{}.s3.{region}.{suffix}", self.name),
        };
        url.push('/');
        url.extend(utf8_percent_encode(key, PATH));
        for (number, (name, value)) in query.iter().enumerate() {
            url.push(if number == 0 { '?' } else { '&' });
            url.push_str(name);
            url.push('=');
            url.extend(utf8_percent_encode(value, VALUE));
        }
        url
    }

    /// Holds the lock while it asks: those who come meanwhile get the same.
    async fn credentials(&self) -> Result<Credentials, Failure> {
        let mut last = self.credentials.lock().await;
        if let Some((at, credentials)) = &*last
            && at.elapsed() < FRESH
        {
            return Ok(credentials.clone());
        }
        let provider = self.clients.credentials().ok_or(Failure::NothingToSignWith)?;
        let credentials =
            provider.provide_credentials().await.map_err(|error| Failure::of_credentials(&error))?;
        *last = Some((Instant::now(), credentials.clone()));
        Ok(credentials)
    }
}

/// Appends what comes; what came before it broke off stays.
async fn receive(mut answer: reqwest::Response, most: u64, content: &mut Vec<u8>) -> Result<(), Failure> {
    while let Some(chunk) = answer.chunk().await.map_err(|_| Failure::NoAnswer)? {
        content.extend_from_slice(&chunk);
        if content.len() as u64 > most {
            return Err(Failure::Unreadable);
        }
    }
    Ok(())
}

/// Everything but the unreserved characters of RFC 3986.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const PATH: &AsciiSet = &VALUE.remove(b'/');

/// `ListBucketResult`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ListBucketResult {
    contents: Vec<Contents>,
    common_prefixes: Vec<CommonPrefix>,
    is_truncated: bool,
    next_continuation_token: Option<String>,
    encoding_type: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Contents {
    key: String,
    size: u64,
    #[serde(rename = "ETag")]
    etag: String,
    storage_class: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CommonPrefix {
    prefix: String,
}

fn read_list(body: &str) -> Option<List> {
    let result: ListBucketResult = quick_xml::de::from_str(body).ok()?;
    let is_encoded = result.encoding_type.as_deref() == Some("url");
    let plain = |text: String| {
        if !is_encoded {
            return Some(text);
        }
        // S3 writes a space as `+` there, and a plus as `%2B`.
        let text = text.replace('+', " ");
        percent_decode_str(&text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
    };
    let object = |one: Contents| {
        // Source: the S3 API reference, GetObject: objects of these classes answer `InvalidObjectState`.
        let is_archived = matches!(one.storage_class.as_deref(), Some("GLACIER" | "DEEP_ARCHIVE"));
        Some(Object { key: plain(one.key)?, size: one.size, etag: one.etag, is_archived })
    };
    Some(List {
        objects: result.contents.into_iter().map(object).collect::<Option<_>>()?,
        folders: result.common_prefixes.into_iter().map(|one| plain(one.prefix)).collect::<Option<_>>()?,
        next: result.next_continuation_token.filter(|_| result.is_truncated),
    })
}

/// The code of `<Error><Code>`.
fn error_code(body: &str) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Refusal {
        code: String,
    }
    quick_xml::de::from_str::<Refusal>(body).ok().map(|refusal| refusal.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_keys_is_read_with_their_odd_letters() {
        let body = r#"<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix>a</Prefix><KeyCount>3</KeyCount>
<MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>t/1</NextContinuationToken>
<Contents><Key>a%2Bb+c.json.gz</Key><LastModified>2026-11-20T12:00:00.000Z</LastModified><ETag>"e1"</ETag><Size>7</Size>
<StorageClass>STANDARD</StorageClass></Contents>
<Contents><Key>old.json.gz</Key><ETag>"e2"</ETag><Size>8</Size><StorageClass>DEEP_ARCHIVE</StorageClass></Contents>
<CommonPrefixes><Prefix>a/AWSLogs/</Prefix></CommonPrefixes></ListBucketResult>"#;
        let list = read_list(body).unwrap();
        let object = |key: &str, size, etag: &str, is_archived| Object {
            key: key.into(),
            size,
            etag: etag.into(),
            is_archived,
        };
        assert_eq!(
            list.objects,
            [object("a+b c.json.gz", 7, "\"e1\"", false), object("old.json.gz", 8, "\"e2\"", true)]
        );
        assert_eq!((list.folders, list.next.as_deref()), (vec!["a/AWSLogs/".to_owned()], Some("t/1")));
        assert!(read_list("<html>").is_none());
        let empty =
            read_list("<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>").unwrap();
        assert!(empty.objects.is_empty() && empty.folders.is_empty() && empty.next.is_none());
    }

    #[test]
    fn a_refusal_has_a_code() {
        let body = "<?xml version=\"1.0\"?>\n<Error><Code>NoSuchBucket</Code><Message>no</Message></Error>";
        assert_eq!(error_code(body).as_deref(), Some("NoSuchBucket"));
        assert_eq!(error_code("<!doctype html><title>500</title>"), None);
    }
}
