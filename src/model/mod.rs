//! Floor 1: what exists, at GitLab and at AWS, and what we know of it at one instant. No HTTP, no clock, no colours.

pub mod activity;
pub mod aws;
pub mod ci;
pub mod compute;
pub mod entity;
pub mod estate;
pub mod event;
pub mod gitlab;
pub mod id;
pub mod link;
pub mod merge;
pub mod news;
pub mod observe;
pub mod runner_config;
pub mod session;
pub mod severity;
