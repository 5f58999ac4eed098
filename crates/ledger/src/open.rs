//! Opening the file: one process at a time, the right version, sound, and safe against power loss.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use crate::LedgerError;

/// `KVIT` in ASCII: marks the file as ours.
const APPLICATION_ID: i32 = 0x4B56_4954;

/// Forward-only steps; the n-th leads to version n.
const MIGRATIONS: &[&str] = &[include_str!("migrations/0001_first.sql")];

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
    /// # Errors
    /// [`LedgerError::InUse`], [`LedgerError::TooNew`], [`LedgerError::Foreign`], [`LedgerError::Damaged`],
    /// [`LedgerError::NotWritable`], [`LedgerError::DiskFull`].
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let lock = lock_beside(path)?;
        let mut db = Connection::open(path)?;
        owner_only(path)?;
        prepare(&db)?;
        migrate(&mut db, path)?;
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

    /// Writes a whole copy to `target` and checks that it is sound before answering.
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
        transaction.commit()?;
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

/// A commit is on the platter before it answers (security: sending once rests on it).
fn prepare(db: &Connection) -> Result<(), LedgerError> {
    db.busy_timeout(Duration::from_secs(5))?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    // On macOS fsync stops at the drive's cache; these two go through it. Elsewhere they are no-ops.
    db.pragma_update(None, "fullfsync", true)?;
    db.pragma_update(None, "checkpoint_fullfsync", true)?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "trusted_schema", false)?;
    Ok(())
}

fn migrate(db: &mut Connection, path: &Path) -> Result<(), LedgerError> {
    let known = u32::try_from(MIGRATIONS.len()).expect("there are few migrations");
    let found: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let owner: i32 = db.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables > 0 && owner != APPLICATION_ID {
        return Err(LedgerError::Foreign(path.to_owned()));
    }
    if found > known {
        return Err(LedgerError::TooNew { found, known });
    }
    if tables > 0 {
        check_sound(db)?;
    }
    if found < known && tables > 0 {
        copy(db, &path.with_extension(format!("before-v{known}.kvit")))?;
    }
    for version in found..known {
        let step = MIGRATIONS[version as usize];
        let transaction = db.transaction_with_behavior(TransactionBehavior::Exclusive)?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", version + 1)?;
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

fn copy(db: &Connection, target: &Path) -> Result<(), LedgerError> {
    let mut copy = Connection::open(target)?;
    owner_only(target)?;
    rusqlite::backup::Backup::new(db, &mut copy)?.run_to_completion(1_000, Duration::ZERO, None)?;
    check_sound(&copy)?;
    copy.close().map_err(|(_, error)| error)?;
    Ok(())
}
