//! EC2 instances of each region: where a runner manager may sit, and which instance profile its jobs can reach.

use std::sync::Arc;

use aws_credential_types::{Credentials, provider::ProvideCredentials};
use futures_util::future::join_all;

use super::{
    ec2::{Instance, Line, Page},
    refusal::Failure,
    retry,
    visit::Visit,
    walk::Walk,
};
use crate::{
    base::{
        blame::Blame,
        name::{AccountId, Arn},
        time::{Clock, SystemClock},
    },
    model::{aws::Machine, entity::Entity},
};

const CALL: &str = "ec2:DescribeInstances";

/// What all regions share.
struct Tools {
    http: reqwest::Client,
    credentials: Credentials,
}

pub(super) async fn collect(visit: &Visit) {
    let tools = tools(visit).await;
    join_all(visit.regions.iter().map(|region| read_region(visit, tools.as_ref(), region))).await;
}

/// The SDK's clients keep their credentials to themselves, so these are asked for apart.
async fn tools(visit: &Visit) -> Result<Tools, Failure> {
    let provider = visit.clients.credentials().ok_or(Failure::NothingToSignWith)?;
    let credentials = tokio::select! {
        biased;
        () = visit.outlet.stop.cancelled() => return Err(Failure::NoAnswer),
        credentials = provider.provide_credentials() => credentials,
    };
    let credentials = credentials.map_err(|error| Failure::of_credentials(&error))?;
    let http = visit.clients.http.clone().ok_or(Failure::NoAnswer)?;
    Ok(Tools { http, credentials })
}

async fn read_region(visit: &Visit, tools: Result<&Tools, &Failure>, region: &Arc<str>) {
    let walk = visit.walk_in(region, "instances").await;
    match tools {
        Ok(tools) => {
            let line = Line {
                http: &tools.http,
                credentials: &tools.credentials,
                region,
                endpoint: visit.clients.endpoint(),
            };
            read_pages(visit, &walk, &line).await;
        }
        Err(_) if walk.is_stopped() => {}
        Err(failure) => walk.refuse(CALL, failure).await,
    }
    walk.end().await;
}

async fn read_pages(visit: &Visit, walk: &Walk, line: &Line<'_>) {
    let mut token: Option<String> = None;
    loop {
        let Some(page) = read_page(walk, line, token.as_deref()).await else { return };
        let machines = page.instances().map(|instance| machine(visit.account, line.region, instance));
        walk.saw(machines.map(Entity::from).collect()).await;
        match page.next() {
            Some(next) if token.as_deref() != Some(next) => token = Some(next.to_owned()),
            Some(_) => return walk.gap(format!("{CALL} (the same page again)"), Blame::Bug).await,
            None => return,
        }
    }
}

/// One page, asked for again while that makes sense.
async fn read_page(walk: &Walk, line: &Line<'_>, token: Option<&str>) -> Option<Page> {
    let mut failed = 0;
    loop {
        // AWS holds the signature's date against its own clock, and the SDK signs with the machine's: so does this,
        // whatever clock the observations are dated with.
        let answer = walk.unless_stopped(line.describe_instances(token, SystemClock.now())).await?;
        let failure = match answer {
            Ok(page) => return Some(page),
            Err(failure) => failure,
        };
        failed += 1;
        let Some(wait) = retry::wait(&walk.blame(CALL, &failure), failed) else {
            walk.refuse(CALL, &failure).await;
            return None;
        };
        walk.unless_stopped(tokio::time::sleep(wait)).await?;
    }
}

fn machine(account: AccountId, region: &str, instance: &Instance) -> Machine {
    let options = instance.metadata_options.as_ref();
    let tokens = options.and_then(|options| options.http_tokens.as_deref());
    Machine {
        account,
        region: region.into(),
        instance: instance.id.as_str().into(),
        name: instance.name().map(str::to_owned),
        private_address: instance.private_ip_address.clone(),
        public_address: instance.ip_address.clone(),
        profile: instance.iam_instance_profile.as_ref().and_then(|profile| Arn::new(profile.arn.as_deref()?)),
        state: instance.state.as_ref().and_then(|state| state.name.clone()),
        launched: instance.launch_time.as_ref().and_then(|at| at.parse().ok()),
        imds_tokens_required: tokens.map(|tokens| tokens == "required"),
        imds_hop_limit: options.and_then(|options| options.http_put_response_hop_limit),
    }
}
