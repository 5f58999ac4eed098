//! Small files of the program itself: settings, and the list of connections. Never a secret.
//!
//! Each is written beside its place, synced and renamed, so that a crash leaves the old or the new one, whole.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::ipc::{ConnectionView, LanguageChoice, SettingsView, UnfinishedForm};

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
    /// Practice began anew because its books could not be read, and the merchant was not told yet.
    pub(crate) practice_anew: bool,
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
            Err(error) if matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof) => {
                tracing::warn!(%error, "kvit.json is unreadable and is set aside");
                set_aside(&self.remembered(), &[])?;
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

/// The language that was chosen for the window, for whoever must say why nothing opens; as the system says if none was or
/// it cannot be read.
pub fn chosen_language(data: PathBuf) -> LanguageChoice {
    let found = read::<Remembered>(&DataFolder(data).remembered());
    found.ok().flatten().unwrap_or_default().settings.language
}

/// Renames a file that cannot be read, so that a new one can take its place: `kvit.json` becomes `kvit.unreadable.json`, or
/// the first such name with a number that is free. What belongs to it, by what stands after its name, goes along.
/// Nothing is overwritten or deleted.
pub(crate) fn set_aside(path: &Path, with: &[&str]) -> io::Result<()> {
    let part = |part: Option<&OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    let (stem, kind) = (part(path.file_stem()), part(path.extension()));
    let mut aside = path.with_file_name(format!("{stem}.unreadable.{kind}"));
    let mut turn = 1_u32;
    while aside.try_exists()? {
        turn += 1;
        aside.set_file_name(format!("{stem}.unreadable-{turn}.{kind}"));
    }
    let followed_by = |path: &Path, end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    for end in with {
        match fs::rename(followed_by(path, end), followed_by(&aside, end)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    fs::rename(path, aside)
}

fn read<T: DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
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
    use crate::ipc::ThemeChoice;

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
        assert_eq!(chosen_language(folder.path().to_owned()), LanguageChoice::Fi);
        let found = folder.recall().unwrap();
        assert_eq!((found.settings, found.practice_port), (settings, Some(4711)));
    }

    #[test]
    fn an_unreadable_file_is_set_aside_and_not_lost() {
        let (_place, folder) = folder();
        assert_eq!(chosen_language(folder.path().to_owned()), LanguageChoice::System);
        fs::write(folder.path().join("kvit.json"), "{ not json").unwrap();
        assert!(folder.recall().unwrap().connections.is_empty());
        fs::write(folder.path().join("kvit.json"), "{ \"settings\":").unwrap();
        assert!(folder.recall().unwrap().connections.is_empty());
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(read("kvit.unreadable.json"), "{ not json");
        assert_eq!(read("kvit.unreadable-2.json"), "{ \"settings\":");
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
