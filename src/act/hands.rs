//! The world as it really is: every configured account and GitLab, open for changes.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;

use super::{
    call::{Flag, Flags, Place, Setting, Switch},
    outside::{Answer, KeyState, NewKey, NewRole, Outside, RoleState, RunnerState, Trouble, VariableState},
};
use crate::{
    base::{
        blame::Blame,
        name::{AccountId, Arn, KeyId},
        secret::Secret,
        time::{Clock, Timestamp},
    },
    config::{self, AwsSource, GitLabSource, Origin},
    model::gitlab::Owner,
    source::{aws, gitlab},
};

/// Clients for everything a run may touch.
pub struct Hands {
    accounts: BTreeMap<AccountId, aws::Changer>,
    gitlabs: BTreeMap<String, gitlab::Changer>,
    /// Why a source could not be opened, by what the configuration calls it.
    pub lacks: Vec<(String, String)>,
}

impl Hands {
    /// Asks each account who keytrail is there.
    pub async fn open(
        aws: impl IntoIterator<Item = impl Into<Arc<AwsSource>>>,
        gitlab: impl IntoIterator<Item = impl Into<Arc<GitLabSource>>>,
        clock: &Arc<dyn Clock>,
    ) -> Self {
        let mut hands = Self { accounts: BTreeMap::new(), gitlabs: BTreeMap::new(), lacks: Vec::new() };
        for source in aws {
            let changer = aws::Changer::open(source.into(), clock.clone()).await;
            match changer.caller().await {
                // Two sources for one account: the first is the one the collectors report too.
                Ok((account, _)) => _ = hands.accounts.entry(account).or_insert(changer),
                Err(trouble) => hands.lacks.push((changer.name(), trouble.says())),
            }
        }
        for source in gitlab {
            let source: Arc<GitLabSource> = source.into();
            let name = source.name.to_string();
            match gitlab::Changer::open(source, clock.clone()) {
                Ok(changer) => _ = hands.gitlabs.insert(name, changer),
                Err(error) => hands.lacks.push((name, error.to_string())),
            }
        }
        hands
    }

    fn account(&self, account: AccountId) -> Answer<&aws::Changer> {
        self.accounts.get(&account).ok_or_else(|| Trouble::Refused {
            blame: Blame::Scope(match self.accounts.keys().map(AccountId::to_string).collect::<Vec<_>>() {
                open if open.is_empty() => "no source of the configuration opens any.".into(),
                open => {
                    format!("no source of the configuration is in it; they open {} now.", open.join(", "))
                }
            }),
            call: format!("account {account}"),
        })
    }

    fn gitlab(&self, instance: &str) -> Answer<&gitlab::Changer> {
        self.gitlabs.get(instance).ok_or_else(|| Trouble::Refused {
            blame: Blame::Scope("the configuration has none of this name.".into()),
            call: format!("GitLab {instance}"),
        })
    }
}

#[async_trait]
impl Outside for Hands {
    async fn caller(&self, account: AccountId) -> Answer<String> {
        let (now, caller) = self.account(account)?.caller().await?;
        if now != account {
            let fix = format!("keytrail's credentials for account {account} open account {now} now.");
            return Err(Trouble::Refused { blame: Blame::Scope(fix), call: "sts:GetCallerIdentity".into() });
        }
        Ok(caller)
    }

    async fn keys(&self, account: AccountId, user: &Arn) -> Answer<Vec<KeyState>> {
        let keys = self.account(account)?.keys(user.name()).await?;
        let state = |listed: aws::Listed| KeyState {
            key: listed.key,
            switch: listed.status.and_then(Switch::of),
            created: listed.created,
        };
        Ok(keys.into_iter().map(state).collect())
    }

    async fn last_use(&self, account: AccountId, key: &KeyId) -> Answer<Option<Timestamp>> {
        self.account(account)?.last_use(key).await
    }

    async fn maker(&self, account: AccountId, key: &KeyId) -> Answer<Option<String>> {
        self.account(account)?.maker(key).await
    }

