//! The switches that make a call fail, in the shapes in which GitLab, or the network in front of it, fails.

use std::io;

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use futures_util::stream;
use serde_json::json;

use super::{
    pass::{self, Refused},
    quota::Count,
    reply::Reply,
};
use crate::{base::time::Timestamp, demo::front::Fault};

/// The refusal a switch stands for; `None` where the call goes on (slow, cut or with its reply lost).
pub(super) fn refusal(fault: &Fault, is_query: bool, count: Count, now: Timestamp) -> Option<Reply> {
    Some(match fault {
        Fault::Throttle { retry_after: Some(seconds) } => {
            let used_up = count.used_up(u64::from(*seconds));
            return Some(used_up.mark(used_up.retry_later(), now));
        }
        Fault::Throttle { retry_after: None } => Reply::json(
            429,
            &json!({ "message": { "error": "This endpoint has been requested too many times. Try again later." } }),
        ),
        Fault::ServerError(status) => Reply::text(
            *status,
            "text/html",
            "<!DOCTYPE html>\n<html>\n<head><title>GitLab is not responding</title></head>\n\
             <body><h1>Whoops, GitLab is taking too much time to respond.</h1></body>\n</html>\n",
        ),
        Fault::Expired if is_query => count.mark(pass::unauthorized_query(), now),
        Fault::Expired => count.mark(pass::unauthorized(Refused::Expired), now),
        Fault::Forbidden => count.mark(Reply::forbidden(), now),
        Fault::Slow(_) | Fault::Cut | Fault::LostReply | Fault::Hold | Fault::HoldReply => return None,
    })
}

/// A body that breaks before its first byte: the server closes the connection and nothing of the answer is sent.
pub(super) fn cut() -> Response {
    let broken = stream::iter([Err::<Bytes, _>(io::Error::other("cut"))]);
    Response::new(Body::from_stream(broken))
}
