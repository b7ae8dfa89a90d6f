//! OIDC identity providers: whose tokens this account believes, and for which audiences.

use futures_util::{StreamExt, stream};

use super::{decode, visit::Visit, walk::Walk};
use crate::{base::name::Arn, model::aws::Provider};

/// Questions under way at once. There are at most a hundred providers.
const AT_ONCE: usize = 4;

pub(super) async fn collect(visit: &Visit) {
    let walk = visit.walk("identity providers").await;
    let list = visit.clients.iam.list_open_id_connect_providers().send();
    if let Some(list) = walk.ask("iam:ListOpenIDConnectProviders", list).await {
        let listed = list.open_id_connect_provider_list.unwrap_or_default();
        let arns = listed.iter().filter_map(|entry| decode::arn(entry.arn.as_ref()));
        stream::iter(arns).for_each_concurrent(AT_ONCE, |arn| read(visit, &walk, arn)).await;
    }
    walk.end().await;
}

async fn read(visit: &Visit, walk: &Walk, arn: Arn) {
    let get =
        visit.clients.iam.get_open_id_connect_provider().open_id_connect_provider_arn(arn.as_str()).send();
    let call = format!("iam:GetOpenIDConnectProvider {}", arn.resource());
    let got = walk.ask(&call, get).await;
    let url = got.as_ref().and_then(|got| got.url.as_deref());
    let provider = Provider {
        issuer: issuer(url, &arn),
        audiences: got.as_ref().map(|got| got.client_id_list.clone().unwrap_or_default()),
        created: got.as_ref().and_then(|got| got.create_date.as_ref()).map(decode::time),
        arn,
    };
    walk.saw(vec![provider.into()]).await;
}

/// The issuer without its scheme. The ARN ends in it, so that it is known even where the details are refused.
fn issuer(url: Option<&str>, arn: &Arn) -> Option<String> {
    let of_url = url.map(|url| url.trim_start_matches("https://"));
    let of_arn = arn.resource().strip_prefix("oidc-provider/");
    of_url.or(of_arn).map(|issuer| issuer.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_issuer_has_no_scheme_and_is_known_from_the_arn() {
        let arn = Arn::new("arn:aws:iam::111111111111:oidc-provider/gitlab.acme.example/gitlab").unwrap();
        assert_eq!(issuer(None, &arn).as_deref(), Some("gitlab.acme.example/gitlab"));
        assert_eq!(issuer(Some("https://gitlab.com"), &arn).as_deref(), Some("gitlab.com"));
        assert_eq!(issuer(Some("gitlab.com"), &arn).as_deref(), Some("gitlab.com"));
    }
}
