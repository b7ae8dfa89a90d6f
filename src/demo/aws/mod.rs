//! The company's AWS server: IAM, STS, CloudTrail with Lake, Athena, EC2, Auto Scaling, ECS and EKS of every account and region behind one port. Service and
//! region come from the credential scope of the signature, the account from the access key. It does not make the
//! company and does not change it by itself: what a call does is all that happens here.

use std::sync::Arc;

use axum::Router;

use super::world::Shared;

mod allow;
mod arn;
mod ask;
mod athena;
mod autoscaling;
mod call;
mod caller;
mod cloudtrail;
mod condition;
mod ec2;
mod ecs;
mod eks;
mod engine;
mod iam;
mod lake;
mod launch_templates;
mod managed;
mod mint;
mod pace;
mod page;
mod params;
mod question;
mod refusal;
mod reply;
mod rest;
mod serve;
mod signature;
mod statement;
mod sts;
mod trail;
mod trust;
mod wildcard;
mod xml;

#[cfg(test)]
mod tests;

/// The server, ready to be put behind a port.
pub fn router(shared: Shared) -> Router {
    Router::new().fallback(serve::answer).with_state(Arc::new(ask::Server::new(shared)))
}
