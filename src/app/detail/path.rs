//! A credential path: hop by hop from where it begins to whom a job becomes, what that reaches, who can take it, and what would be better.

use super::{
    facts::Facts,
    groups::{Shown, head, link, more, most},
};
use crate::{
    app::{
        glyph::severity_tone,
        name,
        pane::paths::refs,
        routes::steps,
        show::{Line, Span, Tone},
        verb,
    },
    base::text::{clean, plural},
    join::{Reached, ReachedRole},
    model::{
        id::Id,
        link::{Grade, Proof},
    },
    way::{self, CredentialPath, Life, Refs},
};

pub(super) fn tell(facts: &mut Facts<'_>, id: &Id, shown: Shown<'_>) {
    let Some(path) = facts.view.world.path(id) else {
        facts.say("This way into AWS is no longer there, or was never seen.", Tone::Notice, 0);
        return;
    };
    let way = way::named(path.way);
    facts.fact("way", way.map_or(path.way, |way| way.title), Tone::Strong);
    if let Some(risk) = facts.view.world.risk(id) {
        facts.fact("risk", risk.severity.word(), severity_tone(risk.severity));
    }
    match path.life {
        Life::Long => facts.fact("credentials", "a key that works until somebody turns it off", Tone::Bad),
        Life::Short => facts.fact("credentials", "a session of hours", Tone::Plain),
    }
    facts.fact("surely", path.grade().word(), Tone::Plain);
    chain(facts, path);
    reaches(facts, path, shown);
    who(facts, path, shown);
    for caution in &path.cautions {
        if path.cautions.first() == Some(caution) {
            facts.heading(vec![Span::plain("CAUTIONS")]);
        }
        facts.say(caution, Tone::Warn, 2);
    }
    used(facts, path.used.as_deref());
    if let Some(way) = way {
        facts.heading(vec![Span::plain("BETTER")]);
        facts.say(way.better, Tone::Good, 2);
    }
    facts.findings(id);
}

/// The things on the way, each with how one gets there from the one above.
fn chain(facts: &mut Facts<'_>, path: &CredentialPath) {
    facts.heading(vec![Span::plain("HOP BY HOP")]);
    let start = thing(facts, "", &path.from);
    link(facts, &path.from, None, start);
    for step in steps(path) {
        let how = verb::of(step.link.relation, step.forward);
        let mut spans = thing(facts, how, step.to);
        let proof = clean(&step.link.proof.text);
        if !proof.is_empty() {
            spans.push(Span::new(format!("  {proof}"), Tone::Dim));
        }
        link(facts, step.to, Some(step.link.grade), spans);
    }
    if path.hops.is_empty() {
        facts.say("What lies between is not known.", Tone::Notice, 2);
    }
}

/// `› holds variable AWS_ACCESS_KEY_ID  acme/infra`.
fn thing(facts: &Facts<'_>, how: &str, id: &Id) -> Line {
    let world = facts.view.world;
    let mut spans = Vec::new();
    if !how.is_empty() {
        spans.push(Span::new(format!("{how} "), Tone::Dim));
    }
    spans.push(Span::new(format!("{} ", id.kind().word()), Tone::Dim));
    spans.push(Span::new(name::of(world, id), Tone::Strong));
    if let Some(context) = name::context(world, id) {
        spans.push(Span::new(format!("  {context}"), Tone::Dim));
    }
    spans
}

const REACHES: &str = "REACHES";

fn reaches(facts: &mut Facts<'_>, path: &CredentialPath, shown: Shown<'_>) {
    let world = facts.view.world;
    let reached = world.graph.reached(&path.to);
    let beyond: Vec<&ReachedRole> = reached.roles.iter().filter(|reached| reached.role != path.to).collect();
    head(facts, REACHES, beyond.len());
    powers(facts, &reached);
    let most = most(shown, REACHES);
    for reached in beyond.iter().take(most) {
        let grade = reached.chain.iter().map(|hop| hop.grade).min();
        let mut spans = thing(facts, "", &reached.role);
        if world.is_admin(&reached.role) {
            spans.push(Span::new("  administrator", Tone::Bad));
        }
        let between = reached.chain.len().saturating_sub(1);
        let names: Vec<String> =
            reached.chain.iter().take(between).map(|hop| name::of(world, &hop.to)).collect();
        if !names.is_empty() {
            spans.push(Span::new(format!("  by way of {}", names.join(", ")), Tone::Dim));
        }
        link(facts, &reached.role, grade, spans);
    }
    more(facts, REACHES, beyond.len().saturating_sub(most));
    if beyond.is_empty() && reached.powers.is_empty() && reached.administrator.is_none() {
        let text = if reached.partly {
            "nothing that was read, and not all was read"
        } else {
            "no role, and nothing sensitive"
        };
        facts.say(text, Tone::Dim, 2);
    } else if reached.partly {
        facts.say("Some policies on the way were not read: there may be more.", Tone::Notice, 2);
    }
}

