//! keytrail: every way a GitLab CI job gets into AWS.
//!
//! ```text
//!  keytrail  gitlab.acme.example  3 accounts  events 14 d            READ-ONLY  swept 12 s ago  2 gaps
//!  0 Overview  1 Keys 41  2 Roles 63  3 Runners 24  4 Variables 96  6 Sessions 1.2k  9 Coverage
//! +- Keys, worst first ---------------------------++- AKIARZPUZDIKNSFRP6LN ----------------------+
//! | > # AKIA..RP6LN  gitlab-deploy  412d  3h       || CARRIED BY  3                               |
//! |   ! AKIA..QK2MD  ci-legacy      388d  never    ||  > AWS_ACCESS_KEY_ID  acme/shop [configured]|
//! +------------------------------------------------++---------------------------------------------+
//!
//!  8  cli            arguments, exit codes
//!  7  run            the only conductor            cells out ^   | keys in
//!  6  ui             the only one to draw                    |   |
//!  5  app            what the user looks at           Screen |   v Effect
//!  4  act            plans, and runs that carry them out    |   |
//!  3  source demo    pages to observations            Report |
//!  2  join way rules net config store                         |
//!  1  model policy trail                                     |
//!  0  base                                          bytes in |
//! ```
//!
//! Data goes up and loses its secrets, its vendor and its time on the way; nothing below knows what is above.
//! ARCHITECTURE.md is the plan of the house, `tests/tidy.rs` keeps it.

pub mod base;

pub mod ci;
pub mod model;
pub mod policy;
pub mod runner;
pub mod script;
pub mod trail;

pub mod join;
pub mod net;
pub mod rules;
pub mod way;

pub mod config;
pub mod store;

pub mod demo;
pub mod source;

pub mod act;

pub mod app;
pub mod ui;

pub mod cli;
pub mod run;