    async fn accepts(&self, account: AccountId, key: &KeyId, secret: &Secret) -> Answer<bool> {
        self.account(account)?.accepts(key, secret).await
    }

    async fn create_key(&self, account: AccountId, user: &Arn, mark: &str) -> Answer<NewKey> {
        let made = self.account(account)?.create_key(user.name(), mark).await?;
        Ok(NewKey { key: made.key, secret: made.secret })
    }

    async fn switch_key(&self, account: AccountId, user: &Arn, key: &KeyId, to: Switch) -> Answer<()> {
        self.account(account)?.switch_key(user.name(), key, to == Switch::Active).await
    }

    async fn delete_key(&self, account: AccountId, user: &Arn, key: &KeyId) -> Answer<()> {
        self.account(account)?.delete_key(user.name(), key).await
    }

    async fn policy(&self, account: AccountId, holder: &Arn, name: &str) -> Answer<Option<String>> {
        match self.account(account)?.policy(holder, name).await {
            Err(Trouble::Gone { .. }) => Ok(None),
            answer => answer.map(Some),
        }
    }

    async fn put_policy(&self, account: AccountId, holder: &Arn, name: &str, document: &str) -> Answer<()> {
        self.account(account)?.put_policy(holder, name, document).await
    }

    async fn delete_policy(&self, account: AccountId, holder: &Arn, name: &str) -> Answer<()> {
        self.account(account)?.delete_policy(holder, name).await
    }

    async fn trust(&self, account: AccountId, role: &Arn) -> Answer<String> {
        self.account(account)?.trust(role).await
    }

    async fn set_trust(&self, account: AccountId, role: &Arn, document: &str) -> Answer<()> {
        self.account(account)?.set_trust(role, document).await
    }

    async fn role(&self, account: AccountId, role: &Arn) -> Answer<Option<RoleState>> {
        match self.account(account)?.role(role).await {
            Err(Trouble::Gone { .. }) => Ok(None),
            answer => answer.map(|shown| {
                let aws::ShownRole { arn, trust, boundary, .. } = shown;
                Some(RoleState { arn, trust, boundary })
            }),
        }
    }

    async fn create_role(&self, account: AccountId, new: NewRole<'_>) -> Answer<()> {
        let NewRole { arn, trust, boundary, description } = new;
        self.account(account)?.create_role(arn, trust, boundary, description).await
    }

    async fn delete_role(&self, account: AccountId, role: &Arn) -> Answer<()> {
        self.account(account)?.delete_role(role).await
    }

    async fn attached(&self, account: AccountId, role: &Arn) -> Answer<Vec<Arn>> {
        self.account(account)?.attached(role).await
    }

    async fn attach_policy(&self, account: AccountId, role: &Arn, policy: &Arn) -> Answer<()> {
        self.account(account)?.attach_policy(role, policy).await
    }

    async fn detach_policy(&self, account: AccountId, role: &Arn, policy: &Arn) -> Answer<()> {
        self.account(account)?.detach_policy(role, policy).await
    }

    async fn provider(&self, account: AccountId, provider: &Arn) -> Answer<Option<Vec<String>>> {
        match self.account(account)?.provider(provider).await {
            Err(Trouble::Gone { .. }) => Ok(None),
            answer => answer.map(Some),
        }
    }

    async fn create_provider(&self, account: AccountId, url: &str, audiences: &[String]) -> Answer<()> {
        self.account(account)?.create_provider(url, audiences).await
    }

    async fn delete_provider(&self, account: AccountId, provider: &Arn) -> Answer<()> {
        self.account(account)?.delete_provider(provider).await
    }

    async fn comers(&self, account: AccountId, role: &Arn, since: Timestamp) -> Answer<Vec<String>> {
        self.account(account)?.comers(role, since).await
    }

    async fn login(&self, instance: &str) -> Answer<String> {
        self.gitlab(instance)?.login().await
    }

    async fn variable(&self, place: &Place) -> Answer<VariableState> {
        let gitlab = self.gitlab(&place.instance)?;
        let shown = gitlab.variable(&place.owner, &place.key, &place.scope).await?;
        let flags = Flags {
            protected: shown.protected,
            masked: shown.masked,
            hidden: shown.hidden,
            raw: shown.raw,
            file: shown.file,
        };
        Ok(VariableState { flags, description: shown.description, value: shown.value })
    }

