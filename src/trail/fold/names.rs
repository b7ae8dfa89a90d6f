//! Each text once: the names a trail repeats a million times.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::{
    base::{name::Arn, time::Timestamp},
    model::event::{Caller, Event},
};

/// A text, as its place in [`Names`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::trail) struct Name(u32);

impl Name {
    pub(in crate::trail) const fn index(self) -> usize {
        self.0 as usize
    }
}

#[derive(Debug, Default)]
pub(in crate::trail) struct Names {
    texts: Vec<Arc<str>>,
    known: FxHashMap<Arc<str>, Name>,
    /// `s3:GetObject`, by service and call without putting the two together each time.
    calls: FxHashMap<(Name, Name), Name>,
    /// Hours since 1970.
    hours: FxHashMap<i64, Name>,
    arns: FxHashMap<Box<str>, Arn>,
}

impl Names {
    pub(in crate::trail) fn of(&mut self, text: &str) -> Name {
        if let Some(name) = self.known.get(text) {
            return *name;
        }
        let text: Arc<str> = text.into();
        // Four thousand million different texts would not fit into memory.
        let name = Name(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        self.texts.push(text.clone());
        self.known.insert(text, name);
        name
    }

    pub(in crate::trail) fn call(&mut self, service: &str, call: &str) -> Name {
        let parts = (self.of(service), self.of(call));
        if let Some(name) = self.calls.get(&parts) {
            return *name;
        }
        let name = self.of(&format!("{service}:{call}"));
        self.calls.insert(parts, name);
        name
    }

    /// `2026-11-20T12`.
    pub(in crate::trail) fn hour(&mut self, at: Timestamp) -> Name {
        let hour = at.seconds().div_euclid(3600);
        if let Some(name) = self.hours.get(&hour) {
            return *name;
        }
        let text = Timestamp::from_seconds(hour * 3600).to_string();
        let name = self.of(text.get(..13).unwrap_or(&text));
        self.hours.insert(hour, name);
        name
    }

    pub(in crate::trail) fn text(&self, name: Name) -> Arc<str> {
        self.texts.get(name.index()).cloned().unwrap_or_default()
    }

    /// Lets an event's texts be the ones that others have too. What is its own (ids, session names) stays.
    pub(in crate::trail) fn share(&mut self, event: &mut Event) {
        for text in [&mut event.region, &mut event.source, &mut event.name] {
            self.share_text(text);
        }
        for text in
            [&mut event.address, &mut event.agent, &mut event.error, &mut event.subject, &mut event.audience]
                .into_iter()
                .flatten()
        {
            self.share_text(text);
        }
        for arn in [&mut event.role, &mut event.provider].into_iter().flatten() {
            self.share_arn(arn);
        }
        self.share_caller(&mut event.caller);
    }

    pub(in crate::trail) fn share_caller(&mut self, caller: &mut Caller) {
        self.share_text(&mut caller.kind);
        for text in [&mut caller.user_name, &mut caller.invoked_by].into_iter().flatten() {
            self.share_text(text);
        }
        if let Some(issuer) = &mut caller.issuer {
            self.share_arn(issuer);
        }
        // A user's own ARN and id stand in every one of its records, a session's in few.
        if &*caller.kind == "IAMUser" {
            if let Some(arn) = &mut caller.arn {
                self.share_arn(arn);
            }
            if let Some(id) = &mut caller.principal_id {
                self.share_text(id);
            }
        }
    }

    fn share_text(&mut self, text: &mut Arc<str>) {
        let name = self.of(text);
        *text = self.text(name);
    }

    fn share_arn(&mut self, arn: &mut Arn) {
        if let Some(known) = self.arns.get(arn.as_str()) {
            *arn = known.clone();
        } else {
            self.arns.insert(arn.as_str().into(), arn.clone());
        }
    }

    pub(in crate::trail) fn all(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(|text| &**text)
    }
}
