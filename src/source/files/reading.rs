//! Reading one file within bounds: regular files only, not larger than a runner's file can be, and what is not UTF-8 is replaced.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use zeroize::Zeroizing;

use crate::base::blame::Blame;

/// No runner's file comes near it; a database given by mistake is not read into memory.
const LARGEST: u64 = 8 << 20;

/// The file's text, in memory that is overwritten when it is dropped: tokens and keys stand in it.
pub(super) fn text_of(path: &Path) -> Result<Zeroizing<String>, Blame> {
    let size = path.metadata().map_err(|error| blame_of(&error))?;
    if !size.is_file() {
        return Err(Blame::Skipped("it is no regular file".into()));
    }
    if size.len() > LARGEST {
        return Err(Blame::Skipped(format!("it is larger than {} MB", LARGEST >> 20)));
    }
    let capacity = usize::try_from(size.len() + 1).unwrap_or_default();
    let mut bytes = Zeroizing::new(Vec::with_capacity(capacity));
    let file = File::open(path).map_err(|error| blame_of(&error))?;
    file.take(LARGEST).read_to_end(&mut bytes).map_err(|error| blame_of(&error))?;
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => String::from_utf8_lossy(&bytes).into_owned(),
    };
    Ok(Zeroizing::new(text))
}

/// Who must act when the system refuses a file.
pub(super) fn blame_of(error: &io::Error) -> Blame {
    match error.kind() {
        io::ErrorKind::NotFound => Blame::Gone,
        io::ErrorKind::PermissionDenied => Blame::Scope(
            "the user keytrail runs as needs to read it: copy it, or give its group read access".into(),
        ),
        _ => Blame::Skipped(format!("the system says: {error}")),
    }
}
