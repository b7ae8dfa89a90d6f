//! Between a plan on the screen and its run stands a person: `y` where all can be undone, a typed name where not, a typed reason where
//! something speaks against it. Read-only, a plan can be read and written to a file, and no more.

use crate::{
    act::{commands, markdown},
    app::{
        Effect,
        prompt::{Purpose, Typing},
        show::{Span, Tone},
        state::{App, Chart},
    },
    base::text::{harmless, plural},
};

const READ_ONLY: &str = "READ-ONLY: start keytrail with --write (or write = true) to carry it out; ctrl-s writes the plan for `keytrail apply`.";

impl App {
    /// Why the plan on the screen cannot be confirmed now.
    fn unready(&self) -> Option<String> {
        let Some(Chart::Preview(preview)) = &self.chart else { return Some("There is no plan here.".into()) };
        if !self.settings.write {
            return Some(READ_ONLY.into());
        }
        if !preview.seen {
            return Some("The plan was not on the screen yet: read it first.".into());
        }
        self.fleet.in_the_way(&preview.plan, &preview.errand)
    }

    pub(in crate::app) fn confirm(&mut self) -> Vec<Effect> {
        if let Some(why) = self.unready() {
            self.say(Span::new(why, Tone::Warn));
            return Vec::new();
        }
        let Some(Chart::Preview(preview)) = &self.chart else { return Vec::new() };
        let open = preview.plan.open_blocks().count();
        if open > 0 {
            let text = format!(
                "{} against it: o goes on with a reason.",
                plural(open, "thing speaks", "things speak")
            );
            self.say(Span::new(text, Tone::Warn));
            return Vec::new();
        }
        match preview.plan.confirm.clone() {
            Some(name) => {
                self.typing = Some(Typing::confirming(name));
                Vec::new()
            }
            None => self.start(),
        }
    }

    /// What was typed is the name that was asked for; `prompt` has made sure.
    pub(in crate::app) fn confirmed(&mut self, name: &str) -> Vec<Effect> {
        let is_meant = matches!(&self.chart, Some(Chart::Preview(preview))
            if preview.plan.confirm.as_deref() == Some(name) && preview.plan.open_blocks().next().is_none());
        if !is_meant || self.unready().is_some() {
            return Vec::new();
        }
        self.start()
    }

    fn start(&mut self) -> Vec<Effect> {
        let Some(Chart::Preview(preview)) = self.chart.take() else { return Vec::new() };
        self.embark(preview.plan.into(), preview.errand)
    }

    /// Asks for the reason to go on in spite of what speaks against the plan.
    pub(in crate::app) fn type_reason(&mut self) {
        let Some(Chart::Preview(preview)) = &self.chart else { return };
        if preview.plan.open_blocks().next().is_none() {
            self.say(Span::plain("Nothing speaks against it that would need a reason."));
            return;
        }
        self.typing = Some(Typing::new(Purpose::Reason, ""));
    }

    pub(in crate::app) fn accept_blocks(&mut self, reason: &str) {
        let reason = reason.trim();
        if reason.is_empty() {
            self.say(Span::new("No reason, no override.", Tone::Notice));
            return;
        }
        if let Some(Chart::Preview(preview)) = &mut self.chart {
            preview.accept(reason);
        }
    }

    pub(in crate::app) fn type_save_plan(&mut self) {
        let Some(Chart::Preview(preview)) = &self.chart else { return };
        let plan = &preview.plan;
        let is_plain = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
        let target = plan.target.key_text();
        let target = target.rsplit(['/', ':']).next().unwrap_or_default();
        let target: String = target.chars().filter(is_plain).collect();
        let name = format!("{}-{target}.json", plan.action);
        self.typing = Some(Typing::new(Purpose::SavePlan, &name));
    }

    /// JSON can be applied; Markdown is for people, and shell commands for those who do it by hand.
    pub(in crate::app) fn save_plan(&mut self, path: &str) -> Vec<Effect> {
        let Some(Chart::Preview(preview)) = &self.chart else { return Vec::new() };
        let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        let text = match ending.as_deref() {
            Some("json") => serde_json::to_string(&preview.plan).map(|json| harmless(&json) + "\n").ok(),
            Some("md" | "markdown") => Some(markdown(&preview.plan)),
            Some("sh") => Some(commands(&preview.plan)),
            _ => None,
        };
        if let Some(text) = text {
            return vec![Effect::Write { path: path.to_owned(), text }];
        }
        self.say(Span::new("Nothing written: the name must end in .json, .md or .sh.", Tone::Warn));
        Vec::new()
    }
}
