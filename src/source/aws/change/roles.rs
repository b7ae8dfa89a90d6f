//! Roles, what they may do, and the identity providers whose tokens open them: made and deleted, and looked at around that.

use aws_sdk_cloudtrail::{
    primitives::DateTime,
    types::{LookupAttribute, LookupAttributeKey},
};

use super::{Changer, once, trouble};
use crate::{
    base::{name::Arn, time::Timestamp},
    source::{
        Answer, Trouble,
        aws::{decode, visit},
    },
    trail,
};

/// A role as `iam:GetRole` shows it.
pub struct ShownRole {
    pub arn: Arn,
    pub trust: String,
    pub boundary: Option<Arn>,
}

/// Pages of one region's events; fifty events each.
const PAGES: usize = 20;

impl Changer {
    /// By its name; [`Trouble::Gone`] where there is none.
    pub async fn role(&self, role: &Arn) -> Answer<ShownRole> {
        let call = format!("iam:GetRole {}", role.name());
        let answer = self.clients.iam.get_role().role_name(role.name()).send().await;
        let shown = answer.map_err(|error| trouble(&error, &call))?.role;
        let read = shown.and_then(|shown| {
            let boundary = shown.permissions_boundary.and_then(|boundary| boundary.permissions_boundary_arn);
            Some(ShownRole {
                arn: Arn::new(&shown.arn)?,
                trust: decode::document(&shown.assume_role_policy_document?).to_string(),
                boundary: boundary.as_deref().and_then(Arn::new),
            })
        });
        read.ok_or(Trouble::Lost { call })
    }

    pub async fn create_role(
        &self,
        role: &Arn,
        trust: &str,
        boundary: Option<&Arn>,
        description: &str,
    ) -> Answer<()> {
        let call = format!("iam:CreateRole {}", role.name());
        let create = self.clients.iam.create_role().role_name(role.name());
        let create = create
            .assume_role_policy_document(trust)
            .description(description)
            .set_permissions_boundary(boundary.map(ToString::to_string));
        create.customize().config_override(once()).send().await.map_err(|error| trouble(&error, &call))?;
        Ok(())
    }

    pub async fn delete_role(&self, role: &Arn) -> Answer<()> {
        let call = format!("iam:DeleteRole {}", role.name());
        let delete = self.clients.iam.delete_role().role_name(role.name());
        delete.customize().config_override(once()).send().await.map_err(|error| trouble(&error, &call))?;
        Ok(())
    }

    /// Managed policies a role has.
    pub async fn attached(&self, role: &Arn) -> Answer<Vec<Arn>> {
        let call = format!("iam:ListAttachedRolePolicies {}", role.name());
        let list = self.clients.iam.list_attached_role_policies().role_name(role.name());
        let answer = list.max_items(100).send().await.map_err(|error| trouble(&error, &call))?;
        if answer.is_truncated {
            // A page holds a hundred, and AWS allows twenty-five at most.
            return Err(Trouble::Lost { call });
        }
        let arns = answer.attached_policies.unwrap_or_default();
        Ok(arns.into_iter().filter_map(|policy| Arn::new(policy.policy_arn.as_deref()?)).collect())
    }

    pub async fn attach_policy(&self, role: &Arn, policy: &Arn) -> Answer<()> {
        let call = format!("iam:AttachRolePolicy {} {}", role.name(), policy.name());
        let attach = self.clients.iam.attach_role_policy().role_name(role.name()).policy_arn(policy.as_str());
        attach.customize().config_override(once()).send().await.map_err(|error| trouble(&error, &call))?;
        Ok(())
    }

    pub async fn detach_policy(&self, role: &Arn, policy: &Arn) -> Answer<()> {
        let call = format!("iam:DetachRolePolicy {} {}", role.name(), policy.name());
        let detach = self.clients.iam.detach_role_policy().role_name(role.name()).policy_arn(policy.as_str());
        detach.customize().config_override(once()).send().await.map_err(|error| trouble(&error, &call))?;
        Ok(())
    }

    /// The audiences a provider accepts; [`Trouble::Gone`] where there is none of the ARN.
    pub async fn provider(&self, provider: &Arn) -> Answer<Vec<String>> {
        let call = format!("iam:GetOpenIDConnectProvider {provider}");
        let get =
            self.clients.iam.get_open_id_connect_provider().open_id_connect_provider_arn(provider.as_str());
        let answer = get.send().await.map_err(|error| trouble(&error, &call))?;
        Ok(answer.client_id_list.unwrap_or_default())
    }

    pub async fn create_provider(&self, url: &str, audiences: &[String]) -> Answer<()> {
        let call = format!("iam:CreateOpenIDConnectProvider {url}");
        let create = self.clients.iam.create_open_id_connect_provider().url(url);
        let create = create.set_client_id_list(Some(audiences.to_vec()));
        create.customize().config_override(once()).send().await.map_err(|error| trouble(&error, &call))?;
        Ok(())
    }

    pub async fn delete_provider(&self, provider: &Arn) -> Answer<()> {
        let call = format!("iam:DeleteOpenIDConnectProvider {provider}");
        let delete = self
            .clients
            .iam
            .delete_open_id_connect_provider()
            .open_id_connect_provider_arn(provider.as_str());
        delete.customize().config_override(once()).send().await.map_err(|error| trouble(&error, &call))?;
        Ok(())
    }

    /// Subjects of the id tokens that opened a role since then, as CloudTrail's history shows them in every region that is read, and in the
    /// one where the role was used last. A record takes five minutes and more to arrive.
    pub async fn comers(&self, role: &Arn, since: Timestamp) -> Answer<Vec<String>> {
        let call = format!("cloudtrail:LookupEvents {}", role.name());
        let (_, caller) = self.caller().await?;
        let mut regions = visit::regions(&self.source, self.clients.region(), visit::home(Some(&caller)));
        let shown = self.clients.iam.get_role().role_name(role.name()).send().await;
        let shown = shown.map_err(|error| trouble(&error, &format!("iam:GetRole {}", role.name())))?;
        let last = shown.role.and_then(|role| role.role_last_used).and_then(|used| used.region);
        if let Some(region) = last.filter(|region| !regions.iter().any(|known| **known == **region)) {
            regions.push(region.as_str().into());
        }
        let attribute = LookupAttribute::builder()
            .attribute_key(LookupAttributeKey::ResourceName)
            .attribute_value(role.as_str())
            .build()
            .map_err(|_| Trouble::Lost { call: call.clone() })?;
        let mut subjects = Vec::new();
        for region in regions {
            let client = self.clients.cloudtrail(&region);
            let lookup = client.lookup_events().lookup_attributes(attribute.clone());
            let lookup = lookup.start_time(DateTime::from_secs(since.seconds()));
            let mut token = None;
            for _ in 0..PAGES {
                let answer = lookup.clone().set_next_token(token).send().await;
                let page = answer.map_err(|error| trouble(&error, &format!("{call} in {region}")))?;
                let records =
                    page.events.unwrap_or_default().into_iter().filter_map(|event| event.cloud_trail_event);
                let place = trail::Place { account: None, region: None };
                let events = records.filter_map(|text| trail::read(&text, place).ok());
                subjects.extend(
                    events
                        .filter(|event| !event.is_denied())
                        .filter_map(|event| Some(event.subject?.to_string())),
                );
                token = page.next_token;
                if token.is_none() {
                    break;
                }
            }
        }
        subjects.sort();
        subjects.dedup();
        Ok(subjects)
    }
}
