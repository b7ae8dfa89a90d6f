//! The server under the real SDK clients, over a loopback port.

mod ec2;
mod faults;
mod iam;
mod keys;
mod sts;
mod trail;

use std::sync::{Arc, RwLock};

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use refused::code;
use tokio::net::TcpListener;

use super::{arn, mint::Mint};
use crate::{
    base::time::{StoppedClock, Timestamp},
    demo::{
        front::Front,
        world::{
            AccessKey, Account, IamGroup, Inline, InstanceProfile, Machine, ManagedPolicy, Provider, Role,
            Shared, User, World,
        },
    },
};

/// How to get AWS's code out of an error of any action.
mod refused {
    use aws_sdk_iam::error::{ProvideErrorMetadata, SdkError};

    pub(super) fn code<T: std::fmt::Debug, E: ProvideErrorMetadata + std::fmt::Debug, R: std::fmt::Debug>(
        outcome: Result<T, SdkError<E, R>>,
    ) -> String {
        let error = outcome.expect_err("refused");
        error.code().map_or_else(|| format!("{error:?}"), str::to_owned)
    }
}

pub(super) const AUDIT: u64 = 111_111_111_111;
pub(super) const PROD: u64 = 222_222_222_222;
pub(super) const NOW: &str = "2026-11-20T12:00:00Z";

/// A small company on a port.
pub(super) struct Town {
    pub url: String,
    pub shared: Shared,
}

impl Town {
    pub(super) async fn open() -> Self {
        Self::of(world()).await
    }

    pub(super) async fn of(world: World) -> Self {
        let shared = Shared {
            world: Arc::new(RwLock::new(world)),
            clock: Arc::new(StoppedClock(now())),
            front: Front::default(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = super::router(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, shared }
    }

    /// A client configuration with these credentials.
    pub(super) fn config(&self, credentials: Credentials) -> SdkConfig {
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .endpoint_url(&self.url)
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .retry_config(RetryConfig::disabled())
            .build()
    }

    /// The first key of a user of the audit account.
    pub(super) fn as_user(&self, name: &str) -> SdkConfig {
        let world = self.shared.world.read().unwrap();
        let key = world.accounts[&AUDIT].users[name].keys[0].clone();
        self.config(Credentials::new(key.id, key.secret, None, None, "test"))
    }

    pub(super) fn iam(&self, user: &str) -> aws_sdk_iam::Client {
        aws_sdk_iam::Client::new(&self.as_user(user))
    }

    pub(super) fn sts(&self, user: &str) -> aws_sdk_sts::Client {
        aws_sdk_sts::Client::new(&self.as_user(user))
    }

    pub(super) fn key_of(&self, user: &str) -> String {
        self.shared.world.read().unwrap().accounts[&AUDIT].users[user].keys[0].id.clone()
    }
}

pub(super) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

pub(super) fn user(mint: &Mint, name: &str) -> User {
    User {
        name: name.into(),
        path: "/".into(),
        id: mint.key_id("AIDA", AUDIT) + "X",
        created: now().minus(86_400 * 500),
        inline: Vec::new(),
        attached: Vec::new(),
        groups: Vec::new(),
        boundary: None,
        keys: vec![AccessKey {
            id: mint.key_id("AKIA", AUDIT),
            secret: mint.secret(),
            active: true,
            created: now().minus(86_400 * 412),
            last_used: None,
            usable_from: None,
        }],
        password_enabled: false,
        password_last_used: None,
        mfa: false,
        tags: vec![("team".into(), "a&b".into())],
    }
}

pub(super) fn role(mint: &Mint, name: &str, trust: &str) -> Role {
    Role {
        name: name.into(),
        path: "/ci/".into(),
        id: mint.key_id("AROA", PROD) + "X",
        created: now().minus(86_400 * 300),
        trust: trust.into(),
        inline: Vec::new(),
        attached: Vec::new(),
        boundary: None,
        last_used: None,
        max_session: 7200,
        description: String::new(),
        tags: Vec::new(),
    }
}

pub(super) fn inline(name: &str, effect: &str, action: &str, resource: &str) -> Inline {
    Inline {
        name: name.into(),
        document: format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}","Action":"{action}","Resource":"{resource}"}}]}}"#
        ),
    }
}

