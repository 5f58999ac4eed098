//! A file among the merchant's documents while it is written: half of one looks like a whole one, so it is there whole or
//! not at all.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// A file that is not whole yet. Dropped before [`Unfinished::finish`] it is removed.
#[derive(Debug)]
pub(crate) struct Unfinished(Option<PathBuf>);

impl Unfinished {
    /// Begins a file in `folder`, never over one that is there: `Invoices.csv`, then `Invoices (2).csv`.
    pub(crate) fn begin(folder: &Path, name: &str, extension: &str) -> io::Result<(Self, File)> {
        std::fs::create_dir_all(folder)?;
        for attempt in 1..1_000 {
            let path = folder.join(match attempt {
                1 => format!("{name}.{extension}"),
                _ => format!("{name} ({attempt}).{extension}"),
            });
            match File::create_new(&path) {
                Ok(file) => return Ok((Self(Some(path)), file)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// It is whole and on disk; answers where it lies.
    pub(crate) fn finish(mut self) -> PathBuf {
        self.0.take().expect("it is taken here only")
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(path) = self.0.take()
            && let Err(error) = std::fs::remove_file(path)
        {
            tracing::warn!(%error, "half a file is left");
        }
    }
}

/// Writes a whole file with `write`, or none.
pub(crate) fn write_whole(
    folder: &Path,
    name: &str,
    extension: &str,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<PathBuf> {
    let (unfinished, mut file) = Unfinished::begin(folder, name, extension)?;
    write(&mut file)?;
    file.sync_all()?;
    Ok(unfinished.finish())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_file_is_never_written_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let save =
            |bytes: &[u8]| write_whole(folder.path(), "Faktura 7", "pdf", |file| file.write_all(bytes));
        let first = save(b"one").unwrap();
        let second = save(b"two").unwrap();
        assert_eq!(second.file_name().unwrap(), "Faktura 7 (2).pdf");
        assert_eq!(std::fs::read(first).unwrap(), b"one");
        assert_eq!(std::fs::read(second).unwrap(), b"two");
    }

    #[test]
    fn a_disk_that_is_full_leaves_no_half_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let refused = write_whole(folder.path(), "Faktura 7", "pdf", |file| {
            file.write_all(b"%PDF-1.7 and the half of it")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
