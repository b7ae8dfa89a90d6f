//! The makers of IAM things and machines, used by every file that plants something in AWS.

use super::{Maker, document};
use crate::{
    base::time::Timestamp,
    demo::{
        name::{iam_arn, secret_key, unique_id},
        world::{AccessKey, Account, Inline, InstanceProfile, KeyUse, Machine, Role, User},
    },
};

/// When and where a key was used last: hours ago, service, region. `None` is never.
pub(super) type Used = Option<(i64, &'static str, &'static str)>;

/// What a machine is like, beside its address.
pub(super) struct MachineLike {
    pub(super) account: u64,
    pub(super) region: &'static str,
    pub(super) name: &'static str,
    pub(super) address: &'static str,
    pub(super) profile: Option<&'static str>,
    /// IMDSv2 only.
    pub(super) tokens_required: bool,
    pub(super) hop_limit: u32,
}

impl Maker {
    pub(super) fn account(&mut self, number: u64) -> &mut Account {
        self.world.accounts.entry(number).or_default()
    }

    /// Makes a user with one inline policy, and returns its ARN.
    pub(super) fn user(&mut self, account: u64, name: &str, days: i64, policy: Option<String>) -> String {
        let user = User {
            name: name.into(),
            path: "/".into(),
            id: unique_id("AIDA", account, &mut self.rng),
            created: self.around(days),
            inline: policy
                .map(|document| Inline { name: format!("{name}-access"), document })
                .into_iter()
                .collect(),
            attached: Vec::new(),
            groups: Vec::new(),
            boundary: None,
            keys: Vec::new(),
            password_enabled: false,
            password_last_used: None,
            mfa: false,
            tags: Vec::new(),
        };
        self.account(account).users.insert(name.into(), user);
        iam_arn(account, "user", "/", name)
    }

    /// Gives a user that exists one more key, and returns its id and secret.
    pub(super) fn key(&mut self, account: u64, user: &str, days: i64, used: Used) -> (String, String) {
        let key = AccessKey {
            id: unique_id("AKIA", account, &mut self.rng),
            secret: secret_key(&mut self.rng),
            active: true,
            created: self.days_ago(days).minus(3600),
            // A key made a moment ago cannot have been used last year, whoever asks for that.
            last_used: used.map(|(hours, service, region)| KeyUse {
                at: self.hours_ago(hours.min(days * 24)),
                service: service.into(),
                region: region.into(),
            }),
            usable_from: None,
        };
        let pair = (key.id.clone(), key.secret.clone());
        if let Some(user) = self.account(account).users.get_mut(user) {
            // A key cannot be older than its user.
            user.created = user.created.min(key.created.minus(600));
            user.keys.push(key);
        }
        pair
    }

    /// Makes a role with one inline policy, and returns its ARN.
    pub(super) fn role(&mut self, account: u64, name: &str, trust: String, policy: String) -> String {
        let days = self.rng.between(90, 900);
        let role = Role {
            name: name.into(),
            path: "/".into(),
            id: unique_id("AROA", account, &mut self.rng),
            created: self.around(days),
            trust,
            inline: vec![Inline { name: "access".into(), document: policy }],
            attached: Vec::new(),
            boundary: None,
            last_used: None,
            max_session: 3600,
            description: String::new(),
            tags: Vec::new(),
        };
        self.account(account).roles.insert(name.into(), role);
        iam_arn(account, "role", "/", name)
    }

    /// Makes a role EC2 may take and the instance profile of the same name around it.
    pub(super) fn profile(&mut self, account: u64, name: &str, policy: String) -> String {
        let arn = self.role(account, name, document::trust_service("ec2.amazonaws.com"), policy);
        let profile = InstanceProfile {
            name: name.into(),
            path: "/".into(),
            id: unique_id("AIPA", account, &mut self.rng),
            created: self.around(300),
            role: Some(name.into()),
        };
        self.account(account).profiles.insert(name.into(), profile);
        arn
    }

    /// Makes a running machine, and returns its id.
    pub(super) fn machine(&mut self, like: &MachineLike) -> String {
        let id = format!("i-0{}", self.rng.hex(16));
        let launched: Timestamp = self.around(40);
        let machine = Machine {
            id: id.clone(),
            name: like.name.into(),
            private_ip: like.address.into(),
            public_ip: None,
            profile: like.profile.map(String::from),
            state: "running",
            launched,
            tokens_required: like.tokens_required,
            hop_limit: like.hop_limit,
            tags: vec![("Name".into(), like.name.into()), ("team".into(), "platform".into())],
        };
        self.account(like.account).machines.entry(like.region.into()).or_default().push(machine);
        id
    }
}
