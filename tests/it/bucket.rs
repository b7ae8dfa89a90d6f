//! A trail in a bucket of moto's: read whole, read over a line that breaks, killed and resumed; each time it must come to what the same
//! files come to when they lie in a folder.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{self, Body},
    extract::{Request, State},
    http::Response,
};
use futures_util::{StreamExt, stream};
use keytrail::{
    base::{
        secret::Secret,
        time::{Clock, SystemClock},
    },
    config::{AwsSource, Given, TrailSource, TrailStore},
    source::aws::Aws,
};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{net::TcpListener, runtime::Runtime};

use crate::{
    logs,
    moto::{ENV, Moto},
    python::{python, run, script},
};

const BUCKET: &str = "acme-logs";
const PREFIX: &str = "org/eu";

/// What stands between keytrail and moto: it counts what is fetched, and lets lines break or hang.
struct Line {
    upstream: String,
    http: reqwest::Client,
    /// Objects asked for, with the byte each request began at.
    fetched: Mutex<Vec<(String, u64)>>,
    /// After so many requests for objects none is answered any more.
    holds_after: AtomicUsize,
    /// The first answer for each object breaks off in its middle.
    breaks: bool,
}

impl Line {
    fn open(runtime: &Runtime, moto: &Moto, breaks: bool, holds_after: usize) -> (Arc<Self>, String) {
        let line = Arc::new(Self {
            upstream: moto.endpoint.clone(),
            http: reqwest::Client::builder().no_proxy().no_gzip().build().expect("a client"),
            fetched: Mutex::default(),
            holds_after: AtomicUsize::new(holds_after),
            breaks,
        });
        let router = Router::new().fallback(pass).with_state(line.clone());
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("its address"));
        runtime.spawn(async move { axum::serve(listener, router).await });
        (line, endpoint)
    }

    fn fetched(&self) -> Vec<(String, u64)> {
        self.fetched.lock().expect("nobody panicked").clone()
    }

    fn objects(&self) -> BTreeSet<String> {
        self.fetched().into_iter().map(|(key, _)| key).collect()
    }

    /// The request in the log, if it is for an object: how many came before it, and whether it is the object's first.
    fn note(&self, request: &Request) -> Option<(usize, bool)> {
        let key = request.uri().path().strip_prefix(&format!("/{BUCKET}/"))?;
        if key.is_empty() {
            return None;
        }
        let range = request.headers().get("range").and_then(|range| range.to_str().ok()).unwrap_or_default();
        let from = range.trim_start_matches("bytes=").split('-').next().and_then(|from| from.parse().ok());
        let mut fetched = self.fetched.lock().expect("nobody panicked");
        let is_first = !fetched.iter().any(|(known, _)| known == key);
        fetched.push((key.to_owned(), from.unwrap_or_default()));
        Some((fetched.len() - 1, is_first))
    }
}

async fn pass(State(line): State<Arc<Line>>, request: Request) -> Response<Body> {
    let object = line.note(&request);
    if object.is_some_and(|(before, _)| before >= line.holds_after.load(Ordering::SeqCst)) {
        return std::future::pending().await;
    }
    let (parts, body) = request.into_parts();
    let body = body::to_bytes(body, 64 << 20).await.expect("a whole request");
    let url = format!("{}{}", line.upstream, parts.uri);
    let mut headers = parts.headers;
    headers.remove("host");
    let sent = line.http.request(parts.method, url).headers(headers).body(body).send().await;
    let answer = sent.expect("moto answers");
    let mut reply = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        if name != "transfer-encoding" && name != "connection" {
            reply = reply.header(name, value);
        }
    }
    let content = answer.bytes().await.expect("moto's answer is whole");
    if line.breaks && object.is_some_and(|(_, is_first)| is_first) {
        let half = content.slice(..content.len() / 2);
        // What was written arrives before the line breaks.
        let broken = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            Err(std::io::Error::other("the line broke"))
        };
        let parts = stream::iter([Ok(half)]).chain(stream::once(broken));
        return reply.body(Body::from_stream(parts)).expect("a reply");
    }
    reply.body(Body::from(content)).expect("a reply")
}

