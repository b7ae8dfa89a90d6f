//! Changes at a GitLab that does not do what it was asked, or answers what nobody promised.

use serde_json::json;

use super::*;
use crate::{
    model::gitlab::Owner,
    source::{
        Trouble,
        gitlab::{Changer, Made},
    },
};

async fn changer(special: impl Fn(&Asked) -> Answer + Clone + Send + Sync + 'static) -> (Changer, Small) {
    let small = open(special).await;
    let clock = Arc::new(StoppedClock(Timestamp::default()));
    (Changer::open(source(&small.url, TOKEN), clock).unwrap(), small)
}

const fn owner() -> Owner {
    Owner::Group(9)
}

#[tokio::test]
async fn a_scope_that_a_group_may_not_have_is_refused_and_seen() {
    // Without the license GitLab takes the request and leaves the scope as it is.
    let (changer, small) = changer(|asked| {
        let shown = json!({ "key": "K", "value": "v", "environment_scope": "*", "hidden": false });
        (asked.call == "PUT /groups/9/variables/K").then(|| ok(&shown))
    })
    .await;
    let trouble = changer.move_variable(&owner(), "K", "*", "aside").await.unwrap_err();
    assert!(trouble.says().contains("Premium"), "{}", trouble.says());
    assert_eq!(small.ledger.lock().unwrap()[0].graphql, json!({ "environment_scope": "aside" }));
}

#[tokio::test]
async fn an_older_gitlab_tells_that_it_did_not_hide() {
    let (changer, small) = changer(|asked| {
        let shown = json!({ "key": "K", "value": "long-enough", "environment_scope": "aside" });
        (asked.call == "POST /groups/9/variables").then(|| json_of(201, &shown))
    })
    .await;
    let value = Secret::new("long-enough".into());
    let made = Made {
        value: &value,
        protected: None,
        masked: None,
        hidden: true,
        raw: Some(true),
        file: None,
        description: None,
    };
    assert_eq!(changer.create_variable(&owner(), "K", "aside", &made).await, Ok(None));
    let asked = &small.ledger.lock().unwrap()[0].graphql;
    assert_eq!((&asked["masked_and_hidden"], &asked["raw"]), (&json!(true), &json!(true)));
}

#[tokio::test]
async fn what_is_sent_is_sent_once() {
    let (changer, small) =
        changer(|asked| (!asked.call.starts_with("GET")).then(|| json_of(502, &json!({})))).await;
    assert!(matches!(changer.delete_variable(&owner(), "K", "*").await, Err(Trouble::Lost { .. })));
    assert!(matches!(changer.delete_runner(7).await, Err(Trouble::Lost { .. })));
    assert!(matches!(changer.reset_runner_token(7).await, Err(Trouble::Lost { .. })));
    assert!(matches!(changer.enable_runner(4, 7).await, Err(Trouble::Lost { .. })));
    assert_eq!(small.ledger.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn a_token_that_is_none_and_lists_without_an_end_are_no_answers() {
    let (changer, small) = changer(|asked| match asked.call.as_str() {
        "POST /runners/7/reset_authentication_token" => Some(json_of(201, &json!({ "token": 12 }))),
        "GET /projects/4/runners" => {
            let rows: Vec<Value> = (100..200).map(|id| json!({ "id": id })).collect();
            Some(ok(&json!(rows)))
        }
        "GET /projects/5/runners" => Some(ok(&json!([{ "id": 7 }]))),
        _ => None,
    })
    .await;
    assert!(matches!(changer.reset_runner_token(7).await, Err(Trouble::Lost { .. })));
    assert!(matches!(changer.serves(4, 7).await, Err(Trouble::Refused { .. })));
    assert_eq!(small.ledger.lock().unwrap().len(), 501);
    assert_eq!((changer.serves(5, 7).await, changer.serves(5, 8).await), (Ok(true), Ok(false)));
}

#[tokio::test]
async fn a_project_that_is_not_seen_has_not_lost_its_runner() {
    let (changer, _) = changer(|asked| {
        let message =
            if asked.call.contains("/4/") { "404 Project Not Found" } else { "404 Runner Not Found" };
        Some(json_of(404, &json!({ "message": message })))
    })
    .await;
    assert!(matches!(changer.disable_runner(4, 7).await, Err(Trouble::Refused { .. })));
    assert!(matches!(changer.disable_runner(5, 7).await, Err(Trouble::Gone { .. })));
}
