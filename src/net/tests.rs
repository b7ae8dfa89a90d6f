//! The client against servers that misbehave. Nothing here waits for a clock: patience is a millisecond, or the wait the
//! server names is longer than patience.

use std::{
    borrow::Cow,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::any,
};
use gitlab::api::{AsyncQuery, Endpoint, Pagination, paged, projects::variables::ProjectVariables};
use http::Method;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{Client, Counts, Error, Patience, Place, Settings};
use crate::base::{
    blame::Blame,
    secret::Secret,
    time::{StoppedClock, Timestamp},
};

const TOKEN: &str = "glpat-s3cr3t";
const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

struct Call(Method, &'static str);

impl Endpoint for Call {
    fn method(&self) -> Method {
        self.0.clone()
    }

    fn endpoint(&self) -> Cow<'static, str> {
        self.1.into()
    }
}

fn get() -> Call {
    Call(Method::GET, "things")
}

fn settings(url: &str) -> Settings {
    Settings {
        per_second: 10_000.0,
        patience: Patience {
            attempts: 3,
            first: Duration::from_millis(1),
            most: Duration::from_millis(1),
            total: Duration::from_mins(1),
        },
        ..Settings::new(url)
    }
}

fn client(settings: &Settings) -> Client {
    Client::new(settings, &Secret::new(TOKEN.into()), Arc::new(StoppedClock(NOW))).unwrap()
}

/// A server that answers every request with what `answer` makes of its number, counted from zero.
async fn serve<R: IntoResponse>(
    answer: impl Fn(usize, &Request) -> R + Clone + Send + Sync + 'static,
) -> (String, Arc<AtomicUsize>) {
    let seen = Arc::new(AtomicUsize::new(0));
    let count = seen.clone();
    let router = Router::new().fallback(any(async move |request: Request| {
        answer(count.fetch_add(1, Ordering::SeqCst), &request).into_response()
    }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, seen)
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    let mut builder = Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(body.to_owned().into()).unwrap()
}

#[tokio::test]
async fn the_token_travels_as_bearer_below_the_relative_root() {
    let (url, _) = serve(|_, request| {
        let bearer = request.headers()["authorization"] == "Bearer glpat-s3cr3t";
        (if bearer { StatusCode::OK } else { StatusCode::UNAUTHORIZED }, request.uri().to_string())
    })
    .await;
    let client = client(&settings(&format!("{url}/gitlab")));
    let answer = client.ask(&get()).await.unwrap();
    assert_eq!(answer.bytes(), b"/gitlab/api/v4/things");
    assert!(!format!("{client:?} {answer:?}").contains("s3cr3t"));
}

#[tokio::test]
async fn throttling_without_headers_is_waited_out_on_our_own_clock() {
    let (url, seen) =
        serve(|turn, _| if turn < 2 { answer(429, &[], "Retry later") } else { answer(200, &[], "[]") })
            .await;
    let client = client(&settings(&url));
    client.ask(&get()).await.unwrap();
    assert_eq!(seen.load(Ordering::SeqCst), 3);
    assert_eq!(client.counts(), Counts { calls: 3, throttled: 2, retried: 2 });
}

#[tokio::test]
async fn a_wait_longer_than_patience_says_until_when() {
    let (url, seen) = serve(|_, _| answer(429, &[("retry-after", "3600")], "Retry later")).await;
    let error = client(&settings(&url)).ask(&get()).await.unwrap_err();
    assert_eq!(error.blame(""), Blame::Quota { until: Some(NOW.plus(3600)) });
    assert_eq!(seen.load(Ordering::SeqCst), 1, "asking again before then would be rude");
}

#[tokio::test]
async fn a_server_that_recovers_is_asked_again_and_one_that_does_not_is_left() {
    let (url, _) =
        serve(|turn, _| if turn == 0 { answer(502, &[], "<html>") } else { answer(200, &[], "[]") }).await;
    client(&settings(&url)).ask(&get()).await.unwrap();

    let (url, seen) = serve(|_, _| answer(503, &[], "<html>")).await;
    let error = client(&settings(&url)).ask(&get()).await.unwrap_err();
    assert_eq!((error.blame(""), seen.load(Ordering::SeqCst)), (Blame::Network, 3));
}

#[tokio::test]
async fn only_calls_without_effect_are_sent_again() {
    let (url, seen) = serve(|_, _| answer(502, &[], "")).await;
    let client = client(&settings(&url));
    assert!(client.ask(&Call(Method::PUT, "runners/1")).await.is_err());
    assert!(client.ask(&Call(Method::POST, "things")).await.is_err());
    assert!(client.ask(&Call(Method::DELETE, "runners/1")).await.is_err());
    assert_eq!(seen.load(Ordering::SeqCst), 3);
}

/// A server that sends these bytes and hangs up, for each connection the next; then it answers properly.
async fn cutting(replies: &'static [&'static str]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        for turn in 0.. {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut buffer = [0; 4096];
            let _ = socket.read(&mut buffer).await;
            let good = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n[]";
            let reply = replies.get(turn).unwrap_or(&good);
            let _ = socket.write_all(reply.as_bytes()).await;
        }
    });
    url
}

