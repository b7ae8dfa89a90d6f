//! GetSessionToken: a user's own temporary credentials.

use super::super::{
    allow::{self, Obstacle},
    ask::Ask,
    caller::Who,
    refusal::Refusal,
    trail::Note,
    xml::Xml,
};
use crate::demo::world::World;

/// Needs no permission; only an explicit deny forbids it.
pub(crate) fn token(ask: &Ask<'_>, world: &mut World, xml: &mut Xml) -> Result<Note, Refusal> {
    let name = match &ask.caller.who {
        Who::User { name, .. } if ask.caller.issued.is_none() => name,
        _ => return Err(Refusal::Denied("Cannot call GetSessionToken with session credentials".into())),
    };
    let action = "sts:GetSessionToken";
    if allow::obstacle(ask.caller, world, action, "*") == Some(Obstacle::ExplicitDeny) {
        let arn = ask.caller.arn();
        return Err(Refusal::Denied(format!(
            "User: {arn} is not authorized to perform: {action} on resource: {arn} \
             with an explicit deny in an identity-based policy"
        )));
    }
    let seconds = ask.params.number("DurationSeconds", 900, 129_600)?.unwrap_or(43_200);
    let session = super::issue(ask, ask.account_mut(world)?, "", name, seconds);
    super::write_credentials(xml, &session);
    let mut note = Note::of(ask);
    note.response = serde_json::json!({ "credentials": super::recorded(&session) });
    note.lookup = vec![("AWS::IAM::AccessKey".into(), session.key)];
    Ok(note)
}
