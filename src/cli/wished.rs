//! The flags of `keytrail plan` that say what is wished: one for each wish that an action declares.

use std::collections::BTreeMap;

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use crate::act::{ACTIONS, Action, Takes, Wish, Wishes};

/// What was said, by the wish's name.
#[derive(Clone, Debug, Default)]
pub(super) struct Wished(BTreeMap<&'static str, String>);

impl Wished {
    /// The wishes of an action, or what is wrong with them.
    pub(super) fn of(&self, action: &Action) -> Result<Wishes, String> {
        let mut wishes = Wishes::default();
        for (name, text) in &self.0 {
            let wish = action.wishes.iter().find(|wish| wish.name == *name);
            let wish = wish.ok_or_else(|| format!("{} takes no --{name}", action.name))?;
            wishes.set(wish, text).map_err(|why| format!("--{name}: {why}"))?;
        }
        Ok(wishes)
    }
}

/// `rotate-key: how long ... [1d otherwise]`.
fn help(wish: &Wish) -> String {
    let takers = ACTIONS.iter().filter(|action| action.wishes.iter().any(|own| own.name == wish.name));
    let takers: Vec<&str> = takers.map(|action| action.name).collect();
    let otherwise = wish.usual().map_or_else(String::new, |usual| format!(" [{usual} otherwise]"));
    format!("{}: {}{otherwise}", takers.join(", "), wish.about)
}

impl Args for Wished {
    fn augment_args(command: Command) -> Command {
        let flag = |wish: &Wish| {
            let value = match wish.takes {
                Takes::Time(_) => "TIME",
                Takes::OneOf(_) => "NAME",
                Takes::Text(_) => "TEXT",
            };
            Arg::new(wish.name).long(wish.name).value_name(value).help(help(wish))
        };
        Wish::all().fold(command, |command, wish| command.arg(flag(wish)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Wished {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let said = |wish: &Wish| Some((wish.name, matches.get_one::<String>(wish.name)?.clone()));
        Ok(Self(Wish::all().filter_map(said).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.extend(Self::from_arg_matches(matches)?.0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wish_is_a_flag_and_is_told_to_its_own_actions_alone() {
        let command = Wished::augment_args(Command::new("plan"));
        let said = command.try_get_matches_from(["plan", "--quiet", "12h", "--soak", "0"]).unwrap();
        let wished = Wished::from_arg_matches(&said).unwrap();
        let action = |name: &str| ACTIONS.into_iter().find(|action| action.name == name).unwrap();
        assert_eq!(wished.of(action("rotate-key")).unwrap().names().collect::<Vec<_>>(), ["quiet", "soak"]);
        assert_eq!(wished.of(action("pause-runner")).unwrap_err(), "pause-runner takes no --quiet");
        let wrong = Wished([("quiet", "soon".to_owned())].into());
        assert!(wrong.of(action("rotate-key")).unwrap_err().starts_with("--quiet: `soon` is no length"));
    }
}
