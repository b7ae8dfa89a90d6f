//! Which columns make an event, what they are called in each kind of table, and where they stand in a record. There is no session token
//! among them: `responseElements` never travels whole.
//!
//! Sources: the CloudTrail User Guide, "CloudTrail record contents"; the Athena User Guide's `CREATE TABLE` for CloudTrail logs;
//! "CloudTrail Lake SQL constraints" and the event schema there.

use super::Table;

/// One column of [`super::Query::Calls`].
pub(super) struct Field {
    /// Its name in the answer.
    pub(super) name: &'static str,
    pub(super) source: Source,
    pub(super) place: Place,
}

/// What a column is made from.
#[derive(Clone, Copy)]
pub(super) enum Source {
    /// The same in both kinds of table.
    Column(&'static str),
    /// `userIdentity.identityProvider`, which AWS's own `CREATE TABLE` leaves out.
    Provider,
    /// `userIdentity.sessionContext.sourceIdentity`, which it leaves out too.
    SetIdentity,
    /// `eventTime` as RFC 3339, in UTC and whole seconds.
    Time,
    /// When the caller's session was made.
    Created,
    /// Of `requestParameters`.
    Request(&'static str),
    /// Of `responseElements`.
    Response(&'static str),
    /// Of an object in `responseElements`.
    Part(&'static str, &'static str),
    /// The session tags of AssumeRole: for EKS's pods they name the service account.
    Tags,
    /// The first role among `resources`.
    Role,
}

/// Where a column stands in a record.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Text(&'static [&'static str]),
    /// JSON rather than a text.
    Json(&'static [&'static str]),
    /// The ARN of a role in `resources`.
    Role,
}

const fn text(name: &'static str, source: Source, place: &'static [&'static str]) -> Field {
    Field { name, source, place: Place::Text(place) }
}

use Source::{Column, Created, Part, Request, Response};

/// `userIdentity`.
pub(super) const IDENTITY: [Field; 11] = [
    text("kind", Column("useridentity.type"), &["userIdentity", "type"]),
    text("principal_id", Column("useridentity.principalid"), &["userIdentity", "principalId"]),
    text("arn", Column("useridentity.arn"), &["userIdentity", "arn"]),
    text("caller_account", Column("useridentity.accountid"), &["userIdentity", "accountId"]),
    text("key", Column("useridentity.accesskeyid"), &["userIdentity", "accessKeyId"]),
    text("user_name", Column("useridentity.username"), &["userIdentity", "userName"]),
    text("invoked_by", Column("useridentity.invokedby"), &["userIdentity", "invokedBy"]),
    text("provider", Source::Provider, &["userIdentity", "identityProvider"]),
    text(
        "issuer",
        Column("useridentity.sessioncontext.sessionissuer.arn"),
        &["userIdentity", "sessionContext", "sessionIssuer", "arn"],
    ),
    text("created", Created, &["userIdentity", "sessionContext", "attributes", "creationDate"]),
    text("source_identity", Source::SetIdentity, &["userIdentity", "sessionContext", "sourceIdentity"]),
];

const REST: [Field; 29] = [
    text("event_time", Source::Time, &["eventTime"]),
    text("event_source", Column("eventsource"), &["eventSource"]),
    text("event_name", Column("eventname"), &["eventName"]),
    text("region", Column("awsregion"), &["awsRegion"]),
    text("address", Column("sourceipaddress"), &["sourceIPAddress"]),
    text("agent", Column("useragent"), &["userAgent"]),
    text("error", Column("errorcode"), &["errorCode"]),
    text("message", Column("errormessage"), &["errorMessage"]),
    text("event_id", Column("eventid"), &["eventID"]),
    text("recipient", Column("recipientaccountid"), &["recipientAccountId"]),
    text("shared_id", Column("sharedeventid"), &["sharedEventID"]),
    Field { name: "role_resource", source: Source::Role, place: Place::Role },
    text("role", Request("roleArn"), &["requestParameters", "roleArn"]),
    text("session_name", Request("roleSessionName"), &["requestParameters", "roleSessionName"]),
    text("saml_provider", Request("principalArn"), &["requestParameters", "principalArn"]),
    text("set_identity", Request("sourceIdentity"), &["requestParameters", "sourceIdentity"]),
    text("secret_id", Request("secretId"), &["requestParameters", "secretId"]),
    text("about_name", Request("name"), &["requestParameters", "name"]),
    text("about_user", Request("userName"), &["requestParameters", "userName"]),
    text("cluster", Request("clusterName"), &["requestParameters", "clusterName"]),
    Field { name: "tags", source: Source::Tags, place: Place::Json(&["requestParameters", "tags"]) },
    text("minted", Part("credentials", "accessKeyId"), &["responseElements", "credentials", "accessKeyId"]),
    text("expires", Part("credentials", "expiration"), &["responseElements", "credentials", "expiration"]),
    text("assumed", Part("assumedRoleUser", "arn"), &["responseElements", "assumedRoleUser", "arn"]),
    text("federated", Part("federatedUser", "arn"), &["responseElements", "federatedUser", "arn"]),
    text(
        "web_subject",
        Response("subjectFromWebIdentityToken"),
        &["responseElements", "subjectFromWebIdentityToken"],
    ),
    text("subject", Response("subject"), &["responseElements", "subject"]),
    text("told_provider", Response("provider"), &["responseElements", "provider"]),
    text("audience", Response("audience"), &["responseElements", "audience"]),
];

/// Every column of an event, `userIdentity` first.
pub(super) fn fields() -> impl Iterator<Item = &'static Field> {
    IDENTITY.iter().chain(&REST)
}

pub(super) fn named(name: &str) -> Option<&'static Field> {
    fields().find(|field| field.name == name)
}

