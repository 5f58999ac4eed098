//! A file of many invoices on its way in. It comes in pieces, is read once, and becomes a run; until then nothing is kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use ledger::LedgerError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{draft, run};
use crate::Desk;
use crate::connection::Connection;
use crate::import::{self, Cell, FoundDates, Headings, LARGEST_FILE, Plan, Table, Trouble};
use crate::ipc::{
    Event, FileTrouble, ImportBegin, ImportColumns, ImportField, ImportFound, ImportPiece, ImportPlan,
    ImportRef, ImportTemplate, ImportView, Nothing, PriceBasisName, Refusal, RefusalCode, RunView, SavedFile,
};
use crate::papers;
use crate::refuse::Outcome;

/// The largest piece (bytes).
const LARGEST_PIECE: usize = 256 * 1024;

/// Rows that are shown before the merchant says what the columns mean.
const SAMPLE: usize = 5;

/// The longest cell of the sample (characters).
const LONGEST_SHOWN: usize = 120;

/// The fact under which the merchant's own headings are remembered.
const HEADINGS: &str = "import_headings";

/// The fact under which is remembered whether the prices under a heading have VAT in them.
const BASES: &str = "import_bases";

/// Whether prices have VAT in them, by the heading of their column as it is compared.
type Bases = BTreeMap<String, PriceBasisName>;

/// A file that was read.
#[derive(Clone)]
struct Read {
    table: Arc<Table>,
    /// SHA-256 of its bytes, by which the same file is known again.
    hash: String,
}

/// The file that is being looked at.
pub(crate) struct Importing {
    id: String,
    name: String,
    bytes: Vec<u8>,
    read: Option<Read>,
}

pub(crate) async fn import_begin(desk: &Desk, begin: ImportBegin) -> Outcome<ImportRef> {
    if usize::try_from(begin.size).is_ok_and(|size| size <= LARGEST_FILE) {
        let id = Uuid::now_v7().to_string();
        *desk.importing.lock().await = Some(Importing {
            id: id.clone(),
            name: begin.name.chars().take(LONGEST_SHOWN).collect(),
            bytes: Vec::new(),
            read: None,
        });
        return Ok(ImportRef { id });
    }
    Err(Trouble::from(FileTrouble::TooLarge).into())
}

pub(crate) async fn import_piece(desk: &Desk, piece: ImportPiece) -> Outcome<Nothing> {
    let mut held = desk.importing.lock().await;
    let importing = named(held.as_mut(), &piece.id)?;
    let unreadable = || {
        Refusal::new(
            RefusalCode::BadRequest,
            "A piece of a file is at most 256 KiB in base64.",
        )
    };
    let bytes = STANDARD.decode(piece.base64).map_err(|_| unreadable())?;
    if bytes.len() > LARGEST_PIECE {
        return Err(unreadable());
    }
    if importing.bytes.len() + bytes.len() > LARGEST_FILE {
        return Err(Trouble::from(FileTrouble::TooLarge).into());
    }
    importing.bytes.extend(bytes);
    Ok(Nothing {})
}

fn named<'a>(held: Option<&'a mut Importing>, id: &str) -> Outcome<&'a mut Importing> {
    held.filter(|importing| importing.id == id)
        .ok_or_else(|| Refusal::not_found("file"))
}

pub(crate) async fn import_read(desk: &Desk, wanted: ImportRef) -> Outcome<ImportView> {
    let connection = desk.current();
    let (name, bytes) = {
        let mut held = desk.importing.lock().await;
        let importing = named(held.as_mut(), &wanted.id)?;
        (importing.name.clone(), std::mem::take(&mut importing.bytes))
    };
    let hash = format!("{:x}", Sha256::digest(&bytes));
    let read = tokio::task::spawn_blocking(move || import::read(&bytes)).await;
    let table = Arc::new(read.map_err(|error| Refusal::unexpected(&error))??);
    let sent_before = sent_before(&connection, hash.clone(), String::new()).await?;
    let view = ImportView {
        sent_before,
        ..view(&connection, &wanted.id, name, &table).await?
    };
    named(desk.importing.lock().await.as_mut(), &wanted.id)?.read = Some(Read { table, hash });
    Ok(view)
}

async fn view(connection: &Connection, id: &str, name: String, table: &Table) -> Outcome<ImportView> {
    let (columns, has_headings) = import::guess(&table.rows[0], &remembered(connection, HEADINGS).await?);
    let rows = table.rows.len() - usize::from(has_headings);
    if rows == 0 {
        return Err(Trouble::from(FileTrouble::Empty).into());
    }
    let cut = |cell: &Cell| cell.text.chars().take(LONGEST_SHOWN).collect::<String>();
    let sample = table.rows.iter().skip(usize::from(has_headings)).take(SAMPLE);
    let found = found(connection, table, &columns, has_headings).await?;
    Ok(ImportView {
        id: id.to_owned(),
        name,
        how: table.how.clone(),
        rows: u32::try_from(rows).unwrap_or(u32::MAX),
        headings: table.rows[0].iter().map(cut).collect(),
        sample: sample.map(|row| row.iter().map(cut).collect()).collect(),
        plan: ImportPlan {
            id: id.to_owned(),
            decimal: found.decimal,
            dates: found.dates,
            columns,
            has_headings,
            price_basis: found.price_basis,
            issue_date: String::new(),
            due_date: draft::due(connection).await?,
            description: String::new(),
        },
        date: found.date,
        sent_before: None,
    })
}

