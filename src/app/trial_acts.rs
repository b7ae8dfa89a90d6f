//! The company for tests about actions: an account where somebody may act, a key that rests, menus and runs.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Effect, Msg,
    action::{KeptRun, Order, Told},
    show::{Body, Line, Overlay, PageShown},
    trial::{ACCOUNT, GITLAB, NOW, Trial, after, key, saw},
};
use crate::{
    act::{Ask, Note, Plan, Receipt},
    base::name::KeyId,
    model::{
        aws::{Account, KeyStatus, LastUse},
        entity::Entity,
        gitlab::Instance,
    },
};

/// Switched off, and never used.
pub(crate) const RESTING: &str = "AKIARZPUZDIKRESTINGK";

/// The company, on a terminal of this size.
pub(crate) fn armed(write: bool, (columns, lines): (u16, u16)) -> Trial {
    let mut trial = Trial::of_company(columns, lines);
    let caller = Some(format!("arn:aws:iam::{ACCOUNT}:user/auditor"));
    let account = Account { number: ACCOUNT.parse().unwrap(), name: None, caller, root: None };
    let mut resting = key(RESTING, "sleeper", 200);
    if let Entity::Key(key) = &mut resting {
        key.status = Some(KeyStatus::Inactive);
        key.last_use = Some(LastUse::Never);
    }
    let token = Entity::Instance(Instance {
        name: GITLAB.into(),
        login: Some("ada".into()),
        token_scopes: Some(vec!["api".into()]),
        ..Instance::default()
    });
    trial.send(Msg::Reported(saw(ACCOUNT, "callers", 1, vec![Entity::Account(account), resting, token])));
    trial.send(Msg::Swept);
    trial.send(after(5));
    trial.app.settings.write = write;
    trial.asked.clear();
    trial
}

pub(crate) fn to_key(trial: &mut Trial, id: &str) {
    trial.send(Msg::Pasted(id.to_owned()));
    assert!(trial.detail().title.contains(id), "{}", trial.detail().title);
}

/// Opens the menu and chooses an action by its name.
pub(crate) fn choose(trial: &mut Trial, action: &str) {
    trial.press("a g");
    for _ in 0..20 {
        let Some(Overlay::Menu { items, selected, .. }) = trial.screen().overlay else { panic!("no menu") };
        if items[selected][0].text.trim_end() == action {
            trial.press("enter");
            return;
        }
        trial.press("j");
    }
    panic!("no action {action}");
}

/// A run of this plan in the journal, with these notes.
pub(crate) fn kept(run: &str, plan: &Arc<Plan>, notes: &[Note]) -> KeptRun {
    let notes = notes.iter().map(|note| (NOW, note.clone())).collect();
    KeptRun {
        id: run.parse().unwrap(),
        told: Told::of(NOW, plan.clone(), notes),
        is_busy: false,
        taken_back: BTreeMap::new(),
    }
}

/// One step is done and the next one's call has left.
pub(crate) fn notes() -> [Note; 4] {
    [
        Note::Begun { mark: "keytrail-1".into() },
        Note::Started { step: 0 },
        Note::Done { step: 0, receipt: Receipt::Changed },
        Note::Started { step: 1 },
    ]
}

/// One step is done, and the next is refused.
pub(crate) fn halted() -> Vec<Note> {
    let mut notes = notes()[..3].to_vec();
    notes.push(Note::Halted { step: 1, why: "AWS refused iam:PutUserPolicy".into() });
    notes
}

/// The menu's title, its lines with the cursor, and what is said below them.
pub(crate) fn menu(trial: &Trial) -> (String, Vec<String>) {
    match trial.screen().overlay {
        Some(Overlay::Menu { title, items, selected, says }) => {
            let text = |line: &Line| -> String { line.iter().map(|span| &*span.text).collect() };
            let sign = |index| if index == selected { ">" } else { " " };
            let mut lines: Vec<String> = items
                .iter()
                .enumerate()
                .map(|(index, line)| format!("{}{}", sign(index), text(line)))
                .collect();
            lines.extend(says.iter().map(text));
            (title, lines)
        }
        other => panic!("no menu: {other:?}"),
    }
}

pub(crate) fn page(trial: &Trial) -> PageShown {
    match trial.screen().body {
        Body::Page(page) => page,
        body => panic!("no page: {body:?}"),
    }
}

pub(crate) fn text(page: &PageShown) -> String {
    let line = |line: &Line| line.iter().map(|span| &*span.text).collect::<String>();
    page.lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

pub(crate) fn said(trial: &Trial) -> String {
    trial.screen().footer.message.map(|span| span.text).unwrap_or_default()
}

pub(crate) fn started(trial: &Trial) -> Option<&Order> {
    trial.asked.iter().find_map(|effect| match effect {
        Effect::Start(order) => Some(order),
        _ => None,
    })
}

/// All steps are done.
pub(crate) fn finished(plan: &Plan) -> Vec<Note> {
    let mut notes = vec![Note::Begun { mark: "keytrail-1".into() }];
    for (step, one) in plan.steps.iter().enumerate() {
        let receipt = if one.0.is_wait() { Receipt::Waited } else { Receipt::Changed };
        notes.extend([Note::Started { step }, Note::Done { step, receipt }]);
    }
    notes
}

/// The answer to the first call was lost, and whose key it is only a person knows.
pub(crate) fn asking() -> Vec<Note> {
    let key = KeyId::new(RESTING).unwrap();
    let why = format!("{key} appeared as the answer to CreateAccessKey was lost");
    vec![
        notes()[0].clone(),
        Note::Started { step: 0 },
        Note::Stuck { step: 0, why, asks: Some(Ask::Ours(key)) },
    ]
}
