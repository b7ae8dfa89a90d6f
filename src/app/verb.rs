//! A relation as a verb, in either direction: `acme/shop` holds `AWS_ACCESS_KEY_ID`, which is held by `acme/shop`.

use crate::model::link::Relation;

/// What stands between two things.
pub(super) const fn of(relation: Relation, forward: bool) -> &'static str {
    let (to, back) = both(relation);
    if forward { to } else { back }
}

const fn both(relation: Relation) -> (&'static str, &'static str) {
    match relation {
        Relation::Contains => ("contains", "is inside"),
        Relation::Holds => ("holds", "is held by"),
        Relation::Carries => ("carries", "is carried by"),
        Relation::Names => ("names", "is named by"),
        Relation::Owns => ("owns", "belongs to"),
        Relation::MayAssume => ("may assume", "may be assumed by"),
        Relation::RunsOn => ("may run on", "may run jobs of"),
        Relation::HasManager => ("is served by", "serves"),
        Relation::SitsOn => ("sits on", "hosts"),
        Relation::HasProfile => ("has", "is on"),
        Relation::HasRole => ("gives", "is given by"),
        Relation::Ran => ("ran", "ran on"),
        Relation::HadJob => ("had", "is a job of"),
        Relation::Opened => ("opened", "was opened by"),
        Relation::AssumedAs => ("was assumed as", "is a session of"),
        Relation::UsedIn => ("was used in", "was made with"),
        Relation::Minted => ("minted", "was minted by"),
        Relation::UsedFrom => ("was used from", "used"),
        Relation::AddressOf => ("is the address of", "has the address"),
        Relation::AskedFor => ("asked for", "was asked for in"),
        Relation::CameFrom => ("came from", "sent"),
        Relation::InAccount => ("is in", "has"),
        Relation::Configures => ("configures", "is configured by"),
        Relation::Describes => ("describes the jobs of", "is described by"),
        Relation::Starts => ("starts jobs on", "is started by"),
        Relation::Launches => ("launches", "is launched by"),
        Relation::Presents => ("presents id tokens to", "takes id tokens of"),
        Relation::Fetches => ("fetches from", "is fetched by"),
        Relation::Keeps => ("keeps", "is kept in"),
        Relation::Issues => ("issues", "is issued by"),
        Relation::Exposes => ("exposes", "is exposed on"),
        Relation::ByJob => ("was likely opened by", "likely opened"),
    }
}
