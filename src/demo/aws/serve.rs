//! The way of one call through the server: read, believe, permit, act, answer, and into the ledger.

use std::sync::Arc;

use axum::{
    body::{self, Body},
    extract::{Request, State},
    http::Response,
};

use super::{
    allow,
    ask::{Act, Ask, Server},
    athena, autoscaling,
    call::{Call, Service, Wire},
    caller::{self, Caller},
    cloudtrail, ec2, ecs, eks, iam,
    refusal::Refusal,
    reply::{self, Reply},
    sts, trail,
    xml::Xml,
};
use crate::demo::front::{Fault, Side};

/// No call of these services is larger.
const BODY_LIMIT: usize = 1 << 20;

/// Answers any request.
pub(crate) async fn answer(State(server): State<Arc<Server>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = body::to_bytes(body, BODY_LIMIT).await else { return reply::cut() };
    let wire = Wire::new(parts, body);
    let call = Call::read(&wire);
    let target = target(&server, &call);
    let fault = server.shared.front.fault(Side::Aws, &call.name(), &target);
    let (caller, reply) = match fault {
        Some(Fault::Cut) => (String::new(), None),
        Some(Fault::Hold) => {
            server.shared.front.hold().await;
            let (caller, reply) = perform(&server, &wire, &call, None);
            (caller, Some(reply))
        }
        Some(Fault::HoldReply) => {
            let (caller, reply) = perform(&server, &wire, &call, None);
            // Perhaps nobody will be there to hear it: the ledger has it now or never.
            let [name, target] = [call.name(), target.clone()];
            let ledger =
                crate::demo::front::Call { side: Side::Aws, name, target, caller, status: reply.status };
            server.shared.front.record(ledger);
            server.shared.front.hold().await;
            return reply.into_response();
        }
        Some(Fault::LostReply) => (perform(&server, &wire, &call, None).0, None),
        Some(Fault::Slow(pause)) => {
            tokio::time::sleep(pause).await;
            let (caller, reply) = perform(&server, &wire, &call, None);
            (caller, Some(reply))
        }
        fault => {
            let (caller, reply) = perform(&server, &wire, &call, fault.as_ref());
            (caller, Some(reply))
        }
    };
    let status = reply.as_ref().map_or(0, |reply| reply.status);
    let ledger = crate::demo::front::Call { side: Side::Aws, name: call.name(), target, caller, status };
    server.shared.front.record(ledger);
    reply.map_or_else(reply::cut, Reply::into_response)
}

/// `111111111111/eu-west-1`. Old key ids name no account; then it is looked up.
fn target(server: &Server, call: &Call) -> String {
    let account = call.account().or_else(|| {
        let signed = call.authorization.as_ref().ok()?.as_ref()?;
        server.read().key(&signed.key).map(|(account, ..)| account)
    });
    format!("{:012}/{}", account.unwrap_or_default(), call.region)
}

/// Does what is asked, or what the switch says. Returns the caller's key id, empty where nobody was believed.
fn perform(server: &Server, wire: &Wire, call: &Call, fault: Option<&Fault>) -> (String, Reply) {
    let request_id = server.mint.uuid();
    let now = server.shared.clock.now();
    let refuse = |refusal: &Refusal| Reply::refusal(refusal, call.service, &call.action, &request_id);
    let (caller, is_news) = {
        let world = server.read();
        match Caller::authenticate(call, wire, &world, server.machine_now()) {
            Ok(caller) => {
                let is_news = caller::is_use_news(&caller, call, &world, now);
                (caller, is_news)
            }
            Err(refusal) => return (String::new(), refuse(&refusal)),
        }
    };
    if is_news {
        caller::mark_use(&caller, call, &mut server.write(), now);
    }
    let ask = Ask {
        server,
        service: call.service,
        region: &call.region,
        action: &call.action,
        params: &call.params,
        body: &wire.body,
        agent: wire.header("user-agent"),
        caller: &caller,
        now,
        request_id: &request_id,
    };
    let outcome = match fault.and_then(|fault| refusal_of(fault, &ask)) {
        Some(refusal) => Err(refusal),
        None => act(&ask),
    };
    let reply = outcome.unwrap_or_else(|refusal| refuse(&refusal));
    (caller.key, reply)
}

/// The refusal a switch asks for; `None` for those that are not refusals.
fn refusal_of(fault: &Fault, ask: &Ask<'_>) -> Option<Refusal> {
    match fault {
        Fault::Throttle { retry_after } => Some(Refusal::Throttled { retry_after: *retry_after }),
        Fault::ServerError(status) => Some(Refusal::Internal(*status)),
        Fault::Expired => Some(Refusal::Expired),
        Fault::Forbidden => Some(allow::denial(ask, &ask.server.read())),
        Fault::Slow(_) | Fault::Cut | Fault::LostReply | Fault::Hold | Fault::HoldReply => None,
    }
}

fn act(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    // Credentials of GetSessionToken without MFA are good for STS's AssumeRole and for other services, not for IAM.
    let is_user_session = ask.caller.issued.is_some() && matches!(ask.caller.who, caller::Who::User { .. });
    if ask.service == Service::Iam && is_user_session {
        return Err(Refusal::UnknownKey);
    }
    let act = match ask.service {
        Service::CloudTrail => return cloudtrail::answer(ask),
        Service::Athena => return athena::answer(ask),
        Service::Iam => iam::find(ask.action),
        Service::Sts => sts::find(ask.action),
        Service::Ec2 => ec2::find(ask.action),
        Service::AutoScaling => autoscaling::find(ask.action),
        Service::Ecs => ecs::find(ask.action),
        Service::Eks => eks::find(ask.action),
        Service::Other => None,
    };
    let mut xml = Xml::default();
    match act.ok_or(Refusal::NoSuchAction)? {
        Act::Look(look) => {
            let world = ask.server.read();
            allow::check(ask, &world)?;
            look(ask, ask.account(&world)?, &mut xml)?;
        }
        Act::Say(say) => {
            let world = ask.server.read();
            allow::check(ask, &world)?;
            let body = say(ask, ask.account(&world)?)?;
            return Ok(Reply::json(ask.service, &body, ask.request_id));
        }
        Act::Change(change) => {
            let mut world = ask.server.write();
            let outcome = allow::check(ask, &world).and_then(|()| change(ask, &mut world, &mut xml));
            // Calls with a token of an identity provider write their own: they have no caller.
            if !ask.caller.key.is_empty() {
                trail::file(ask, &mut world, &outcome);
            }
            outcome?;
        }
    }
    Ok(Reply::query(ask.service, ask.action, &xml, ask.request_id))
}
