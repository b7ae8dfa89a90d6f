//! A run that panics says nothing it must not say, though a new secret is in its hands; nor does anything else of it when it is printed.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::Arc,
};

use futures_util::FutureExt;

use super::*;
use crate::act::vault::Vault;

/// Part of every new secret of this world.
fn is_said(text: &str, world: &World) -> bool {
    let state = world.state();
    let mut secrets: Vec<String> = state.keys.values().map(|key| key.secret.clone()).collect();
    secrets.push(OLD_SECRET.into());
    secrets.iter().any(|secret| text.contains(secret.as_str()) || text.contains(&secret[..12]))
}

/// Everything that was said by panics while this runs.
async fn heard(run: impl Future<Output = ()>) -> String {
    let said = Arc::new(Mutex::new(String::new()));
    let before = panic::take_hook();
    let hearing = Arc::clone(&said);
    panic::set_hook(Box::new(move |info| {
        let mut said = hearing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        said.push_str(&info.to_string());
        said.push_str(&std::backtrace::Backtrace::force_capture().to_string());
    }));
    let broke = AssertUnwindSafe(run).catch_unwind().await;
    panic::set_hook(before);
    assert!(broke.is_err(), "it was to panic");
    let said = said.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    said.clone()
}

#[tokio::test]
async fn a_panic_in_the_middle_of_a_run_tells_no_secret() {
    let world = World::new(2, 0, true);
    let plan = world.plan("rotate-key", OLD).unwrap();
    let kept = folder();
    let writes = plan.steps.iter().filter(|step| step.request().operation.starts_with("PUT")).count();
    assert!(writes > 3);
    for write in 0..writes {
        let world = World::new(2, 0, true);
        // The call breaks with everything it was handed in its message.
        world.state().breaks_at_write = Some(write);
        let journal = kept.path().join(format!("{write}.db"));
        let said = heard(async {
            world.drive(&journal, None, &plan).await;
        })
        .await;
        assert!(said.contains("a write broke") && said.contains("Secret(......)"), "{said}");
        assert!(!is_said(&said, &world), "write {write} tells a secret");
        let files = std::fs::read_dir(kept.path()).unwrap();
        for file in files {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!is_said(&String::from_utf8_lossy(&bytes), &world), "on the disk");
        }
    }
}

#[tokio::test]
async fn nothing_of_a_run_can_be_printed_that_is_secret() {
    let world = World::new(1, 0, true);
    let mut vault = Vault::default();
    vault.keep(KeyId::new(OLD).unwrap(), Secret::new(OLD_SECRET.into()));
    let made = world.create_key(account(), &user(), "mark").await.unwrap();
    let (_, place) = pair(1);
    let seen = world.variable(&place).await.unwrap();
    let text = world.variable(&text_place()).await.unwrap();
    let plan = world.plan("contain-key", OLD).unwrap();
    let printed = [
        format!("{vault:?} {vault:#?}"),
        format!("{made:?} {made:#?}"),
        format!("{seen:?} {text:?}"),
        format!("{plan:?}"),
        serde_json::to_string(&plan).unwrap(),
        markdown(&plan),
        commands(&plan),
    ];
    for text in printed {
        assert!(!is_said(&text, &world), "{text}");
    }
}