/// The account whose trail a record stands in, as [`super::super::read`] finds it; `NULL` where a record tells none.
pub(super) fn account() -> String {
    let number = |column: &str| format!("CASE WHEN regexp_like({column}, '^[0-9]{{12}}$') THEN {column} END");
    format!("COALESCE({}, {})", number("recipientaccountid"), number("useridentity.accountid"))
}

impl Source {
    pub(super) fn sql(self, table: &Table) -> String {
        let is_lake = matches!(table, Table::Lake(_));
        let absent = || "CAST(NULL AS varchar)".to_owned();
        let shape = match table {
            Table::Athena { shape, .. } => Some(shape),
            Table::Lake(_) => None,
        };
        match self {
            Self::Column(column) => column.to_owned(),
            Self::Provider if shape.is_some_and(|shape| !shape.has_provider) => absent(),
            Self::Provider => "useridentity.identityprovider".to_owned(),
            Self::SetIdentity if shape.is_some_and(|shape| !shape.has_source_identity) => absent(),
            Self::SetIdentity => "useridentity.sessioncontext.sourceidentity".to_owned(),
            Self::Time if is_lake => format!("date_format(eventtime, '{TIME}')"),
            Self::Time => {
                format!("date_format(TRY(from_iso8601_timestamp(eventtime)) AT TIME ZONE 'UTC', '{TIME}')")
            }
            Self::Created if is_lake => format!("date_format({CREATED}, '{TIME}')"),
            Self::Created => CREATED.to_owned(),
            Self::Request(name) if is_lake => format!("element_at(requestparameters, '{name}')"),
            Self::Request(name) => format!("json_extract_scalar(requestparameters, '$.{name}')"),
            Self::Response(name) if is_lake => format!("element_at(responseelements, '{name}')"),
            Self::Response(name) => format!("json_extract_scalar(responseelements, '$.{name}')"),
            // Lake keeps what is nested as JSON text.
            Self::Part(object, name) if is_lake => {
                format!("json_extract_scalar(element_at(responseelements, '{object}'), '$.{name}')")
            }
            Self::Part(object, name) => format!("json_extract_scalar(responseelements, '$.{object}.{name}')"),
            Self::Tags => {
                let tags = if is_lake {
                    "element_at(requestparameters, 'tags')"
                } else {
                    "json_format(json_extract(requestparameters, '$.tags'))"
                };
                format!("CASE WHEN eventname = 'AssumeRole' THEN {tags} END")
            }
            Self::Role => "element_at(filter(resources, r -> r.type = 'AWS::IAM::Role'), 1).arn".to_owned(),
        }
    }
}

/// Trino's spelling of how RFC 3339 writes a second.
const TIME: &str = "%Y-%m-%dT%H:%i:%sZ";
const CREATED: &str = "useridentity.sessioncontext.attributes.creationdate";
