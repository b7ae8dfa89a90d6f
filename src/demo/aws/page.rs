//! Pages of IAM lists: `MaxItems` and `Marker` in, `IsTruncated` and `Marker` out. A marker is the last name shown, so
//! that things made or removed in between neither repeat nor hide others.

use std::{
    collections::{BTreeMap, btree_map},
    ops::Bound,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{params::Params, refusal::Refusal, xml::Xml};

/// What part of a list is asked for.
#[derive(Debug)]
pub(crate) struct Page {
    pub limit: usize,
    /// The last name shown.
    pub after: Option<String>,
}

impl Page {
    /// AWS's default is 100 items, its maximum 1,000.
    pub(crate) fn of(params: &Params) -> Result<Self, Refusal> {
        let limit = params.number("MaxItems", 1, 1000)?.unwrap_or(100);
        let after = params.get("Marker").map(|marker| {
            unmark(marker).ok_or_else(|| Refusal::invalid(format!("Invalid Marker: {marker}")))
        });
        Ok(Self { limit: usize::try_from(limit).unwrap_or(100), after: after.transpose()? })
    }

    /// The rest of a map, after the marker.
    pub(crate) fn rest<'a, V>(&self, map: &'a BTreeMap<String, V>) -> btree_map::Range<'a, String, V> {
        after(map, self.after.as_deref())
    }

    /// The rest of a list that keeps its own order; all of it where the marker's item has gone.
    pub(crate) fn rest_of<'a, T>(&self, list: &'a [T], name: impl Fn(&T) -> &str) -> &'a [T] {
        let shown = self.after.as_deref().and_then(|after| list.iter().position(|item| name(item) == after));
        shown.map_or(list, |last| &list[last + 1..])
    }

    /// As many as the page may show.
    pub(crate) fn cut<T>(&self, items: impl Iterator<Item = T>, name: impl Fn(&T) -> &str) -> Cut<T> {
        let mut items: Vec<T> = items.take(self.limit + 1).collect();
        let more = items.len() > self.limit;
        items.truncate(self.limit);
        let marker = items.last().filter(|_| more).map(|last| marker(name(last)));
        Cut { items, marker }
    }
}

/// The part of a map behind a name.
pub(crate) fn after<'a, V>(
    map: &'a BTreeMap<String, V>,
    name: Option<&str>,
) -> btree_map::Range<'a, String, V> {
    map.range::<str, _>((name.map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded))
}

/// A name as a marker that nobody is tempted to read.
pub(crate) fn marker(name: &str) -> String {
    URL_SAFE_NO_PAD.encode(name)
}

/// The name in a marker; `None` where it is none.
pub(crate) fn unmark(marker: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(marker).ok()?).ok()
}

/// One page.
#[derive(Debug)]
pub(crate) struct Cut<T> {
    pub items: Vec<T>,
    pub marker: Option<String>,
}

impl<T> Cut<T> {
    /// `IsTruncated` and `Marker`.
    pub(crate) fn write_end(&self, xml: &mut Xml) {
        write_end(xml, self.marker.as_deref());
    }
}

/// `IsTruncated`, and `Marker` where there is more.
pub(crate) fn write_end(xml: &mut Xml, marker: Option<&str>) {
    xml.leaf("IsTruncated", marker.is_some());
    xml.maybe("Marker", marker);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_sees_everything_once_even_when_the_marked_item_goes() {
        let mut map: BTreeMap<String, u32> = (0..5).map(|n| (format!("u{n}"), n)).collect();
        let first = Page::of(&Params::read("MaxItems=2", b"")).unwrap();
        let cut = first.cut(first.rest(&map), |(name, _)| name);
        let marker = cut.marker.unwrap();
        map.remove("u1");
        let next = Page::of(&Params::read(&format!("Marker={marker}"), b"")).unwrap();
        let cut = next.cut(next.rest(&map), |(name, _)| name);
        assert_eq!(cut.items.iter().map(|(_, n)| **n).collect::<Vec<_>>(), [2, 3, 4]);
        assert!(cut.marker.is_none());
        assert!(Page::of(&Params::read("Marker=*", b"")).is_err());
    }
}
