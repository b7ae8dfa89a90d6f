//! EC2 Auto Scaling: groups, and the launch configurations that older groups use.

use serde::Deserialize;

use super::{Page, request::Request};

const VERSION: &str = "2011-01-01";

/// Names in one DescribeLaunchConfigurations.
///
/// Source: the API reference, `LaunchConfigurationNames`: "Array Members: Maximum number of 50 items" of a page.
pub(in super::super) const CONFIGURATIONS_AT_ONCE: usize = 50;

pub(in super::super) fn describe_groups() -> Request {
    Request::query("autoscaling", VERSION, "DescribeAutoScalingGroups").with("MaxRecords", 100)
}

pub(in super::super) fn describe_configurations(names: &[String]) -> Request {
    let request =
        Request::query("autoscaling", VERSION, "DescribeLaunchConfigurations").with("MaxRecords", 100);
    names.iter().enumerate().fold(request, |request, (index, name)| {
        request.with(&format!("LaunchConfigurationNames.member.{}", index + 1), name.as_str())
    })
}

#[derive(Debug, Deserialize)]
struct Members<T> {
    #[serde(default = "Vec::new")]
    member: Vec<T>,
}

impl<T> Default for Members<T> {
    fn default() -> Self {
        Self { member: Vec::new() }
    }
}

/// `DescribeAutoScalingGroupsResponse`.
#[derive(Debug, Deserialize)]
pub(in super::super) struct Groups {
    #[serde(rename = "DescribeAutoScalingGroupsResult")]
    result: GroupsResult,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct GroupsResult {
    auto_scaling_groups: Members<Group>,
    next_token: Option<String>,
}

impl Page for Groups {
    fn next(&self) -> Option<&str> {
        self.result.next_token.as_deref()
    }
}

impl Groups {
    pub(in super::super) fn all(&self) -> &[Group] {
        &self.result.auto_scaling_groups.member
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in super::super) struct Group {
    #[serde(rename = "AutoScalingGroupName")]
    pub(in super::super) name: String,
    pub(in super::super) launch_configuration_name: Option<String>,
    launch_template: Option<Template>,
    mixed_instances_policy: Option<Mixed>,
    #[serde(default)]
    instances: Members<Instance>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Mixed {
    launch_template: Option<MixedTemplate>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MixedTemplate {
    launch_template_specification: Option<Template>,
}

#[derive(Debug, Deserialize)]
struct Template {
    #[serde(rename = "LaunchTemplateId")]
    id: Option<String>,
    #[serde(rename = "Version")]
    version: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Instance {
    instance_id: String,
}

impl Group {
    /// The template and its version, wherever the group names it. Without a version AWS takes `$Default`.
    pub(in super::super) fn template(&self) -> Option<(&str, &str)> {
        let mixed = || self.mixed_instances_policy.as_ref()?.launch_template.as_ref();
        let template = self.launch_template.as_ref();
        let template = template.or_else(|| mixed()?.launch_template_specification.as_ref())?;
        Some((template.id.as_deref()?, template.version.as_deref().unwrap_or("$Default")))
    }

    pub(in super::super) fn instances(&self) -> impl Iterator<Item = &str> {
        self.instances.member.iter().map(|instance| instance.instance_id.as_str())
    }
}

/// `DescribeLaunchConfigurationsResponse`.
#[derive(Debug, Deserialize)]
pub(in super::super) struct Configurations {
    #[serde(rename = "DescribeLaunchConfigurationsResult")]
    result: ConfigurationsResult,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ConfigurationsResult {
    launch_configurations: Members<Configuration>,
    next_token: Option<String>,
}

impl Page for Configurations {
    fn next(&self) -> Option<&str> {
        self.result.next_token.as_deref()
    }
}

impl Configurations {
    pub(in super::super) fn all(&self) -> &[Configuration] {
        &self.result.launch_configurations.member
    }
}

#[derive(Debug, Deserialize)]
pub(in super::super) struct Configuration {
    #[serde(rename = "LaunchConfigurationName")]
    pub(in super::super) name: String,
    /// A name or an ARN.
    #[serde(rename = "IamInstanceProfile")]
    pub(in super::super) profile: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<DescribeAutoScalingGroupsResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/">
  <DescribeAutoScalingGroupsResult>
    <AutoScalingGroups>
      <member><AutoScalingGroupName>plain</AutoScalingGroupName>
        <LaunchTemplate><LaunchTemplateId>lt-1</LaunchTemplateId><LaunchTemplateName>x</LaunchTemplateName></LaunchTemplate>
        <Instances><member><InstanceId>i-1</InstanceId></member><member><InstanceId>i-2</InstanceId></member></Instances></member>
      <member><AutoScalingGroupName>mixed</AutoScalingGroupName><Instances/>
        <MixedInstancesPolicy><InstancesDistribution/><LaunchTemplate>
          <LaunchTemplateSpecification><LaunchTemplateId>lt-2</LaunchTemplateId><Version>$Latest</Version></LaunchTemplateSpecification>
          <Overrides><member><InstanceType>m5.large</InstanceType></member></Overrides></LaunchTemplate></MixedInstancesPolicy></member>
      <member><AutoScalingGroupName>old</AutoScalingGroupName><LaunchConfigurationName>lc</LaunchConfigurationName></member>
    </AutoScalingGroups>
    <NextToken>t</NextToken>
  </DescribeAutoScalingGroupsResult>
  <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>
</DescribeAutoScalingGroupsResponse>"#;

    #[test]
    fn groups_name_their_template_in_three_ways() {
        let page: Groups = quick_xml::de::from_str(PAGE).unwrap();
        let templates: Vec<_> = page.all().iter().map(Group::template).collect();
        assert_eq!(templates, [Some(("lt-1", "$Default")), Some(("lt-2", "$Latest")), None]);
        assert_eq!(page.all()[0].instances().collect::<Vec<_>>(), ["i-1", "i-2"]);
        assert_eq!(page.all()[2].launch_configuration_name.as_deref(), Some("lc"));
        assert_eq!(page.next(), Some("t"));
    }
}
