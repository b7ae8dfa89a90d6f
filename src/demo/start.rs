//! Opens the company: makes it from its seed, puts both servers behind ports, and keeps it alive.

use std::{
    io,
    sync::{Arc, PoisonError, RwLock},
};

use axum::{Router, serve::ListenerExt};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{
    aws,
    company::{self, Truth},
    folder,
    front::Front,
    gitlab, life,
    world::{Shared, World},
};
use crate::base::time::{Clock, StoppedClock, SystemClock, Timestamp};

/// How many of each thing the company has. The default is the believable one of about 60 projects. Everything planted
/// on purpose is always there: a size below [`Size::of`]`(12)` is raised to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub projects: usize,
    pub runners: usize,
    /// CI/CD variables at all levels.
    pub variables: usize,
    pub users: usize,
    pub roles: usize,
}

impl Default for Size {
    fn default() -> Self {
        Self { projects: 60, runners: 25, variables: 150, users: 45, roles: 63 }
    }
}

impl Size {
    /// From 12 to 10,000 projects; the largest has 5,000 runners, 50,000 variables, 2,000 users and 5,000 roles.
    pub fn of(projects: usize) -> Self {
        let projects = projects.clamp(12, 10_000);
        Self {
            projects,
            runners: (projects / 2).max(22),
            variables: (projects * 5).max(110),
            users: (projects / 5).max(38),
            roles: (projects / 2).max(51),
        }
    }

    /// At least what is planted.
    #[must_use]
    pub fn at_least(self, other: Self) -> Self {
        Self {
            projects: self.projects.max(other.projects),
            runners: self.runners.max(other.runners),
            variables: self.variables.max(other.variables),
            users: self.users.max(other.users),
            roles: self.roles.max(other.roles),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Options {
    pub seed: u64,
    pub size: Size,
    /// Stops the world's clock there, for tests and screenshots; the machine's clock otherwise.
    pub at: Option<Timestamp>,
    /// Jobs run and sessions appear while it is open.
    pub alive: bool,
    /// The auditor may change access keys, and not only read.
    pub write: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 1, size: Size::default(), at: None, alive: true, write: false }
    }
}

/// One AWS account as the audit user reaches it.
#[derive(Clone, Debug)]
pub struct Access {
    pub account: u64,
    pub name: String,
    /// The ARN of the role to assume; `None` where the audit user itself lives.
    pub role: Option<String>,
    pub external_id: Option<String>,
    pub regions: Vec<String>,
}

/// The open company. Dropping it closes the servers.
pub struct Company {
    /// `http://127.0.0.1:PORT`
    pub gitlab_url: String,
    /// An administrator's `glpat-...` with scope `api`.
    pub gitlab_token: String,
    /// `http://127.0.0.1:PORT`, for every service, account and region.
    pub aws_url: String,
    pub access_key_id: String,
    pub secret_access_key: String,
    pub accounts: Vec<Access>,
    /// gitlab-runner's files, in a folder that goes with the company.
    pub runner_files: TempDir,
    pub front: Front,
    pub world: Arc<RwLock<World>>,
    pub(super) stop: CancellationToken,
}

impl Company {
    /// Every way into AWS that the company itself knows of. keytrail must find these, and no others.
    pub fn truth(&self) -> Vec<Truth> {
        self.world.read().unwrap_or_else(PoisonError::into_inner).truth.clone()
    }
}

impl Drop for Company {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Opens the company on ports the system chooses. Fails when no port can be bound, or the runners' files cannot be written.
pub async fn start(options: Options) -> io::Result<Company> {
    let clock: Arc<dyn Clock> = match options.at {
        Some(at) => Arc::new(StoppedClock(at)),
        None => Arc::new(SystemClock),
    };
    let (seed, size, now) = (options.seed, options.size, clock.now());
    // The largest company takes long enough to keep other tasks waiting.
    let make = move || {
        let mut made = company::build(seed, size, now);
        if options.write {
            company::arm(&mut made.world);
        }
        folder::of(&made.world.runner_files).map(|folder| (made, folder))
    };
    let (made, runner_files) = tokio::task::spawn_blocking(make).await.map_err(io::Error::other)??;
    let front = Front::default();
    let shared = Shared { world: Arc::new(RwLock::new(made.world)), clock, front: front.clone() };
    let stop = CancellationToken::new();
    // Cancels by itself if the second port cannot be bound.
    let guard = stop.clone().drop_guard();
    let gitlab_url = serve(gitlab::router(shared.clone()), &stop).await?;
    let aws_url = serve(aws::router(shared.clone()), &stop).await?;
    if options.alive {
        tokio::spawn(life::live(shared.clone(), seed, stop.clone()));
    }
    guard.disarm();
    Ok(Company {
        gitlab_url,
        gitlab_token: made.gitlab_token,
        aws_url,
        access_key_id: made.access_key_id,
        secret_access_key: made.secret_access_key,
        accounts: made.accounts,
        runner_files,
        front,
        world: shared.world,
        stop,
    })
}

/// Puts one server behind a port; it ends with the token.
async fn serve(router: Router, stop: &CancellationToken) -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    // Without this, small answers wait for the client's delayed acknowledgement.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let server = axum::serve(listener, router).with_graceful_shutdown(stop.clone().cancelled_owned());
    tokio::spawn(async move { server.await });
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn both_servers_answer_until_the_company_is_dropped() {
        let company = start(Options { size: Size::of(12), ..Options::default() }).await.unwrap();
        let (gitlab, aws) = (company.gitlab_url.clone(), company.aws_url.clone());
        assert_ne!(gitlab, aws);
        for url in [&gitlab, &aws] {
            let answer = reqwest::get(format!("{url}/nothing-is-here")).await.unwrap();
            assert!(answer.status().is_client_error(), "{url}: {}", answer.status());
        }
        assert!(company.gitlab_token.starts_with("glpat-"));
        assert!(company.world.read().unwrap().key(&company.access_key_id).is_some());
        drop(company);
        for _ in 0..1000 {
            if tokio::net::TcpStream::connect(gitlab.trim_start_matches("http://")).await.is_err() {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("the port is still open");
    }
}
