//! A record as CloudTrail writes it.

use crate::Dice;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    Denied,
}

/// A call before it is a record.
#[derive(Clone)]
pub(crate) struct Call {
    /// Whose trail it stands in.
    pub(crate) account: u64,
    pub(crate) region: &'static str,
    pub(crate) source: &'static str,
    pub(crate) name: &'static str,
    /// The caller's access key.
    pub(crate) key: Option<String>,
    /// `userIdentity`.
    pub(crate) identity: String,
    pub(crate) parameters: String,
    pub(crate) response: String,
    pub(crate) resources: String,
    pub(crate) address: String,
    pub(crate) agent: &'static str,
    pub(crate) outcome: Outcome,
    /// For refusals: what is not allowed.
    pub(crate) message: String,
    pub(crate) shared: Option<String>,
}

impl Call {
    pub(crate) fn text(&self, dice: &mut Dice, at: i64) -> String {
        let Self { region, source, name, identity, parameters, response, address, agent, account, .. } = self;
        let time = time(at);
        let error = match self.outcome {
            Outcome::Done => String::new(),
            Outcome::Denied => format!(r#""errorCode":"AccessDenied","errorMessage":"{}","#, self.message),
        };
        let resources = if self.resources.is_empty() {
            String::new()
        } else {
            format!(r#","resources":[{}]"#, self.resources)
        };
        let shared =
            self.shared.as_ref().map_or_else(String::new, |id| format!(r#","sharedEventID":"{id}""#));
        let read_only = name.starts_with("Get") || name.starts_with("List") || name.starts_with("Describe");
        format!(
            r#"{{"eventVersion":"1.11","userIdentity":{identity},"eventTime":"{time}","eventSource":"{source}","eventName":"{name}","awsRegion":"{region}","sourceIPAddress":"{address}","userAgent":"{agent}",{error}"requestParameters":{parameters},"responseElements":{response},"requestID":"{}","eventID":"{}","readOnly":{read_only}{resources},"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"{account}"{shared},"eventCategory":"Management","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"{source}"}}}}"#,
            dice.uuid(),
            dice.uuid(),
        )
    }
}

/// `2026-11-20T12:00:00Z`.
pub(crate) fn time(at: i64) -> String {
    let (days, second) = (at.div_euclid(86_400), at.rem_euclid(86_400));
    // Howard Hinnant's civil_from_days.
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}
