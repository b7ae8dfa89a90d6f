//! EC2 instances of each region: where a runner manager may sit, and which instance profile its jobs can reach.

use super::{
    signed::{
        Line,
        ec2::{self, Instance, Instances},
        in_each_region,
    },
    visit::Visit,
};
use crate::{
    base::name::{AccountId, Arn},
    model::{aws::Machine, entity::Entity},
};

const CALL: &str = "ec2:DescribeInstances";

pub(super) async fn collect(visit: &Visit) {
    in_each_region(visit, ("instances", CALL), |line| Box::pin(read(line))).await;
}

async fn read(line: Line<'_>) {
    let machines = |page: Instances| {
        let all = page.all().map(|instance| machine(line.visit.account, line.region, instance));
        all.map(Entity::from).collect()
    };
    line.pages(CALL, ec2::describe_instances(), machines).await;
}

fn machine(account: AccountId, region: &str, instance: &Instance) -> Machine {
    let options = instance.metadata_options.as_ref();
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
        imds_tokens_required: options.and_then(ec2::MetadataOptions::tokens_required),
        imds_hop_limit: options.and_then(|options| options.http_put_response_hop_limit),
    }
}
