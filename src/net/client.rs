//! The client: one connection pool, one token, one budget. Every request passes `exchange`, which is the only place where
//! the token is put on a request and the only place where anything is sent.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use http::{HeaderMap, HeaderValue, Method, header};
use reqwest::{Certificate, redirect};
use tokio::sync::Semaphore;
use url::Url;

use super::{
    answer::{Answer, broken},
    base::Base,
    error::Error,
    hints,
    pace::Pace,
    retry::{Effort, Patience},
};
use crate::base::{secret::Secret, time::Clock};

/// How one server is spoken to.
#[derive(Clone, Debug)]
pub struct Settings {
    /// With scheme and, where there is one, the relative URL root.
    pub url: String,
    /// A PEM file with certificate authorities to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Requests a second at most.
    pub per_second: f64,
    /// Requests under way at once.
    pub concurrency: usize,
    pub patience: Patience,
    pub connect_timeout: Duration,
    /// Between two bytes of an answer.
    pub read_timeout: Duration,
    /// One attempt in all.
    pub total_timeout: Duration,
    /// Bytes of an answer, after decompression.
    pub cap: usize,
}

impl Settings {
    /// What suits a GitLab: its own limit for a request is a minute.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            ca_file: None,
            per_second: 10.0,
            concurrency: 4,
            patience: Patience::default(),
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_mins(1),
            total_timeout: Duration::from_mins(2),
            cap: 32 * 1024 * 1024,
        }
    }
}

/// What the client did so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests sent, each attempt counted.
    pub calls: u64,
    /// Answers that said "too many".
    pub throttled: u64,
    /// Requests sent again after a failure.
    pub retried: u64,
}

/// A client for one server and one token.
pub struct Client {
    http: reqwest::Client,
    pub(super) base: Base,
    bearer: HeaderValue,
    patience: Patience,
    cap: usize,
    slots: Semaphore,
    pace: Mutex<Pace>,
    clock: Arc<dyn Clock>,
    calls: AtomicU64,
    throttled: AtomicU64,
    retried: AtomicU64,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base", &self.base).finish_non_exhaustive()
    }
}

/// One request, ready to be sent any number of times.
pub(super) struct Outgoing {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Client {
    pub fn new(settings: &Settings, token: &Secret, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let base = Base::parse(&settings.url)?;
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.open()))
            .map_err(|_| Error::Setup { why: "the token holds characters that no token has.".into() })?;
        bearer.set_sensitive(true);
        Ok(Self {
            http: connector(settings, &base)?,
            base,
            bearer,
            patience: settings.patience,
            cap: settings.cap,
            slots: Semaphore::new(settings.concurrency.clamp(1, 256)),
            pace: Mutex::new(Pace::new(settings.per_second, Instant::now())),
            clock,
            calls: AtomicU64::new(0),
            throttled: AtomicU64::new(0),
            retried: AtomicU64::new(0),
        })
    }

    pub fn counts(&self) -> Counts {
        Counts {
            calls: self.calls.load(Ordering::Relaxed),
            throttled: self.throttled.load(Ordering::Relaxed),
            retried: self.retried.load(Ordering::Relaxed),
        }
    }

    /// Sends a request until it is answered for good: refusals are answers, failures that pass by themselves are not.
    pub(super) async fn exchange(&self, outgoing: &Outgoing) -> Result<Answer, Error> {
        self.base.admit(&outgoing.url)?;
        let reads = matches!(outgoing.method, Method::GET | Method::HEAD);
        let asks = outgoing.method == Method::POST && self.base.is_graphql(&outgoing.url);
        let mut effort = Effort { repeatable: reads || asks, sent: 0, waited: Duration::ZERO };
        let _slot = self.slots.acquire().await.map_err(|_| Error::Broken { timeout: false })?;
        loop {
            tokio::time::sleep(self.pace(Pace::take)).await;
            effort.sent += 1;
            let (error, asked) = match self.attempt(outgoing).await {
                Ok((answer, hints)) => match Error::of(answer.status, &answer.body) {
                    Some(error @ (Error::Throttled { .. } | Error::Failed { .. })) => (error, hints.wait),
                    _ => return Ok(answer),
                },
                Err(error) => (error, None),
            };
            let wait = self.patience.again(effort, &error, asked);
            if matches!(error, Error::Throttled { .. }) {
                self.throttled.fetch_add(1, Ordering::Relaxed);
                let pause = asked.or(wait).unwrap_or_default().min(self.patience.total);
                self.pace(|pace, now| pace.pause(pause, now));
            }
            let Some(wait) = wait else { return Err(self.final_word(error, asked)) };
            tracing::debug!(path = outgoing.url.path(), %error, ?wait, "sent again");
            self.retried.fetch_add(1, Ordering::Relaxed);
            effort.waited += wait;
            tokio::time::sleep(wait).await;
        }
    }

    /// One attempt: the token, the wire, the whole body.
    async fn attempt(&self, outgoing: &Outgoing) -> Result<(Answer, hints::Hints), Error> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let request = self
            .http
            .request(outgoing.method.clone(), outgoing.url.clone())
            .headers(outgoing.headers.clone())
            .header(header::AUTHORIZATION, self.bearer.clone())
            .body(outgoing.body.clone());
        let response = request.send().await.map_err(|error| broken(&error))?;
        let hints = hints::read(response.headers(), self.clock.now().seconds());
        if let Some(window) = hints.window {
            self.pace(|pace, now| pace.heed(window, now));
        }
        Ok((Answer::read(response, self.cap).await?, hints))
    }

    fn pace<T>(&self, turn: impl FnOnce(&mut Pace, Instant) -> T) -> T {
        turn(&mut self.pace.lock().unwrap_or_else(PoisonError::into_inner), Instant::now())
    }

    /// A throttling that outlasts our patience says until when, where the server did.
    fn final_word(&self, error: Error, asked: Option<Duration>) -> Error {
        match error {
            Error::Throttled { .. } => {
                let seconds = asked.and_then(|wait| i64::try_from(wait.as_secs()).ok());
                Error::Throttled { until: seconds.map(|seconds| self.clock.now().plus(seconds)) }
            }
            error => error,
        }
    }
}

fn connector(settings: &Settings, base: &Base) -> Result<reqwest::Client, Error> {
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("keytrail/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .referer(false)
        .connect_timeout(settings.connect_timeout)
        .read_timeout(settings.read_timeout)
        .timeout(settings.total_timeout);
    if base.is_plain_loopback() {
        builder = builder.no_proxy().tls_certs_only(std::iter::empty::<Certificate>());
    } else if let Some(file) = &settings.ca_file {
        builder = builder.tls_certs_merge(authorities(file)?);
    }
    builder.build().map_err(|_| Error::Setup {
        why: "TLS cannot be set up: is there a store of certificate authorities (package ca-certificates)?"
            .into(),
    })
}

fn authorities(file: &Path) -> Result<Vec<Certificate>, Error> {
    let wrong = |why: String| Error::Setup { why: format!("the CA file {} {why}.", file.display()) };
    let pem = std::fs::read(file).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    let found = Certificate::from_pem_bundle(&pem).map_err(|_| wrong("is not PEM".into()))?;
    if found.is_empty() { Err(wrong("holds no certificate".into())) } else { Ok(found) }
}
