//! Writes XML as AWS does: elements and escaped text, no attributes but the namespace, no indentation.

use std::fmt::{Display, Write};

/// A growing piece of XML.
#[derive(Debug, Default)]
pub(crate) struct Xml(String);

impl Xml {
    pub(crate) fn into_text(self) -> String {
        self.0
    }

    /// `<name>text</name>`.
    pub(crate) fn leaf(&mut self, name: &str, text: impl Display) {
        self.start(name);
        let text = text.to_string();
        self.text(&text);
        self.end(name);
    }

    /// The same, and nothing where there is no text.
    pub(crate) fn maybe(&mut self, name: &str, text: Option<impl Display>) {
        if let Some(text) = text {
            self.leaf(name, text);
        }
    }

    /// `<name>...</name>`.
    pub(crate) fn node(&mut self, name: &str, inside: impl FnOnce(&mut Self)) {
        self.start(name);
        inside(self);
        self.end(name);
    }

    /// `<name xmlns="...">...</name>`.
    pub(crate) fn root(&mut self, name: &str, namespace: &str, inside: impl FnOnce(&mut Self)) {
        let _ = write!(self.0, "<{name} xmlns=\"{namespace}\">");
        inside(self);
        self.end(name);
    }

    /// `<name><member>...</member>...</name>`: a list of IAM or STS.
    pub(crate) fn members<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        each: impl FnMut(&mut Self, T),
    ) {
        self.list((name, "member"), items, each);
    }

    /// `<name><item>...</item>...</name>`: a list of EC2.
    pub(crate) fn items<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        each: impl FnMut(&mut Self, T),
    ) {
        self.list((name, "item"), items, each);
    }

    fn list<T>(
        &mut self,
        (name, one): (&str, &str),
        items: impl IntoIterator<Item = T>,
        mut each: impl FnMut(&mut Self, T),
    ) {
        self.node(name, |xml| {
            for item in items {
                xml.node(one, |xml| each(xml, item));
            }
        });
    }

    /// Text between two tags.
    pub(crate) fn text(&mut self, text: &str) {
        for letter in text.chars() {
            match letter {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                // A bare carriage return would be read back as a line feed.
                '\r' => self.0.push_str("&#13;"),
                '\t' | '\n' => self.0.push(letter),
                // XML 1.0 has no way to write these.
                letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => {
                    self.0.push('\u{fffd}');
                }
                letter => self.0.push(letter),
            }
        }
    }

    /// What another writer has written, as it is.
    pub(crate) fn raw(&mut self, written: &Self) {
        self.0.push_str(&written.0);
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn start(&mut self, name: &str) {
        self.0.push('<');
        self.0.push_str(name);
        self.0.push('>');
    }

    fn end(&mut self, name: &str) {
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup() {
        let mut xml = Xml::default();
        xml.members("Users", ["a<b>&\"", "c\u{1b}\r"], |xml, name| xml.leaf("UserName", name));
        assert_eq!(
            xml.into_text(),
            "<Users><member><UserName>a&lt;b&gt;&amp;&quot;</UserName></member>\
             <member><UserName>c\u{fffd}&#13;</UserName></member></Users>"
        );
    }
}