/// A trail in a folder, and the same in a bucket.
struct Stage {
    root: TempDir,
    moto: Moto,
    runtime: Runtime,
}

impl Stage {
    fn set(python: &Path) -> Self {
        let root = tempfile::tempdir().expect("a folder");
        let logs = root.path().join("logs");
        logs::write(&logs, SystemClock.now());
        let moto = Moto::start(python);
        let mut put = Command::new(python);
        put.arg(script("moto_bucket.py")).arg(&moto.endpoint).arg(&logs).args([BUCKET, PREFIX]);
        run(&mut put);
        Self { root, moto, runtime: Runtime::new().expect("a runtime") }
    }

    fn logs(&self) -> PathBuf {
        self.root.path().join("logs")
    }

    fn collect(&self, config: &str) -> Command {
        let path = self.root.path().join("config.toml");
        fs::write(&path, config).expect("the configuration is written");
        let mut command = Command::new(env!("CARGO_BIN_EXE_keytrail"));
        command.arg("--config").arg(path).args(["collect", "-o"]).arg(self.output());
        command.env_remove("GITLAB_TOKEN").envs(ENV).env("XDG_CACHE_HOME", self.root.path().join("cache"));
        command
    }

    fn output(&self) -> PathBuf {
        self.root.path().join("collected.json")
    }

    fn collected(&self) -> Value {
        serde_json::from_str(&fs::read_to_string(self.output()).expect("the file is there"))
            .expect("it is JSON")
    }

    /// Events and activities as JSON lines, the same wherever the files lie.
    fn trail(&self) -> BTreeSet<String> {
        let collected = self.collected();
        let entities = collected["entities"].as_array().expect("a list").iter();
        let of_trail = entities.filter(|one| one.get("event").is_some() || one.get("activity").is_some());
        let folder = self.logs().to_string_lossy().into_owned();
        let place = format!("s3://{BUCKET}/{PREFIX}");
        of_trail.map(|one| one.to_string().replace(&place, "HERE").replace(&folder, "HERE")).collect()
    }

    fn bucket(&self, endpoint: &str, trail: &str) -> Command {
        self.collect(&format!(
            "[[aws]]\nendpoint = \"{endpoint}\"\nregions = [\"us-east-1\"]\nevent_days = 1\n[aws.trail]\n{trail}\ndays = 5\n"
        ))
    }
}

/// The gaps of the sweep whose `what` begins so.
fn gaps(collected: &Value, what: &str) -> Vec<String> {
    let sweeps = collected["sweeps"].as_array().expect("a list").iter();
    let of = sweeps.filter(|sweep| sweep["what"].as_str().is_some_and(|text| text.starts_with(what)));
    of.flat_map(|sweep| sweep["gaps"].as_array().expect("a list")).map(ToString::to_string).collect()
}

#[test]
fn a_bucket_comes_to_what_the_same_files_in_a_folder_come_to() {
    let Some(python) = python("a trail in a bucket of moto's") else { return };
    let stage = Stage::set(&python);
    run(&mut stage.collect(&format!("[trail]\npaths = [{:?}]\n", stage.logs())));
    let expected = stage.trail();
    assert!(expected.len() > 100, "{}", expected.len());
    assert!(!expected.iter().any(|line| line.contains("IQoJ")), "a session token was kept");

    // Every line breaks once in the middle of each object; what had come is not asked for again.
    let (line, endpoint) = Line::open(&stage.runtime, &stage.moto, true, usize::MAX);
    run(&mut stage.bucket(&endpoint, "s3 = \"discover\""));
    assert_eq!(gaps(&stage.collected(), "trail s3"), [] as [&str; 0]);
    assert_eq!(stage.trail(), expected);
    assert_eq!(line.objects().len(), logs::ALL, "each log once, and nothing else");
    let resumed = line.fetched().iter().filter(|(_, from)| *from > 0).count();
    assert_eq!(resumed, logs::ALL, "each goes on where it was");

    read_a_record(&stage);

    // Nothing has changed: nothing is fetched.
    let (line, endpoint) = Line::open(&stage.runtime, &stage.moto, false, usize::MAX);
    run(&mut stage.bucket(&endpoint, "s3 = \"discover\""));
    assert_eq!(stage.trail(), expected);
    assert_eq!(line.objects(), BTreeSet::new());
}

