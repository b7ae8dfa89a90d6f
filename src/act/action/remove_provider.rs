//! Takes an identity provider out of a role's trust policy: its tokens open the role no longer.

use super::{
    Action, Ground, WhyNot, plan,
    remove_principal::{changed, role_of, taken_out},
};
use crate::{
    act::{
        consumers::Consumers,
        plan::{Block, Plan},
        trust,
        wish::{Takes, Wish, Wishes},
    },
    base::text::plural,
    join::Scales,
    model::{
        aws::Role,
        id::{Id, Kind},
    },
};

const PRINCIPAL: Wish = Wish {
    name: "principal",
    about: "whom the role is to trust no longer",
    takes: Takes::OneOf(providers),
    must: false,
};

pub(super) const ACTION: Action = Action {
    name: "remove-provider",
    about: "Takes an identity provider (OIDC, SAML) out of a role's trust policy; --principal names it where there are several.",
    kind: Kind::Role,
    wishes: &[PRINCIPAL],
    make,
};

/// The identity providers a role trusts.
fn providers(ground: &Ground<'_>, target: &Id) -> Vec<String> {
    let document = ground.estate.find::<Role>(target).and_then(|role| role.trust.as_deref());
    let is_provider = |name: &String| name.contains(":oidc-provider/") || name.contains(":saml-provider/");
    document.map(trust::principals).unwrap_or_default().into_iter().filter(is_provider).collect()
}

fn make(ground: &Ground<'_>, target: &Id, wishes: &Wishes) -> Result<Plan, WhyNot> {
    let (role, from) = role_of(ground, target)?;
    let name = role.name();
    let all = providers(ground, target);
    let provider = match (wishes.text(&PRINCIPAL), all.as_slice()) {
        (_, []) => return Err(WhyNot::new(format!("{name} trusts no identity provider"))),
        (Some(wished), _) if all.iter().any(|one| one == wished) => wished,
        (None, [one]) => one,
        _ => {
            let list = all.join(", ");
            return Err(WhyNot::new(format!("name one of those {name} trusts with --principal: {list}")));
        }
    };
    let to = taken_out(role, from, provider)?;
    let admitted = Scales::of(ground.estate).would(target, from);
    let lets_in = admitted.iter().filter(|trust| trust.provider.key_text() == provider);
    let projects: Vec<_> = lets_in.flat_map(|trust| &trust.admits).collect();
    let used = projects.iter().filter(|admitted| admitted.used.is_some()).count();
    let blocks = (!projects.is_empty()).then(|| {
        let all = plural(projects.len(), "project", "projects");
        Block::new(format!("jobs of {all} may open it by their id tokens today, {used} of them were seen to; all are refused then"))
    });
    let title = format!("Take the identity provider {provider} out of the trust policy of {name}");
    let plan = plan(ground, &ACTION, target, title, vec![changed(role, from, to)?], Consumers::default())?;
    let cautions = vec![
        "Sessions that are open live on until they expire: revoke-role-sessions ends them.".into(),
        "The provider itself stays, and so do other roles that trust it.".into(),
    ];
    Ok(Plan { blocks: blocks.into_iter().collect(), cautions, ..plan })
}
