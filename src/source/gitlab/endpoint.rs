//! GET requests the `gitlab` crate has no type for: metadata, instance variables, a runner's managers, CI lint.

use std::borrow::Cow;

use gitlab::api::endpoint_prelude::{Endpoint, Method};

use super::walk::Halt;
use crate::net::Error;

/// `GET` of a path below `/api/v4/`, without parameters.
#[derive(Clone, Debug)]
pub(super) struct Get(pub String);

impl Endpoint for Get {
    fn method(&self) -> Method {
        Method::GET
    }

    fn endpoint(&self) -> Cow<'static, str> {
        self.0.clone().into()
    }
}

/// `GET /metadata`: the version. Source: lib/api/metadata.rb.
pub(super) fn metadata() -> Get {
    Get("metadata".into())
}

/// `GET /admin/ci/variables`, for administrators. Source: lib/api/admin/ci/variables.rb.
pub(super) fn instance_variables() -> Get {
    Get("admin/ci/variables".into())
}

/// `GET /runners/:id/managers`. It is not paged. Source: lib/api/ci/runners.rb.
pub(super) fn managers(runner: u64) -> Get {
    Get(format!("runners/{runner}/managers"))
}

/// `GET /projects/:id/ci/lint`: the configuration of the default branch, merged. Source: lib/api/lint.rb.
pub(super) fn lint(project: u64) -> Get {
    Get(format!("projects/{project}/ci/lint"))
}

/// One of the crate's builders is done. It can only fail for a field we forgot, which is a bug of ours and not a panic.
pub(super) fn built<T, E>(built: Result<T, E>) -> Result<T, Halt> {
    built.map_err(|_| Halt::Failed(Error::Unreadable { what: "a request of ours" }))
}
