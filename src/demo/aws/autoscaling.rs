//! EC2 Auto Scaling, as far as runners need it: groups and launch configurations of the signed region and account.

use super::{
    arn,
    ask::{Act, Ask},
    cloudtrail::is_enabled,
    page::{self, Cut, Page},
    refusal::Refusal,
    xml::Xml,
};
use crate::demo::world::{
    Account,
    compute::{Compute, LaunchConfiguration, Launches, ScalingGroup},
};

/// The action behind a name.
pub(crate) fn find(action: &str) -> Option<Act> {
    Some(match action {
        "DescribeAutoScalingGroups" => Act::Look(groups),
        "DescribeLaunchConfigurations" => Act::Look(configurations),
        _ => return None,
    })
}

/// What the account has in the signed region; `None` where it has nothing there.
pub(crate) fn compute<'a>(ask: &Ask<'_>, account: &'a Account) -> Result<Option<&'a Compute>, Refusal> {
    if is_enabled(account, ask.region) {
        Ok(account.compute.get(ask.region))
    } else {
        Err(Refusal::UnknownKey)
    }
}

/// One page of a list, or of what the call names.
fn cut<'a, T>(
    ask: &Ask<'_>,
    all: &'a [T],
    names: &[&str],
    name: impl Fn(&T) -> &str,
) -> Result<Cut<&'a T>, Refusal> {
    let limit = ask.params.number("MaxRecords", 1, 100)?.unwrap_or(50);
    let after = ask.params.get("NextToken").map(|token| {
        let bad = || Refusal::said(400, "InvalidNextToken", "The token '******' is invalid".to_owned());
        page::unmark(token).ok_or_else(bad)
    });
    let page = Page { limit: usize::try_from(limit).unwrap_or(50), after: after.transpose()? };
    let wanted = |item: &&T| names.is_empty() || names.contains(&name(item));
    Ok(page.cut(page.rest_of(all, &name).iter().filter(wanted), |item| name(item)))
}

fn groups(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let all = compute(ask, account)?.map_or(&[][..], |compute| &compute.scaling_groups);
    let page = cut(ask, all, &ask.params.list("AutoScalingGroupNames.member"), |group| &group.name)?;
    xml.members("AutoScalingGroups", page.items, |xml, group| write_group(ask, account, group, xml));
    xml.maybe("NextToken", page.marker);
    Ok(())
}

fn write_group(ask: &Ask<'_>, account: &Account, group: &ScalingGroup, xml: &mut Xml) {
    let (region, number) = (ask.region, account.number);
    xml.leaf("AutoScalingGroupName", &group.name);
    xml.leaf(
        "AutoScalingGroupARN",
        format!(
            "arn:aws:autoscaling:{region}:{number:012}:autoScalingGroup:0:autoScalingGroupName/{}",
            group.name
        ),
    );
    match &group.launches {
        Launches::Template { id, version } => {
            write_template(account, (region, id, version), "LaunchTemplate", xml);
        }
        Launches::Mixed { id, version } => xml.node("MixedInstancesPolicy", |xml| {
            xml.node("LaunchTemplate", |xml| {
                write_template(account, (region, id, version), "LaunchTemplateSpecification", xml);
            });
        }),
        Launches::Configuration(name) => xml.leaf("LaunchConfigurationName", name),
    }
    xml.leaf("MinSize", 0);
    xml.leaf("MaxSize", group.maximum);
    xml.leaf("DesiredCapacity", group.instances.len());
    xml.leaf("DefaultCooldown", 300);
    xml.members("AvailabilityZones", [format!("{region}a")], |xml, zone| xml.text(&zone));
    xml.leaf("HealthCheckType", "EC2");
    xml.members("Instances", &group.instances, |xml, instance| {
        xml.leaf("InstanceId", instance);
        xml.leaf("AvailabilityZone", format!("{region}a"));
        xml.leaf("LifecycleState", "InService");
        xml.leaf("HealthStatus", "Healthy");
        xml.leaf("ProtectedFromScaleIn", true);
    });
    xml.leaf("CreatedTime", group.created);
}

/// Id, name and version of the template a group uses.
fn write_template(account: &Account, (region, id, version): (&str, &str, &str), node: &str, xml: &mut Xml) {
    let templates = account.compute.get(region).map(|compute| &compute.launch_templates);
    let template = templates.into_iter().flatten().find(|template| template.id == id);
    xml.node(node, |xml| {
        xml.leaf("LaunchTemplateId", id);
        xml.maybe("LaunchTemplateName", template.map(|template| &template.name));
        xml.leaf("Version", version);
    });
}

fn configurations(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let all = compute(ask, account)?.map_or(&[][..], |compute| &compute.launch_configurations);
    let page = cut(ask, all, &ask.params.list("LaunchConfigurationNames.member"), |found| &found.name)?;
    xml.members("LaunchConfigurations", page.items, |xml, found| write_configuration(account, found, xml));
    xml.maybe("NextToken", page.marker);
    Ok(())
}

fn write_configuration(account: &Account, found: &LaunchConfiguration, xml: &mut Xml) {
    xml.leaf("LaunchConfigurationName", &found.name);
    xml.leaf("InstanceType", "m6i.large");
    if let Some(profile) = &found.blueprint.profile {
        let arn = arn::iam(account.number, "instance-profile", "/", profile);
        xml.leaf("IamInstanceProfile", if found.blueprint.by_arn { &arn } else { profile });
    }
    if let Some((required, hops)) = found.blueprint.metadata {
        xml.node("MetadataOptions", |xml| {
            xml.leaf("HttpTokens", if required { "required" } else { "optional" });
            xml.leaf("HttpPutResponseHopLimit", hops);
        });
    }
    xml.leaf("CreatedTime", found.created);
}
