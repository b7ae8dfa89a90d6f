//! Signature Version 4, from the server's side: reads the Authorization header and makes the signature the client should
//! have made. It does not know whose key it is.

use chrono::NaiveDateTime;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest, Sha256};

use super::{call::Wire, mint::hex, refusal::Refusal};
use crate::base::time::Timestamp;

/// Everything but the unreserved characters of RFC 3986.
pub(crate) const RFC_3986: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const PATH: &AsciiSet = &RFC_3986.remove(b'/');

/// How far a signature's date may be from the server's: a quarter of an hour.
const SKEW: i64 = 15 * 60;

/// The Authorization header, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Authorization {
    pub key: String,
    /// `20261120`.
    date: String,
    pub region: String,
    pub service: String,
    signed_headers: Vec<String>,
    signature: String,
}

impl Authorization {
    /// `None` where there is no header.
    pub(crate) fn read(header: &str) -> Result<Option<Self>, Refusal> {
        if header.is_empty() {
            return Ok(None);
        }
        let bad = |why: &str| Refusal::Incomplete(format!("Authorization header {why}"));
        let fields = header
            .strip_prefix("AWS4-HMAC-SHA256")
            .ok_or_else(|| bad("requires the algorithm 'AWS4-HMAC-SHA256'."))?;
        let field = |name: &str| {
            fields
                .split(',')
                .find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('='))
                .ok_or_else(|| bad(&format!("requires '{name}' parameter.")))
        };
        let credential = field("Credential")?;
        let parts: Vec<&str> = credential.split('/').collect();
        let [key, date, region, service, "aws4_request"] = parts.as_slice() else {
            return Err(bad("requires a Credential of five parts."));
        };
        Ok(Some(Self {
            key: (*key).to_owned(),
            date: (*date).to_owned(),
            region: (*region).to_owned(),
            service: (*service).to_owned(),
            signed_headers: field("SignedHeaders")?.split(';').map(str::to_owned).collect(),
            signature: field("Signature")?.to_owned(),
        }))
    }

    /// Checks the date, the body and the signature made with the secret.
    pub(crate) fn verify(&self, wire: &Wire, secret: &str, now: Timestamp) -> Result<(), Refusal> {
        let amz_date = wire.header("x-amz-date");
        self.check_date(amz_date, now)?;
        let body_hash = hex(&Sha256::digest(&wire.body));
        let declared = wire.header("x-amz-content-sha256");
        if !matches!(declared, "" | "UNSIGNED-PAYLOAD") && declared != body_hash {
            return Err(Refusal::WrongSignature);
        }
        let payload = if declared.is_empty() { &body_hash } else { declared };
        let signs = |name: &str| self.signed_headers.iter().any(|signed| signed == name);
        let token_unsigned =
            wire.headers.contains_key("x-amz-security-token") && !signs("x-amz-security-token");
        if !signs("host") || !signs("x-amz-date") || token_unsigned {
            return Err(Refusal::WrongSignature);
        }
        let canonical = self.canonical_request(wire, payload);
        let scope = format!("{}/{}/{}/aws4_request", self.date, self.region, self.service);
        let to_sign =
            format!("AWS4-HMAC-SHA256\n{amz_date}\n{scope}\n{}", hex(&Sha256::digest(canonical.as_bytes())));
        let expected = hex(&hmac(&self.signing_key(secret), to_sign.as_bytes()));
        if expected == self.signature { Ok(()) } else { Err(Refusal::WrongSignature) }
    }

    fn check_date(&self, amz_date: &str, now: Timestamp) -> Result<(), Refusal> {
        let Ok(date) = NaiveDateTime::parse_from_str(amz_date, "%Y%m%dT%H%M%SZ") else {
            return Err(Refusal::Incomplete(
                "Authorization header requires existence of 'X-Amz-Date'".into(),
            ));
        };
        let signed = date.and_utc().timestamp();
        if signed < now.seconds() - SKEW || signed > now.seconds() + SKEW {
            let stamp = |at: Timestamp| at.utc().format("%Y%m%dT%H%M%SZ").to_string();
            let (here, early, late) = (stamp(now), stamp(now.minus(SKEW)), stamp(now.plus(SKEW)));
            return Err(Refusal::Stale(if signed < now.seconds() {
                format!("Signature expired: {amz_date} is now earlier than {early} ({here} - 15 min.)")
            } else {
                format!("Signature not yet current: {amz_date} is still later than {late} ({here} + 15 min.)")
            }));
        }
        if amz_date.starts_with(&self.date) { Ok(()) } else { Err(Refusal::WrongSignature) }
    }

    fn canonical_request(&self, wire: &Wire, payload: &str) -> String {
        let mut query: Vec<(String, String)> = wire
            .query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (again(name), again(value))
            })
            .collect();
        query.sort();
        let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut headers = String::new();
        for name in &self.signed_headers {
            let values = wire.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
            let values: Vec<String> =
                values.map(|value| value.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
            headers.extend([name, ":", &values.join(","), "\n"]);
        }
        // Every service but S3 encodes the path a second time.
        let path = utf8_percent_encode(&wire.path, PATH);
        let signed = self.signed_headers.join(";");
        format!("{}\n{path}\n{}\n{headers}\n{signed}\n{payload}", wire.method, query.join("&"))
    }

    fn signing_key(&self, secret: &str) -> Vec<u8> {
        [self.date.as_str(), &self.region, &self.service, "aws4_request"]
            .iter()
            .fold(format!("AWS4{secret}").into_bytes(), |key, part| hmac(&key, part.as_bytes()))
    }
}

