//! The runners' files on the disk: in a folder of their own that only its owner may look into, gone when the company is.

use std::{fs, io, io::Write, path::Path};

use tempfile::{Builder, TempDir};

/// Writes files, texts by name, into a fresh folder.
pub(super) fn of(files: &[(String, String)]) -> io::Result<TempDir> {
    let mut builder = Builder::new();
    builder.prefix("keytrail-demo-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    let folder = builder.tempdir()?;
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap_or(folder.path()))?;
        create(&path)?.write_all(text.as_bytes())?;
    }
    Ok(folder)
}

/// They hold tokens and keys, if only of a company that does not exist.
fn create(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_for_their_owner_and_go_with_the_folder() {
        let files = [
            ("a/config.toml".to_owned(), "concurrent = 1\n".to_owned()),
            ("a/.id".to_owned(), "s_1".to_owned()),
        ];
        let folder = of(&files).unwrap();
        let place = folder.path().to_owned();
        assert_eq!(fs::read_to_string(place.join("a/config.toml")).unwrap(), "concurrent = 1\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&place), mode(&place.join("a/.id"))), (0o700, 0o600));
        }
        drop(folder);
        assert!(!place.exists());
    }
}