/// `as deploy-prod: iam, secrets`, each power where it was found. An administrator needs no list.
fn powers(facts: &mut Facts<'_>, reached: &Reached) {
    let world = facts.view.world;
    if let Some(administrator) = &reached.administrator {
        let text = format!("may do everything in its account, as {}", name::of(world, administrator));
        facts.say(&text, Tone::Bad, 2);
        return;
    }
    let mut held: Vec<(&Id, Vec<&str>)> = Vec::new();
    for (power, holder) in &reached.powers {
        match held.iter_mut().find(|(known, _)| *known == holder) {
            Some((_, words)) => words.push(power.word()),
            None => held.push((holder, vec![power.word()])),
        }
    }
    for (holder, words) in held {
        facts.say(&format!("as {}: {}", name::of(world, holder), words.join(", ")), Tone::Warn, 2);
    }
}

const PROJECTS: &str = "PROJECTS";

/// Which refs of which projects.
fn who(facts: &mut Facts<'_>, path: &CredentialPath, shown: Shown<'_>) {
    facts.heading(vec![Span::plain("REFS")]);
    let (_, tone) = refs(&path.refs);
    let says = match &path.refs {
        Refs::Any => "any branch or tag: anybody who may push".to_owned(),
        Refs::Protected => "protected branches and tags only".to_owned(),
        Refs::Unknown => "it could not be read which branches and tags".to_owned(),
        Refs::Named { refs, protected } => {
            let all = refs.join(", ");
            if *protected {
                format!("{all}: all of them protected")
            } else {
                format!("{all}: not all of them protected")
            }
        }
    };
    facts.say(&says, tone, 2);
    let world = facts.view.world;
    head(facts, PROJECTS, path.projects.len());
    let most = most(shown, PROJECTS);
    for project in path.projects.iter().take(most) {
        let mut spans = vec![Span::plain(name::of(world, project))];
        if world.get(project).is_none() {
            spans.push(Span::new("  not seen", Tone::Notice));
        }
        link(facts, project, None, spans);
    }
    more(facts, PROJECTS, path.projects.len().saturating_sub(most));
    if path.projects.is_empty() {
        facts.say("no project that was read", Tone::Dim, 2);
    }
}

fn used(facts: &mut Facts<'_>, used: Option<&Proof>) {
    facts.heading(vec![Span::plain("USED")]);
    let Some(proof) = used else {
        facts.say("No event that was read shows that this way was taken.", Tone::Dim, 2);
        return;
    };
    let when = proof.at.map(|at| format!(", last {}", facts.when(at))).unwrap_or_default();
    facts.say(&format!("{}{when}", proof.text), Tone::Plain, 2);
}

/// `# static-key  AWS_ACCESS_KEY_ID to gitlab-deploy  any  admin`: a path in one line, for other things' details.
pub(super) fn line(facts: &Facts<'_>, path: &CredentialPath, begins_here: bool) -> (Line, Grade) {
    let view = &facts.view;
    let world = view.world;
    let severity = world.risk(&path.id).map(|risk| risk.severity);
    let mark = crate::app::glyph::risk(severity);
    let (refs, refs_tone) = refs(&path.refs);
    let mut spans = vec![
        Span::new(format!("{:1} ", mark.text), mark.tone),
        Span::new(format!("{}  ", path.way), if path.life == Life::Long { Tone::Warn } else { Tone::Plain }),
    ];
    if !begins_here {
        spans.push(Span::plain(name::of(world, &path.from)));
        spans.push(Span::new(" to ", Tone::Dim));
    }
    spans.push(Span::new(name::of(world, &path.to), Tone::Strong));
    if let Some(context) = name::context(world, &path.to) {
        spans.push(Span::new(format!("  {context}"), Tone::Dim));
    }
    spans.push(Span::new(format!("  {refs}"), refs_tone));
    if path.projects.len() > 1 {
        spans.push(Span::new(format!("  {}", plural(path.projects.len(), "project", "projects")), Tone::Dim));
    }
    if let Some(end) = world.end(&path.id) {
        let cell = crate::app::pane::paths::reaches(view, end);
        spans.push(Span::new(format!("  {}", cell.span.text), cell.span.tone));
    }
    (spans, path.grade())
}
