//! Lists that come in pages: by number (`X-Next-Page`) or by the server's own `Link` to the next one. A link that leaves the
//! configured address is refused like any other URL.

use gitlab::api::Endpoint;
use http::HeaderMap;
use url::Url;

use super::{answer::Answer, client::Client, error::Error};

/// Which page to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// The first, in pages that are numbered.
    #[default]
    Start,
    /// The first, in pages that are linked (`pagination=keyset`).
    Keyset,
    Number(u64),
    Linked(Url),
}

/// One page and where the next one is; `None` after the last.
#[derive(Debug)]
pub struct Page {
    pub answer: Answer,
    pub next: Option<Place>,
    /// Things on all pages, when the server counts them.
    pub total: Option<usize>,
}

/// Things a page; GitLab gives no more.
pub(super) const PER_PAGE: usize = 100;

impl Client {
    /// Reads one page of a list.
    pub async fn page(&self, endpoint: &(impl Endpoint + Sync), place: &Place) -> Result<Page, Error> {
        let url = match place {
            Place::Linked(url) => url.clone(),
            place => {
                let mut url = self.url_of(endpoint)?;
                let mut pairs = url.query_pairs_mut();
                pairs.append_pair("per_page", &PER_PAGE.to_string());
                match place {
                    Place::Number(number) => pairs.append_pair("page", &number.to_string()),
                    Place::Keyset => pairs.append_pair("pagination", "keyset"),
                    _ => &mut pairs,
                };
                drop(pairs);
                url
            }
        };
        let answer = self.ask_at(endpoint, url).await?;
        let next = next(&answer.headers, place)?;
        if let Some(Place::Linked(url)) = &next {
            self.base.admit(url)?;
        }
        let total = number(&answer.headers, "x-total").and_then(|total| usize::try_from(total).ok());
        Ok(Page { answer, next, total })
    }
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// Where the page after this one is. A place that does not move on would never end and is an error.
fn next(headers: &HeaderMap, place: &Place) -> Result<Option<Place>, Error> {
    let stuck = Error::Unreadable { what: "a page that leads on" };
    let keyset = matches!(place, Place::Keyset | Place::Linked(_));
    if let (false, Some(next)) = (keyset, number(headers, "x-next-page")) {
        let here = if let Place::Number(number) = place { *number } else { 1 };
        return if next > here { Ok(Some(Place::Number(next))) } else { Err(stuck) };
    }
    if !keyset && headers.contains_key("x-next-page") {
        return Ok(None);
    }
    match linked(headers)? {
        Some(url) if *place == Place::Linked(url.clone()) => Err(stuck),
        next => Ok(next.map(Place::Linked)),
    }
}

/// The `rel="next"` of all `Link` headers.
fn linked(headers: &HeaderMap) -> Result<Option<Url>, Error> {
    let unreadable = Error::Unreadable { what: "a link to the next page" };
    for header in headers.get_all("link") {
        let text = header.to_str().map_err(|_| unreadable.clone())?;
        for link in text.split(",<").flat_map(|part| part.split(", <")) {
            let Some((target, parameters)) = link.trim().trim_start_matches('<').split_once('>') else {
                continue;
            };
            let is_next = parameters.split(';').any(|parameter| {
                let parameter = parameter.trim();
                parameter == "rel=\"next\"" || parameter == "rel=next"
            });
            if is_next {
                return Url::parse(target).map(Some).map_err(|_| unreadable);
            }
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for &(name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
    }

    fn at(url: &str) -> Place {
        Place::Linked(Url::parse(url).unwrap())
    }

    #[test]
    fn the_next_page_is_found_in_every_spelling() {
        let next_link = ("link", "<https://g/a?id_after=5>; rel=\"next\"");
        let both = ("link", "<https://g/a?page=1>; rel=\"first\", <https://g/a?page=2>; rel=\"next\"");
        let cases: [(&[_], Place, Option<Place>); 8] = [
            (&[("x-next-page", "2")], Place::Start, Some(Place::Number(2))),
            (&[("x-next-page", "8")], Place::Number(7), Some(Place::Number(8))),
            (&[("x-next-page", "")], Place::Number(7), None),
            (&[("x-next-page", ""), next_link], Place::Number(7), None),
            (&[next_link], Place::Keyset, Some(at("https://g/a?id_after=5"))),
            (&[both], Place::Start, Some(at("https://g/a?page=2"))),
            (&[("link", "<https://g/a?page=1>; rel=\"first\"")], Place::Keyset, None),
            (&[], Place::Start, None),
        ];
        for (pairs, place, expected) in cases {
            assert_eq!(next(&headers(pairs), &place).unwrap(), expected, "{pairs:?} {place:?}");
        }
    }

    #[test]
    fn a_list_that_does_not_move_on_ends_in_an_error() {
        assert!(next(&headers(&[("x-next-page", "7")]), &Place::Number(7)).is_err());
        assert!(next(&headers(&[("link", "<https://g/a>; rel=next")]), &at("https://g/a")).is_err());
        assert!(next(&headers(&[("link", "<//g/a>; rel=next")]), &Place::Keyset).is_err());
    }
}
