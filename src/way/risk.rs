//! How bad a path is: how long what a job gets stays good, who can take it, what lies at its end, and how sure that is. It weighs one path
//! against another; what should be done about it is for rules to say.

use super::{CredentialPath, Life};
use crate::{
    join::Power,
    model::{link::Grade, severity::Severity},
};

/// The weight of one path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Risk {
    pub severity: Severity,
    /// More is worse; paths of one severity are told apart by it.
    pub points: i64,
}

/// Weighs a path. `powers` is what its end and the roles it reaches may do; with `partly` not all of that was read.
pub fn of(path: &CredentialPath, powers: &[Power], partly: bool) -> Risk {
    let life = match path.life {
        Life::Long => 3,
        Life::Short => 0,
    };
    let refs = match path.refs.unprotected() {
        Some(true) => 2,
        None => 1,
        Some(false) => 0,
    };
    let grade = match path.grade() {
        Grade::Observed => 1,
        Grade::Configured => 0,
        Grade::Inferred => -2,
    };
    let projects = match path.projects.len() {
        0..=10 => 0,
        11..=100 => 1,
        _ => 2,
    };
    // An end of which not everything was read counts as one that may do a little more.
    let end = powers.iter().map(|power| weight(*power)).max().unwrap_or(0).max(i64::from(partly));
    let points = life + refs + grade + projects + end;
    let severity = match points {
        8.. => Severity::Critical,
        6..8 => Severity::High,
        3..6 => Severity::Medium,
        1..3 => Severity::Low,
        _ => Severity::Info,
    };
    Risk { severity, points }
}

const fn weight(power: Power) -> i64 {
    match power {
        Power::Administrator => 4,
        Power::Iam | Power::AssumeAny | Power::Secrets | Power::Organization => 3,
        Power::Kms | Power::S3Data | Power::Ec2Run | Power::LambdaUpdate => 2,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        model::{
            id::{Id, Kind},
            link::{Link, Proof, Relation},
        },
        way::Refs,
    };

    fn path(life: Life, refs: Refs, grade: Grade, projects: u64) -> CredentialPath {
        let (from, to) = (Id::project("g", 1), Id::new(Kind::User, "u"));
        let hop = Link {
            from: from.clone(),
            relation: Relation::Holds,
            to: to.clone(),
            grade,
            proof: Proof::of(""),
        };
        CredentialPath {
            id: CredentialPath::id("w", &from, &from, &to),
            way: "w",
            from,
            projects: (0..projects).map(|number| Id::project("g", number)).collect::<Vec<_>>().into(),
            refs,
            hops: vec![hop],
            to,
            life,
            used: (grade == Grade::Observed).then(|| Proof::of("3 events")),
            cautions: Vec::new(),
        }
    }

    fn severity(path: &CredentialPath, powers: &[Power]) -> Severity {
        of(path, powers, false).severity
    }

    #[test]
    fn a_key_for_anybody_who_may_push_that_ends_at_an_administrator_is_the_worst() {
        let open = path(Life::Long, Refs::Any, Grade::Configured, 1);
        assert_eq!(severity(&open, &[Power::Administrator]), Severity::Critical);
        let closed = path(Life::Long, Refs::Protected, Grade::Configured, 1);
        assert_eq!(severity(&closed, &[Power::Administrator]), Severity::High);
        let token = path(Life::Short, Refs::Protected, Grade::Configured, 1);
        assert_eq!(severity(&token, &[Power::Administrator]), Severity::Medium);
        assert_eq!(severity(&token, &[]), Severity::Info);
    }

    #[test]
    fn every_sign_moves_the_weight_its_own_way() {
        let points = |path: CredentialPath, powers: &[Power]| of(&path, powers, false).points;
        let nothing: &[Power] = &[];
        let base = || path(Life::Short, Refs::Protected, Grade::Configured, 1);
        let plain = points(base(), nothing);
        assert!(points(path(Life::Long, Refs::Protected, Grade::Configured, 1), nothing) > plain);
        assert!(points(path(Life::Short, Refs::Unknown, Grade::Configured, 1), nothing) > plain);
        assert!(points(path(Life::Short, Refs::Protected, Grade::Observed, 1), nothing) > plain);
        assert!(points(path(Life::Short, Refs::Protected, Grade::Inferred, 1), nothing) < plain);
        assert!(points(path(Life::Short, Refs::Protected, Grade::Configured, 500), nothing) > plain);
        assert!(of(&base(), nothing, true).points > plain);
        assert!(points(base(), &[Power::Kms]) > plain);
        assert!(points(base(), &[Power::Iam]) > points(base(), &[Power::Kms]));
        let named = Refs::Named { refs: vec![Arc::from("main")], protected: true };
        assert_eq!(points(path(Life::Short, named, Grade::Configured, 1), nothing), plain);
    }

    #[test]
    fn what_carries_the_credentials_is_read_back_from_the_id() {
        let (from, via, to) =
            (Id::project("g", 1), Id::new(Kind::Variable, "g/project/1/A|B@*"), Id::new(Kind::User, "u|x"));
        let mut path = path(Life::Long, Refs::Any, Grade::Inferred, 1);
        path.id = CredentialPath::id("w", &from, &via, &to);
        (path.from, path.to) = (from, to);
        assert_eq!(path.via(), Some(via));
    }
}
