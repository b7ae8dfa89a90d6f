//! Paging as GitLab does it: by offset with `X-` headers, or by keyset with nothing but the next link.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{
    ask::Ask,
    reply::{Answer, Reply},
};

/// Rows a page at most.
pub(super) const MOST: usize = 100;

/// Above this many rows the totals are left out.
///
/// Source: doc/api/rest, "Pagination response headers".
const COUNTED: usize = 10_000;

/// Offsets above this are refused where keyset paging exists.
///
/// Source: doc/administration/instance_limits, `offset_pagination_limit`.
const FARTHEST: usize = 50_000;

/// One page of a list, by number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    page: usize,
    pub per_page: usize,
}

impl Window {
    /// Reads `page` and `per_page`; too many rows a page are cut to the most there are, as GitLab does.
    pub(super) fn of(ask: &Ask) -> Result<Self, Reply> {
        Ok(Self { page: positive(ask, "page", 1)?, per_page: positive(ask, "per_page", 20)?.min(MOST) })
    }

    pub(super) const fn offset(self) -> usize {
        (self.page - 1).saturating_mul(self.per_page)
    }

    /// Refuses an offset too far out, naming the type of thing listed.
    pub(super) fn check(self, thing: &str) -> Result<(), Reply> {
        if self.offset() <= FARTHEST {
            return Ok(());
        }
        Err(Reply::error(
            405,
            &format!(
                "Offset pagination has a maximum allowed offset of {FARTHEST} for requests that return objects of \
                 type {thing}. Remaining records can be retrieved using keyset pagination."
            ),
        ))
    }

    /// This page's rows out of all of them.
    pub(super) fn cut<T>(self, rows: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
        rows.skip(self.offset()).take(self.per_page)
    }

    /// The page's answer, with every header; `total` is the number of rows in all.
    pub(super) fn reply(self, ask: &Ask, total: usize, rows: Vec<Value>) -> Reply {
        let pages = total.div_ceil(self.per_page).max(1);
        let next = (self.page < pages).then(|| self.page + 1);
        let previous = (self.page > 1).then(|| self.page - 1);
        let text = |number: Option<usize>| number.map(|number| number.to_string()).unwrap_or_default();
        let mut reply = Reply::ok(&Value::Array(rows))
            .with("X-Page", self.page)
            .with("X-Per-Page", self.per_page)
            .with("X-Next-Page", text(next))
            .with("X-Prev-Page", text(previous));
        let mut links = Vec::new();
        let mut link = |number: Option<usize>, name: &str| {
            if let Some(number) = number {
                let pairs = [("page", number.to_string()), ("per_page", self.per_page.to_string())];
                links.push(format!("<{}>; rel=\"{name}\"", address(ask, &pairs, &[])));
            }
        };
        link(previous, "prev");
        link(next, "next");
        link(Some(1), "first");
        if total <= COUNTED {
            link(Some(pages), "last");
            reply = reply.with("X-Total", total).with("X-Total-Pages", pages);
        }
        reply.with("Link", links.join(", "))
    }
}

/// A short list given whole, cut to its page.
pub(super) fn whole<T>(ask: &Ask, rows: &[T], body: impl Fn(&T) -> Value) -> Answer {
    let window = Window::of(ask)?;
    Ok(window.reply(ask, rows.len(), window.cut(rows.iter()).map(body).collect()))
}

/// Does the request ask for keyset paging?
pub(super) fn is_keyset(ask: &Ask) -> bool {
    ask.get("pagination") == Some("keyset")
}

/// Where keyset paging is asked for and this order or list has none.
pub(super) fn no_keyset() -> Reply {
    Reply::error(405, "Keyset pagination is not yet available for this type of request")
}

/// One page of a list, by the number of its last row. `rows` may hold one row more than a page, which says there are more.
pub(super) fn keyset(ask: &Ask, mut rows: Vec<(u64, Value)>, next: &'static str) -> Answer {
    let per_page = Window::of(ask)?.per_page;
    let more = rows.len() > per_page;
    rows.truncate(per_page);
    let last = rows.last().map(|(id, _)| *id).filter(|_| more);
    let reply = Reply::ok(&rows.into_iter().map(|(_, row)| row).collect());
    Ok(match last {
        None => reply,
        Some(id) => {
            let place = if next == "cursor" { cursor(id) } else { id.to_string() };
            let url = address(ask, &[(next, place)], &["page", "cursor"]);
            reply.with("Link", format!("<{url}>; rel=\"next\""))
        }
    })
}

/// The cursor after a row, which is nobody's business but GitLab's.
pub(super) fn cursor(id: u64) -> String {
    STANDARD.encode(json!({ "id": id.to_string(), "_kd": "n" }).to_string())
}

/// The row a cursor stands after; `None` for a text that is no cursor.
pub(super) fn after(cursor: &str) -> Option<u64> {
    let bytes = STANDARD.decode(cursor).ok()?;
    let value: Value = serde_json::from_slice(&bytes).ok()?;
    value.get("id")?.as_str()?.parse().ok()
}

fn positive(ask: &Ask, name: &str, usual: usize) -> Result<usize, Reply> {
    match ask.get(name) {
        None | Some("") => Ok(usual),
        Some(text) => text.parse().ok().filter(|&number| number > 0).ok_or_else(|| Reply::bad_value(name)),
    }
}

/// The request's own address with some parameters set anew, some left out, and never the token.
fn address(ask: &Ask, set: &[(&str, String)], without: &[&str]) -> String {
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    for (key, value) in &ask.query {
        let replaced = set.iter().any(|(name, _)| name == key);
        if !replaced && !without.contains(&key.as_str()) && key != "private_token" {
            pairs.append_pair(key, value);
        }
    }
    for (name, value) in set {
        pairs.append_pair(name, value);
    }
    format!("{}{}?{}", ask.origin, ask.path, pairs.finish())
}
