//! Floor 1: the IAM policy language as pure functions: read a document, match principals and patterns, weigh
//! conditions in three values, and say who may assume a role. It never knows where a policy came from.

pub mod admin;
mod allowed;
pub mod assume;
mod compare;
pub mod condition;
mod decide;
pub mod document;
mod json;
pub mod operator;
mod outside;
pub mod page;
pub mod pattern;
pub mod principal;
pub mod request;
pub mod subject;
mod trust;
mod variable;
pub mod web;
pub mod who;
mod words;

pub use self::{
    admin::{is_administrator, is_assume_only},
    allowed::{Allowed, is_allowed},
    assume::{Boundary, Caller, NamedPolicy, RoleFacts, can_assume},
    document::{BadPolicy, Document, Statement},
    outside::{can_assume_with_saml, can_service_assume},
    page::page,
    request::{Fact, Request, Truth},
    trust::{Grade, OwnPlace, Place, Verdict},
    web::{WebCaller, can_assume_with_token, subject_matches},
    who::{Kind, Trusted, WebIdentity, trusted},
};

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod properties;
