//! Opens the company: makes it from its seed, puts both servers behind ports, and keeps it alive.

use std::{
    io,
    sync::{Arc, RwLock},
};

use tokio_util::sync::CancellationToken;

use super::{front::Front, world::World};
use crate::base::time::Timestamp;

/// How many of each thing the company has. The default is the believable one of about 60 projects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub projects: usize,
    pub runners: usize,
    /// CI/CD variables at all levels.
    pub variables: usize,
    pub users: usize,
    pub roles: usize,
}

#[derive(Clone, Debug)]
pub struct Options {
    pub seed: u64,
    pub size: Size,
    /// Stops the world's clock there, for tests and screenshots; the machine's clock otherwise.
    pub at: Option<Timestamp>,
    /// Jobs run and sessions appear while it is open.
    pub alive: bool,
}

/// One AWS account as the audit user reaches it.
#[derive(Clone, Debug)]
pub struct Access {
    pub account: u64,
    pub name: String,
    /// The role to assume; `None` where the audit user itself lives.
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
    pub front: Front,
    pub world: Arc<RwLock<World>>,
    pub(super) stop: CancellationToken,
}

impl Drop for Company {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Opens the company on ports the system chooses.
pub async fn start(options: Options) -> io::Result<Company> {
    let _ = options;
    Err(io::Error::other("not built yet"))
}
