//! Opening the file: one process at a time, the right version, sound, and safe against power loss.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use crate::LedgerError;

/// `KVIT` in ASCII: marks the file as ours.
const APPLICATION_ID: i32 = 0x4B56_4954;

/// Forward-only steps; the n-th leads to version n.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_doubt_runs_reports.sql"),
    include_str!("migrations/0003_sent_before.sql"),
    include_str!("migrations/0004_consents_by_index.sql"),
];

/// How long another connection to the file may keep it locked.
pub(crate) const LOCK_PATIENCE: Duration = Duration::from_secs(5);

/// Up to this many bytes a whole check takes no time that anybody notices.
const QUICKLY_READ: u64 = 16 << 20;

/// One connection's books, open in this process and no other.
#[derive(Debug)]
pub struct Ledger {
    pub(crate) db: Connection,
    path: PathBuf,
    /// Held for as long as the books are open; the operating system frees it however the process ends.
    _lock: File,
}

impl Ledger {
    /// Opens the books at `path`, making or migrating them as needed.
    ///
    /// A file that is not ours, or newer than this program, is refused before a byte of it changes.
    ///
    /// # Errors
    /// [`LedgerError::InUse`], [`LedgerError::TooNew`], [`LedgerError::Foreign`], [`LedgerError::Damaged`],
    /// [`LedgerError::NotWritable`], [`LedgerError::DiskFull`].
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        Self::open_with(path, MIGRATIONS)
    }

    /// Opens books that were begun earlier, and never begins new ones in their place: their numbers would be given twice.
    ///
    /// # Errors
    /// [`LedgerError::Missing`] when there is no file, or an empty one; else as [`Ledger::open`].
    pub fn open_begun(path: &Path) -> Result<Self, LedgerError> {
        if Self::is_begun(path) {
            Self::open(path)
        } else {
            Err(LedgerError::Missing(path.to_owned()))
        }
    }

    /// Whether there is anything at `path`.
    pub fn is_begun(path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|found| found.len() > 0)
    }

    fn open_with(path: &Path, migrations: &[&str]) -> Result<Self, LedgerError> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let lock = lock_beside(path)?;
        let to_check = worth_checking(path);
        let mut db = Connection::open(path)?;
        db.busy_timeout(LOCK_PATIENCE)?;
        let found = found_version(&db, path, migrations)?;
        owner_only(path)?;
        prepare(&db)?;
        if to_check {
            check_sound(&db)?;
        }
        migrate(&mut db, path, found, migrations)?;
        Ok(Self {
            db,
            path: path.to_owned(),
            _lock: lock,
        })
    }

    /// Where the file lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a whole copy to `target` and checks that it is sound before answering. What lies at `target` is replaced
    /// only when the copy is whole.
    pub fn backup_to(&self, target: &Path) -> Result<(), LedgerError> {
        copy(&self.db, target)
    }

    /// One user action, all or nothing.
    pub(crate) fn transaction<T>(
        &mut self,
        job: impl FnOnce(&rusqlite::Transaction<'_>) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        let transaction = self
            .db
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = job(&transaction)?;
        kill_point::pass("commit.before");
        transaction.commit()?;
        kill_point::pass("commit.after");
        Ok(done)
    }
}

fn lock_beside(path: &Path) -> Result<File, LedgerError> {
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path.with_extension("lock"))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(LedgerError::InUse),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// The books name customers: nobody else on this computer reads them.
fn owner_only(path: &Path) -> Result<(), LedgerError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    }
    let _ = path;
    Ok(())
}

/// A commit is on the platter before it answers (security 6.3: sending once rests on it).
fn prepare(db: &Connection) -> Result<(), LedgerError> {
    let mode: String = db.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("wal") {
        // A network drive, most likely: there the log cannot be shared and commits are not safe.
        return Err(LedgerError::NotWritable(format!(
            "this drive allows only the journal {mode:?}"
        )));
    }
    db.pragma_update(None, "synchronous", "FULL")?;
    // On macOS fsync stops at the drive's cache; these two go through it. Elsewhere they are no-ops.
    db.pragma_update(None, "fullfsync", true)?;
    db.pragma_update(None, "checkpoint_fullfsync", true)?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "trusted_schema", false)?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// Whether to read every page before trusting the file: after an end that left a log behind, and whenever it is quick.
fn worth_checking(path: &Path) -> bool {
    let size = |path: &Path| fs::metadata(path).map_or(0, |found| found.len());
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let bytes = size(path);
    (1..=QUICKLY_READ).contains(&bytes) || size(Path::new(&log)) > 0
}

/// The version of the file, 0 for a new one. Only reads.
fn found_version(db: &Connection, path: &Path, migrations: &[&str]) -> Result<usize, LedgerError> {
    let found: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let owner: i32 = db.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 {
        return Ok(0);
    }
    if owner != APPLICATION_ID {
        return Err(LedgerError::Foreign(path.to_owned()));
    }
    let known = u32::try_from(migrations.len()).expect("there are few migrations");
    if found > known {
        return Err(LedgerError::TooNew { found, known });
    }
    Ok(found as usize)
}

