//! Which GitLab an OIDC provider stands for.

use std::{borrow::Cow, sync::Arc};

use rustc_hash::FxHashMap;

use crate::{
    base::name::Arn,
    model::{aws::Provider, estate::Estate, gitlab::Instance, id::Id},
    policy::{Document, web::GITLAB_CLAIMS, who::issuer_of},
};

/// What the subjects of GitLab's id tokens begin with.
pub(super) const BY_PATH: &str = "project_path:";
pub(super) const BY_NUMBER: &str = "project_id:";

/// The issuer of id tokens.
#[derive(Clone, Debug)]
pub(super) struct Issuer {
    /// As the provider's ARN has it.
    pub(super) name: Arc<str>,
    /// The GitLab's name in the configuration; `None` where keytrail does not read it.
    pub(super) instance: Option<Arc<str>>,
}

impl Issuer {
    /// Claims of its tokens that AWS passes on besides subject and audience.
    pub(super) fn claims(&self) -> &'static [&'static str] {
        if self.name.eq_ignore_ascii_case("gitlab.com") { &GITLAB_CLAIMS } else { &[] }
    }
}

/// Instances by the address their tokens name.
pub(super) struct Issuers<'a> {
    by_address: FxHashMap<Cow<'a, str>, &'a Arc<str>>,
}

impl<'a> Issuers<'a> {
    pub(super) fn of(estate: &'a Estate) -> Self {
        let mut by_address = FxHashMap::default();
        for instance in estate.all::<Instance>() {
            let url = instance.url.as_deref().unwrap_or(&instance.name);
            by_address.insert(address(url), &instance.name);
        }
        for instance in estate.all::<Instance>() {
            // Behind a tunnel or a proxy the configured name may be the public one.
            by_address.entry(address(&instance.name)).or_insert(&instance.name);
        }
        Self { by_address }
    }

    /// How an instance's tokens name their issuer, without the scheme: as a provider that was read has it, or else the instance's own
    /// address. `None` where that is none AWS could reach: it takes https alone.
    pub(super) fn of_instance(&self, estate: &Estate, instance: &str) -> Option<String> {
        let named = estate.all::<Provider>().filter_map(|provider| provider.issuer.as_deref());
        let is_its =
            |issuer: &&str| self.by_address.get(&address(issuer)).is_some_and(|&known| **known == *instance);
        if let Some(known) = named.into_iter().find(is_its) {
            return Some(known.to_owned());
        }
        let seen = estate.find::<Instance>(&Id::instance(instance))?;
        let url = seen.url.as_deref().filter(|url| url.starts_with("https://"));
        url.map(|url| address(url).into_owned())
    }

    /// The GitLab behind a provider. One that keytrail does not read is known by its host's name, or by the subjects that the policy
    /// asks for.
    pub(super) fn known(&self, provider: &Arn, trust: &Document) -> Option<Issuer> {
        let name = issuer_of(provider.as_str());
        let instance = self.by_address.get(&address(name)).map(|&name| name.clone());
        let host = name.split('/').next().unwrap_or_default();
        let by_name = || host.split('.').any(|label| label.to_ascii_lowercase().starts_with("gitlab"));
        (instance.is_some() || by_name() || asks_for_projects(name, trust))
            .then(|| Issuer { name: name.into(), instance })
    }
}

/// Host and path without the scheme; a host is the same in any case, a path is not.
fn address(url: &str) -> Cow<'_, str> {
    let bare = url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/');
    let end = bare.find('/').unwrap_or(bare.len());
    let (host, path) = bare.split_at(end);
    if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(format!("{}{path}", host.to_ascii_lowercase()))
    } else {
        Cow::Borrowed(bare)
    }
}

fn asks_for_projects(issuer: &str, trust: &Document) -> bool {
    let subject = format!("{issuer}:sub");
    let conditions = trust.statements.iter().flat_map(|statement| &statement.conditions);
    conditions.filter(|condition| condition.key.eq_ignore_ascii_case(&subject)).any(|condition| {
        condition.values.iter().any(|value| value.starts_with(BY_PATH) || value.starts_with(BY_NUMBER))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_the_same_in_any_case_and_the_scheme_does_not_count() {
        assert_eq!(address("https://GitLab.Acme.example/GitLab/"), "gitlab.acme.example/GitLab");
        assert_eq!(address("gitlab.com"), "gitlab.com");
    }
}
