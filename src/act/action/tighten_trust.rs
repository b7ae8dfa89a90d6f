//! Narrows a role's trust policy to those who were really seen to come: exact subjects, audience and project numbers of id tokens; users and
//! roles instead of whole accounts. Everything else of the policy stays as it was written.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Action, Ground, WhyNot, plan,
    remove_principal::{accepted, changed, role_of},
};
use crate::{
    act::{
        came::{Came, Token},
        consumers::Consumers,
        narrow::{self, MOST, Tokens},
        plan::{Block, Plan},
        trust,
        wish::Wishes,
    },
    base::{name::Arn, text::plural},
    join::{AdmittedRef, Beyond, Presented, Scales, TokenTrust},
    model::{
        aws::Role,
        gitlab::Project,
        id::{Id, Kind},
        link::Relation,
    },
};

pub(super) const ACTION: Action = Action {
    name: "tighten-trust",
    about: "Narrows a role's trust policy to the id tokens, users and roles that were really seen to open it.",
    kind: Kind::Role,
    wishes: &[],
    make,
};

/// The issuer whose tokens' claims AWS knows; of a GitLab of one's own it passes on subject and audience alone.
/// Source: AWS Service Authorization Reference, AWS STS, 2026-09.
const KNOWN_ISSUER: &str = "gitlab.com";

/// Projects that are named one by one among what speaks against it.
const NAMED: usize = 12;

fn make(ground: &Ground<'_>, target: &Id, _: &Wishes) -> Result<Plan, WhyNot> {
    let (role, from) = role_of(ground, target)?;
    let came = Came::to(ground, target);
    let to = tightened(ground, role, from, &came)?;
    accepted(&to)?;
    for token in came.tokens.keys() {
        if presented(ground, token).is_let_in(from) && !presented(ground, token).is_let_in(&to) {
            return Err(WhyNot::new(format!(
                "{} is let in today and would not be by the narrower policy: narrow it by hand",
                token.subject
            )));
        }
    }
    let blocks = refused(ground, target, from, &to);
    let cautions = cautions(&came, &to);
    let title = format!("Narrow the trust policy of {} to who came", role.name());
    let plan = plan(ground, &ACTION, target, title, vec![changed(role, from, to)?], Consumers::default())?;
    Ok(Plan { blocks, cautions, ..plan })
}

/// The narrower policy; refs are listed one by one first, and by folder where that is too long for IAM.
fn tightened(ground: &Ground<'_>, role: &Role, from: &str, came: &Came) -> Result<String, WhyNot> {
    let name = role.name();
    let wholes = wholes(from, came);
    if came.tokens.is_empty() && wholes.is_empty() {
        return Err(WhyNot::new(format!(
            "no session of {name} was seen that tells whom to keep: remove-provider and remove-principal close it altogether"
        )));
    }
    let fewer = narrow::to_principals(from, &wholes).unwrap_or_else(|| from.to_owned());
    for is_tight in [false, true] {
        let mut to = fewer.clone();
        let providers: BTreeSet<&Arn> = came.tokens.keys().map(|token| &token.provider).collect();
        for provider in providers {
            let wanted = wanted(ground, &to, provider, came, is_tight);
            if wanted.is_empty() {
                // They came, and nothing in today's policy lets them in: another one did.
                continue;
            }
            to = narrow::to_tokens(&to, provider.as_str(), &wanted).ok_or_else(|| {
                WhyNot::new(format!("the trust policy of {name} is no policy that can be narrowed"))
            })?;
        }
        if crate::act::deny::same(&to, from) {
            return Err(WhyNot::new(format!("{name} lets in nobody but those who were seen to come")));
        }
        if narrow::size(&to) <= MOST.max(narrow::size(from)) {
            return Ok(to);
        }
    }
    Err(WhyNot::new(format!(
        "so many came that the policy would be longer than IAM takes ({MOST} characters): give {name}'s projects roles of their own"
    )))
}

