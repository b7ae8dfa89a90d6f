//! Section by section: same account, other account, delegation, boundaries, denies, and what cannot be known.

use super::{super::trust::OwnPlace, *};
use Grade::{Delegated, Denied, Possible, Proven};

const USER: &str = "arn:aws:iam::111111111111:user/ci";
const ROLE: &str = "arn:aws:iam::111111111111:role/path/runner";
const SESSION: &str = "arn:aws:sts::111111111111:assumed-role/runner/i-0ab";
const FEDERATED: &str = "arn:aws:sts::111111111111:federated-user/kim";
const HERE: &str = "arn:aws:iam::111111111111:role/deploy";
const THERE: &str = "arn:aws:iam::222222222222:role/deploy";
const ROOT: &str = "arn:aws:iam::111111111111:root";

const ALLOW: &str = r#"{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}"#;
const NOTHING: &str = r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#;
const DENY: &str = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;
const IF_MFA: &str = r#"{"Effect":"Allow","Action":"sts:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}"#;

fn document(statements: &str) -> Document {
    Document::parse(&format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)).unwrap()
}

fn trusts(principal: &str) -> String {
    format!(r#"{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"sts:AssumeRole"}}"#)
}

fn with(principal: &str, condition: &str) -> String {
    format!(
        r#"{{"Sid":"S","Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"sts:AssumeRole","Condition":{condition}}}"#
    )
}

/// The caller, the role, the trust policy, the caller's policy and its boundary.
fn asked(caller: &str, role: &str, trust: &str, own: Option<&str>, boundary: Option<&str>) -> Verdict {
    let (caller, role, trust) = (Arn::new(caller).unwrap(), Arn::new(role).unwrap(), document(trust));
    let (own, boundary) = (own.map(document), boundary.map(document));
    let caller = Caller {
        arn: &caller,
        unique_id: None,
        policies: own.as_ref().map(|document| vec![NamedPolicy { name: "own", document }]),
        partly: false,
        boundary: boundary.as_ref().map_or(Boundary::None, Boundary::Document),
    };
    can_assume(&caller, &RoleFacts { arn: &role, trust: &trust })
}

/// Caller, role, principal of the trust policy, the caller's policy, its boundary, and what is answered.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
    Grade,
    &'static str,
);

const ROWS: &[Row] = &[
    (USER, HERE, USER, Some(NOTHING), None, Proven, "trust policy statement 1 names the user"),
    (USER, HERE, USER, Some(NOTHING), Some(NOTHING), Proven, "trust policy statement 1 names the user"),
    (USER, HERE, USER, Some(DENY), None, Denied, "the user's policy `own` denies it"),
    (USER, HERE, USER, Some(ALLOW), Some(DENY), Denied, "the user's boundary denies it"),
    (
        USER,
        HERE,
        USER,
        None,
        None,
        Possible,
        "trust policy statement 1 names the user; the user's own policies were not read",
    ),
    (USER, HERE, "*", Some(NOTHING), None, Proven, "trust policy statement 1 lets everyone in"),
    (
        USER,
        HERE,
        ROOT,
        Some(ALLOW),
        None,
        Delegated,
        "trust policy trusts account 111111111111 and the user's policy `own` allows it",
    ),
    (
        USER,
        HERE,
        "111111111111",
        Some(ALLOW),
        None,
        Delegated,
        "trust policy trusts account 111111111111 and the user's policy `own` allows it",
    ),
    (
        USER,
        HERE,
        ROOT,
        Some(NOTHING),
        None,
        Denied,
        "trust policy trusts account 111111111111, but no policy of the user allows it",
    ),
    (
        USER,
        HERE,
        ROOT,
        Some(ALLOW),
        Some(NOTHING),
        Denied,
        "trust policy trusts account 111111111111, but the user's boundary does not allow it",
    ),
    (
        USER,
        HERE,
        ROOT,
        Some(ALLOW),
        Some(ALLOW),
        Delegated,
        "trust policy trusts account 111111111111 and the user's policy `own` allows it",
    ),
    (
        USER,
        HERE,
        ROOT,
        Some(IF_MFA),
        None,
        Possible,
        "trust policy trusts account 111111111111 and the user's policy `own` may allow it",
    ),
    (
        USER,
        HERE,
        "arn:aws:iam::222222222222:root",
        Some(ALLOW),
        None,
        Denied,
        "the trust policy does not name it",
    ),
    (USER, HERE, "AIDACKCEVSQ6C2EXAMPLE", Some(ALLOW), None, Denied, "the trust policy does not name it"),
    (ROLE, HERE, ROLE, Some(NOTHING), None, Proven, "trust policy statement 1 names the role"),
    (
        ROLE,
        HERE,
        ROLE,
        Some(NOTHING),
        Some(NOTHING),
        Denied,
        "trust policy statement 1 names the role, but the role's boundary does not allow it",
    ),
    (ROLE, HERE, SESSION, Some(NOTHING), None, Possible, "trust policy statement 1 names the session i-0ab"),
    (
        SESSION,
        HERE,
        SESSION,
        Some(NOTHING),
        Some(NOTHING),
        Proven,
        "trust policy statement 1 names the session",
    ),
    (
        SESSION,
        HERE,
        ROLE,
        Some(NOTHING),
        Some(NOTHING),
        Denied,
        "trust policy statement 1 names the session, but the session's boundary does not allow it",
    ),
    (
        ROLE,
        ROLE,
        ROOT,
        Some(ALLOW),
        None,
        Denied,
        "trust policy trusts account 111111111111, but a role must be named to assume itself",
    ),
    (ROLE, ROLE, ROLE, Some(NOTHING), None, Proven, "trust policy statement 1 names the role"),
    (
        SESSION,
        ROLE,
        ROOT,
        Some(ALLOW),
        None,
        Denied,
        "trust policy trusts account 111111111111, but a role must be named to assume itself",
    ),
    (ROOT, HERE, ROOT, Some(ALLOW), None, Denied, "an account's root user cannot assume roles"),
    (
        FEDERATED,
        HERE,
        FEDERATED,
        Some(NOTHING),
        None,
        Proven,
        "trust policy statement 1 names the federated user",
    ),
    (FEDERATED, HERE, USER, Some(ALLOW), None, Denied, "the trust policy does not name it"),
    (
        USER,
        THERE,
        USER,
        Some(ALLOW),
        None,
        Proven,
        "trust policy statement 1 names the user and the user's policy `own` allows it",
    ),
    (
        USER,
        THERE,
        USER,
        Some(NOTHING),
        None,
        Denied,
        "trust policy statement 1 names the user, but no policy of the user allows it",
    ),
    (
        USER,
        THERE,
        ROOT,
        None,
        None,
        Possible,
        "trust policy trusts account 111111111111; the policies of account 111111111111 were not read",
    ),
    (
        USER,
        THERE,
        "*",
        Some(ALLOW),
        Some(NOTHING),
        Denied,
        "trust policy statement 1 lets everyone in, but the user's boundary does not allow it",
    ),
];

