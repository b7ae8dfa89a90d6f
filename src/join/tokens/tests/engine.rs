//! The analysis never differs from the policy engine: over small alphabets every ref is asked of both.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{super::*, OWN, arn, estate, project, tokens, trusting};
use crate::{
    model::gitlab::Project,
    policy::{
        Request, WebCaller, can_assume_with_token,
        subject::{classes, is_ref_name},
    },
};

/// All names of up to four letters that a ref can have.
fn every_name() -> Vec<String> {
    let mut all = vec![String::new()];
    let mut from = 0;
    for _ in 0..4 {
        let to = all.len();
        for index in from..to {
            for letter in ['a', 'b', '/', 'x'] {
                all.push(format!("{}{letter}", all[index]));
            }
        }
        from = to;
    }
    all.retain(|name| is_ref_name(name));
    all
}

fn conditions() -> impl Strategy<Value = Value> {
    let operator = prop::sample::select(vec![
        "StringLike",
        "StringEquals",
        "StringNotLike",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringLikeIfExists",
        "ForAnyValue:StringLike",
        "ForAllValues:StringNotLike",
    ]);
    let start = prop::sample::select(vec![
        "project_path:g/p:ref_type:branch:ref:",
        "project_path:g/p:*",
        "*",
        "*:ref:",
    ]);
    let value = (start, "[ab/*?A]{0,4}").prop_map(|(start, end)| format!("{start}{end}"));
    prop::collection::vec((operator, prop::collection::vec(value, 1..3)), 1..3).prop_map(|tests| {
        let mut condition = json!({});
        for (operator, values) in tests {
            condition[operator] = json!({ format!("{OWN}:sub"): values });
        }
        condition
    })
}

/// Refs of a class, small enough to try them all, that the engine lets in.
fn let_in(trust: &Document, names: &[String], kind: RefKind) -> BTreeSet<String> {
    let kind = if kind.is_tag() { "tag" } else { "branch" };
    let provider = arn(OWN);
    let audiences = [format!("https://{OWN}")];
    let gets_in = |name: &&String| {
        let subject = format!("project_path:g/p:ref_type:{kind}:ref:{name}");
        let claims = Request::default().with("sub", subject);
        let caller = WebCaller { provider: &provider, audiences: Some(&audiences), claims: &claims };
        can_assume_with_token(&caller, trust).grade > crate::policy::Grade::Denied
    };
    names.iter().filter(gets_in).cloned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_analysis_never_differs_from_the_engine(
        allow in conditions(),
        deny in prop::option::of(conditions()),
        branches in prop::collection::vec("[ab/*]{1,3}", 0..3),
    ) {
        let mut trust = trusting(OWN, &allow);
        if let Some(condition) = deny {
            let mut statement = trusting(OWN, &condition)["Statement"][0].clone();
            statement["Effect"] = json!("Deny");
            trust["Statement"].as_array_mut().unwrap().push(statement);
        }
        let document = Document::parse(&trust.to_string()).unwrap();
        let mine = Project { protected_branches: Some(branches.clone()), protected_tags: Some(vec![]), ..project(1, "g/p") };
        let estate = estate(vec![mine], &trust);
        let tokens = tokens(&estate);
        let admits = &tokens.all()[0].admits;
        let refs: Vec<AdmittedRef> = admits.first().map_or(Vec::new(), |admitted| admitted.refs.to_vec());
        let names = every_name();
        for class in classes(Some(&branches), Some(&[])) {
            let of_kind: Vec<&AdmittedRef> = refs.iter().filter(|known| known.kind == class.kind).collect();
            let belong: Vec<String> = names.iter().filter(|name| class.names.has(name)).cloned().collect();
            let truth = let_in(&document, &belong, class.kind);
            let claimed = of_kind.iter().any(|known| known.all || class.entry.is_none_or(|entry| {
                *known.name == *entry || class.names.has(&known.name)
            }));
            prop_assert!(truth.is_empty() || claimed, "{class:?} is missed: {truth:?} {refs:?}");
            for known in of_kind {
                if known.all || class.entry == Some(&*known.name) {
                    prop_assert_eq!(truth.len(), belong.len(), "not all of {:?}", class);
                } else if class.entry.is_none() {
                    let name = [known.name.to_string()];
                    prop_assert!(class.names.has(&known.name), "{} is no {:?}", known.name, class.kind);
                    prop_assert_eq!(let_in(&document, &name, class.kind).len(), 1, "{} is kept out", known.name);
                }
            }
        }
    }
}
