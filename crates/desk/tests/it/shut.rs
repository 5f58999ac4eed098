//! What cannot be opened: the practice world's own books, and a connection's. Kvit opens all the same and says so.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use desk::ipc::RefusalCode;
use desk::{Desk, OpenError, Setup};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::shop::{Remembering, Shop, open};

const GARBAGE: &[u8] = b"\x07\x11 nothing that anybody could read \xff\xfe";

/// A folder and a keychain that were never opened.
struct Closed(tempfile::TempDir);

impl Closed {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str) -> PathBuf {
        let path = self.0.path().join("data").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }

    fn holds(&self, name: &str, bytes: &[u8]) -> &Self {
        fs::write(self.file(name), bytes).unwrap();
        self
    }

    async fn open(self) -> Shop {
        let secrets = Arc::default();
        Shop {
            desk: open(self.0.path(), &secrets).await,
            secrets,
            folder: self.0,
        }
    }
}

/// The practice world's books with 200 documents of some kind, whole and closed.
fn practice_books(path: &Path, kind: &str, body: &str) {
    let db = Connection::open(path).unwrap();
    db.execute_batch(
        "CREATE TABLE document (
             kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)
         ) STRICT, WITHOUT ROWID;",
    )
    .unwrap();
    for id in 0..200 {
        db.execute(
            "INSERT INTO document VALUES (?1, ?2, ?3)",
            (kind, id.to_string(), body),
        )
        .unwrap();
    }
}

/// What SQLite may rewrite when it opens a file: its own header.
const HEADER: usize = 100;

/// Opens over practice books that cannot be read: they lie beside, unchanged, and practice works from the beginning.
async fn practice_begins_anew(closed: Closed) {
    let unreadable = fs::read(closed.file("practice/simulator.db")).unwrap();
    let mut shop = closed.open().await;
    let aside = shop.folder.path().join("data/practice/simulator.unreadable.db");
    assert_eq!(fs::read(aside).unwrap()[HEADER..], unreadable[HEADER..]);
    assert_eq!(shop.call("app_show", json!({})).await["practiceAnew"], true);
    shop.sign_in(simulator::visitor::Person::danish()).await;

    shop.reopen().await;
    assert_eq!(
        shop.call("app_show", json!({})).await["practiceAnew"],
        true,
        "nobody has read it"
    );
    shop.call("practice_seen", json!({})).await;
    assert_eq!(shop.call("app_show", json!({})).await["practiceAnew"], false);
    shop.reopen().await;
    assert_eq!(shop.call("app_show", json!({})).await["practiceAnew"], false);
    let session = shop.call("connection_show", json!({})).await["session"].clone();
    assert_eq!(session["state"], "signed_in", "what was begun anew was kept");
}

#[tokio::test]
async fn practice_books_of_random_bytes_are_set_aside_and_kvit_opens() {
    let closed = Closed::new();
    closed.holds("practice/simulator.db", &GARBAGE.repeat(300));
    practice_begins_anew(closed).await;
}

#[tokio::test]
async fn practice_books_that_are_cut_short_are_set_aside_and_kvit_opens() {
    let closed = Closed::new();
    let path = closed.file("practice/simulator.db");
    practice_books(&path, "consent", "null");
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    practice_begins_anew(closed).await;
}

#[tokio::test]
async fn practice_books_with_a_document_of_another_shape_are_set_aside_and_kvit_opens() {
    let closed = Closed::new();
    practice_books(
        &closed.file("practice/simulator.db"),
        "invoice",
        r#"{"written":"by another version"}"#,
    );
    practice_begins_anew(closed).await;
}

#[tokio::test]
async fn practice_books_of_a_newer_kvit_are_set_aside_and_kvit_opens() {
    let closed = Closed::new();
    let path = closed.file("practice/simulator.db");
    practice_books(&path, "consent", "null");
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    practice_begins_anew(closed).await;
}

#[tokio::test]
async fn practice_books_that_are_set_aside_twice_are_both_there() {
    let closed = Closed::new();
    closed
        .holds("practice/simulator.unreadable.db", b"the first")
        .holds("practice/simulator.db", b"the second, no database either");
    let shop = closed.open().await;
    let read = |name: &str| fs::read(shop.folder.path().join("data/practice").join(name)).unwrap();
    assert_eq!(read("simulator.unreadable.db"), b"the first");
    assert_eq!(
        read("simulator.unreadable-2.db"),
        b"the second, no database either"
    );
}

/// What is open, and what was to be.
async fn opened(shop: &Shop) -> (Value, Value) {
    let app = shop.call("app_show", json!({})).await;
    (app["current"].clone(), app["notOpened"].clone())
}

