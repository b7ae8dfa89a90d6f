//! What this world answers to each call.

use async_trait::async_trait;

use super::*;
use crate::config::Origin;

#[async_trait]
impl Outside for World {
    async fn caller(&self, _: AccountId) -> Answer<String> {
        self.call("caller", |state| Ok(state.caller.clone())).await
    }

    async fn keys(&self, _: AccountId, _: &Arn) -> Answer<Vec<KeyState>> {
        self.call("keys", |state| {
            let state_of = |(id, key): (&String, &Key)| KeyState {
                key: KeyId::new(id).unwrap(),
                switch: Some(if key.is_active { Switch::Active } else { Switch::Inactive }),
                created: Some(Timestamp::from_seconds(key.created)),
            };
            Ok(state.keys.iter().map(state_of).collect())
        })
        .await
    }

    async fn last_use(&self, _: AccountId, _: &KeyId) -> Answer<Option<Timestamp>> {
        self.call("last_use", |state| Ok(state.used.map(Timestamp::from_seconds))).await
    }

    async fn maker(&self, _: AccountId, key: &KeyId) -> Answer<Option<String>> {
        self.call("maker", |state| Ok(state.keys.get(key.as_str()).map(|key| key.agent.clone()))).await
    }

    async fn accepts(&self, _: AccountId, key: &KeyId, secret: &Secret) -> Answer<bool> {
        let now = self.now().seconds();
        self.call("accepts", |state| {
            let known = state.keys.get(key.as_str());
            Ok(known
                .is_some_and(|known| known.is_active && known.known_from <= now && secret.is(&known.secret)))
        })
        .await
    }

    async fn create_key(&self, _: AccountId, _: &Arn, mark: &str) -> Answer<NewKey> {
        let now = self.now().seconds();
        self.call("CreateAccessKey", |state| {
            if state.keys.len() >= 2 {
                let blame = Blame::Scope("AWS says LimitExceeded.".into());
                return Err(Trouble::Refused { blame, call: "iam:CreateAccessKey".into() });
            }
            state.made += 1;
            let id = format!("AKIARZPUZDIKNEW{:05}", state.made);
            let secret = format!("{:040}", state.made);
            let agent = format!("aws-sdk-rust/1 app/{mark}");
            let key =
                Key { secret: secret.clone(), is_active: true, created: now, agent, known_from: now + 4 };
            state.keys.insert(id.clone(), key);
            Ok(NewKey { key: KeyId::new(&id).unwrap(), secret: Secret::new(secret) })
        })
        .await
    }

    async fn switch_key(&self, _: AccountId, _: &Arn, key: &KeyId, to: Switch) -> Answer<()> {
        self.call("UpdateAccessKey", |state| {
            let call = "iam:UpdateAccessKey".to_owned();
            let key = state.keys.get_mut(key.as_str()).ok_or(Trouble::Gone { call })?;
            key.is_active = to == Switch::Active;
            Ok(())
        })
        .await
    }

    async fn delete_key(&self, _: AccountId, _: &Arn, key: &KeyId) -> Answer<()> {
        self.call("DeleteAccessKey", |state| {
            let call = "iam:DeleteAccessKey".to_owned();
            state.keys.remove(key.as_str()).ok_or(Trouble::Gone { call })?;
            state.deleted.push(key.to_string());
            Ok(())
        })
        .await
    }

    async fn policy(&self, _: AccountId, holder: &Arn, name: &str) -> Answer<Option<String>> {
        self.call("policy", |state| Ok(state.policies.get(&format!("{holder} {name}")).cloned())).await
    }

    async fn put_policy(&self, _: AccountId, holder: &Arn, name: &str, document: &str) -> Answer<()> {
        self.call("PutPolicy", |state| {
            state.policies.insert(format!("{holder} {name}"), document.to_owned());
            Ok(())
        })
        .await
    }

    async fn delete_policy(&self, _: AccountId, holder: &Arn, name: &str) -> Answer<()> {
        self.call("DeletePolicy", |state| {
            let call = "iam:DeletePolicy".to_owned();
            state.policies.remove(&format!("{holder} {name}")).map(|_| ()).ok_or(Trouble::Gone { call })
        })
        .await
    }

