//! Log files as CloudTrail delivers them: one account and region each, one to five thousand records, packed.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};

use crate::{Dice, text::time};

/// The file being filled for one account and region.
#[derive(Default)]
struct Open {
    records: Vec<String>,
    /// Copies, which come with the next file of the day.
    late: Vec<String>,
    most: usize,
    day: String,
    at: i64,
}

pub(crate) struct Files {
    root: PathBuf,
    open: BTreeMap<(u64, &'static str), Open>,
}

impl Files {
    pub(crate) const fn new(root: PathBuf) -> Self {
        Self { root, open: BTreeMap::new() }
    }

    pub(crate) fn write(&mut self, dice: &mut Dice, account: u64, region: &'static str, at: i64, text: &str) {
        let day = time(at)[..10].to_owned();
        let open = self.open.entry((account, region)).or_default();
        if open.day != day || open.records.len() >= open.most {
            if open.day != day {
                let late = std::mem::take(&mut open.late);
                open.records.extend(late);
            }
            deliver(&self.root, dice, account, region, open);
            // A copy comes in a later file of the same day.
            open.records.append(&mut open.late);
            open.most = 1_000 + dice.below(4_000);
            open.day = day;
        }
        open.at = at;
        open.records.push(text.to_owned());
    }

    pub(crate) fn write_late(&mut self, account: u64, region: &'static str, _at: i64, text: String) {
        self.open.entry((account, region)).or_default().late.push(text);
    }

    pub(crate) fn close(&mut self, dice: &mut Dice) {
        for ((account, region), open) in &mut self.open {
            let late = std::mem::take(&mut open.late);
            open.records.extend(late);
            deliver(&self.root, dice, *account, region, open);
        }
    }
}

/// Unpacks every file and does nothing with it: no reader can be faster.
pub(crate) fn unpack(root: &Path) {
    let (mut unpacker, mut buffer) = (libdeflater::Decompressor::new(), Vec::new());
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let packed = fs::read(entry).expect("a file");
            let size = packed.last_chunk().map_or(0, |size| u32::from_le_bytes(*size) as usize);
            buffer.resize(buffer.len().max(size), 0);
            unpacker.gzip_decompress(&packed, &mut buffer).expect("a log file");
        }
    }
}

fn deliver(root: &Path, dice: &mut Dice, account: u64, region: &str, open: &mut Open) {
    if open.records.is_empty() {
        return;
    }
    let folder = root
        .join(format!("AWSLogs/o-keytrail01/{account}/CloudTrail/{region}/{}", open.day.replace('-', "/")));
    fs::create_dir_all(&folder).expect("a folder can be made");
    let stamp = time(open.at).replace(['-', ':'], "");
    let name = format!("{account}_CloudTrail_{region}_{}Z_{}.json.gz", &stamp[..13], dice.letters(16));
    let mut packer = GzEncoder::new(Vec::new(), Compression::new(6));
    packer.write_all(b"{\"Records\":[").expect("memory");
    for (index, record) in open.records.drain(..).enumerate() {
        if index > 0 {
            packer.write_all(b",").expect("memory");
        }
        packer.write_all(record.as_bytes()).expect("memory");
    }
    packer.write_all(b"]}").expect("memory");
    fs::write(folder.join(name), packer.finish().expect("memory")).expect("a file can be written");
}