/// A record that was not kept is read again from its object, without its session token.
fn read_a_record(stage: &Stage) {
    let collected = stage.collected();
    let entities = collected["entities"].as_array().expect("a list").iter();
    let mut minting = entities.filter_map(|one| one.get("event")).filter(|event| event["minted"].is_string());
    let event = minting.next().expect("a call that minted a key");
    let origin = serde_json::from_value(event["origin"].clone()).expect("it says where it stands");
    let secret = Arc::new(Secret::new("testing".into()));
    let aws = Aws::new(Arc::new(AwsSource {
        regions: vec!["us-east-1".into()],
        endpoint: Some(stage.moto.endpoint.clone()),
        given: Some(Given { access_key_id: "testing".into(), secret_access_key: secret }),
        trail: Some(TrailSource { store: TrailStore::Discover, days: 5, region: None }),
        ..AwsSource::default()
    }));
    assert!(aws.keeps(&origin));
    let text = stage.runtime.block_on(aws.record(&origin)).expect("it is there");
    let record: Value = serde_json::from_str(&text).expect("a record");
    assert_eq!(record["eventID"], event["event_id"]);
    assert!(!text.contains("IQoJ") && text.contains("sessionToken"), "{text}");
}

#[test]
fn a_reading_that_was_killed_goes_on_where_it_was() {
    let Some(python) = python("killing the reading of a bucket") else { return };
    let stage = Stage::set(&python);
    run(&mut stage.collect(&format!("[trail]\npaths = [{:?}]\n", stage.logs())));
    let expected = stage.trail();
    let place = format!("s3 = \"s3://{BUCKET}/{PREFIX}\"");

    let held = logs::ALL * 2 / 3;
    let (line, endpoint) = Line::open(&stage.runtime, &stage.moto, false, held);
    let mut reading = stage.bucket(&endpoint, &place).spawn().expect("keytrail starts");
    let deadline = Instant::now() + Duration::from_mins(1);
    while line.fetched().len() <= held {
        assert!(Instant::now() < deadline, "only {} objects were asked for", line.fetched().len());
        thread::sleep(Duration::from_millis(20));
    }
    reading.kill().expect("it is killed");
    reading.wait().expect("it has ended");

    let (line, endpoint) = Line::open(&stage.runtime, &stage.moto, false, usize::MAX);
    run(&mut stage.bucket(&endpoint, &place));
    assert_eq!(stage.trail(), expected);
    let again = line.objects().len();
    assert!(again > 0 && again <= logs::ALL - held / 2, "{again} of {} were fetched again", logs::ALL);

    // A file that was damaged on its way is named, and the rest is read.
    let broken = find(&stage.logs()).expect("a log");
    let whole = fs::read(&broken).expect("it is readable");
    fs::write(&broken, &whole[..whole.len() / 2]).expect("it is cut");
    let mut put = Command::new(&python);
    put.arg(script("moto_bucket.py")).arg(&stage.moto.endpoint).arg(stage.logs()).args([BUCKET, PREFIX]);
    run(&mut put);
    run(&mut stage.collect(&format!("[trail]\npaths = [{:?}]\n", stage.logs())));
    let expected = stage.trail();
    run(&mut stage.bucket(&endpoint, &place));
    assert_eq!(stage.trail(), expected);
    let named = gaps(&stage.collected(), "trail s3");
    let name = broken.file_name().expect("a name").to_string_lossy().into_owned();
    assert!(named.iter().any(|gap| gap.contains(&name) && gap.contains("ends in the middle")), "{named:?}");
}

fn find(folder: &Path) -> Option<PathBuf> {
    for entry in fs::read_dir(folder).ok()?.flatten() {
        let path = entry.path();
        let is_log = path.to_string_lossy().contains("_CloudTrail_");
        match path.is_dir() {
            true => {
                if let Some(found) = find(&path) {
                    return Some(found);
                }
            }
            false if is_log => return Some(path),
            false => {}
        }
    }
    None
}