/// For each statement the tokens it is to let in.
fn wanted(
    ground: &Ground<'_>,
    trust: &str,
    provider: &Arn,
    came: &Came,
    is_tight: bool,
) -> BTreeMap<usize, Tokens> {
    let mut wanted: BTreeMap<usize, (Tokens, bool)> = BTreeMap::new();
    let is_known = provider.resource() == format!("oidc-provider/{KNOWN_ISSUER}");
    for token in came.tokens.keys().filter(|token| token.provider == *provider) {
        let number =
            token.project.as_ref().and_then(|id| ground.estate.find::<Project>(id)).map(|one| one.number);
        for index in presented(ground, token).let_in_by(trust) {
            let (tokens, is_whole) = wanted.entry(index).or_insert((Tokens::default(), true));
            tokens.subjects.insert(token.subject.clone());
            // An audience, or a number, is asked for when it is known of every token.
            match &token.audience {
                Some(audience) => _ = tokens.audiences.insert(audience.clone()),
                None => *is_whole = false,
            }
            tokens.projects.insert(number.unwrap_or_default());
        }
    }
    let finish = |(index, (mut tokens, is_whole)): (usize, (Tokens, bool))| {
        if !is_whole {
            tokens.audiences.clear();
        }
        if !is_known || tokens.projects.contains(&0) {
            tokens.projects.clear();
        }
        tokens.subjects = narrow::fitted(&tokens.subjects, is_tight);
        (index, tokens)
    };
    wanted.into_iter().map(finish).collect()
}

/// Whole accounts of which somebody was seen to come, by statement, and who that was. Where nobody knows who opened some session, whole
/// accounts stay: it may have been somebody of theirs.
fn wholes(trust: &str, came: &Came) -> BTreeMap<usize, (String, BTreeSet<String>)> {
    if came.unknown.count > 0 {
        return BTreeMap::new();
    }
    let of = |whole: &str| -> BTreeSet<String> {
        let is_of = |arn: &&Arn| {
            whole == "*" || arn.account().is_some_and(|account| whole.contains(&account.to_string()))
        };
        came.principals.keys().filter(is_of).map(ToString::to_string).collect()
    };
    let found = narrow::wholes(trust).into_iter().map(|(index, whole)| {
        let seen = of(&whole);
        (index, (whole, seen))
    });
    found.filter(|(_, (_, seen))| !seen.is_empty()).collect()
}

fn presented<'t>(ground: &Ground<'_>, token: &'t Token) -> Presented<'t> {
    let project = token.project.as_ref().and_then(|id| ground.estate.find::<Project>(id));
    Presented {
        provider: &token.provider,
        subject: &token.subject,
        audience: token.audience.as_deref(),
        project: project.map(|project| project.number),
    }
}

/// Who gets in today, was not seen to, and will not get in any more: each of them speaks against it.
fn refused(ground: &Ground<'_>, target: &Id, from: &str, to: &str) -> Vec<Block> {
    let scales = Scales::of(ground.estate);
    let (before, after) = (scales.would(target, from), scales.would(target, to));
    let mut said: Vec<String> = Vec::new();
    for trust in &before {
        let now = after.iter().find(|one| one.provider == trust.provider);
        said.extend(projects_refused(ground, target, trust, now));
        let gone = |beyond: &&Beyond| now.is_none_or(|now| !now.beyond.contains(beyond));
        said.extend(trust.beyond.iter().filter(gone).map(|beyond| beyond_says(beyond, trust)));
    }
    let more = said.len().saturating_sub(NAMED);
    said.truncate(NAMED);
    if more > 0 {
        let others = plural(more, "more project or kind of projects", "more projects or kinds of projects");
        said.push(format!("{others} get in today, were not seen to, and are refused then"));
    }
    let wholes = narrow::wholes(from);
    for origin in ground.linked.origins(target, Relation::MayAssume) {
        let is_whole =
            |(_, whole): &&(usize, String)| *whole == "*" || origin.key_text().contains(account_of(whole));
        let named = trust::principals(to);
        let is_kept = named.contains(origin.key_text());
        let is_person = matches!(origin.kind(), Kind::User | Kind::Role);
        let is_by_whole = wholes.iter().any(|whole| is_whole(&whole));
        let stays = narrow::wholes(to).iter().any(|whole| is_whole(&whole));
        if is_person && is_by_whole && !stays && !is_kept {
            said.push(format!(
                "{} may assume it today, was not seen to, and is refused then",
                origin.key_text()
            ));
        }
    }
    said.into_iter().map(Block::new).collect()
}

/// The account's number of a root's ARN, or the number itself.
fn account_of(whole: &str) -> &str {
    whole.split(':').nth(4).unwrap_or(whole)
}

