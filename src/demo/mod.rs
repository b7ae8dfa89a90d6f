//! Floor 3: a fictional company behind real HTTP ports: a GitLab and an AWS, with a world, a clock, a ledger and faults
//! of their own. It knows nothing of keytrail's clients or types: a simulator that shared them would share their
//! mistakes.

pub mod aws;
pub mod company;
mod folder;
pub mod front;
pub mod gitlab;
mod life;
pub mod name;
mod repository;
pub mod rng;
pub mod start;
pub mod trail;
mod work;
pub mod world;

pub use start::{Access, Company, Options, Size, start};
