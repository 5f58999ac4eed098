//! Books that each version of the program has left behind are opened by this one, with everything in them.
//!
//! The files are written by `examples/books_of_today.rs`, one for each version of the schema, and never again.

#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod shop;

use std::fs;
use std::path::Path;

use ledger::{Filter, Gap, GapReason, Ledger, Shown};
use shop::{Bill, at, bytes, form, query};

#[test]
fn books_of_every_old_version_are_read_whole_and_go_on() {
    let mut versions = 0;
    for old in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/old")).unwrap() {
        let old = old.unwrap().path();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("books.kvit");
        fs::copy(&old, &path).unwrap();
        check(&path);
        check_the_copy(&old, &path);
        assert_eq!(schema(&path), schema_of_new_books(), "{}", old.display());
        versions += 1;
    }
    assert!(versions > 0, "no old books to open");
}

/// Before a file is migrated a copy of it is made, and the copy is as it was.
fn check_the_copy(old: &Path, path: &Path) {
    let version = |path: &Path| -> u32 {
        let db = rusqlite::Connection::open(path).unwrap();
        db.pragma_query_value(None, "user_version", |row| row.get(0))
            .unwrap()
    };
    let before = version(old);
    let copy = path.with_extension(format!("v{before}.kvit"));
    if before == version(path) {
        assert!(!copy.exists());
    } else {
        assert_eq!(version(&copy), before);
        assert_eq!(schema(&copy), schema(old));
    }
}

fn check(path: &Path) {
    let mut books = Ledger::open(path).unwrap();
    let rows = books.invoices(&query(Filter::All, "")).unwrap().rows;
    let found: Vec<(u64, &str, Shown)> = rows
        .iter()
        .map(|row| (row.number, row.id.as_str(), row.shown))
        .collect();
    assert_eq!(
        found,
        [
            (1, "paid", Shown::Paid),
            (2, "doubt", Shown::InDoubt),
            (4, "held", Shown::Held)
        ]
    );
    let paid = books.invoice("paid").unwrap();
    assert_eq!(
        (paid.content, paid.request),
        (Bill::default().content(), bytes("paid", 1))
    );
    assert_eq!(books.evidence("paid").unwrap().len(), 4);
    assert_eq!(books.invoices(&query(Filter::All, "hyva")).unwrap().total, 1);
    assert_eq!(books.draft("draft").unwrap().form, form("Jens Ødegård"));
    assert_eq!(books.drafts().unwrap().len(), 2);
    assert_eq!(
        books.number_gaps().unwrap(),
        [Gap {
            first: 3,
            last: 3,
            why: GapReason::TakenBack
        }]
    );
    let doubt = books.next_to_send(at(60), ledger::Among::All).unwrap().unwrap();
    assert_eq!((doubt.request, doubt.was_in_doubt), (bytes("doubt", 2), true));
    assert_eq!(
        shop::send(&mut books, "draft", 1, "new", &Bill::default()).unwrap(),
        5
    );
}

/// The tables and indexes as they were declared. A migration that is changed after its release shows here.
fn schema(path: &Path) -> Vec<String> {
    let db = rusqlite::Connection::open(path).unwrap();
    let mut statement = db
        .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name")
        .unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

fn schema_of_new_books() -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("books.kvit");
    drop(Ledger::open(&path).unwrap());
    schema(&path)
}