    async fn jobs_wait(&self, place: &Place) -> Answer<bool> {
        match place.owner {
            Owner::Project(project) | Owner::Schedule { project, .. } => {
                self.gitlab(&place.instance)?.jobs_wait(project).await
            }
            Owner::Group(_) | Owner::Instance => Ok(false),
        }
    }

    async fn write_variable(&self, place: &Place, value: &Secret) -> Answer<()> {
        let gitlab = self.gitlab(&place.instance)?;
        gitlab.write_variable(&place.owner, &place.key, &place.scope, value).await
    }

    async fn flag_variable(&self, place: &Place, flag: Flag, to: bool) -> Answer<()> {
        let gitlab = self.gitlab(&place.instance)?;
        gitlab.flag_variable(&place.owner, &place.key, &place.scope, (flag.word(), to)).await
    }

    async fn move_variable(&self, place: &Place, to: &str) -> Answer<()> {
        self.gitlab(&place.instance)?.move_variable(&place.owner, &place.key, &place.scope, to).await
    }

    async fn hide_variable(&self, place: &Place, like: &VariableState, value: &Secret) -> Answer<bool> {
        let flags = &like.flags;
        let made = gitlab::Made {
            value,
            protected: flags.protected,
            masked: flags.masked,
            hidden: true,
            raw: flags.raw,
            file: flags.file,
            description: like.description.as_deref(),
        };
        let gitlab = self.gitlab(&place.instance)?;
        let hidden = gitlab.create_variable(&place.owner, &place.key, &place.scope, &made).await?;
        Ok(hidden == Some(true))
    }

    async fn delete_variable(&self, place: &Place) -> Answer<()> {
        self.gitlab(&place.instance)?.delete_variable(&place.owner, &place.key, &place.scope).await
    }

    async fn runner(&self, instance: &str, runner: u64) -> Answer<RunnerState> {
        self.gitlab(instance)?.runner(runner).await
    }

    async fn set_runner(&self, instance: &str, runner: u64, to: &Setting) -> Answer<()> {
        self.gitlab(instance)?.set_runner(runner, to.field()).await
    }

    async fn reset_runner_token(&self, instance: &str, runner: u64) -> Answer<Secret> {
        self.gitlab(instance)?.reset_runner_token(runner).await
    }

    async fn delete_runner(&self, instance: &str, runner: u64) -> Answer<()> {
        self.gitlab(instance)?.delete_runner(runner).await
    }

    async fn serves(&self, instance: &str, runner: u64, project: u64) -> Answer<bool> {
        self.gitlab(instance)?.serves(project, runner).await
    }

    async fn assign_runner(&self, instance: &str, runner: u64, project: u64, to: bool) -> Answer<()> {
        let gitlab = self.gitlab(instance)?;
        if to {
            gitlab.enable_runner(project, runner).await
        } else {
            gitlab.disable_runner(project, runner).await
        }
    }

    async fn fetch(&self, origin: &Origin) -> Answer<Secret> {
        let (call, origin) = (origin.to_string(), origin.clone());
        let fetching = move || origin.fetch("value", &|name| std::env::var(name).ok());
        told(call, tokio::task::spawn_blocking(fetching).await)
    }

    async fn hand_over(&self, words: &[String], secret: Secret) -> Answer<()> {
        let (call, words) = (words.join(" "), words.to_vec());
        let handing = move || config::hand_over(&words, &secret);
        told(call, tokio::task::spawn_blocking(handing).await)
    }

    async fn pause(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

/// What a person's own command came to.
fn told<T>(call: String, ended: Result<Result<T, String>, tokio::task::JoinError>) -> Answer<T> {
    match ended {
        Ok(answer) => answer.map_err(|why| Trouble::Refused { blame: Blame::Scope(format!("{why}.")), call }),
        Err(_) => Err(Trouble::Lost { call }),
    }
}