#[test]
fn who_may_assume_what() {
    for &(caller, role, principal, own, boundary, grade, why) in ROWS {
        let verdict = asked(caller, role, &trusts(principal), own, boundary);
        assert_eq!(
            (verdict.grade, &*verdict.why),
            (grade, why),
            "{caller} {role} {principal} {own:?} {boundary:?}"
        );
        assert_eq!(verdict.conditions.is_empty(), grade != Grade::Possible || own.is_none(), "{verdict:?}");
    }
}

#[test]
fn what_the_caller_must_bring_is_kept_for_display() {
    let trust =
        with(ROOT, r#"{"StringEquals":{"sts:ExternalId":"acme","aws:PrincipalAccount":"111111111111"}}"#);
    let verdict = asked(USER, THERE, &trust, Some(ALLOW), None);
    assert_eq!(verdict.grade, Grade::Possible);
    assert_eq!(verdict.conditions, ["only if sts:ExternalId is \"acme\""]);
    assert_eq!(verdict.statement, Some(Place { index: 0, sid: Some("S".into()) }));
    let verdict = asked(USER, HERE, &trusts(ROOT), Some(IF_MFA), None);
    assert_eq!(verdict.conditions, ["only if aws:MultiFactorAuthPresent is \"true\""]);
}

#[test]
fn what_is_known_of_the_caller_decides() {
    let narrowed = |arn: &str| with(ROOT, &format!(r#"{{"ArnLike":{{"aws:PrincipalArn":"{arn}"}}}}"#));
    let verdict = asked(USER, HERE, &narrowed("arn:aws:iam::111111111111:user/c*"), Some(ALLOW), None);
    assert_eq!(verdict.grade, Grade::Delegated);
    let verdict = asked(USER, HERE, &narrowed(ROLE), Some(ALLOW), None);
    assert_eq!(verdict.grade, Grade::Denied);
    assert_eq!(verdict.why, "trust policy statement 1 has a condition that this user never meets");
    assert_eq!(asked(ROLE, HERE, &narrowed(ROLE), Some(ALLOW), None).grade, Grade::Delegated);
    assert_eq!(asked(SESSION, HERE, &narrowed(ROLE), Some(ALLOW), None).grade, Grade::Possible);
}

#[test]
fn a_deny_in_the_trust_policy_wins() {
    let deny = |condition: &str| {
        let deny = format!(r#"{{"Effect":"Deny","Principal":"*","Action":"sts:*","Condition":{condition}}}"#);
        asked(USER, HERE, &format!("{},{deny}", trusts(USER)), Some(NOTHING), None)
    };
    let verdict = deny("{}");
    assert_eq!((verdict.grade, &*verdict.why), (Grade::Denied, "trust policy statement 2 denies it"));
    let verdict = deny(r#"{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#);
    assert_eq!(verdict.grade, Grade::Possible);
    assert_eq!(verdict.conditions, ["not if aws:SourceIp is not in \"10.0.0.0/8\""]);
    assert_eq!(deny(r#"{"StringNotEquals":{"aws:PrincipalAccount":"111111111111"}}"#).grade, Grade::Proven);
}

#[test]
fn the_best_statement_counts_and_other_actions_do_not() {
    let both = format!("{},{}", trusts(ROOT), trusts(USER));
    let verdict = asked(USER, HERE, &both, Some(ALLOW), None);
    assert_eq!((verdict.grade, verdict.statement.unwrap().index), (Grade::Proven, 1));
    let tag_only = trusts(USER).replace("sts:AssumeRole", "sts:TagSession");
    assert_eq!(asked(USER, HERE, &tag_only, Some(ALLOW), None).grade, Grade::Denied);
    let federated =
        r#"{"Effect":"Allow","Principal":{"Federated":"*"},"Action":"sts:AssumeRoleWithWebIdentity"}"#;
    assert_eq!(asked(USER, HERE, federated, Some(ALLOW), None).grade, Grade::Denied);
}

#[test]
fn a_deny_that_may_apply_is_never_a_proven_yes() {
    let deny = r#"{"Effect":"Deny","Action":"sts:*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}"#;
    let expected = ["not if aws:MultiFactorAuthPresent is \"false\", if it is there"];
    for (own, boundary) in [(deny, None), (NOTHING, Some(deny))] {
        let verdict = asked(USER, HERE, &trusts(USER), Some(own), boundary);
        assert_eq!(
            (verdict.grade, verdict.conditions),
            (Grade::Possible, expected.map(str::to_owned).to_vec())
        );
    }
}

#[test]
fn a_deny_for_one_session_is_a_doubt_about_the_role() {
    let deny = trusts(SESSION).replace("Allow", "Deny");
    let verdict = asked(ROLE, HERE, &format!("{},{deny}", trusts(ROLE)), Some(NOTHING), None);
    let doubt = ["not if the session is i-0ab".to_owned()];
    assert_eq!((verdict.grade, &verdict.conditions[..]), (Possible, &doubt[..]));
    let verdict = asked(SESSION, HERE, &format!("{},{deny}", trusts(ROLE)), Some(NOTHING), None);
    assert_eq!((verdict.grade, &*verdict.why), (Denied, "trust policy statement 2 denies it"));
}

#[test]
fn an_unread_policy_is_not_silence() {
    let (user, role, trust) = (Arn::new(USER).unwrap(), Arn::new(THERE).unwrap(), document(&trusts(ROOT)));
    let caller = Caller {
        arn: &user,
        unique_id: None,
        policies: Some(vec![]),
        partly: true,
        boundary: Boundary::Unread,
    };
    let verdict = can_assume(&caller, &RoleFacts { arn: &role, trust: &trust });
    let why = "trust policy trusts account 111111111111; not all policies of the user were read";
    assert_eq!((verdict.grade, &*verdict.why), (Grade::Possible, why));
}

#[test]
fn the_statements_that_decide_and_what_is_unseen_are_told() {
    let own = format!("{NOTHING},{ALLOW}");
    let verdict = asked(USER, THERE, &trusts(ROOT), Some(&own), Some(ALLOW));
    assert_eq!(verdict.own, Some(OwnPlace { policy: "own".into(), index: 1 }));
    assert!(verdict.unseen.contains(&"service control policies"), "{verdict:?}");
    assert!(verdict.unseen.contains(&"resource control policies"), "{verdict:?}");
    let denied = asked(USER, THERE, &trusts(ROOT), Some(&format!("{ALLOW},{DENY}")), None);
    assert_eq!((denied.own, denied.unseen.len()), (Some(OwnPlace { policy: "own".into(), index: 1 }), 0));
    let bounded = asked(USER, THERE, &trusts(ROOT), Some(ALLOW), Some(DENY));
    assert_eq!(bounded.own, Some(OwnPlace { policy: "boundary".into(), index: 0 }));
    assert_eq!(asked(USER, HERE, &trusts(USER), Some(NOTHING), None).own, None);
}
