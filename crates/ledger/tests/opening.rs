//! The file: whose it is, who may open it, what it says when it cannot be opened, and how it is copied.

mod shop;

use std::fs;

use ledger::{Filter, Ledger, LedgerError};
use rusqlite::Connection;
use shop::{Bill, Shop};

#[test]
fn a_second_handle_is_refused_until_the_first_is_closed() {
    let Shop { folder, books } = Shop::new();
    let path = folder.path().join("books.kvit");
    assert!(matches!(Ledger::open(&path).unwrap_err(), LedgerError::InUse));
    drop(books);
    Ledger::open(&path).unwrap();
}

#[test]
fn a_foreign_file_is_refused_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recipes.sqlite");
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE recipe (name TEXT)")
        .unwrap();
    let before = fs::read(&path).unwrap();
    assert!(matches!(
        Ledger::open(&path).unwrap_err(),
        LedgerError::Foreign(_)
    ));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn an_older_program_refuses_the_books_of_a_newer_one() {
    let Shop { folder, books } = Shop::new();
    let path = folder.path().join("books.kvit");
    drop(books);
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 9_000)
        .unwrap();
    assert!(matches!(
        Ledger::open(&path).unwrap_err(),
        LedgerError::TooNew { found: 9_000, .. }
    ));
}

#[test]
fn what_is_no_database_is_called_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("books.kvit");
    fs::write(&path, "This is a letter and no book. ".repeat(100)).unwrap();
    assert!(matches!(
        Ledger::open(&path).unwrap_err(),
        LedgerError::Damaged(_)
    ));
}

#[test]
fn a_damaged_page_is_found_at_opening() {
    let mut shop = Shop::new();
    for id in ["a", "b", "c"] {
        shop.deliver(id, &Bill::default());
    }
    let Shop { folder, books } = shop;
    let path = folder.path().join("books.kvit");
    drop(books);
    let mut bytes = fs::read(&path).unwrap();
    // Every page but the first, which says where the others are.
    for byte in &mut bytes[8_192..] {
        *byte ^= 0x5A;
    }
    fs::write(&path, bytes).unwrap();
    assert!(matches!(
        Ledger::open(&path).unwrap_err(),
        LedgerError::Damaged(_)
    ));
}

#[test]
fn a_place_where_nothing_can_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a file");
    fs::write(&file, "not a folder").unwrap();
    let refused = Ledger::open(&file.join("books.kvit")).unwrap_err();
    assert!(matches!(refused, LedgerError::NotWritable(_)), "{refused}");
}

#[cfg(unix)]
#[test]
fn nobody_else_on_this_computer_may_read_the_books() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut shop = Shop::new();
    shop.send("a", &Bill::default());
    let copy = shop.folder.path().join("copy.kvit");
    shop.books.backup_to(&copy).unwrap();
    for name in ["books.kvit", "books.kvit-wal", "books.kvit-shm", "copy.kvit"] {
        let mode = fs::metadata(shop.folder.path().join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_backup_is_whole_and_can_be_opened_while_the_books_go_on() {
    let mut shop = Shop::new();
    shop.deliver("a", &Bill::default());
    let copy = shop.folder.path().join("copy.kvit");
    fs::write(&copy, "an older copy").unwrap();
    shop.books.backup_to(&copy).unwrap();
    shop.deliver("b", &Bill::default());
    let copied = Ledger::open(&copy).unwrap();
    assert_eq!(
        copied
            .invoices(&shop::query(Filter::All, "eftersyn"))
            .unwrap()
            .total,
        1
    );
    assert_eq!(copied.next_number().unwrap(), 2);
    assert!(!shop.folder.path().join("copy.kvit.part").exists());
}

#[test]
fn a_backup_to_a_place_that_does_not_exist_is_an_error_and_leaves_nothing() {
    let shop = Shop::new();
    let refused = shop
        .books
        .backup_to(&shop.folder.path().join("nowhere/copy.kvit"))
        .unwrap_err();
    assert!(matches!(refused, LedgerError::NotWritable(_)), "{refused}");
}
