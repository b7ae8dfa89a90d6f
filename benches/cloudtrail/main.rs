//! Makes a CloudTrail trail of any length, the same for the same seed, with the rows that every reader of it must find:
//!
//! `cargo bench --bench cloudtrail -- FOLDER [RECORDS] [SEED] [ROLES]`; `run.py` beside this file makes one and has every reader read it.
//!
//! It shares no code with what reads the trail. Records are as long and as mixed as real ones: three in a hundred ask for a role (ROLES in ten thousand: 300), by
//! users' keys, by sessions (chains), by id tokens, by SAML and by services; some are refused; calls across accounts stand in both
//! accounts' trails; one in five hundred is delivered twice. `FOLDER/trail` has the layout of an organisation's bucket,
//! `FOLDER/truth-calls.csv` the calls that asked for roles, `FOLDER/truth-keys.csv` what each access key did.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::format_collect,
    clippy::unused_self,
    reason = "a generator of test data has to stop where something fails, and says what it made"
)]

mod files;
mod people;
mod text;

use std::{collections::BTreeMap, env, fs, path::Path};

use files::Files;
use people::{Company, Session};
use text::{Call, Outcome, time};

/// 2026-10-01, and thirty days from there.
pub(crate) const START: i64 = 1_790_812_800;
const DAYS: i64 = 30;

/// A small generator of numbers that are random enough (xorshift64*).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        ((self.next() >> 11) % end.max(1) as u64) as usize
    }

    pub(crate) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// Capitals and digits, as key ids have them.
    pub(crate) fn letters(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[self.below(32)])).collect()
    }

    pub(crate) fn uuid(&mut self) -> String {
        let (a, b) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            a >> 32,
            (a >> 16) & 0xffff,
            a & 0xfff,
            b >> 52,
            b & 0xffff_ffff_ffff
        )
    }
}

/// What a key did.
struct Use {
    calls: u64,
    first: i64,
    last: i64,
}

struct Maker {
    dice: Dice,
    company: Company,
    files: Files,
    sessions: Vec<Session>,
    calls: Vec<String>,
    keys: BTreeMap<String, Use>,
    records: usize,
    /// So many of ten thousand calls ask for a role.
    roles: usize,
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let Some(folder) = arguments.first() else {
        println!("cargo bench --bench cloudtrail -- FOLDER [RECORDS] [SEED] [ROLES]");
        return;
    };
    if folder == "unpack" {
        return arguments.iter().skip(1).for_each(|folder| files::unpack(Path::new(folder)));
    }
    let number = |at: usize, or: u64| arguments.get(at).map_or(or, |text| text.parse().expect("a number"));
    let (records, seed, roles) = (number(1, 1_000_000) as usize, number(2, 1), number(3, 300) as usize);
    let folder = Path::new(folder);
    fs::create_dir_all(folder).expect("the folder can be made");
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let company = Company::new(&mut dice);
    let files = Files::new(folder.join("trail"));
    let mut maker = Maker {
        dice,
        company,
        files,
        sessions: Vec::new(),
        calls: Vec::new(),
        keys: BTreeMap::new(),
        records: 0,
        roles,
    };
    for number in 0..records {
        // The hours of a day are not equally busy, but time never goes back.
        let at = START + (number as i64 * DAYS * 86_400) / records as i64;
        maker.step(at);
    }
    maker.files.close(&mut maker.dice);
    maker.calls.sort();
    let calls: String = maker.calls.iter().map(|row| format!("{row}\n")).collect();
    fs::write(folder.join("truth-calls.csv"), format!("time,key,role,session,address\n{calls}"))
        .expect("truth can be written");
    let keys: String = maker
        .keys
        .iter()
        .map(|(key, used)| format!("{key},{},{},{}\n", used.calls, time(used.first), time(used.last)))
        .collect();
    fs::write(folder.join("truth-keys.csv"), format!("key,calls,first,last\n{keys}"))
        .expect("truth can be written");
    println!("{} records, {} calls for roles, {} keys", maker.records, maker.calls.len(), maker.keys.len());
}

impl Maker {
    /// One call, with its copies.
    fn step(&mut self, at: i64) {
        self.sessions.retain(|session| session.until > at);
        let kind = self.dice.below(10_000);
        match kind.saturating_sub(self.roles) {
            _ if kind < self.roles => self.ask_for_a_role(at),
            0..1_000 => {
                let call = self.company.service_call(&mut self.dice);
                self.write(at, &call);
            }
            1_000..2_500 => {
                let user = self.company.user(&mut self.dice);
                let call = self.company.work(&mut self.dice, user);
                self.write(at, &call);
            }
            _ if self.sessions.is_empty() => self.ask_for_a_role(at),
            _ => {
                let session = &self.sessions[self.dice.below(self.sessions.len())];
                let call = self.company.session_work(&mut self.dice, session);
                self.write(at, &call);
            }
        }
    }

    fn ask_for_a_role(&mut self, at: i64) {
        let parent = (!self.sessions.is_empty() && self.dice.one_in(5))
            .then(|| self.sessions[self.dice.below(self.sessions.len())].clone());
        let asked = self.company.ask(&mut self.dice, parent.as_ref(), at);
        let call = &asked.call;
        if call.outcome == Outcome::Done {
            self.sessions.push(asked.session.clone());
            // The oldest end early: a company has so many jobs at once.
            if self.sessions.len() > 400 {
                self.sessions.remove(0);
            }
        }
        self.calls.push(asked.row(at));
        self.write(at, call);
        if let Some(twin) = &asked.twin {
            self.calls.push(asked.twin_row(at));
            self.write(at, twin);
        }
    }

    fn write(&mut self, at: i64, call: &Call) {
        let text = call.text(&mut self.dice, at);
        self.records += 1;
        if let Some(key) = &call.key {
            let used = self.keys.entry(key.clone()).or_insert(Use { calls: 0, first: at, last: at });
            used.calls += 1;
            used.last = at;
        }
        let twice = self.dice.one_in(500);
        self.files.write(&mut self.dice, call.account, call.region, at, &text);
        if twice {
            self.files.write_late(call.account, call.region, at, text);
        }
    }
}
