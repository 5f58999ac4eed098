//! The log: one file of this run and the ones before, one older file beside it. No secret is ever handed to it: the core's
//! types of secrets print nothing.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

/// What is written unless `KVIT_LOG` says otherwise (same form).
const USUAL: &str = "warn,shell=info,desk=info,login=info,mobilepay=info,ledger=info,simulator=info";

/// Bytes after which a file is put aside at the next start.
const LARGEST: u64 = 2 * 1024 * 1024;

/// Begins to write in `folder`. Without a place to write the program runs without a log.
pub(crate) fn begin(folder: &Path) {
    let Ok(file) = open(folder) else { return };
    let filter = EnvFilter::try_from_env("KVIT_LOG").unwrap_or_else(|_| EnvFilter::new(USUAL));
    // An error means that a test of ours has begun one before.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(Mutex::new(file))
        .try_init();
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        system = std::env::consts::OS,
        "Kvit starts"
    );
}

fn open(folder: &Path) -> io::Result<File> {
    make_private(folder)?;
    let path = folder.join("kvit.log");
    if fs::metadata(&path).is_ok_and(|file| file.len() > LARGEST) {
        fs::rename(&path, folder.join("kvit.1.log"))?;
    }
    File::options().create(true).append(true).open(path)
}

#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}
