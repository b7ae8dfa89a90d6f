//! Which key means which command in which place: the command table's keys, replaced by name where the configuration
//! says so.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::{
    command::{Command, CommandRow, Place, table},
    key::Key,
};

/// What is wrong with the configured keys, one sentence each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct BadKeys(pub Vec<String>);

#[derive(Clone, Debug, Default)]
pub struct Keymap {
    commands: FxHashMap<(Place, Key), Command>,
    keys: FxHashMap<&'static str, Vec<Key>>,
}

impl Keymap {
    /// `own` replaces all keys of a command by its name; an empty list takes its keys away.
    pub fn new(own: &BTreeMap<String, Vec<Key>>) -> Result<Self, BadKeys> {
        let unknown = own.keys().filter(|name| !table().iter().any(|row| row.name == **name));
        let mut wrong: Vec<String> =
            unknown.map(|name| format!("`{name}` is not a command: `keytrail keys` lists them.")).collect();
        let mut map = Self::default();
        let mut taken: FxHashMap<(Place, Key), &str> = FxHashMap::default();
        for row in table() {
            let keys = own.get(row.name).cloned().unwrap_or_else(|| defaults(row));
            for key in &keys {
                let clash = row.places.iter().find_map(|place| {
                    let before = taken.insert((*place, *key), row.name)?;
                    (before != row.name).then_some(before)
                });
                if let Some(before) = clash {
                    wrong.push(format!("`{key}` means both `{before}` and `{}`.", row.name));
                }
                for place in row.places {
                    map.commands.insert((*place, *key), row.command);
                }
            }
            map.keys.insert(row.name, keys);
        }
        if wrong.is_empty() { Ok(map) } else { Err(BadKeys(wrong)) }
    }

    pub fn command(&self, place: Place, key: Key) -> Option<Command> {
        self.commands.get(&(place, key)).copied()
    }

    /// The keys of a command as they are now, the one to show first.
    pub fn keys(&self, row: &CommandRow) -> &[Key] {
        self.keys.get(row.name).map_or(&[], Vec::as_slice)
    }
}

fn defaults(row: &CommandRow) -> Vec<Key> {
    row.keys.iter().filter_map(|key| key.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(name: &str, keys: &[&str]) -> BTreeMap<String, Vec<Key>> {
        [(name.to_owned(), keys.iter().map(|key| key.parse().unwrap()).collect())].into()
    }

    #[test]
    fn the_table_itself_has_no_clashes() {
        Keymap::new(&BTreeMap::new()).unwrap();
    }

    #[test]
    fn a_rebound_command_answers_to_its_new_key_only() {
        let map = Keymap::new(&own("refresh", &["f5"])).unwrap();
        assert_eq!(map.command(Place::List, "f5".parse().unwrap()), Some(Command::Refresh));
        assert_eq!(map.command(Place::List, Key::char('r')), None);
    }

    #[test]
    fn unknown_commands_and_clashes_are_all_listed() {
        let mut keys = own("refresh", &["j"]);
        keys.extend(own("fly", &["x"]));
        let BadKeys(wrong) = Keymap::new(&keys).unwrap_err();
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert!(wrong[0].contains("`fly` is not a command"));
        assert!(wrong[1].contains("`j` means both"));
    }

    #[test]
    fn one_key_may_mean_two_things_in_two_places() {
        let map = Keymap::new(&BTreeMap::new()).unwrap();
        assert_eq!(map.command(Place::List, Key::char('/')), Some(Command::Filter));
        assert_eq!(map.command(Place::Detail, Key::char('/')), Some(Command::FindInDetail));
    }
}
