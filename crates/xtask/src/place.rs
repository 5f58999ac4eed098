//! Where things lie in the repository and in the target folder.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR"));
    crates
        .ancestors()
        .nth(2)
        .expect("the crate lies in crates/xtask")
        .to_path_buf()
}

/// The UI.
pub(crate) fn ui() -> PathBuf {
    root().join("ui")
}

/// The debug folder that this very program was built into, wherever Cargo was told to put it.
pub(crate) fn built() -> Result<PathBuf> {
    let own = std::env::current_exe().context("this program does not know where it lies")?;
    Ok(own.parent().context("a program lies in a folder")?.to_path_buf())
}

/// The built Kvit.
pub(crate) fn program() -> Result<PathBuf> {
    Ok(built()?.join(format!("kvit{}", std::env::consts::EXE_SUFFIX)))
}
