//! Endpoint types of the `gitlab` crate on our client: as whole answers through `Client::ask`, and, through the crate's own
//! two client traits, for everything the crate builds on them.

use async_trait::async_trait;
use bytes::Bytes;
use gitlab::api::{ApiError, AsyncClient, Endpoint, RestClient, UrlBase};
use http::{HeaderMap, HeaderValue, Response, header, request};
use url::Url;

use super::{
    answer::Answer,
    client::{Client, Outgoing},
    error::Error,
};

/// Below the configured address.
const REST: &str = "api/v4/";

impl Client {
    /// Sends one endpoint's request; every status but a success is an error.
    pub async fn ask(&self, endpoint: &(impl Endpoint + Sync)) -> Result<Answer, Error> {
        let url = self.url_of(endpoint)?;
        self.ask_at(endpoint, url).await
    }

    /// The address of an endpoint with its parameters.
    pub(super) fn url_of(&self, endpoint: &impl Endpoint) -> Result<Url, Error> {
        let prefix = match endpoint.url_base() {
            UrlBase::ApiV4 => REST,
            _ => "",
        };
        let mut url = self.base.join(&format!("{prefix}{}", endpoint.endpoint()))?;
        endpoint.parameters().add_to_url(&mut url);
        if url.query() == Some("") {
            url.set_query(None);
        }
        Ok(url)
    }

    pub(super) async fn ask_at(&self, endpoint: &(impl Endpoint + Sync), url: Url) -> Result<Answer, Error> {
        let mut headers = HeaderMap::new();
        let body = match endpoint.body() {
            Ok(Some((kind, body))) => {
                headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
                body
            }
            Ok(None) => Vec::new(),
            Err(_) => return Err(Error::Unreadable { what: "a request of ours" }),
        };
        let answer = self.exchange(&Outgoing { method: endpoint.method(), url, headers, body }).await?;
        match Error::of(answer.status, answer.bytes()) {
            Some(error) => Err(error),
            None => Ok(answer),
        }
    }
}

impl RestClient for Client {
    type Error = Error;

    fn rest_endpoint(&self, endpoint: &str) -> Result<Url, ApiError<Error>> {
        self.base.join(&format!("{REST}{endpoint}")).map_err(ApiError::client)
    }

    fn instance_endpoint(&self, endpoint: &str) -> Result<Url, ApiError<Error>> {
        self.base.join(endpoint).map_err(ApiError::client)
    }
}

#[async_trait]
impl AsyncClient for Client {
    async fn rest_async(
        &self,
        request: request::Builder,
        body: Vec<u8>,
    ) -> Result<Response<Bytes>, ApiError<Error>> {
        let unusable = || ApiError::client(Error::Address { why: "a request of ours is malformed".into() });
        let (parts, ()) = request.body(()).map_err(|_| unusable())?.into_parts();
        let url = Url::parse(&parts.uri.to_string()).map_err(|_| unusable())?;
        let outgoing = Outgoing { method: parts.method, url, headers: parts.headers, body };
        let mut answer = self.exchange(&outgoing).await.map_err(ApiError::client)?;
        let mut response = Response::new(Bytes::from(std::mem::take(&mut *answer.body)));
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        Ok(response)
    }
}