/// One spelling for text that clients may have percent-encoded each in their own way.
fn again(text: &str) -> String {
    utf8_percent_encode(&percent_decode_str(text).decode_utf8_lossy(), RFC_3986).to_string()
}

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    // A key of any length is good for HMAC, so there is no error to speak of.
    Hmac::<Sha256>::new_from_slice(key)
        .map(|mac| mac.chain_update(message).finalize().into_bytes().to_vec())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use axum::{body::Bytes, http::HeaderMap};

    use super::*;

    /// The example of AWS's own guide: GET ListUsers with AKIDEXAMPLE on 30 August 2015.
    fn example() -> (Wire, Authorization) {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
            ("host", "iam.amazonaws.com"),
            ("x-amz-date", "20150830T123600Z"),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        let wire = Wire {
            method: "GET".into(),
            path: "/".into(),
            query: "Action=ListUsers&Version=2010-05-08".into(),
            headers,
            body: Bytes::new(),
        };
        let header = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
                      SignedHeaders=content-type;host;x-amz-date, \
                      Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";
        (wire, Authorization::read(header).unwrap().unwrap())
    }

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    #[test]
    fn the_published_example_verifies() {
        let (wire, signed) = example();
        let now: Timestamp = "2015-08-30T12:40:00Z".parse().unwrap();
        assert_eq!(signed.verify(&wire, SECRET, now), Ok(()));
        assert_eq!(signed.verify(&wire, "another", now), Err(Refusal::WrongSignature));
        let later = now.plus(3600);
        assert!(matches!(signed.verify(&wire, SECRET, later), Err(Refusal::Stale(_))));
    }

    #[test]
    fn a_changed_body_is_noticed() {
        let (mut wire, signed) = example();
        wire.body = Bytes::from_static(b"Action=DeleteUser");
        let now: Timestamp = "2015-08-30T12:36:00Z".parse().unwrap();
        assert_eq!(signed.verify(&wire, SECRET, now), Err(Refusal::WrongSignature));
    }

    #[test]
    fn a_header_of_another_kind_is_refused() {
        assert!(matches!(Authorization::read("Bearer x"), Err(Refusal::Incomplete(_))));
        assert!(matches!(
            Authorization::read("AWS4-HMAC-SHA256 Credential=A/b"),
            Err(Refusal::Incomplete(_))
        ));
        assert_eq!(Authorization::read(""), Ok(None));
    }
}