#[tokio::test]
async fn a_cut_connection_is_tried_again() {
    let url = cutting(&["", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[{"]).await;
    let client = client(&settings(&url));
    assert_eq!(client.ask(&get()).await.unwrap().bytes(), b"[]");
    assert!(client.counts().retried >= 2, "an answer cut in its middle is no answer");
}

#[tokio::test]
async fn a_silent_server_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let impatient = Settings { read_timeout: Duration::from_millis(20), ..settings(&url) };
    let error = client(&impatient).ask(&get()).await.unwrap_err();
    assert_eq!(error, Error::Broken { timeout: true });
    assert_eq!(error.blame(""), Blame::Network);
}

#[tokio::test]
async fn a_long_answer_is_cut_off_announced_or_not() {
    let (url, seen) = serve(|turn, _| {
        let body = "x".repeat(5000);
        let stream = futures_util::stream::iter([0, 1].map(|_| Ok::<_, std::io::Error>("x".repeat(2500))));
        if turn == 0 { body.into_response() } else { axum::body::Body::from_stream(stream).into_response() }
    })
    .await;
    let small = client(&Settings { cap: 4000, ..settings(&url) });
    for _ in 0..2 {
        assert_eq!(small.ask(&get()).await.unwrap_err(), Error::TooLarge { cap: 4000 });
    }
    assert_eq!(seen.load(Ordering::SeqCst), 2, "it would be as long the next time");
}

#[tokio::test]
async fn no_other_server_ever_sees_the_token() {
    let (evil, stolen) = serve(|_, _| answer(200, &[], "[]")).await;
    let evil = evil.replace("127.0.0.1", "localhost");
    let elsewhere = evil.clone();
    let (url, _) = serve(move |turn, _| {
        if turn == 0 {
            answer(302, &[("location", &format!("{elsewhere}/api/v4/things"))], "")
        } else {
            let full = format!("[{}[]]", "[],".repeat(99));
            let link = format!("<{elsewhere}/api/v4/things?id_after=1>; rel=\"next\"");
            answer(200, &[("link", &link)], &full)
        }
    })
    .await;
    let client = client(&settings(&url));

    let error = client.ask(&get()).await.unwrap_err();
    assert!(matches!(error, Error::Refused { status: 302, .. }), "{error}");
    let error = client.page(&get(), &Place::Keyset).await.unwrap_err();
    assert_eq!(error, Error::Foreign { host: "localhost".into() });

    // The crate's own paging builds its next request from the same header.
    let list = gitlab::api::projects::Projects::builder()
        .order_by(gitlab::api::projects::ProjectOrderBy::Id)
        .build()
        .unwrap();
    let pages: Result<Vec<Vec<u8>>, _> = paged(list, Pagination::All).query_async(&client).await;
    assert!(pages.unwrap_err().to_string().contains("pointed to localhost"));
    assert_eq!(stolen.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn pages_are_walked_to_the_end() {
    let (url, _) = serve(|turn, request| {
        let query = request.uri().query().unwrap_or_default().to_owned();
        let expected = ["per_page=100", "per_page=100&page=2"][turn];
        let next = ["2", ""][turn];
        let status = if query == expected { 200 } else { 400 };
        answer(status, &[("x-next-page", next), ("x-total", "3")], "[1]")
    })
    .await;
    let client = client(&settings(&url));
    let first = client.page(&get(), &Place::Start).await.unwrap();
    assert_eq!(first.total, Some(3));
    let second = client.page(&get(), &first.next.unwrap()).await.unwrap();
    assert_eq!(second.answer.json::<Vec<u32>>("numbers").unwrap(), [1]);
    assert_eq!(second.next, None);
}

#[tokio::test]
async fn the_crates_own_queries_work_on_this_client() {
    let (url, _) = serve(|_, request| {
        let listed = request.uri().path() == "/api/v4/projects/7/variables";
        answer(if listed { 200 } else { 404 }, &[], r#"[{"key":"A"},{"key":"B"}]"#)
    })
    .await;
    let client = client(&settings(&url));
    let endpoint = ProjectVariables::builder().project(7).build().unwrap();
    let all: Vec<serde_json::Value> = paged(endpoint, Pagination::All).query_async(&client).await.unwrap();
    assert_eq!(all.len(), 2);
}

#[tokio::test]
async fn a_refusal_is_an_answer_and_its_body_is_not_repeated() {
    let (url, seen) = serve(|_, request: &Request| {
        let headers: &HeaderMap = request.headers();
        let echo = format!("{{\"echo\":{:?}}}", headers["authorization"].to_str().unwrap());
        answer(403, &[], &echo)
    })
    .await;
    let error = client(&settings(&url)).ask(&get()).await.unwrap_err();
    assert_eq!(error.blame("needs Maintainer"), Blame::Scope("needs Maintainer".into()));
    assert!(!format!("{error} {error:?}").contains("s3cr3t"));
    assert_eq!(seen.load(Ordering::SeqCst), 1);
}

#[test]
fn a_broken_setup_is_told_in_words() {
    let make = |settings: &Settings, token: &str| {
        let clock = Arc::new(StoppedClock(NOW));
        Client::new(settings, &Secret::new(token.into()), clock).unwrap_err().to_string()
    };
    let missing = Settings { ca_file: Some("/nowhere/ca.pem".into()), ..Settings::new("https://g.example") };
    assert!(make(&missing, TOKEN).contains("/nowhere/ca.pem cannot be read"));
    let text = make(&Settings::new("https://g.example"), "glpat-s3cr3t\n");
    assert!(text.contains("token") && !text.contains("s3cr3t"), "{text}");
}
