//! Small files of the program itself: settings, and the list of connections. Never a secret.
//!
//! Each is written beside its place, synced and renamed, so that a crash leaves the old or the new one, whole.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::ipc::{ConnectionView, SettingsView, UnfinishedForm};

/// What is remembered between runs, besides the books.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Remembered {
    /// Language, theme, text size.
    pub(crate) settings: SettingsView,
    /// Connections besides Practice.
    pub(crate) connections: Vec<SavedConnection>,
    /// Those that were removed, without their secrets: whoever connects the same again finds its books and numbers.
    pub(crate) removed: Vec<SavedConnection>,
    /// The one that was begun and is not whole yet.
    pub(crate) unfinished: Option<UnfinishedForm>,
    /// The one that was open.
    pub(crate) current: Option<String>,
    /// The port that Practice had, so that links it gave out stay good.
    pub(crate) practice_port: Option<u16>,
}

/// A connection as saved: all but its secrets.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SavedConnection {
    /// What the window sees of it.
    #[serde(flatten)]
    pub(crate) view: ConnectionView,
    /// `x-ibm-client-id` as typed, or from the file of an earlier version; empty once it is in the keychain.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) gateway_id: String,
    /// Whether its books were begun: then new ones never take their place.
    #[serde(default)]
    pub(crate) begun: bool,
}

/// The folder in which everything of Kvit on this computer lies.
#[derive(Clone, Debug)]
pub(crate) struct DataFolder(PathBuf);

impl DataFolder {
    /// Makes the folder, readable by its owner only.
    pub(crate) fn prepare(path: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&path)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o700))?;
        }
        Ok(Self(path))
    }

    /// The folder itself.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The books of one connection.
    pub(crate) fn books(&self, connection: &str) -> PathBuf {
        self.0.join("books").join(format!("{connection}.kvit"))
    }

    /// Where Practice keeps its own books, as MobilePay would.
    pub(crate) fn practice(&self) -> PathBuf {
        self.0.join("practice")
    }

    fn remembered(&self) -> PathBuf {
        self.0.join("kvit.json")
    }

    /// Reads what was remembered. A file that cannot be read is set aside under another name, never overwritten.
    pub(crate) fn recall(&self) -> io::Result<Remembered> {
        match read(&self.remembered()) {
            Ok(found) => Ok(found.unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                tracing::warn!(%error, "kvit.json is unreadable and was set aside");
                fs::rename(self.remembered(), self.0.join("kvit.unreadable.json"))?;
                Ok(Remembered::default())
            }
            Err(error) => Err(error),
        }
    }

    /// Writes what is to be remembered.
    pub(crate) fn remember(&self, remembered: &Remembered) -> io::Result<()> {
        write(&self.remembered(), remembered)
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn write<T: Serialize>(path: &Path, value: &T) -> io::Result<()> {
    let beside = path.with_extension("json.new");
    let mut file = File::create(&beside)?;
    file.write_all(&serde_json::to_vec_pretty(value)?)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&beside, path)?;
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ipc::{LanguageChoice, ThemeChoice};

    fn folder() -> (tempfile::TempDir, DataFolder) {
        let place = tempfile::tempdir().unwrap();
        let folder = DataFolder::prepare(place.path().join("Kvit")).unwrap();
        (place, folder)
    }

    #[test]
    fn what_is_remembered_is_recalled() {
        let (_place, folder) = folder();
        let settings = SettingsView {
            language: LanguageChoice::Fi,
            theme: ThemeChoice::Dark,
            ..SettingsView::default()
        };
        folder
            .remember(&Remembered {
                settings,
                practice_port: Some(4711),
                ..Remembered::default()
            })
            .unwrap();
        let found = folder.recall().unwrap();
        assert_eq!((found.settings, found.practice_port), (settings, Some(4711)));
    }

    #[test]
    fn an_unreadable_file_is_set_aside_and_not_lost() {
        let (_place, folder) = folder();
        fs::write(folder.path().join("kvit.json"), "{ not json").unwrap();
        assert!(folder.recall().unwrap().connections.is_empty());
        assert_eq!(
            fs::read_to_string(folder.path().join("kvit.unreadable.json")).unwrap(),
            "{ not json"
        );
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_the_folder() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_place, folder) = folder();
        assert_eq!(
            fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777,
            0o700
        );
    }
}
