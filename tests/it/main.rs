//! Whole-program and cross-floor tests, in one binary so that it links once.

mod aws;
mod cases;
