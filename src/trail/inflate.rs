//! A log file's bytes as text-to-be: what gzip packed is unpacked, also what is left of a file that was cut off.

use std::io::Read;

use flate2::bufread::MultiGzDecoder;
use libdeflater::Decompressor;
use memchr::memmem;

/// A file that unpacks to more is no CloudTrail log: those end at about 50 MB.
pub const LARGEST: usize = 1 << 30;

/// What every member of a gzip file begins with (RFC 1952: magic number, and the only method there is).
const MEMBER: [u8; 3] = [0x1f, 0x8b, 0x08];

/// Why not all of a file was unpacked. What came before was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadGzip {
    #[error("the file ends in the middle: what was packed before its end was read")]
    CutOff,
    #[error("the file is damaged: what was packed before the damage was read")]
    Damaged,
    #[error("the file unpacks to more than {} MB, which no CloudTrail log does", LARGEST >> 20)]
    TooLarge,
}

/// Unpacks files one after another into one buffer.
pub struct Inflater {
    fast: Decompressor,
    buffer: Vec<u8>,
}

impl Default for Inflater {
    fn default() -> Self {
        Self { fast: Decompressor::new(), buffer: Vec::new() }
    }
}

impl Inflater {
    /// The content of a file: itself where it is not packed. With an error comes what could be read.
    pub fn open<'a>(&'a mut self, file: &'a [u8]) -> (&'a [u8], Option<BadGzip>) {
        if !file.starts_with(&MEMBER[..2]) {
            return (file, None);
        }
        if let Some(size) = self.at_once(file) {
            return (&self.buffer[..size], None);
        }
        self.buffer.clear();
        let bad = slowly(file, &mut self.buffer).err();
        (&self.buffer, bad)
    }

    /// One member, whole: what nearly every log file is. `None` for everything else, which is not a judgement.
    fn at_once(&mut self, file: &[u8]) -> Option<usize> {
        // More members may follow the first, and would be left out without a word.
        if memmem::find(file.get(MEMBER.len()..)?, &MEMBER).is_some() {
            return None;
        }
        // The size stands at the end, as a number that anybody may have written there: deflate never packs better than 1032 to 1.
        let size = u32::from_le_bytes(file.last_chunk::<4>().copied()?) as usize;
        if size > LARGEST || size > file.len().saturating_mul(1040) {
            return None;
        }
        if self.buffer.len() < size {
            self.buffer.resize(size, 0);
        }
        let unpacked = self.fast.gzip_decompress(file, &mut self.buffer[..size]).ok()?;
        (unpacked == size).then_some(size)
    }
}

/// Members in any number, until the end or the first fault.
fn slowly(file: &[u8], buffer: &mut Vec<u8>) -> Result<(), BadGzip> {
    let unpacked = MultiGzDecoder::new(file).take(LARGEST as u64 + 1).read_to_end(buffer);
    if buffer.len() > LARGEST {
        buffer.truncate(LARGEST);
        return Err(BadGzip::TooLarge);
    }
    unpacked.map(drop).map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => BadGzip::CutOff,
        _ => BadGzip::Damaged,
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};
    use proptest::prelude::*;

    use super::*;

    fn pack(content: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(content).unwrap();
        packer.finish().unwrap()
    }

    fn opened(file: &[u8]) -> (Vec<u8>, Option<BadGzip>) {
        let mut inflater = Inflater::default();
        let (content, bad) = inflater.open(file);
        (content.to_vec(), bad)
    }

    #[test]
    fn what_is_not_packed_is_itself() {
        assert_eq!(opened(b"{}"), (b"{}".to_vec(), None));
        assert_eq!(opened(b""), (Vec::new(), None));
    }

    #[test]
    fn every_member_counts_also_equal_ones() {
        let member = pack(b"[1]");
        let both = [member.clone(), member].concat();
        assert_eq!(opened(&both), (b"[1][1]".to_vec(), None));
    }

    #[test]
    fn what_was_packed_before_a_cut_is_read() {
        let words: Vec<u8> =
            (0..200_000_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        let file = pack(&words);
        let (content, bad) = opened(&file[..file.len() / 2]);
        assert_eq!(bad, Some(BadGzip::CutOff));
        assert!(content.len() > words.len() / 3 && words.starts_with(&content), "{}", content.len());
        let mut damaged = file;
        let middle = damaged.len() / 2;
        damaged[middle..middle + 64].fill(0xff);
        assert!(opened(&damaged).1.is_some());
    }

    #[test]
    fn a_lie_about_the_size_is_not_believed() {
        let mut file = pack(b"short");
        let size = file.len();
        file[size - 4..].copy_from_slice(&u32::MAX.to_le_bytes());
        let (content, bad) = opened(&file);
        assert_eq!((content.as_slice(), bad), (b"short".as_slice(), Some(BadGzip::Damaged)));
    }

    proptest! {
        #[test]
        fn packed_and_opened_is_what_it_was(
            contents in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..600), 1..4),
        ) {
            let file: Vec<u8> = contents.iter().flat_map(|content| pack(content)).collect();
            prop_assert_eq!(opened(&file), (contents.concat(), None));
        }

        #[test]
        fn bytes_of_any_kind_do_no_harm(mut file in proptest::collection::vec(any::<u8>(), 0..300)) {
            file.splice(0..0, MEMBER);
            opened(&file);
        }
    }
}