/// Runs the steps from version `found` on, each in its own transaction, after a copy of what was there.
fn migrate(db: &mut Connection, path: &Path, found: usize, migrations: &[&str]) -> Result<(), LedgerError> {
    if found > 0 && found < migrations.len() {
        check_sound(db)?;
        copy(db, &path.with_extension(format!("v{found}.kvit")))?;
    }
    for (version, step) in migrations.iter().enumerate().skip(found) {
        let transaction = db.transaction_with_behavior(TransactionBehavior::Exclusive)?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(
            None,
            "user_version",
            u32::try_from(version + 1).expect("there are few migrations"),
        )?;
        transaction.commit()?;
    }
    Ok(())
}

fn check_sound(db: &Connection) -> Result<(), LedgerError> {
    let verdict: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(LedgerError::Damaged(verdict))
    }
}

/// Copies through a neighbour of `target`, so that a copy cut short never looks like one.
fn copy(db: &Connection, target: &Path) -> Result<(), LedgerError> {
    let mut part = target.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    match fs::remove_file(&part) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let mut copy = Connection::open(&part)?;
    owner_only(&part)?;
    rusqlite::backup::Backup::new(db, &mut copy)?.run_to_completion(1_000, Duration::ZERO, None)?;
    // One file, whole in itself: whoever copies it elsewhere must not need its log.
    copy.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    check_sound(&copy)?;
    copy.close().map_err(|(_, error)| error)?;
    // For writing, though nothing more is written: Windows syncs no file that is open for reading only.
    OpenOptions::new().write(true).open(&part)?.sync_all()?;
    fs::rename(&part, target)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "CREATE TABLE one (word TEXT NOT NULL) STRICT; INSERT INTO one VALUES ('kept');";
    const SECOND: &str =
        "CREATE TABLE two (word TEXT NOT NULL) STRICT; INSERT INTO two SELECT word FROM one;";

    fn word(db: &Connection, table: &str) -> String {
        db.query_row(&format!("SELECT word FROM {table}"), [], |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn a_step_forward_keeps_the_rows_and_leaves_a_copy_of_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("books.kvit");
        drop(Ledger::open_with(&path, &[FIRST]).unwrap());
        let books = Ledger::open_with(&path, &[FIRST, SECOND]).unwrap();
        assert_eq!(word(&books.db, "two"), "kept");
        let old = Ledger::open_with(&folder.path().join("books.v1.kvit"), &[FIRST]).unwrap();
        assert_eq!(word(&old.db, "one"), "kept");
    }

    #[test]
    fn a_step_that_fails_leaves_the_old_version_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("books.kvit");
        drop(Ledger::open_with(&path, &[FIRST]).unwrap());
        let broken = "CREATE TABLE two (word TEXT) STRICT; INSERT INTO nowhere VALUES (1);";
        assert!(Ledger::open_with(&path, &[FIRST, broken]).is_err());
        let books = Ledger::open_with(&path, &[FIRST]).unwrap();
        assert_eq!(word(&books.db, "one"), "kept");
        let tables: i64 = books
            .db
            .query_row(
                "SELECT count(*) FROM sqlite_schema WHERE name = 'two'",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(tables, 0);
    }

    #[test]
    fn an_older_program_refuses_a_newer_file_and_does_not_touch_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("books.kvit");
        drop(Ledger::open_with(&path, &[FIRST, SECOND]).unwrap());
        let before = fs::read(&path).unwrap();
        let refused = Ledger::open_with(&path, &[FIRST]).unwrap_err();
        assert!(
            matches!(refused, LedgerError::TooNew { found: 2, known: 1 }),
            "{refused}"
        );
        assert_eq!(fs::read(&path).unwrap(), before);
    }

    #[test]
    fn every_commit_is_safe_against_power_loss() {
        let folder = tempfile::tempdir().unwrap();
        let books = Ledger::open(&folder.path().join("books.kvit")).unwrap();
        let pragma = |name: &str| -> String {
            books
                .db
                .query_row(
                    &format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}"),
                    [],
                    |row| row.get(0),
                )
                .unwrap()
        };
        assert_eq!(pragma("journal_mode"), "wal");
        assert_eq!(pragma("synchronous"), "2");
        assert_eq!(pragma("foreign_keys"), "1");
        assert_eq!(pragma("trusted_schema"), "0");
    }

    #[test]
    fn a_full_disk_is_named_and_nothing_of_the_action_stays() {
        let folder = tempfile::tempdir().unwrap();
        let mut books = Ledger::open(&folder.path().join("books.kvit")).unwrap();
        let pages: i64 = books
            .db
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .unwrap();
        books.db.pragma_update(None, "max_page_count", pages).unwrap();
        let refused = books.save_fact("large", &"x".repeat(100_000)).unwrap_err();
        assert!(matches!(refused, LedgerError::DiskFull), "{refused}");
        assert_eq!(books.fact("large").unwrap(), None);
    }
}
