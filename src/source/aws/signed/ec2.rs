//! EC2: instances, and versions of launch templates.

use serde::Deserialize;

use super::{Page, request::Request};

/// EC2's API version; it has not changed since.
const VERSION: &str = "2016-11-15";

pub(in super::super) fn describe_instances() -> Request {
    Request::query("ec2", VERSION, "DescribeInstances").with("MaxResults", 1000)
}

/// One version of one template: a number, `$Latest` or `$Default`.
pub(in super::super) fn describe_launch_template_version(template: &str, version: &str) -> Request {
    Request::query("ec2", VERSION, "DescribeLaunchTemplateVersions")
        .with("LaunchTemplateId", template)
        .with("LaunchTemplateVersion.1", version)
}

/// One page of `DescribeInstancesResponse`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Instances {
    #[serde(default)]
    reservation_set: Items<Reservation>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Items<T> {
    #[serde(default = "Vec::new")]
    item: Vec<T>,
}

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self { item: Vec::new() }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reservation {
    #[serde(default)]
    instances_set: Items<Instance>,
}

/// An instance as EC2 writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in super::super) struct Instance {
    #[serde(rename = "instanceId")]
    pub(in super::super) id: String,
    pub(in super::super) private_ip_address: Option<String>,
    pub(in super::super) ip_address: Option<String>,
    pub(in super::super) launch_time: Option<String>,
    #[serde(rename = "instanceState")]
    pub(in super::super) state: Option<State>,
    pub(in super::super) iam_instance_profile: Option<Profile>,
    pub(in super::super) metadata_options: Option<MetadataOptions>,
    tag_set: Items<Tag>,
}

#[derive(Debug, Deserialize)]
pub(in super::super) struct State {
    pub(in super::super) name: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(in super::super) struct Profile {
    pub(in super::super) arn: Option<String>,
    /// Templates may give a name instead.
    pub(in super::super) name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct MetadataOptions {
    http_tokens: Option<String>,
    pub(in super::super) http_put_response_hop_limit: Option<u32>,
}

#[derive(Debug, Deserialize)]
struct Tag {
    key: String,
    value: Option<String>,
}

impl MetadataOptions {
    /// IMDSv2 only.
    pub(in super::super) fn tokens_required(&self) -> Option<bool> {
        self.http_tokens.as_deref().map(|tokens| tokens == "required")
    }
}

impl Instance {
    /// The value of the `Name` tag.
    pub(in super::super) fn name(&self) -> Option<&str> {
        self.tag_set.item.iter().find(|tag| tag.key == "Name")?.value.as_deref()
    }
}

impl Page for Instances {
    fn next(&self) -> Option<&str> {
        self.next_token.as_deref()
    }
}

impl Instances {
    pub(in super::super) fn all(&self) -> impl Iterator<Item = &Instance> {
        self.reservation_set.item.iter().flat_map(|reservation| &reservation.instances_set.item)
    }
}

/// `DescribeLaunchTemplateVersionsResponse`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in super::super) struct TemplateVersions {
    launch_template_version_set: Items<TemplateVersion>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in super::super) struct TemplateVersion {
    pub(in super::super) launch_template_name: Option<String>,
    #[serde(rename = "launchTemplateData")]
    pub(in super::super) data: TemplateData,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in super::super) struct TemplateData {
    pub(in super::super) iam_instance_profile: Option<Profile>,
    pub(in super::super) metadata_options: Option<MetadataOptions>,
}

impl TemplateVersions {
    /// The version that was asked for.
    pub(in super::super) fn into_first(self) -> Option<TemplateVersion> {
        self.launch_template_version_set.item.into_iter().next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
  <requestId>8f7724cf</requestId>
  <reservationSet>
    <item><reservationId>r-1</reservationId><ownerId>111111111111</ownerId><groupSet/>
      <instancesSet>
        <item><instanceId>i-0abc</instanceId><instanceState><code>16</code><name>running</name></instanceState>
          <privateIpAddress>10.0.0.4</privateIpAddress><ipAddress>203.0.113.9</ipAddress>
          <launchTime>2026-11-01T10:00:00.000Z</launchTime>
          <metadataOptions><state>applied</state><httpTokens>optional</httpTokens>
            <httpPutResponseHopLimit>2</httpPutResponseHopLimit></metadataOptions>
          <iamInstanceProfile><arn>arn:aws:iam::111111111111:instance-profile/runner</arn><id>AIPAX</id></iamInstanceProfile>
          <tagSet><item><key>team</key><value>ci</value></item><item><key>Name</key><value>runner &amp; co</value></item></tagSet>
        </item>
        <item><instanceId>i-0def</instanceId><tagSet/></item>
      </instancesSet></item>
    <item><reservationId>r-2</reservationId><instancesSet><item><instanceId>i-0123</instanceId></item></instancesSet></item>
  </reservationSet>
  <nextToken>abc==</nextToken>
</DescribeInstancesResponse>"#;

    #[test]
    fn a_page_is_read_across_reservations() {
        let page: Instances = quick_xml::de::from_str(PAGE).unwrap();
        let ids: Vec<&str> = page.all().map(|instance| instance.id.as_str()).collect();
        assert_eq!(ids, ["i-0abc", "i-0def", "i-0123"]);
        assert_eq!(Page::next(&page), Some("abc=="));
        let first = page.all().next().unwrap();
        assert_eq!(first.name(), Some("runner & co"));
        assert_eq!(first.ip_address.as_deref(), Some("203.0.113.9"));
        let options = first.metadata_options.as_ref().unwrap();
        assert_eq!((options.tokens_required(), options.http_put_response_hop_limit), (Some(false), Some(2)));
    }

    #[test]
    fn an_empty_region_is_an_empty_page() {
        let page: Instances = quick_xml::de::from_str(
            "<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>",
        )
        .unwrap();
        assert_eq!(page.all().count(), 0);
        assert_eq!(Page::next(&page), None);
    }
}
