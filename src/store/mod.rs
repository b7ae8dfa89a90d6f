//! Floor 2: what outlives the process: the journal of runs, in SQLite. It knows neither what a plan means nor who runs it.
//!
//! What is written is whatever can be serialized, and a [`crate::base::secret::Secret`] cannot:
//!
//! ```compile_fail
//! let secret = keytrail::base::secret::Secret::new("wJalrXUtnFEMI".into());
//! serde_json::to_string(&secret);
//! ```

mod error;
mod journal;
mod lease;

pub use error::StoreError;
pub use journal::{Journal, Kept, Run, RunId};

#[cfg(test)]
mod tests;
