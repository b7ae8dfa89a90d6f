//! The parameters of a Query call, from the query string and the form body.

use super::refusal::Refusal;

/// Names and values in the order sent.
#[derive(Debug, Default)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    pub(crate) fn read(query: &str, body: &[u8]) -> Self {
        let both = url::form_urlencoded::parse(query.as_bytes()).chain(url::form_urlencoded::parse(body));
        Self(both.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// What the path says, beside what the query says.
    pub(crate) fn extend(&mut self, named: Vec<(&str, String)>) {
        self.0.extend(named.into_iter().map(|(name, value)| (name.to_owned(), value)));
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A parameter the call cannot do without.
    pub(crate) fn need(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| {
            Refusal::invalid(format!(
                "1 validation error detected: Value null at '{}' failed to satisfy constraint: \
                 Member must not be null",
                lower_first(name)
            ))
        })
    }

    /// A whole number between two bounds, if it was sent.
    pub(crate) fn number(&self, name: &str, low: u32, high: u32) -> Result<Option<u32>, Refusal> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let number: Option<u32> = text.parse().ok();
        let bound = match number {
            Some(number) if number < low => format!("greater than or equal to {low}"),
            Some(number) if number > high => format!("less than or equal to {high}"),
            Some(number) => return Ok(Some(number)),
            None => return Err(Refusal::said(400, "MalformedInput", "Invalid Argument".into())),
        };
        Err(Refusal::invalid(format!(
            "1 validation error detected: Value '{text}' at '{}' failed to satisfy constraint: \
             Member must have value {bound}",
            lower_first(name)
        )))
    }

    /// `Filter.member.1`, `Filter.member.2`, ... for `Filter.member`; `InstanceId.1`, ... for `InstanceId`.
    pub(crate) fn list(&self, prefix: &str) -> Vec<&str> {
        (1..).map_while(|number: u32| self.get(&format!("{prefix}.{number}"))).collect()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// `UserName` -> `userName`: how AWS spells parameters in messages and CloudTrail records.
pub(crate) fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_decoded_and_lists_are_ordered() {
        let params =
            Params::read("Action=X", b"Filter.member.2=Role&Filter.member.1=User&N=%2B+a&MaxItems=2000");
        assert_eq!(params.get("Action"), Some("X"));
        assert_eq!(params.list("Filter.member"), ["User", "Role"]);
        assert_eq!(params.get("N"), Some("+ a"));
        assert!(params.number("MaxItems", 1, 1000).is_err());
        assert!(params.need("UserName").is_err());
    }
}
