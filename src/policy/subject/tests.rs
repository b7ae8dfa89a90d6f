//! Every example really is what it claims, and over small alphabets nothing is missed.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{super::operator::Compare, *};

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|&word| word.to_owned()).collect()
}

fn like(pattern: &str) -> Glob {
    Glob::of(&Compare::Like, pattern)
}

/// Examples for refs of one kind, by name, that match all patterns.
fn hitting(patterns: &[&str], branches: &[&str], kind: RefKind) -> Vec<String> {
    let hunt = Hunt::new(patterns.iter().map(|pattern| like(pattern)).collect());
    let branches = words(branches);
    let mut found = Vec::new();
    for class in classes(Some(&branches), None).into_iter().filter(|class| class.kind == kind) {
        let examples = hunt.examples(&hunt.start(), &[Part::Ref], &class.names);
        assert!(examples.complete);
        found.extend(examples.found.into_iter().filter(|example| example.hits.len() == patterns.len()));
    }
    found.into_iter().map(|example| example.name).collect()
}

#[test]
fn what_a_developer_may_name_a_branch() {
    use RefKind::{Branch, ProtectedBranch};
    type Row<'a> = (&'a [&'a str], &'a [&'a str], RefKind, &'a [&'a str]);
    let table: &[Row<'_>] = &[
        (&["release*"], &["release/*"], Branch, &["release"]),
        (&["release?*"], &["release/*"], Branch, &["releasex"]),
        (&["release/*"], &["release/*"], Branch, &[]),
        (&["release/*"], &["release/*"], ProtectedBranch, &["release/x"]),
        (&["*"], &["*"], Branch, &[]),
        (&["main"], &["main"], Branch, &[]),
        (&["main"], &["ma?n"], Branch, &["main"]),
        (&["main*", "*-x"], &["main"], Branch, &["main-x"]),
        (&["feature/*"], &[], Branch, &["feature/x"]),
        (&["*.lock"], &[], Branch, &[]),
        (&["*.."], &[], Branch, &[]),
        (&["-*"], &[], Branch, &[]),
        (&["a:b"], &[], Branch, &[]),
        (&["*@"], &[], Branch, &["x@"]),
    ];
    for (patterns, branches, kind, expected) in table {
        assert_eq!(hitting(patterns, branches, *kind), *expected, "{patterns:?} {branches:?}");
    }
}

#[test]
fn subjects_are_made_of_the_projects_own_components() {
    let tail = |components: &[&str], kind| {
        let components = words(components);
        let project =
            Presenter { path: "acme/shop/web", number: 42, namespace: None, components: &components };
        (project.head().0, project.tail(kind))
    };
    let text = |text: &str| Part::Text(text.to_owned());
    let choice = |claim: &str, values| Part::Choice { claim: claim.to_owned(), values };
    let table = [
        (
            tail(&DEFAULT_COMPONENTS, RefKind::Branch),
            ("project_path:acme/shop/web", vec![text(":ref_type:branch:ref:"), Part::Ref]),
        ),
        (
            tail(&["project_id", "ref_path", "ref_protected"], RefKind::ProtectedTag),
            ("project_id:42", vec![text(":ref_path:refs/tags/"), Part::Ref, text(":ref_protected:true")]),
        ),
        (
            tail(&["namespace_path", "ref_protected", "project_path"], RefKind::UnknownBranch),
            (
                "namespace_path:acme/shop",
                vec![
                    text(":ref_protected:"),
                    choice("ref_protected", &["true", "false"]),
                    text(":project_path:acme/shop/web"),
                ],
            ),
        ),
        (
            tail(&["user_login"], RefKind::Tag),
            ("", vec![text("user_login:"), Part::Free { claim: "user_login".to_owned() }]),
        ),
    ];
    for ((head, parts), (expected_head, expected_parts)) in table {
        assert_eq!((head.as_str(), parts), (expected_head, expected_parts));
    }
}

#[test]
fn a_ref_that_stands_twice_is_the_same_twice() {
    let hunt = Hunt::new(vec![like("a:*a"), like("a:b")]);
    let tail = [Part::Ref, Part::Text(":".into()), Part::Ref];
    let examples = hunt.examples(&hunt.start(), &tail, &Names::default());
    assert!(!examples.complete);
    for example in examples.found {
        assert_eq!(example.tail, format!("{0}:{0}", example.name));
    }
}

#[test]
fn values_that_cannot_be_known_are_guessed_and_told() {
    let hunt = Hunt::new(vec![like("*:deployment_tier:production"), like("*:user_login:bot-*")]);
    let project = Presenter {
        path: "a/b",
        number: 1,
        namespace: None,
        components: &words(&["ref", "deployment_tier", "user_login"]),
    };
    let examples = hunt.examples(&hunt.start(), &project.tail(RefKind::Branch), &Names::default());
    let hit: Vec<&Example> = examples.found.iter().filter(|example| example.hits == [1]).collect();
    assert_eq!(hit[0].guesses[1], ("user_login".to_owned(), "bot-".to_owned()));
    assert!(
        !examples.found.iter().any(|example| example.hits.contains(&0)),
        "the tier is not the last claim"
    );
}

#[test]
fn hostile_patterns_end() {
    let pattern = format!("{}b", "*a?".repeat(200));
    let globs: Vec<Glob> = (0..20).map(|index| like(&format!("{pattern}{index}*"))).collect();
    let hunt = Hunt::new(globs);
    let examples = hunt.examples(&hunt.start(), &[Part::Ref], &Names::default());
    assert!(!examples.complete);
}

/// All names of up to five letters.
fn every_name() -> Vec<String> {
    let mut all = vec![String::new()];
    let mut from = 0;
    for _ in 0..5 {
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_is_missed_and_nothing_invented(
        patterns in prop::collection::vec("[ab/*?]{0,6}", 1..4),
        exact in "[ab/]{1,3}",
        protected in prop::collection::vec("[ab/*]{1,4}", 0..3),
    ) {
        let mut globs: Vec<Glob> = patterns.iter().map(|pattern| like(pattern)).collect();
        globs.push(Glob::of(&Compare::TextAnyCase, &exact));
        let hunt = Hunt::new(globs.clone());
        for class in classes(Some(&protected), None) {
            let examples = hunt.examples(&hunt.start(), &[Part::Ref], &class.names);
            prop_assert!(examples.complete);
            let hits = |name: &str| -> Vec<u16> {
                (0..).zip(&globs).filter(|(_, glob)| glob.matches(name)).map(|(number, _)| number).collect()
            };
            let mut found = BTreeSet::new();
            for example in &examples.found {
                prop_assert!(is_ref_name(&example.name) && class.names.has(&example.name), "{example:?}");
                prop_assert_eq!(&example.hits, &hits(&example.name), "{}", &example.name);
                found.insert(example.hits.clone());
            }
            for name in every_name().iter().filter(|name| class.names.has(name)) {
                prop_assert!(found.contains(&hits(name)), "{name} of {class:?} is missed");
            }
        }
    }
}
