//! Who keytrail is in an account: the first question, on which every other one hangs.

use std::sync::Arc;

use super::{client::Clients, refusal::Failure, walk::Walk};
use crate::{
    base::{
        blame::Blame,
        name::{AccountId, Arn, account_of},
    },
    config::AwsSource,
    model::{aws::Account, observe::Scope},
    source::Outlet,
};

const WHAT: &str = "account";

/// The answer of `sts:GetCallerIdentity`.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) account: AccountId,
    pub(super) arn: Option<Arc<str>>,
}

/// The account's number as the role's ARN, or the given key's id, tells it before anyone was asked.
pub(super) fn configured_account(source: &AwsSource) -> Option<AccountId> {
    match (&source.role, &source.given) {
        (Some(role), _) => Arn::new(role)?.account(),
        (None, Some(given)) => account_of(&given.access_key_id),
        (None, None) => None,
    }
}

/// What stands for the account until its number is known.
fn nameless(source: &AwsSource) -> Arc<str> {
    if let Some(account) = configured_account(source) {
        return account.to_string().into();
    }
    source.name.clone().or_else(|| source.profile.as_deref().map(Into::into)).unwrap_or_else(|| "aws".into())
}

/// Asks who keytrail is, and what the account is called. `None` when that could not be learnt; then the gap says why.
pub(super) async fn ask(source: &AwsSource, clients: &Clients, outlet: &Outlet) -> Option<Known> {
    if clients.http.is_none() {
        let walk = begin(outlet, nameless(source)).await;
        walk.gap(
            "TLS: this machine has no certificate authorities (install ca-certificates)",
            Blame::Network,
        )
        .await;
        walk.end().await;
        return None;
    }
    let request = clients.sts.get_caller_identity().customize().config_override(Clients::impatient()).send();
    let configured = configured_account(source);
    // Where the number is known the walk is shown before the answer, which may take its time.
    let early = match configured {
        Some(account) => Some(begin(outlet, account.to_string()).await),
        None => None,
    };
    let answer = tokio::select! {
        biased;
        () = outlet.stop.cancelled() => None,
        answer = request => Some(answer),
    };
    let known = match &answer {
        Some(Ok(identity)) => read(identity.account(), identity.arn()).ok_or(Failure::Unreadable),
        Some(Err(error)) => Err(Failure::of(error)),
        None => {
            if let Some(walk) = early {
                walk.end().await;
            }
            return None;
        }
    };
    match known {
        Ok(known) => {
            let walk = match early {
                Some(walk) => walk,
                None => begin(outlet, known.account.to_string()).await,
            };
            name(source, clients, &walk, &known).await;
            walk.end().await;
            Some(known)
        }
        Err(failure) => {
            let walk = match early {
                Some(walk) => walk,
                None => begin(outlet, nameless(source)).await,
            };
            if let Some(number) = configured {
                let name = source.name.as_deref().map(str::to_owned);
                walk.saw(vec![Account { number, name, caller: None, root: None }.into()]).await;
            }
            walk.refuse(&call(source, &failure), &failure).await;
            walk.end().await;
            None
        }
    }
}

/// Ends the walk that an earlier sweep began under the configured name, so that its gap does not outlive its cause.
pub(super) async fn forget_nameless(source: &AwsSource, outlet: &Outlet) {
    if configured_account(source).is_none() {
        begin(outlet, nameless(source)).await.end().await;
    }
}

async fn begin(outlet: &Outlet, name: impl Into<Arc<str>>) -> Walk {
    Walk::begin(outlet.clone(), Scope::new(name, WHAT), "keytrail's caller".into()).await
}

fn read(account: Option<&str>, arn: Option<&str>) -> Option<Known> {
    Some(Known { account: account?.parse().ok()?, arn: arn.map(Into::into) })
}

/// The call that failed: assuming the configured role comes before anything else.
fn call(source: &AwsSource, failure: &Failure) -> String {
    match (failure, &source.role) {
        (Failure::NoCredentials { call, .. }, Some(role)) => format!("{call} {role}"),
        (Failure::NoCredentials { call, .. }, None) => (*call).to_owned(),
        (Failure::NothingToSignWith, _) => "sts:GetCallerIdentity (no credentials found)".to_owned(),
        _ => "sts:GetCallerIdentity".to_owned(),
    }
}

/// Reports the account, with the alias where the configuration gives no name.
async fn name(source: &AwsSource, clients: &Clients, walk: &Walk, known: &Known) {
    let caller = known.arn.as_deref().map(str::to_owned);
    let name = source.name.as_deref().map(str::to_owned);
    let account = Account { number: known.account, name, caller, root: None };
    walk.saw(vec![account.clone().into()]).await;
    if account.name.is_none() {
        let aliases = clients.iam.list_account_aliases().send();
        let alias = walk.ask("iam:ListAccountAliases", aliases).await;
        // An account has one alias or none.
        if let Some(alias) = alias.and_then(|page| page.account_aliases.into_iter().next()) {
            walk.saw(vec![Account { name: Some(alias), ..account }.into()]).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{base::secret::Secret, config::Given};

    #[test]
    fn the_number_is_read_from_role_or_key_before_anyone_is_asked() {
        let given = Given {
            access_key_id: "AKIARZPUZDIKNSFRP6LN".into(),
            secret_access_key: Arc::new(Secret::new("x".into())),
        };
        let mut source = AwsSource { given: Some(given), ..AwsSource::default() };
        assert_eq!(configured_account(&source).unwrap().to_string(), "123456789012");
        source.role = Some("arn:aws:iam::222222222222:role/audit".into());
        assert_eq!(configured_account(&source).unwrap().to_string(), "222222222222");
        assert_eq!(configured_account(&AwsSource::default()), None);
    }

    #[test]
    fn a_role_that_is_refused_is_named_in_the_gap() {
        let role = "arn:aws:iam::222222222222:role/audit";
        let source = AwsSource { role: Some(role.into()), ..AwsSource::default() };
        let failure =
            Failure::NoCredentials { call: "sts:AssumeRole", code: "AccessDenied".into(), status: 403 };
        assert_eq!(call(&source, &failure), format!("sts:AssumeRole {role}"));
        assert_eq!(call(&source, &Failure::NoAnswer), "sts:GetCallerIdentity");
    }
}
