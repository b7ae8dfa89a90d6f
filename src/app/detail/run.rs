//! A run of the journal: what it was to do, how it stands, and every step with what came of it.

use super::{Act, BuiltLine, Role, facts::Facts};
use crate::{
    act::{RunId, Status},
    app::{
        action::{Fate, Page, by, steps_told},
        name,
        show::{Span, Tone},
    },
};

pub(super) fn tell(facts: &mut Facts<'_>, id: RunId) {
    let view = facts.view;
    let Some(run) = view.world.runs.iter().find(|run| run.id == id) else {
        facts.say("The journal holds no such run.", Tone::Warn, 0);
        return;
    };
    let told = match &run.told {
        Ok(told) => told,
        Err(why) => {
            facts.say(&format!("This run cannot be read: {why}"), Tone::Bad, 0);
            return;
        }
    };
    facts.say(&told.plan.title, Tone::Strong, 0);
    if let Some(stands) = run.standing(view.world.now) {
        facts.say(&stands.text, stands.tone, 0);
    }
    if let Status::Stuck { asks: Some(ask), .. } = &told.progress.status {
        facts.say(&format!("{} R answers.", ask.asks()), Tone::Warn, 0);
    }
    facts.time("begun", Some(told.begun));
    facts.fact("by", &by(&told.plan), Tone::Plain);
    if let Some(undoes) = &told.plan.undoes {
        facts.fact("undoes", &format!("run {}", undoes.run), Tone::Plain);
    }
    let target = &told.plan.target;
    facts.heading(vec![Span::plain("TARGET")]);
    let line = vec![Span::plain(format!("{} {}", target.kind().word(), name::of(view.world, target)))];
    facts.lines.push(BuiltLine::new(line, Role::Act(Act::Follow(target.clone()), None)));
    for block in told.plan.blocks.iter().filter(|block| block.accepted.is_some()) {
        let reason = block.accepted.as_deref().unwrap_or_default();
        facts.say(&format!("{} (accepted: {reason})", block.says), Tone::Warn, 0);
    }
    facts.heading(vec![Span::plain(format!("STEPS {}", told.plan.steps.len()))]);
    let mut page = Page::new(facts.width());
    let fates = run.taken_back.iter().map(|(step, by)| (*step, Fate::TakenBack(*by))).collect();
    steps_told(&mut page, &told.plan, Some(told), &fates);
    for (index, line) in page.lines.iter().enumerate() {
        let role = match page.step_at(index) {
            Some(step) if page.begins(index) => Role::Act(Act::Step(step), None),
            Some(step) => Role::Step(step),
            None => Role::Text,
        };
        facts.lines.push(BuiltLine::new(line.clone(), role));
    }
    if !told.plan.cautions.is_empty() {
        facts.heading(vec![Span::plain("KNOW THIS")]);
        for line in &told.plan.cautions {
            facts.say(line, Tone::Plain, 2);
        }
    }
}
