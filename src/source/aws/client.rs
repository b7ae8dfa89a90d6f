//! The only place where AWS clients are made: credentials, endpoint, region, timeouts, retries.

use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use aws_config::{
    BehaviorVersion, ConfigLoader, Region, SdkConfig, identity::IdentityCache,
    meta::region::RegionProviderChain, retry::RetryConfig, sts::AssumeRoleProvider, timeout::TimeoutConfig,
};
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider},
};

use super::{assumed::Assumed, pin::Pin};
use crate::{base::secret::Secret, config::AwsSource};

/// Where IAM and STS of the standard partition live, and where global events land.
pub(super) const HOME_REGION: &str = "us-east-1";

/// IAM's own rates are per account and unpublished: a busy account needs patience.
const ATTEMPTS: u32 = 8;

/// The clients of one account. They share one HTTP client and one identity cache, so that a role is assumed once.
pub(super) struct Clients {
    pub(super) iam: aws_sdk_iam::Client,
    pub(super) sts: aws_sdk_sts::Client,
    config: SdkConfig,
    /// For the calls that are signed by hand. `None` where this machine has no certificate authorities: then
    /// nothing can be asked at all.
    pub(super) http: Option<reqwest::Client>,
}

impl Clients {
    /// Reads profile files and the environment, as the SDK does; makes no call, except to the instance metadata
    /// service when neither a region nor credentials are given.
    pub(super) async fn open(source: &AwsSource) -> Self {
        Self::of(configured(source).await, http(is_loopback(source)).ok())
    }

    /// The same, with credentials that are held from one look at them to the next.
    pub(super) async fn pinned(source: &AwsSource, pin: Arc<Pin>) -> Self {
        let pin: Arc<dyn ProvideCredentials> = pin;
        let config = configured(source).await.to_builder();
        let config = config.credentials_provider(SharedCredentialsProvider::from(pin));
        Self::of(config.identity_cache(IdentityCache::no_cache()).build(), http(is_loopback(source)).ok())
    }

    fn of(config: SdkConfig, http: Option<reqwest::Client>) -> Self {
        Self { iam: aws_sdk_iam::Client::new(&config), sts: aws_sdk_sts::Client::new(&config), config, http }
    }

    /// The region that answers for the whole account.
    pub(super) fn region(&self) -> &str {
        self.config.region().map_or(HOME_REGION, AsRef::as_ref)
    }

    /// LookupEvents of one region. It is never sent again by the SDK: retries count against the budget too.
    pub(super) fn cloudtrail(&self, region: &str) -> aws_sdk_cloudtrail::Client {
        let config = aws_sdk_cloudtrail::config::Builder::from(&self.config)
            .region(Region::new(region.to_owned()))
            .retry_config(RetryConfig::disabled());
        aws_sdk_cloudtrail::Client::from_conf(config.build())
    }

    /// A second attempt at most: for the first question, whose answer everybody waits for.
    pub(super) fn impatient() -> aws_sdk_sts::config::Builder {
        aws_sdk_sts::Config::builder().retry_config(RetryConfig::standard().with_max_attempts(3))
    }

    /// STS, signed with this key instead of keytrail's own credentials; asked once.
    pub(super) fn sts_as(&self, key: &str, secret: &Secret) -> aws_sdk_sts::Client {
        let credentials = Credentials::new(key, secret.open(), None, None, "given");
        let config = aws_sdk_sts::config::Builder::from(&self.config)
            .credentials_provider(credentials)
            .identity_cache(IdentityCache::no_cache())
            .retry_config(RetryConfig::disabled());
        aws_sdk_sts::Client::from_conf(config.build())
    }

    pub(super) fn credentials(&self) -> Option<SharedCredentialsProvider> {
        self.config.credentials_provider()
    }

    /// The endpoint given for every service, without a slash at the end.
    pub(super) fn endpoint(&self) -> Option<&str> {
        self.config.endpoint_url().map(|url| url.trim_end_matches('/'))
    }
}

fn is_loopback(source: &AwsSource) -> bool {
    source.endpoint.as_deref().is_some_and(is_plain_loopback)
}

/// Everything but the clients: whose credentials, which region, which endpoint, and how patiently.
pub(super) async fn configured(source: &AwsSource) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(timeouts())
        .identity_cache(IdentityCache::lazy().build());
    if is_loopback(source) || !has_authorities() {
        // Without TLS no certificate authorities are needed, and no proxy stands before the own machine. Where
        // there are none, this keeps the SDK from panicking as it looks for them.
        loader = loader.http_client(aws_smithy_http_client::Builder::new().build_http());
    }
    if let Some(endpoint) = &source.endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    let base = with_credentials(loader, source).load().await;
    match &source.role {
        Some(role) => assume(&base, role, source.external_id.as_deref()).await,
        None => base,
    }
}

/// Does this machine have certificate authorities? To look for them takes a while, and they do not come and go.
fn has_authorities() -> bool {
    static FOUND: OnceLock<bool> = OnceLock::new();
    *FOUND.get_or_init(|| http(false).is_ok())
}

fn http(is_loopback: bool) -> reqwest::Result<reqwest::Client> {
    let builder = reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_mins(1))
        .redirect(reqwest::redirect::Policy::none())
        // CloudTrail's log objects say `Content-Encoding: gzip`: they are wanted as they lie there, and in parts.
        .no_gzip();
    if is_loopback {
        builder.no_proxy().tls_certs_only(std::iter::empty::<reqwest::Certificate>()).build()
    } else {
        builder.build()
    }
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(5))
        .operation_attempt_timeout(Duration::from_mins(1))
        .operation_timeout(Duration::from_mins(4))
        .build()
}

/// Region and credentials: what the configuration says, then what the SDK's chain finds. Given credentials never ask
/// the instance metadata service for anything.
fn with_credentials(mut loader: ConfigLoader, source: &AwsSource) -> ConfigLoader {
    if let Some(profile) = &source.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(given) = &source.given {
        let secret = given.secret_access_key.open();
        loader =
            loader.credentials_provider(Credentials::new(&given.access_key_id, secret, None, None, "given"));
    }
    match (source.regions.first(), &source.given) {
        (Some(region), _) => loader.region(Region::new(region.clone())),
        (None, Some(_)) => loader.region(Region::new(HOME_REGION)),
        (None, None) => loader.region(RegionProviderChain::default_provider().or_else(HOME_REGION)),
    }
}

async fn assume(base: &SdkConfig, role: &str, external_id: Option<&str>) -> SdkConfig {
    let mut provider = AssumeRoleProvider::builder(role).configure(base).session_name("keytrail");
    if let Some(id) = external_id {
        provider = provider.external_id(id);
    }
    let provider = SharedCredentialsProvider::new(Assumed::new(provider.build().await));
    base.to_builder().credentials_provider(provider).build()
}

/// Is this a plain-text endpoint on this very machine?
fn is_plain_loopback(endpoint: &str) -> bool {
    let Ok(url) = url::Url::parse(endpoint) else { return false };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_loopback = host.parse::<IpAddr>().map_or(host == "localhost", |address| address.is_loopback());
    url.scheme() == "http" && is_loopback
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_http_on_this_machine_is_loopback() {
        for yes in ["http://127.0.0.1:5000", "http://localhost", "http://[::1]:80/"] {
            assert!(is_plain_loopback(yes), "{yes}");
        }
        for no in ["https://127.0.0.1", "http://10.0.0.1", "http://localhost.example", "nonsense"] {
            assert!(!is_plain_loopback(no), "{no}");
        }
    }
}
