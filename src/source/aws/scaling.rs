//! Auto Scaling groups of each region, and what they make instances from: exactly the template versions and launch configurations that
//! groups use.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    signed::{
        Line,
        autoscaling::{self, CONFIGURATIONS_AT_ONCE, Configurations, Group, Groups},
        ec2::{self, TemplateVersion, TemplateVersions},
        in_each_region, until_refused,
    },
    visit::Visit,
};
use crate::model::compute::{LaunchTemplate, ScalingGroup};

const GROUPS: &str = "autoscaling:DescribeAutoScalingGroups";
const CONFIGURATIONS: &str = "autoscaling:DescribeLaunchConfigurations";
const TEMPLATES: &str = "ec2:DescribeLaunchTemplateVersions";

/// What the groups of a region use.
#[derive(Default)]
struct Uses {
    /// Template and version.
    templates: BTreeSet<(String, String)>,
    /// Groups by launch configuration.
    configurations: BTreeMap<String, Vec<ScalingGroup>>,
}

pub(super) async fn collect(visit: &Visit) {
    in_each_region(visit, ("Auto Scaling groups", GROUPS), |line| Box::pin(read(line))).await;
}

async fn read(line: Line<'_>) {
    let mut uses = Uses::default();
    let groups = |page: Groups| page.all().iter().map(|group| uses.file(&line, group).into()).collect();
    let is_whole = line.pages(GROUPS, autoscaling::describe_groups(), groups).await;
    let walk = line.visit.walk_in(line.region, "launch templates").await;
    if !is_whole {
        walk.leave_out();
    }
    let line = line.on(&walk);
    until_refused(uses.templates, |used| template(line, used)).await;
    configurations(line, uses.configurations).await;
    walk.end().await;
}

impl Uses {
    fn file(&mut self, line: &Line<'_>, group: &Group) -> ScalingGroup {
        let template = group.template();
        let seen = ScalingGroup {
            account: line.visit.account,
            region: line.region.into(),
            name: group.name.as_str().into(),
            template: template.map(|(template, version)| (template.into(), version.into())),
            profile: None,
            instances: Some(group.instances().map(Into::into).collect()),
        };
        if let Some((template, version)) = template {
            self.templates.insert((template.to_owned(), version.to_owned()));
        }
        if let Some(name) = &group.launch_configuration_name {
            let bare = ScalingGroup { instances: None, ..seen.clone() };
            self.configurations.entry(name.clone()).or_default().push(bare);
        }
        seen
    }
}

async fn template(line: Line<'_>, (template, version): (String, String)) -> bool {
    let request = ec2::describe_launch_template_version(&template, &version);
    let read = |answer: TemplateVersions| {
        let TemplateVersion { launch_template_name, data } = answer.into_first()?;
        let profile = data.iam_instance_profile.and_then(|profile| profile.arn.or(profile.name));
        let options = data.metadata_options.as_ref();
        let seen = LaunchTemplate {
            account: line.visit.account,
            region: line.region.into(),
            template: template.as_str().into(),
            version: version.as_str().into(),
            name: launch_template_name.map(Into::into),
            profile: Some(profile.unwrap_or_default().into()),
            imds_tokens_required: options.and_then(ec2::MetadataOptions::tokens_required),
            imds_hop_limit: options.and_then(|options| options.http_put_response_hop_limit),
        };
        Some(seen.into())
    };
    line.ask_one(&format!("{TEMPLATES} {template}"), request, read).await
}

/// The profiles of launch configurations, given to the groups that use them.
async fn configurations(line: Line<'_>, users: BTreeMap<String, Vec<ScalingGroup>>) {
    let names: Vec<String> = users.keys().cloned().collect();
    for names in names.chunks(CONFIGURATIONS_AT_ONCE) {
        let read = |page: Configurations| {
            let found = page.all().iter().filter_map(|found| Some((users.get(&found.name)?, &found.profile)));
            let groups = found.flat_map(|(groups, profile)| {
                let profile = profile.as_deref().unwrap_or_default();
                groups.iter().map(|group| ScalingGroup { profile: Some(profile.into()), ..group.clone() })
            });
            groups.map(Into::into).collect()
        };
        if !line.pages(CONFIGURATIONS, autoscaling::describe_configurations(names), read).await {
            return;
        }
    }
}
