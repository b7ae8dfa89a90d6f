//! EC2, as far as runners need it: instances, their profiles and regions, of the signed region and account.

use super::{
    arn,
    ask::{Act, Ask},
    cloudtrail::is_enabled,
    launch_templates, page,
    refusal::Refusal,
    xml::Xml,
};
use crate::demo::world::{Account, Machine};

/// The action behind a name.
pub(crate) fn find(action: &str) -> Option<Act> {
    Some(match action {
        "DescribeInstances" => Act::Look(instances),
        "DescribeRegions" => Act::Look(regions),
        "DescribeIamInstanceProfileAssociations" => Act::Look(associations),
        "DescribeLaunchTemplateVersions" => Act::Look(launch_templates::versions),
        _ => return None,
    })
}

/// The account's machines in the region that the call names and filters leave, one page of them.
fn machines<'a>(
    ask: &Ask<'_>,
    account: &'a Account,
    ids: &[&str],
) -> Result<(Vec<&'a Machine>, Option<String>), Refusal> {
    if !is_enabled(account, ask.region) {
        return Err(Refusal::UnknownKey);
    }
    let all = account.machines.get(ask.region).map(Vec::as_slice).unwrap_or_default();
    if let Some(unknown) = ids.iter().find(|id| !all.iter().any(|machine| machine.id == **id)) {
        let message = format!("The instance ID '{unknown}' does not exist");
        return Err(Refusal::said(400, "InvalidInstanceID.NotFound", message));
    }
    let filters = filters(ask);
    let wanted = |machine: &&Machine| {
        (ids.is_empty() || ids.contains(&machine.id.as_str()))
            && filters.iter().all(|(name, values)| passes(machine, name, values))
    };
    let limit = match ask.params.number("MaxResults", 5, 1000)? {
        Some(limit) => usize::try_from(limit).unwrap_or(1000),
        None => usize::MAX - 1,
    };
    let after = page::Page { limit, after: token(ask)? };
    let cut =
        after.cut(after.rest_of(all, |machine| &machine.id).iter().filter(wanted), |machine| &machine.id);
    Ok((cut.items, cut.marker))
}

fn token(ask: &Ask<'_>) -> Result<Option<String>, Refusal> {
    let Some(token) = ask.params.get("NextToken") else { return Ok(None) };
    page::unmark(token).map(Some).ok_or_else(|| {
        let message = format!("Invalid value '{token}' for nextToken.");
        Refusal::said(400, "InvalidParameterValue", message)
    })
}

/// `Filter.1.Name` with `Filter.1.Value.1`, ...
fn filters<'a>(ask: &Ask<'a>) -> Vec<(&'a str, Vec<&'a str>)> {
    (1..)
        .map_while(|number: u32| {
            let name = ask.params.get(&format!("Filter.{number}.Name"))?;
            Some((name, ask.params.list(&format!("Filter.{number}.Value"))))
        })
        .collect()
}

/// Does the machine pass a filter? A filter this server does not know hides nothing.
fn passes(machine: &Machine, name: &str, values: &[&str]) -> bool {
    let value = match name {
        "instance-state-name" => Some(machine.state),
        "instance-id" => Some(machine.id.as_str()),
        "private-ip-address" => Some(machine.private_ip.as_str()),
        "ip-address" => machine.public_ip.as_deref(),
        "tag:Name" => Some(machine.name.as_str()),
        _ => return true,
    };
    value.is_some_and(|value| values.iter().any(|wanted| super::wildcard::matches(wanted, value)))
}

fn instances(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let (machines, next) = machines(ask, account, &ask.params.list("InstanceId"))?;
    xml.items("reservationSet", machines, |xml, machine| {
        // Each was launched alone, so each is its own reservation.
        xml.leaf("reservationId", machine.id.replacen("i-", "r-", 1));
        xml.leaf("ownerId", format!("{:012}", account.number));
        xml.items("groupSet", [(); 0], |_, ()| {});
        xml.items("instancesSet", [machine], |xml, machine| write_instance(ask, account, machine, xml));
    });
    xml.maybe("nextToken", next);
    Ok(())
}

fn write_instance(ask: &Ask<'_>, account: &Account, machine: &Machine, xml: &mut Xml) {
    xml.leaf("instanceId", &machine.id);
    xml.node("instanceState", |xml| {
        xml.leaf("code", state_code(machine.state));
        xml.leaf("name", machine.state);
    });
    let dashed = machine.private_ip.replace('.', "-");
    xml.leaf("privateDnsName", format!("ip-{dashed}.{}.compute.internal", ask.region));
    xml.leaf("launchTime", machine.launched.utc().format("%Y-%m-%dT%H:%M:%S.000Z"));
    xml.node("placement", |xml| xml.leaf("availabilityZone", format!("{}a", ask.region)));
    xml.leaf("privateIpAddress", &machine.private_ip);
    xml.maybe("ipAddress", machine.public_ip.as_ref());
    if let Some(name) = &machine.profile {
        write_profile(account, name, xml);
    }
    let named = machine.tags.iter().any(|(key, _)| key == "Name");
    let name = (!named).then(|| ("Name".to_owned(), machine.name.clone()));
    xml.items("tagSet", machine.tags.iter().cloned().chain(name), |xml, (key, value)| {
        xml.leaf("key", key);
        xml.leaf("value", value);
    });
    xml.node("metadataOptions", |xml| {
        xml.leaf("state", "applied");
        xml.leaf("httpTokens", if machine.tokens_required { "required" } else { "optional" });
        xml.leaf("httpPutResponseHopLimit", machine.hop_limit);
        xml.leaf("httpEndpoint", "enabled");
    });
}

fn write_profile(account: &Account, name: &str, xml: &mut Xml) {
    let profile = account.profiles.get(name);
    let path = profile.map_or("/", |profile| profile.path.as_str());
    xml.node("iamInstanceProfile", |xml| {
        xml.leaf("arn", arn::iam(account.number, "instance-profile", path, name));
        xml.maybe("id", profile.map(|profile| &profile.id));
    });
}

/// Source: the EC2 API reference, `InstanceState`.
fn state_code(state: &str) -> u8 {
    match state {
        "running" => 16,
        "shutting-down" => 32,
        "terminated" => 48,
        "stopping" => 64,
        "stopped" => 80,
        _ => 0,
    }
}

fn associations(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let (machines, next) = machines(ask, account, &[])?;
    let with = machines.into_iter().filter_map(|machine| Some((machine, machine.profile.as_deref()?)));
    xml.items("iamInstanceProfileAssociationSet", with, |xml, (machine, profile)| {
        xml.leaf("associationId", machine.id.replacen("i-", "iip-assoc-", 1));
        xml.leaf("instanceId", &machine.id);
        write_profile(account, profile, xml);
        xml.leaf("state", "associated");
    });
    xml.maybe("nextToken", next);
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "every action has one signature")]
fn regions(_: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let mut names: Vec<&str> = account.regions.iter().map(String::as_str).collect();
    if !names.contains(&"us-east-1") {
        names.push("us-east-1");
    }
    xml.items("regionInfo", names, |xml, name| {
        xml.leaf("regionName", name);
        xml.leaf("regionEndpoint", format!("ec2.{name}.amazonaws.com"));
        xml.leaf("optInStatus", "opt-in-not-required");
    });
    Ok(())
}
