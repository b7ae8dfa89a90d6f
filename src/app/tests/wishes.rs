//! What is wished of an action is chosen or typed before its plan is shown; rungs of a ladder are left out of it.

use crate::{
    act::ACTIONS,
    app::{
        Effect, Msg,
        show::{Body, Overlay},
        trial::{LEAKED, Trial},
        trial_acts::{armed, choose, menu, page, said, started, text, to_key},
    },
};

/// To an action in the open menu.
fn to_action(trial: &mut Trial, action: &str) {
    trial.press("a g");
    for _ in 0..20 {
        if menu(trial).1.iter().any(|line| line.starts_with(&format!(">{action}"))) {
            return;
        }
        trial.press("j");
    }
    panic!("no action {action}");
}

#[test]
fn a_rotation_takes_times_as_they_are_typed() {
    let mut trial = armed(true, (120, 60));
    to_key(&mut trial, LEAKED);
    choose(&mut trial, "rotate-key");
    let (title, lines) = menu(&trial);
    assert_eq!(title, "rotate-key: what it is to be");
    assert_eq!(lines[..3], [" quiet  1d", " soak   7d", ">show the plan"], "{lines:?}");
    trial.press("k");
    assert!(menu(&trial).1.iter().any(|line| line.contains("between deactivating")), "{:?}", menu(&trial));
    // What is no length of time stays where it is typed.
    trial.press("enter ctrl-u").type_in("soon").press("enter");
    let prompt = trial.screen().footer.prompt.expect("it is typed still");
    assert!(prompt.error.is_some_and(|(_, says)| says.contains("no length of time")));
    trial.press("ctrl-u").type_in("2h").press("enter");
    assert_eq!(menu(&trial).1[..3], [" quiet  1d", " soak   2h", ">show the plan"]);
    trial.press("enter");
    assert!(trial.screen().overlay.is_none());
    assert!(text(&page(&trial)).contains("waits 2 h, for whoever"), "{}", text(&page(&trial)));
}

#[test]
fn a_principal_is_chosen_from_those_the_role_trusts() {
    let mut trial = armed(true, (120, 60));
    trial.send(Msg::Pasted("arn:aws:iam::123456789012:role/deploy-prod".into()));
    to_action(&mut trial, "remove-principal");
    let (_, lines) = menu(&trial);
    let offered = lines.iter().find(|line| line.starts_with(">remove-principal")).unwrap();
    assert!(offered.ends_with("asks for principal"), "{lines:?}");
    trial.press("enter");
    assert!(menu(&trial).1[0].starts_with(">principal  choose one of "), "{:?}", menu(&trial));
    trial.press("j enter");
    assert_eq!(said(&trial), "First say principal.");
    trial.press("enter");
    let (title, choices) = menu(&trial);
    assert_eq!(title, "remove-principal: principal");
    let chosen = choices[0][1..].to_owned();
    trial.press("enter");
    assert_eq!(menu(&trial).1[0], format!(" principal  {chosen}"));
    trial.press("enter");
    // The only one there is: IAM accepts no policy that trusts nobody.
    assert!(
        said(&trial).starts_with("Not so: ") && said(&trial).contains("trusts nobody else"),
        "{}",
        said(&trial)
    );
    trial.press("esc");
    assert!(menu(&trial).0.starts_with("What to do with role"));
    trial.press("esc");
    assert!(trial.screen().overlay.is_none());
}

/// Whatever is in a name, it is drawn as letters.
#[test]
fn nothing_that_is_typed_or_chosen_reaches_the_terminal_as_it_came() {
    let mut trial = armed(true, (120, 40));
    to_key(&mut trial, LEAKED);
    choose(&mut trial, "rotate-key");
    trial.press("k enter ctrl-u");
    trial.send(Msg::Pasted("1d\u{1b}]52;c;eA==\u{7}\u{202e}".into()));
    let prompt = trial.screen().footer.prompt.expect("a prompt");
    let says = prompt.error.expect("it is no time").1;
    for drawn in [&prompt.text, &says] {
        assert!(!drawn.chars().any(|letter| letter.is_control() || letter == '\u{202e}'), "{drawn:?}");
    }
}

#[test]
fn a_plan_that_was_asked_for_and_left_does_not_come_back() {
    let mut trial = armed(true, (120, 40));
    to_key(&mut trial, LEAKED);
    choose(&mut trial, "rotate-key");
    trial.press("esc esc");
    assert!(trial.screen().overlay.is_none() && !matches!(trial.screen().body, Body::Page(_)));
    assert!(ACTIONS.iter().any(|action| !action.wishes.is_empty()));
}

#[test]
fn rungs_are_left_out_of_a_containment_and_what_is_not_done_is_said() {
    let mut trial = armed(true, (120, 80));
    to_key(&mut trial, LEAKED);
    choose(&mut trial, "contain-key");
    assert_eq!(page(&trial).cursor, Some(0));
    trial.press("space");
    assert!(said(&trial).starts_with("Go to a step first"), "{}", said(&trial));
    let whole = text(&page(&trial));
    for _ in 0..60 {
        let shown = page(&trial);
        let here = &shown.lines[shown.cursor.unwrap() - shown.first];
        if here.iter().any(|span| span.text.contains("UpdateAccessKey")) {
            break;
        }
        trial.press("j");
    }
    trial.app.drawn();
    trial.press("space");
    let shown = text(&page(&trial));
    assert!(shown.contains(", 1 left out") && shown.contains("left out  iam UpdateAccessKey"), "{shown}");
    assert!(shown.contains(&format!("Left out, and so not done: {LEAKED} stops working")), "{shown}");
    trial.press("y");
    assert!(said(&trial).contains("not on the screen yet"), "what changed must be seen again");
    trial.press("o").type_in("it is leaked").press("enter");
    trial.app.drawn();
    trial.press("y").type_in(LEAKED).press("enter");
    let order = started(&trial).expect("it starts");
    assert!(!order.plan.steps.iter().any(|step| step.request().operation == "UpdateAccessKey"));
    // And in again.
    let mut trial = armed(true, (120, 80));
    to_key(&mut trial, LEAKED);
    choose(&mut trial, "contain-key");
    trial.press("G");
    trial.press("g");
    for _ in 0..60 {
        trial.press("j space");
        if text(&page(&trial)).contains("left out") {
            break;
        }
    }
    assert!(text(&page(&trial)).contains("left out"));
    trial.press("space");
    assert_eq!(text(&page(&trial)), whole);
    // Where each step needs the one before, there is nothing to choose.
    trial.press("esc");
    to_key(&mut trial, LEAKED);
    choose(&mut trial, "deactivate-key");
    assert_eq!(page(&trial).cursor, None);
    trial.press("space");
    assert!(said(&trial).contains("hang together"));
    assert!(!matches!(trial.screen().overlay, Some(Overlay::Menu { .. })));
    assert!(!trial.asked.iter().any(|effect| matches!(effect, Effect::Start(_))));
}
