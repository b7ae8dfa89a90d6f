//! Who can assume a role by id token: projects and their refs, strangers, and conditions that do not do what they seem to. Users, roles,
//! accounts and services follow as links. For a project and a provider the same from their side.

use super::{
    facts::Facts,
    groups::{Shown, head, link, more, most},
};
use crate::{
    app::{
        name,
        show::{Line, Span, Tone},
    },
    base::text::clean,
    join::{Admitted, AdmittedRef, Beyond, RefKind, TokenTrust},
    model::id::{Id, Kind},
};

const WHO: &str = "WHO CAN ASSUME IT BY ID TOKEN";
const ROLES: &str = "ROLES THAT ITS ID TOKENS OPEN";
const TRUSTS: &str = "ROLES THAT TRUST ITS ID TOKENS";
/// Refs named of one project; the rest is counted.
const REFS: usize = 3;

pub(super) fn tell(facts: &mut Facts<'_>, id: &Id, shown: Shown<'_>) {
    let tokens = &facts.view.world.tokens;
    match id.kind() {
        Kind::Role => {
            let trusts: Vec<&TokenTrust> = tokens.all_of_role(id).collect();
            if !trusts.is_empty() {
                role(facts, &trusts, shown);
            }
        }
        Kind::Project => {
            let trusts = tokens.of_project(id);
            let opened: Vec<(&TokenTrust, &Admitted)> =
                trusts.filter_map(|trust| Some((trust, trust.admitted(id)?))).collect();
            project(facts, &opened, shown);
        }
        Kind::Provider => {
            let trusts: Vec<&TokenTrust> =
                tokens.all().iter().filter(|trust| trust.provider == *id).collect();
            provider(facts, &trusts, shown);
        }
        _ => {}
    }
}

fn role(facts: &mut Facts<'_>, trusts: &[&TokenTrust], shown: Shown<'_>) {
    let world = facts.view.world;
    let mut admits: Vec<&Admitted> = trusts.iter().flat_map(|trust| &trust.admits).collect();
    head(facts, WHO, admits.len());
    admits.sort_by_cached_key(|admitted| (!admitted.unprotected(), name::of(world, &admitted.project)));
    let most = most(shown, WHO);
    for admitted in admits.iter().take(most) {
        let mut spans = vec![Span::new(format!("{}  ", name::of(world, &admitted.project)), Tone::Strong)];
        refs(admitted, &mut spans);
        for condition in admitted.conditions.iter() {
            spans.push(Span::new(format!("  {}", clean(condition)), Tone::Notice));
        }
        if let Some(used) = &admitted.used {
            spans.push(Span::new(format!("  {}", clean(&used.text)), Tone::Dim));
        }
        link(facts, &admitted.project, Some(admitted.grade), spans);
    }
    more(facts, WHO, admits.len().saturating_sub(most));
    if admits.is_empty() {
        facts.say("no project that was read", Tone::Dim, 2);
    }
    for trust in trusts {
        strangers(facts, trust);
    }
}

fn strangers(facts: &mut Facts<'_>, trust: &TokenTrust) {
    let issuer = &trust.issuer;
    if !trust.beyond.is_empty() {
        facts.heading(vec![Span::new("STRANGERS TOO", Tone::Bad)]);
    }
    for beyond in &trust.beyond {
        let says = match beyond {
            Beyond::AnyProject => format!("any project of {issuer}, whoever makes it"),
            Beyond::Prefix(prefix) => format!("anybody's group or project whose path begins with {prefix}"),
            Beyond::Group(group) => format!("every project below {group}, also those made tomorrow"),
            Beyond::Phantom(path) => {
                format!("{path}, which is no project now: who registers the path gets in")
            }
        };
        let tone = if matches!(beyond, Beyond::Group(_)) { Tone::Warn } else { Tone::Bad };
        facts.say(&format!("{} {says}", facts.view.glyphs.warn), tone, 2);
    }
    for hangs_on in &trust.beyond_if {
        facts.say(hangs_on, Tone::Notice, 4);
    }
    if !trust.faults.is_empty() {
        facts.heading(vec![Span::new("CONDITIONS THAT DO NOT DO WHAT THEY SEEM TO", Tone::Warn)]);
    }
    for fault in &trust.faults {
        let opens = match (fault.opens, fault.dead) {
            (true, _) => " It opens the role rather than closing it.",
            (false, true) => " It keeps everybody out.",
            (false, false) => "",
        };
        let tone = if fault.opens { Tone::Bad } else { Tone::Warn };
        facts.say(&format!("statement {}: {}{opens}", fault.statement + 1, fault.says), tone, 2);
    }
}

