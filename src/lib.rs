//! keytrail: every way a GitLab CI job gets into AWS.

pub mod base;

pub mod model;
pub mod policy;
pub mod trail;

pub mod join;
pub mod net;
pub mod rules;

pub mod config;

pub mod demo;
pub mod source;

pub mod app;
pub mod ui;

pub mod cli;
pub mod run;