    async fn flag_variable(&self, place: &Place, flag: Flag, to: bool) -> Answer<()> {
        assert_eq!(flag, Flag::Protected);
        self.call("FLAG", |state| {
            let place = place.to_string();
            _ = if to { state.protected.insert(place) } else { state.protected.remove(&place) };
            Ok(())
        })
        .await
    }

    async fn move_variable(&self, place: &Place, to: &str) -> Answer<()> {
        self.call("MOVE", |state| gitlab::moved(state, place, &place.at(to))).await
    }

    async fn hide_variable(&self, place: &Place, like: &VariableState, value: &Secret) -> Answer<bool> {
        self.call("HIDE", |state| gitlab::made(state, place, like, value)).await
    }

    async fn delete_variable(&self, place: &Place) -> Answer<()> {
        self.call("DELETE", |state| gitlab::deleted(state, place)).await
    }

    async fn runner(&self, _: &str, _: u64) -> Answer<RunnerState> {
        self.call("runner", |state| state.gitlab.shown()).await
    }

    async fn set_runner(&self, _: &str, _: u64, to: &Setting) -> Answer<()> {
        self.call("SET", |state| state.gitlab.set(to)).await
    }

    async fn reset_runner_token(&self, _: &str, _: u64) -> Answer<Secret> {
        self.call("RESET", |state| {
            state.gitlab.token += 1;
            Ok(Secret::new(format!("glrt-{}", state.gitlab.token)))
        })
        .await
    }

    async fn delete_runner(&self, _: &str, _: u64) -> Answer<()> {
        let call = || "DELETE /runners/7".to_owned();
        self.call("DELETE", |state| {
            state.gitlab.runner.take().map(drop).ok_or_else(|| Trouble::Gone { call: call() })
        })
        .await
    }

    async fn serves(&self, _: &str, _: u64, project: u64) -> Answer<bool> {
        self.call("serves", |state| Ok(state.gitlab.serves.contains(&project))).await
    }

    async fn assign_runner(&self, _: &str, _: u64, project: u64, to: bool) -> Answer<()> {
        self.call("ASSIGN", |state| {
            let serves = &mut state.gitlab.serves;
            _ = if to { serves.insert(project) } else { serves.remove(&project) };
            Ok(())
        })
        .await
    }

    async fn fetch(&self, origin: &Origin) -> Answer<Secret> {
        self.call("fetch", |_| gitlab::fetched(origin)).await
    }

    async fn hand_over(&self, words: &[String], secret: Secret) -> Answer<()> {
        assert_eq!(words, ["take-token", "--runner", "7"]);
        self.call("Take", |state| {
            state.gitlab.taken = secret.open().strip_prefix("glrt-").and_then(|text| text.parse().ok());
            Ok(())
        })
        .await
    }

    async fn trust(&self, _: AccountId, _: &Arn) -> Answer<String> {
        self.call("trust", |state| Ok(state.trust.clone())).await
    }

    async fn set_trust(&self, _: AccountId, _: &Arn, document: &str) -> Answer<()> {
        self.call("UpdateAssumeRolePolicy", |state| {
            document.clone_into(&mut state.trust);
            Ok(())
        })
        .await
    }

    async fn role(&self, _: AccountId, role: &Arn) -> Answer<Option<RoleState>> {
        self.call("role", |state| {
            let known = state.roles.get(role.as_str());
            Ok(known.map(|(trust, _)| RoleState { arn: role.clone(), trust: trust.clone(), boundary: None }))
        })
        .await
    }

    async fn create_role(&self, _: AccountId, new: NewRole<'_>) -> Answer<()> {
        self.call("CreateRole", |state| {
            let known = state.roles.insert(new.arn.to_string(), (new.trust.to_owned(), BTreeSet::new()));
            assert_eq!(known, None, "it is made once");
            Ok(())
        })
        .await
    }

    async fn delete_role(&self, _: AccountId, role: &Arn) -> Answer<()> {
        self.call("DeleteRole", |state| {
            let call = "iam:DeleteRole".to_owned();
            let (_, attached) = state.roles.remove(role.as_str()).ok_or(Trouble::Gone { call })?;
            assert!(attached.is_empty(), "IAM deletes no role that has policies");
            assert!(!state.policies.keys().any(|name| name.starts_with(&format!("{role} "))));
            Ok(())
        })
        .await
    }

