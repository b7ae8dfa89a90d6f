//! EC2's launch templates: the versions a call asks for.

use super::{arn, ask::Ask, autoscaling::compute, refusal::Refusal, xml::Xml};
use crate::demo::world::{
    Account,
    compute::{Blueprint, LaunchTemplate},
};

/// `DescribeLaunchTemplateVersions` of one template, by id or name.
pub(crate) fn versions(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let all = compute(ask, account)?.map_or(&[][..], |compute| &compute.launch_templates);
    let template = match (ask.params.get("LaunchTemplateId"), ask.params.get("LaunchTemplateName")) {
        (Some(id), None) => all.iter().find(|template| template.id == id).ok_or_else(|| {
            let message = format!("The specified launch template, with template ID {id}, does not exist.");
            Refusal::said(400, "InvalidLaunchTemplateId.NotFound", message)
        })?,
        (None, Some(name)) => all.iter().find(|template| template.name == name).ok_or_else(|| {
            let message =
                format!("The specified launch template, with template name {name}, does not exist.");
            Refusal::said(400, "InvalidLaunchTemplateName.NotFoundException", message)
        })?,
        _ => {
            let message = "Either the launch template ID or the name must be given.".to_owned();
            return Err(Refusal::said(400, "MissingParameter", message));
        }
    };
    let wanted = numbers(template, &ask.params.list("LaunchTemplateVersion"))?;
    xml.items("launchTemplateVersionSet", wanted, |xml, (number, blueprint)| {
        xml.leaf("launchTemplateId", &template.id);
        xml.leaf("launchTemplateName", &template.name);
        xml.leaf("versionNumber", number);
        xml.leaf("createTime", template.created);
        xml.leaf("createdBy", arn::root(account.number));
        xml.leaf("defaultVersion", number == template.default_version);
        xml.node("launchTemplateData", |xml| write_data(account, blueprint, xml));
    });
    Ok(())
}

/// The versions a call names; all where it names none.
fn numbers<'a>(template: &'a LaunchTemplate, asked: &[&str]) -> Result<Vec<(usize, &'a Blueprint)>, Refusal> {
    let all = || template.versions.iter().enumerate().map(|(index, version)| (index + 1, version));
    if asked.is_empty() {
        return Ok(all().rev().collect());
    }
    let one = |asked: &&str| {
        let number = match *asked {
            "$Latest" => Some(template.versions.len()),
            "$Default" => Some(template.default_version),
            number => number.parse().ok(),
        };
        all().find(|(known, _)| Some(*known) == number).ok_or_else(|| {
            let message = format!(
                "Could not find the specified version {asked} for the launch template with \
                                   ID {}.",
                template.id
            );
            Refusal::said(400, "InvalidLaunchTemplateId.VersionNotFound", message)
        })
    };
    asked.iter().map(one).collect()
}

fn write_data(account: &Account, blueprint: &Blueprint, xml: &mut Xml) {
    xml.leaf("instanceType", "m6i.large");
    if let Some(profile) = &blueprint.profile {
        xml.node("iamInstanceProfile", |xml| {
            if blueprint.by_arn {
                xml.leaf("arn", arn::iam(account.number, "instance-profile", "/", profile));
            } else {
                xml.leaf("name", profile);
            }
        });
    }
    if let Some((required, hops)) = blueprint.metadata {
        xml.node("metadataOptions", |xml| {
            xml.leaf("httpTokens", if required { "required" } else { "optional" });
            xml.leaf("httpPutResponseHopLimit", hops);
        });
    }
}
