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
    /// Where papers are saved that the merchant asks for.
    pub(crate) documents: PathBuf,
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
        // A machine may have no folder of documents; then papers lie beside the books.
        let documents = app
            .path()
            .document_dir()
            .unwrap_or_else(|_| data.clone())
            .join("Kvit");
        Ok(Self {
            documents,
            logs: data.join("logs"),
            data,
            keychain,
        })
    }
}