    async fn attached(&self, _: AccountId, role: &Arn) -> Answer<Vec<Arn>> {
        self.call("attached", |state| {
            let call = "iam:ListAttachedRolePolicies".to_owned();
            let (_, attached) = state.roles.get(role.as_str()).ok_or(Trouble::Gone { call })?;
            Ok(attached.iter().map(|arn| Arn::new(arn).unwrap()).collect())
        })
        .await
    }

    async fn attach_policy(&self, _: AccountId, role: &Arn, policy: &Arn) -> Answer<()> {
        self.call("AttachRolePolicy", |state| {
            state.roles.get_mut(role.as_str()).unwrap().1.insert(policy.to_string());
            Ok(())
        })
        .await
    }

    async fn detach_policy(&self, _: AccountId, role: &Arn, policy: &Arn) -> Answer<()> {
        self.call("DetachRolePolicy", |state| {
            state.roles.get_mut(role.as_str()).unwrap().1.remove(policy.as_str());
            Ok(())
        })
        .await
    }

    async fn provider(&self, _: AccountId, provider: &Arn) -> Answer<Option<Vec<String>>> {
        self.call("provider", |state| Ok(state.providers.get(provider.as_str()).cloned())).await
    }

    async fn create_provider(&self, account: AccountId, url: &str, audiences: &[String]) -> Answer<()> {
        self.call("CreateOpenIDConnectProvider", |state| {
            let arn =
                format!("arn:aws:iam::{account}:oidc-provider/{}", url.strip_prefix("https://").unwrap());
            assert_eq!(state.providers.insert(arn, audiences.to_vec()), None, "it is made once");
            Ok(())
        })
        .await
    }

    async fn delete_provider(&self, _: AccountId, provider: &Arn) -> Answer<()> {
        self.call("DeleteOpenIDConnectProvider", |state| {
            let call = "iam:DeleteOpenIDConnectProvider".to_owned();
            state.providers.remove(provider.as_str()).map(|_| ()).ok_or(Trouble::Gone { call })
        })
        .await
    }

    /// Every project of this world comes as soon as there is a role for it.
    async fn comers(&self, _: AccountId, role: &Arn, _: Timestamp) -> Answer<Vec<String>> {
        self.call("comers", |state| {
            let known = state.roles.contains_key(role.as_str());
            let subject = |number| format!("project_path:acme/p{number}:ref_type:branch:ref:main");
            Ok(if known { (1..=9).map(subject).collect() } else { Vec::new() })
        })
        .await
    }

    async fn login(&self, _: &str) -> Answer<String> {
        self.call("login", |_| Ok("ada".into())).await
    }

    async fn variable(&self, place: &Place) -> Answer<VariableState> {
        self.call("variable", |state| {
            let call = place.to_string();
            let call_name = call.clone();
            let (value, hidden) = state.variables.get(&call).ok_or(Trouble::Gone { call })?;
            let protected = Some(state.protected.contains(&call_name));
            let flags = Flags { hidden: Some(*hidden), protected, ..Flags::default() };
            let description = state.gitlab.described.get(&call_name).cloned();
            Ok(VariableState { flags, description, value: (!hidden).then(|| Secret::new(value.clone())) })
        })
        .await
    }

    async fn jobs_wait(&self, _: &Place) -> Answer<bool> {
        self.call("jobs_wait", |state| {
            let waits = state.waiting > 0;
            state.waiting = state.waiting.saturating_sub(1);
            Ok(waits)
        })
        .await
    }

    async fn write_variable(&self, place: &Place, value: &Secret) -> Answer<()> {
        let breaks = {
            let mut state = self.state();
            let left = state.breaks_at_write;
            state.breaks_at_write = left.and_then(|left| left.checked_sub(1));
            left == Some(0)
        };
        assert!(!breaks, "a write broke: {place:?} {value:?} {value:#?}");
        self.call("PUT", |state| {
            let call = place.to_string();
            let variable = state.variables.get_mut(&call).ok_or(Trouble::Gone { call })?;
            value.open().clone_into(&mut variable.0);
            Ok(())
        })
        .await
    }

    async fn pause(&self, time: Duration) {
        self.now.fetch_add(i64::try_from(time.as_secs()).unwrap().max(1), Ordering::Relaxed);
        tokio::task::yield_now().await;
    }
}