/// What the file shows when its columns mean this.
async fn found(
    connection: &Connection,
    table: &Table,
    columns: &[Option<ImportField>],
    has_headings: bool,
) -> Outcome<ImportFound> {
    let price = table.rows[0]
        .iter()
        .zip(columns)
        .find(|(_, field)| has_headings && **field == Some(ImportField::UnitPrice));
    let bases: Bases = remembered(connection, BASES).await?;
    let price_basis = match price {
        Some((heading, _)) => match bases.get(&import::compared(&heading.text)) {
            Some(known) => *known,
            // What is to be paid has its VAT in it.
            None if import::is_total(&heading.text) => PriceBasisName::Gross,
            None => PriceBasisName::Net,
        },
        None => PriceBasisName::Net,
    };
    let FoundDates { order, example } = import::date_order(table, columns, has_headings, connection.today());
    Ok(ImportFound {
        decimal: import::decimal_sign(table, columns, has_headings),
        dates: order,
        date: example,
        price_basis,
    })
}

pub(crate) async fn import_look(desk: &Desk, asked: ImportColumns) -> Outcome<ImportFound> {
    let table = read_file(desk, &asked.id).await?.1.table;
    found(&desk.current(), &table, &asked.columns, asked.has_headings).await
}

/// The file's name and what it says, once it was read.
async fn read_file(desk: &Desk, id: &str) -> Outcome<(String, Read)> {
    let mut held = desk.importing.lock().await;
    let importing = named(held.as_mut(), id)?;
    let read = importing.read.clone();
    Ok((
        importing.name.clone(),
        read.ok_or_else(|| Refusal::not_found("file"))?,
    ))
}

/// When a run of the same file, another than `but`, was sent last.
pub(super) async fn sent_before(
    connection: &Connection,
    file: String,
    but: String,
) -> Outcome<Option<String>> {
    let sent = connection
        .books
        .with(move |books| books.file_sent(&file, &but))
        .await??;
    Ok(sent.map(|at| at.to_string()))
}

/// What headings meant the last time.
async fn remembered<T: Default + DeserializeOwned>(
    connection: &Connection,
    fact: &'static str,
) -> Outcome<T> {
    let text = connection.fact(fact).await?;
    Ok(text
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default())
}

pub(crate) async fn import_keep(desk: &Desk, wanted: ImportPlan) -> Outcome<RunView> {
    let connection = desk.current();
    let (name, Read { table, hash }) = read_file(desk, &wanted.id).await?;
    let id = Uuid::now_v7().to_string();
    let basis = wanted.price_basis;
    let plan = plan(wanted, connection.country, connection.today());
    remember(&connection, &table, &plan, basis).await?;
    let made = tokio::task::spawn_blocking(move || import::forms(&table, &plan)).await;
    let forms = made.map_err(|error| Refusal::unexpected(&error))?;
    if forms.is_empty() {
        return Err(Trouble::from(FileTrouble::Empty).into());
    }
    let (run, now) = (id.clone(), connection.now());
    connection
        .books
        .with(move |books| {
            books.create_run(&run, &name, Some(&hash), &forms, now)?;
            Ok::<_, LedgerError>(())
        })
        .await??;
    *desk.importing.lock().await = None;
    connection.tell(Event::RunChanged {
        id: id.clone(),
        progress: None,
    });
    run::show(&connection, id).await
}

fn plan(wanted: ImportPlan, country: ::invoice::Country, today: Date) -> Plan {
    Plan {
        country,
        today,
        columns: wanted.columns,
        headings: wanted.has_headings,
        decimal: wanted.decimal,
        dates: wanted.dates,
        price_basis: match wanted.price_basis {
            PriceBasisName::Net => ::invoice::PriceBasis::Net,
            PriceBasisName::Gross => ::invoice::PriceBasis::Gross,
        },
        issue_date: wanted.issue_date,
        due_date: wanted.due_date,
        description: wanted.description,
    }
}

/// The merchant's own headings mean the same the next time, and their prices have their VAT in them or not.
async fn remember(
    connection: &Connection,
    table: &Table,
    plan: &Plan,
    prices: PriceBasisName,
) -> Outcome<()> {
    if !plan.headings {
        return Ok(());
    }
    let mut known: Headings = remembered(connection, HEADINGS).await?;
    let mut bases: Bases = remembered(connection, BASES).await?;
    let counted = plan.columns.contains(&Some(ImportField::Quantity));
    for (heading, field) in table.rows[0].iter().zip(&plan.columns) {
        let Some(field) = *field else { continue };
        let word = import::compared(&heading.text);
        if field == ImportField::UnitPrice {
            bases.insert(word.clone(), prices);
        }
        // A total was the price because nothing was counted. Beside a quantity it would be multiplied.
        if field != ImportField::UnitPrice || counted || !import::is_total(&heading.text) {
            known.insert(word, field);
        }
    }
    save(connection, HEADINGS, &known).await?;
    save(connection, BASES, &bases).await
}

async fn save<T: Serialize>(connection: &Connection, fact: &'static str, known: &T) -> Outcome<()> {
    let text = serde_json::to_string(known).map_err(|error| Refusal::unexpected(&error))?;
    connection.save_fact(fact, text).await
}

pub(crate) async fn import_template_save(desk: &Desk, wanted: ImportTemplate) -> Outcome<SavedFile> {
    let (name, text) = import::template(wanted.language, desk.current().today());
    papers::save(desk, name, "csv", text.into_bytes()).await
}
