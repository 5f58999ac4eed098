//! Where the program keeps things.
//!
//! `KVIT_DATA` names another folder for everything: for tests, and for a copy on a stick. Its secrets are kept apart
//! from the usual ones, under the folder's name.

use std::path::PathBuf;

use tauri::{App, Manager as _, Runtime};

/// The folders of this run.
pub(crate) struct Folders {
    /// Books, settings, the practice world.
    pub(crate) data: PathBuf,
    /// Log files.
    pub(crate) logs: PathBuf,
    /// The name under which secrets are kept in the keychain.
    pub(crate) keychain: String,
}

impl Folders {
    pub(crate) fn of<R: Runtime>(app: &App<R>) -> tauri::Result<Self> {
        let usual = app.config().identifier.clone();
        let (data, keychain) = match std::env::var_os("KVIT_DATA").filter(|folder| !folder.is_empty()) {
            Some(folder) => {
                let folder = std::path::absolute(folder)?;
                let keychain = format!("{usual} in {}", folder.display());
                (folder, keychain)
            }
            None => (app.path().app_data_dir()?, usual),
        };
        Ok(Self {
            logs: data.join("logs"),
            data,
            keychain,
        })
    }
}