#[tokio::test]
async fn damaged_books_are_said_and_another_connection_is_open() {
    let closed = Closed::new();
    closed.holds("books/practice-dk.kvit", GARBAGE);
    let shop = closed.open().await;
    let (current, wanted) = opened(&shop).await;
    assert_eq!(current, "practice-fi");
    assert_eq!(wanted["id"], "practice-dk");
    assert_eq!(wanted["refusal"]["code"], "books_damaged");
    let books = PathBuf::from(wanted["books"].as_str().unwrap());
    assert_eq!(fs::read(&books).unwrap(), GARBAGE, "nothing was changed in them");

    // It can be chosen again: refused while it is damaged, opened when it is not.
    let choice = json!({ "id": "practice-dk" });
    let refused = shop
        .try_call("connection_choose", choice.clone())
        .await
        .unwrap_err();
    assert_eq!(refused.code, RefusalCode::BooksDamaged);
    assert_eq!(opened(&shop).await.0, "practice-fi");
    assert_eq!(opened(&shop).await.1["id"], "practice-dk");
    fs::remove_file(books).unwrap();
    shop.call("connection_choose", choice).await;
    assert_eq!(opened(&shop).await, (json!("practice-dk"), Value::Null));
}

#[tokio::test]
async fn books_of_a_newer_kvit_are_said_and_another_connection_is_open() {
    let closed = Closed::new();
    let path = closed.file("books/practice-dk.kvit");
    let db = Connection::open(path).unwrap();
    db.execute_batch("CREATE TABLE later (word TEXT)").unwrap();
    db.pragma_update(None, "application_id", 0x4B56_4954).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    let shop = closed.open().await;
    let (current, wanted) = opened(&shop).await;
    assert_eq!(current, "practice-fi");
    assert_eq!(wanted["refusal"]["code"], "books_too_new");
}

#[tokio::test]
async fn damaged_books_of_a_real_connection_leave_the_practice_world_open() {
    let mut shop = Shop::new().await;
    let form = json!({
        "name": "Nordhavn", "world": "sandbox", "country": "DK",
        "clientId": "nordhavn.client", "clientSecret": "client-secret",
        "gatewayId": "app-id", "gatewaySecret": "app-secret",
        "redirectUri": "https://shop.example/sandbox/return", "door": "return_page",
    });
    let id = shop.call("connection_add", form).await["id"].clone();
    shop.call("connection_choose", json!({ "id": id })).await;
    shop.desk.close().await;
    let books = shop
        .folder
        .path()
        .join(format!("data/books/{}.kvit", id.as_str().unwrap()));
    fs::write(&books, GARBAGE).unwrap();
    shop.desk = open(shop.folder.path(), &shop.secrets).await;
    let (current, wanted) = opened(&shop).await;
    assert_eq!(current, "practice-dk");
    assert_eq!((&wanted["id"], &wanted["name"]), (&id, &json!("Nordhavn")));

    // Whoever takes the connection away is told of it no more.
    shop.call("connection_remove", json!({ "id": id })).await;
    assert_eq!(opened(&shop).await, (json!("practice-dk"), Value::Null));
    assert_eq!(fs::read(books).unwrap(), GARBAGE, "its books stay");
}

#[tokio::test]
async fn a_connection_that_does_not_open_leaves_the_former_one_open() {
    let shop = Shop::new().await;
    let data = shop.folder.path().join("data/books");
    fs::write(data.join("practice-fi.kvit"), GARBAGE).unwrap();
    let refused = shop
        .try_call("connection_choose", json!({ "id": "practice-fi" }))
        .await;
    assert_eq!(refused.unwrap_err().code, RefusalCode::BooksDamaged);
    assert_eq!(opened(&shop).await, (json!("practice-dk"), Value::Null));
    shop.draft(|_| {}).await;
}

/// Why nothing at all opens on this folder.
async fn refused(folder: &Path) -> RefusalCode {
    let opening = Desk::open(Setup {
        data: folder.join("data"),
        documents: folder.join("documents"),
        browser: Arc::new(Remembering::default()),
        secrets: Arc::new(login::SessionOnly::default()),
        version: "test".into(),
        return_page: "",
    });
    match opening.await {
        Err(OpenError::Books(refusal)) => refusal.code,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it opened"),
    }
}

#[tokio::test]
async fn a_second_kvit_on_the_same_books_does_not_open() {
    let shop = Shop::new().await;
    assert_eq!(refused(shop.folder.path()).await, RefusalCode::BooksInUse);
}

#[tokio::test]
async fn kvit_stays_shut_only_when_no_books_open_at_all() {
    let closed = Closed::new();
    closed
        .holds("books/practice-dk.kvit", GARBAGE)
        .holds("books/practice-fi.kvit", GARBAGE);
    assert_eq!(refused(closed.0.path()).await, RefusalCode::BooksDamaged);
}