const AUDIT_TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"right"}}}]}"#;
const OIDC_TRUST: &str = r#"{"Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::222222222222:oidc-provider/gitlab.acme.example"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"gitlab.acme.example:aud":"https://aws"},"StringLike":{"gitlab.acme.example:sub":"project_path:acme/infra:*"}}}]}"#;

/// Two accounts: one with users, one with roles to assume.
pub(super) fn world() -> World {
    let mint = Mint::new("company");
    let mut home = Account {
        number: AUDIT,
        alias: "acme-audit".into(),
        regions: vec!["eu-west-1".into()],
        root_mfa: true,
        ..Account::default()
    };
    let mut audit = user(&mint, "audit");
    audit.attached = vec!["arn:aws:iam::aws:policy/SecurityAudit".into()];
    audit.inline = vec![inline("assume", "Allow", "sts:AssumeRole", "arn:aws:iam::222222222222:role/ci/*")];
    let mut admin = user(&mint, "admin");
    admin.groups = vec!["admins".into()];
    let mut deploy = user(&mint, "deploy");
    deploy.path = "/ci/".into();
    deploy.inline = vec![inline("s3", "Allow", "s3:*", "*")];
    for user in [audit, admin, deploy] {
        home.users.insert(user.name.clone(), user);
    }
    let admins = IamGroup {
        name: "admins".into(),
        path: "/".into(),
        id: "AGPA".into(),
        created: now(),
        inline: Vec::new(),
        attached: vec!["arn:aws:iam::aws:policy/AdministratorAccess".into()],
    };
    home.groups.insert("admins".into(), admins);
    add_policy(&mut home);
    let mut world = World::default();
    world.accounts.insert(AUDIT, home);
    world.accounts.insert(PROD, prod(&mint));
    world
}

fn add_policy(home: &mut Account) {
    let policy = ManagedPolicy {
        arn: arn::iam(AUDIT, "policy", "/", "deploy-boundary"),
        name: "deploy-boundary".into(),
        path: "/".into(),
        id: "ANPA".into(),
        document: inline("", "Allow", "s3:Get*", "*").document,
        created: now(),
    };
    home.policies.insert(policy.arn.clone(), policy);
}

fn prod(mint: &Mint) -> Account {
    let mut prod = Account { number: PROD, regions: vec!["eu-west-1".into()], ..Account::default() };
    let mut audit = role(mint, "audit", AUDIT_TRUST);
    audit.attached = vec!["arn:aws:iam::aws:policy/SecurityAudit".into()];
    prod.roles.insert("audit".into(), audit);
    prod.roles.insert("deploy".into(), role(mint, "deploy", OIDC_TRUST));
    let provider = Provider {
        arn: "arn:aws:iam::222222222222:oidc-provider/gitlab.acme.example".into(),
        url: "gitlab.acme.example".into(),
        client_ids: vec!["https://aws".into()],
        thumbprints: vec!["00".repeat(20)],
        created: now(),
    };
    prod.providers.insert(provider.arn.clone(), provider);
    let profile = InstanceProfile {
        name: "runner".into(),
        path: "/".into(),
        id: "AIPA".into(),
        created: now(),
        role: Some("deploy".into()),
    };
    prod.profiles.insert("runner".into(), profile);
    let machine = |id: &str, profile: Option<&str>| Machine {
        id: id.into(),
        name: format!("runner {id}"),
        private_ip: "10.0.3.17".into(),
        public_ip: None,
        profile: profile.map(str::to_owned),
        state: "running",
        launched: now(),
        tokens_required: true,
        hop_limit: 2,
        tags: Vec::new(),
    };
    prod.machines.insert("eu-west-1".into(), vec![machine("i-0a", Some("runner")), machine("i-0b", None)]);
    prod
}
