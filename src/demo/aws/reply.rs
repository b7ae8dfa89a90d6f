//! How an answer is put on the wire: the Query envelope of IAM, STS and Auto Scaling, EC2's own, JSON 1.1, and EKS's plain JSON.

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, Response, StatusCode, header},
};
use futures_util::stream;
use serde_json::json;

use super::{
    call::Service,
    refusal::{Refusal, Spelled},
    xml::Xml,
};

/// An answer before it has become a response.
#[derive(Debug)]
pub(crate) struct Reply {
    pub status: u16,
    body: String,
    content_type: &'static str,
    /// `x-amzn-errortype`, for JSON errors.
    error_type: Option<&'static str>,
    retry_after: Option<u32>,
    request_id: String,
}

const XML: &str = "text/xml";
const EC2_XML: &str = "text/xml;charset=UTF-8";
const JSON: &str = "application/x-amz-json-1.1";
const REST_JSON: &str = "application/json";

impl Reply {
    /// A whole answer of IAM or STS, or of EC2, around what the action wrote.
    pub(crate) fn query(service: Service, action: &str, result: &Xml, request_id: &str) -> Self {
        let mut xml = Xml::default();
        let namespace = service.namespace();
        xml.root(&format!("{action}Response"), namespace, |xml| {
            if service == Service::Ec2 {
                xml.leaf("requestId", request_id);
                xml.raw(result);
                return;
            }
            if !result.is_empty() {
                xml.node(&format!("{action}Result"), |xml| xml.raw(result));
            }
            xml.node("ResponseMetadata", |xml| xml.leaf("RequestId", request_id));
        });
        let content_type = if service == Service::Ec2 { EC2_XML } else { XML };
        Self::new(200, xml.into_text(), content_type, request_id)
    }

    pub(crate) fn json(service: Service, body: &serde_json::Value, request_id: &str) -> Self {
        let content_type = if service == Service::Eks { REST_JSON } else { JSON };
        Self::new(200, body.to_string(), content_type, request_id)
    }

    /// A refusal in the protocol of the service.
    pub(crate) fn refusal(refusal: &Refusal, service: Service, action: &str, request_id: &str) -> Self {
        let spelled = refusal.spelled(service, action);
        let mut reply = match service {
            Service::Eks => {
                let body = json!({ "message": spelled.message }).to_string();
                let reply = Self::new(spelled.status, body, REST_JSON, request_id);
                Self { error_type: Some(spelled.code), ..reply }
            }
            Service::CloudTrail | Service::Athena | Service::Ecs => {
                let body = json!({ "__type": spelled.code, "message": spelled.message }).to_string();
                Self { error_type: Some(spelled.code), ..Self::new(spelled.status, body, JSON, request_id) }
            }
            Service::Ec2 => Self::new(spelled.status, ec2_error(&spelled, request_id), EC2_XML, request_id),
            _ => Self::new(spelled.status, query_error(&spelled, service, request_id), XML, request_id),
        };
        if let Refusal::Throttled { retry_after } = refusal {
            reply.retry_after = *retry_after;
        }
        reply
    }

    fn new(status: u16, body: String, content_type: &'static str, request_id: &str) -> Self {
        Self {
            status,
            body,
            content_type,
            error_type: None,
            retry_after: None,
            request_id: request_id.to_owned(),
        }
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if let Ok(id) = HeaderValue::from_str(&self.request_id) {
            headers.insert("x-amzn-requestid", id);
        }
        if let Some(code) = self.error_type {
            headers.insert("x-amzn-errortype", HeaderValue::from_static(code));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// A response that breaks off: the announced body never comes and the connection is closed.
pub(crate) fn cut() -> Response<Body> {
    let broken = stream::iter([Err::<Bytes, _>(std::io::Error::other("cut on purpose"))]);
    let mut response = Response::new(Body::from_stream(broken));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("1"));
    response
}

fn query_error(spelled: &Spelled, service: Service, request_id: &str) -> String {
    let mut xml = Xml::default();
    let side = if spelled.status < 500 { "Sender" } else { "Receiver" };
    xml.root("ErrorResponse", service.namespace(), |xml| {
        xml.node("Error", |xml| {
            xml.leaf("Type", side);
            xml.leaf("Code", spelled.code);
            xml.leaf("Message", &spelled.message);
        });
        xml.leaf("RequestId", request_id);
    });
    xml.into_text()
}

fn ec2_error(spelled: &Spelled, request_id: &str) -> String {
    let mut xml = Xml::default();
    xml.node("Response", |xml| {
        xml.node("Errors", |xml| {
            xml.node("Error", |xml| {
                xml.leaf("Code", spelled.code);
                xml.leaf("Message", &spelled.message);
            });
        });
        xml.leaf("RequestID", request_id);
    });
    xml.into_text()
}
