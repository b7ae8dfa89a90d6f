//! What is known of AWS's things.

use super::facts::Facts;
use crate::{
    app::{name, pane::keys::age_tone, show::Tone},
    base::{
        name::Arn,
        text::{long_age, plural},
    },
    model::{
        aws::{AccessKey, Account, InlinePolicy, KeyStatus, LastUse, Machine, Provider, Role, RoleUse, User},
        entity::Entity,
        id::Id,
    },
};

/// False when the thing is not AWS's.
pub(super) fn tell(facts: &mut Facts<'_>, entity: &Entity) -> bool {
    match entity {
        Entity::Key(key) => self::key(facts, key),
        Entity::User(user) => self::user(facts, user),
        Entity::Role(role) => self::role(facts, role),
        Entity::Machine(machine) => self::machine(facts, machine),
        Entity::Provider(provider) => self::provider(facts, provider),
        Entity::Account(account) => self::account(facts, account),
        Entity::Profile(profile) => {
            arn(facts, &profile.arn);
            facts.list("roles", profile.roles.as_deref().map(names).as_deref());
        }
        Entity::IamGroup(group) => {
            arn(facts, &group.arn);
            policies(facts, group.attached.as_deref(), group.inline.as_deref());
        }
        Entity::Policy(policy) => {
            arn(facts, &policy.arn);
            let document = policy.document.as_ref();
            let read = document.map(|document| format!("{} bytes, e reads it", document.len()));
            facts.text("document", read.as_deref());
        }
        _ => return false,
    }
    true
}

fn names(arns: &[Arn]) -> Vec<&str> {
    arns.iter().map(Arn::name).collect()
}

fn arn(facts: &mut Facts<'_>, arn: &Arn) {
    facts.fact("ARN", arn.as_str(), Tone::Plain);
}

fn policies(facts: &mut Facts<'_>, attached: Option<&[Arn]>, inline: Option<&[InlinePolicy]>) {
    facts.list("policies", attached.map(names).as_deref());
    let inline: Option<Vec<&str>> = inline.map(|all| all.iter().map(|policy| &*policy.name).collect());
    facts.list("inline policies", inline.as_deref());
}

fn key(facts: &mut Facts<'_>, key: &AccessKey) {
    let world = facts.view.world;
    facts.text("user", key.user.as_ref().map(Arn::name));
    let account = key.user.as_ref().and_then(Arn::account).or_else(|| key.key.account());
    let account = account.map(|account| name::of(world, &Id::account(account)));
    facts.text("account", account.as_deref());
    match key.status {
        Some(KeyStatus::Active) => facts.fact("status", "active", Tone::Plain),
        Some(KeyStatus::Inactive) => facts.fact("status", "inactive", Tone::Dim),
        Some(KeyStatus::Expired) => facts.fact("status", "expired", Tone::Dim),
        None => facts.text("status", None),
    }
    match key.created {
        Some(at) => {
            let age = at.age(world.now);
            let text = format!("{} old (limit {} d), {at}", long_age(age), world.limits.key_age_days);
            facts.fact("age", &text, age_tone(age, &world.limits));
        }
        None => facts.text("age", None),
    }
    match &key.last_use {
        Some(LastUse::Never) => facts.fact("last used", "never", Tone::Notice),
        Some(LastUse::At { at, service, region }) => {
            let text = format!("{} ago, {service} in {region}", long_age(at.age(world.now)));
            facts.fact("last used", &text, Tone::Plain);
        }
        None => facts.text("last used", None),
    }
}

fn user(facts: &mut Facts<'_>, user: &User) {
    arn(facts, &user.arn);
    facts.time("created", user.created);
    facts.list("groups", user.groups.as_deref());
    policies(facts, user.attached.as_deref(), user.inline.as_deref());
    if let Some(boundary) = &user.boundary {
        facts.fact("boundary", boundary.name(), Tone::Plain);
    }
    facts.yes_no("password", user.password);
    if user.password == Some(true) {
        facts.time("signed in", user.password_last_used);
        match user.mfa {
            Some(false) => facts.fact("MFA", "no", Tone::Warn),
            mfa => facts.yes_no("MFA", mfa),
        }
    }
}

fn role(facts: &mut Facts<'_>, role: &Role) {
    arn(facts, &role.arn);
    facts.time("created", role.created);
    match &role.last_use {
        Some(RoleUse::NotTracked) => facts.fact("last used", "not in the last 400 days", Tone::Notice),
        Some(RoleUse::At { at, region }) => {
            let text = format!("{}, in {region}", facts.when(*at));
            facts.fact("last used", &text, Tone::Plain);
        }
        None => facts.text("last used", None),
    }
    facts.number(
        "session",
        role.max_session.map(|seconds| format!("at most {} h", f64::from(seconds) / 3600.0)),
    );
    if facts.view.world.is_admin(&role.id()) {
        facts.fact("administrator", "yes: may do everything in its account", Tone::Bad);
    }
    policies(facts, role.attached.as_deref(), role.inline.as_deref());
    if let Some(boundary) = &role.boundary {
        facts.fact("boundary", boundary.name(), Tone::Plain);
    }
    let trust =
        role.trust.as_ref().map(|trust| format!("{} bytes, P reads it and marks what decides", trust.len()));
    facts.text("trust policy", trust.as_deref());
}

fn machine(facts: &mut Facts<'_>, machine: &Machine) {
    facts.fact("instance", &machine.instance, Tone::Plain);
    facts.fact("place", &format!("{} {}", machine.account, machine.region), Tone::Plain);
    facts.text("state", machine.state.as_deref());
    facts.text("private", machine.private_address.as_deref());
    facts.text("public", machine.public_address.as_deref());
    facts.text("profile", machine.profile.as_ref().map(Arn::name));
    facts.time("launched", machine.launched);
    super::compute::metadata(facts, machine.imds_tokens_required, machine.imds_hop_limit);
}

fn provider(facts: &mut Facts<'_>, provider: &Provider) {
    arn(facts, &provider.arn);
    facts.text("issuer", provider.issuer.as_deref());
    facts.list("audiences", provider.audiences.as_deref());
    facts.time("created", provider.created);
}

fn account(facts: &mut Facts<'_>, account: &Account) {
    facts.fact("number", &account.number.to_string(), Tone::Plain);
    facts.text("looked at as", account.caller.as_deref());
    let Some(root) = &account.root else {
        facts.text("root user", None);
        return;
    };
    let keys = usize::from(root.access_keys);
    let tone = if keys > 0 { Tone::Bad } else { Tone::Plain };
    facts.fact("root user", &plural(keys, "access key", "access keys"), tone);
    facts.fact(
        "root MFA",
        if root.mfa { "yes" } else { "no" },
        if root.mfa { Tone::Plain } else { Tone::Bad },
    );
    match root.password_last_used {
        Some(at) => facts.time("root signed in", Some(at)),
        None => facts.fact("root signed in", "never, or before AWS kept count", Tone::Plain),
    }
}