fn projects_refused(
    ground: &Ground<'_>,
    target: &Id,
    trust: &TokenTrust,
    now: Option<&TokenTrust>,
) -> Vec<String> {
    let mut said: Vec<(bool, String)> = Vec::new();
    for admitted in &trust.admits {
        let kept = now.and_then(|now| now.admitted(&admitted.project));
        let is_kept = |one: &&AdmittedRef| {
            kept.is_some_and(|kept| {
                kept.refs.iter().any(|known| {
                    known.kind == one.kind && (known.all || (!one.all && known.name == one.name))
                })
            })
        };
        let gone = refs_say(admitted.refs.iter().filter(|one| !is_kept(one)));
        if gone.is_empty() {
            continue;
        }
        let project = ground.estate.find::<Project>(&admitted.project);
        let path = project.and_then(|project| project.path.as_deref()).unwrap_or(admitted.project.key_text());
        let names_it = asks(ground, &admitted.project, target);
        let asks =
            if names_it { "; its settings name this role: a job that runs rarely may need it" } else { "" };
        let seen = if admitted.used.is_some() { "besides what was seen " } else { "" };
        let says = format!(
            "{path}: {seen}{} may open it today, was not seen to, and is refused then{asks}",
            gone.join(", ")
        );
        said.push((!names_it, says));
    }
    said.sort();
    said.into_iter().map(|(_, says)| says).collect()
}

/// Does something of the project name the role: one of its variables, or its CI configuration?
fn asks(ground: &Ground<'_>, project: &Id, role: &Id) -> bool {
    let holds =
        |variable: &Id| ground.linked.origins(variable, Relation::Holds).any(|owner| owner == project);
    let describes =
        |config: &Id| ground.linked.targets(config, Relation::Describes).any(|one| one == project);
    let mut namers = ground.linked.origins(role, Relation::Names);
    namers.any(|namer| namer == project || holds(namer) || describes(namer))
}

/// Every kind of refs by one word where all of it is meant.
fn refs_say<'r>(refs: impl Iterator<Item = &'r AdmittedRef>) -> Vec<String> {
    let refs: Vec<&AdmittedRef> = refs.collect();
    let mut said: Vec<String> = Vec::new();
    for is_tag in [false, true] {
        let own = || refs.iter().filter(move |one| one.kind.is_tag() == is_tag);
        let whole = |protection| own().any(|one| one.all && one.kind.protection() == Some(protection));
        if whole(true) && whole(false) {
            said.push(if is_tag { "every tag" } else { "every branch" }.to_owned());
            continue;
        }
        said.extend(own().map(|one| ref_says(one)));
    }
    said
}

fn ref_says(one: &AdmittedRef) -> String {
    let kind = if one.kind.is_tag() { "tag" } else { "branch" };
    match (one.all, one.kind.protection()) {
        (true, Some(true)) => format!("every protected {kind}"),
        (true, Some(false)) => format!("every unprotected {kind}"),
        (true, None) => format!("every {kind}"),
        (false, _) => format!("{kind} {}", one.name),
    }
}

fn beyond_says(beyond: &Beyond, trust: &TokenTrust) -> String {
    match beyond {
        Beyond::AnyProject => {
            format!(
                "any project of {} may open it today; those that were not seen are refused then",
                trust.issuer
            )
        }
        Beyond::Prefix(prefix) => {
            format!("whoever has a path like {prefix} may open it today, and is refused then")
        }
        Beyond::Group(group) => {
            format!(
                "every project of {group} may open it today, also those made tomorrow; they are refused then"
            )
        }
        Beyond::Phantom(path) => {
            format!("{path}, which is no project, may open it today, and is refused then")
        }
    }
}

fn cautions(came: &Came, to: &str) -> Vec<String> {
    let mut said = Vec::new();
    if let Some((first, last)) = came.span() {
        said.push(format!("Sessions were seen from {first} to {last}: what runs more rarely was not."));
    }
    if came.unknown.count > 0 {
        let count = plural(came.unknown.count, "session", "sessions");
        said.push(format!("Who opened {count} was not seen: whole accounts stay trusted as they are."));
    }
    if to.contains("StringLike") {
        said.push(
            "Where many refs of one folder came, the whole folder is let in (a star in the subject).".into(),
        );
    }
    let is_own = |token: &&Token| !token.provider.resource().ends_with(KNOWN_ISSUER);
    if came.tokens.keys().any(|token| is_own(&token)) {
        said.push(
            "AWS knows no project numbers of a GitLab of one's own: where a project is renamed or deleted, whoever takes its path gets in. \
             Subjects that begin with project_id do not have that."
                .into(),
        );
    }
    said.push("Sessions that are open live on until they expire: revoke-role-sessions ends them.".into());
    said
}