/// `main (protected), any branch, tags like v1.0 +2`: what of a project gets in.
fn refs(admitted: &Admitted, spans: &mut Line) {
    for (index, one) in admitted.refs.iter().take(REFS).enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        let (words, tone) = ref_words(one);
        spans.push(Span::new(format!("{comma}{words}"), tone));
    }
    if admitted.refs.len() > REFS {
        spans.push(Span::new(format!(" +{}", admitted.refs.len() - REFS), Tone::Dim));
    }
}

fn ref_words(one: &AdmittedRef) -> (String, Tone) {
    let name = clean(&one.name);
    let (kind, protection, tone) = match one.kind {
        RefKind::ProtectedBranch => ("branch", " (protected)", Tone::Good),
        RefKind::ProtectedTag => ("tag", " (protected)", Tone::Good),
        RefKind::Branch => ("branch", "", Tone::Bad),
        RefKind::Tag => ("tag", "", Tone::Bad),
        RefKind::UnknownBranch => ("branch", " (protection not read)", Tone::Notice),
        RefKind::UnknownTag => ("tag", " (protection not read)", Tone::Notice),
    };
    let used = match (one.sure, one.used) {
        (_, true) => ", used",
        (true, false) => "",
        (false, false) => ", perhaps",
    };
    let words = match (one.all, one.kind) {
        (true, RefKind::ProtectedBranch | RefKind::ProtectedTag) => format!("every protected {kind}{used}"),
        (true, _) => format!("any {kind}{protection}{used}"),
        (false, RefKind::Branch) => format!("branches like {name}{used}"),
        (false, RefKind::Tag) => format!("tags like {name}{used}"),
        (false, RefKind::ProtectedTag | RefKind::UnknownTag) => format!("tag {name}{protection}{used}"),
        (false, _) => format!("{name}{protection}{used}"),
    };
    (words, tone)
}

fn project(facts: &mut Facts<'_>, opened: &[(&TokenTrust, &Admitted)], shown: Shown<'_>) {
    if opened.is_empty() {
        return;
    }
    head(facts, ROLES, opened.len());
    let most = most(shown, ROLES);
    for (trust, admitted) in opened.iter().take(most) {
        let mut spans = role_words(facts, &trust.role);
        refs(admitted, &mut spans);
        link(facts, &trust.role, Some(admitted.grade), spans);
    }
    more(facts, ROLES, opened.len().saturating_sub(most));
}

fn provider(facts: &mut Facts<'_>, trusts: &[&TokenTrust], shown: Shown<'_>) {
    if trusts.is_empty() {
        return;
    }
    head(facts, TRUSTS, trusts.len());
    let most = most(shown, TRUSTS);
    for trust in trusts.iter().take(most) {
        let mut spans = role_words(facts, &trust.role);
        let projects = crate::base::text::plural(trust.admits.len(), "project", "projects");
        spans.push(Span::plain(projects));
        if !trust.beyond.is_empty() {
            spans.push(Span::new("  and strangers", Tone::Bad));
        }
        link(facts, &trust.role, None, spans);
    }
    more(facts, TRUSTS, trusts.len().saturating_sub(most));
}

fn role_words(facts: &Facts<'_>, role: &Id) -> Line {
    let world = facts.view.world;
    let mut spans = vec![Span::new(format!("{}  ", name::of(world, role)), Tone::Strong)];
    if let Some(context) = name::context(world, role) {
        spans.push(Span::new(format!("{context}  "), Tone::Dim));
    }
    if world.is_admin(role) {
        spans.push(Span::new("administrator  ", Tone::Bad));
    }
    spans
}
