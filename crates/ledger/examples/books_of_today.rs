//! Writes small books with an invoice in each situation, as this version of the program keeps them.
//!
//! `cargo run -p ledger --example books_of_today -- crates/ledger/tests/old/vN.kvit` is run once for each new version N of
//! the schema, and the file is committed: `tests/old_books.rs` opens each with every later program.

#[path = "../tests/shop/mod.rs"]
mod shop;

use anyhow::Context as _;
use invoice::State;
use ledger::Outcome;
use shop::{Bill, Shop, at};

fn main() -> anyhow::Result<()> {
    let target = std::env::args_os()
        .nth(1)
        .context("where to? Give the path of the new file")?;
    let mut shop = Shop::new();
    shop.draft("draft", "Jens Ødegård");
    shop.deliver("paid", &Bill::default());
    shop.say("paid", State::Paid, 10);
    shop.send(
        "doubt",
        &Bill {
            name: "Hyvä Kahvila",
            minor: 4_200,
            ..Bill::default()
        },
    );
    shop.begin("doubt", 6);
    shop.settle("doubt", &Outcome::Unclear { retry_at: at(60) }, 7);
    shop.send("taken back", &Bill::default());
    shop.send(
        "held",
        &Bill {
            phone: None,
            ..Bill::default()
        },
    );
    shop.books.undo("taken back", "draft again", at(1))?;
    shop.books.backup_to(target.as_ref())?;
    Ok(())
}
