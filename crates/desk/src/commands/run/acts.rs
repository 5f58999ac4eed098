//! What a merchant does with a run. Sending names what was shown; anything else is refused.

use std::sync::Arc;

use ::invoice::{Business, Channel, Content};
use jiff::{SignedDuration, Timestamp};
use ledger::{LedgerError, RunOrder, RunState, SendOrder, until_released};
use uuid::Uuid;

use super::{judged, view};
use crate::Desk;
use crate::commands::business;
use crate::connection::Connection;
use crate::ipc::{Event, Nothing, Refusal, RefusalCode, RunRef, RunSend, RunView};
use crate::refuse::Outcome;
use crate::sender::keep;

/// How long everything is held back once the last row has its number, so that *stop* takes back all of it.
const HOLD: SignedDuration = SignedDuration::from_secs(5);

/// Rows that become invoices in one transaction. Between two, whoever else needs the books has them.
const CHUNK: usize = 250;

pub(crate) async fn run_send(desk: &Desk, send: RunSend) -> Outcome<RunView> {
    let connection = desk.current();
    let channel: Channel = send.channel.into();
    let asked = send.id.clone();
    let run = connection.books.with(move |books| books.run(&asked)).await??;
    if run.state == RunState::Paused {
        return Err(Refusal::new(RefusalCode::NotNow, "The run is paused.").with_detail("run_paused"));
    }
    let mut rows = judged::all(&connection, send.id.clone()).await?;
    let offer = view::offer(&connection, &rows, channel);
    if (offer.count, offer.total.minor) != (send.count, send.total_minor) || send.count == 0 {
        return Err(Refusal::new(
            RefusalCode::ChangedMeanwhile,
            "What would be sent is not what was shown. Nothing was sent.",
        ));
    }
    rows.retain(|row| row.may_go(channel));
    let going = rows
        .into_iter()
        .filter_map(|row| row.reading.content.map(|content| (row.position, content)));
    let queueing = queue(
        Arc::clone(&connection),
        send.id.clone(),
        run.state,
        going.collect(),
        channel,
    );
    // Whoever asked may go away in the middle of it; what was begun is released all the same.
    tokio::spawn(queueing)
        .await
        .map_err(|error| Refusal::unexpected(&error))??;
    view::show(&connection, send.id).await
}

async fn queue(
    connection: Arc<Connection>,
    run: String,
    state: RunState,
    mut going: Vec<(u32, Content)>,
    channel: Channel,
) -> Outcome<()> {
    let mut record = business::record(&connection).await?;
    record.business.language = business::word(business::language(&record.paper_language)).to_owned();
    let now = connection.now();
    if state == RunState::Stopped {
        let id = run.clone();
        connection
            .books
            .with(move |books| books.resume_run(&id, now))
            .await??;
    }
    let mut queued = Ok(());
    while !going.is_empty() && queued.is_ok() {
        let rest = going.split_off(going.len().min(CHUNK));
        let chunk = Chunk {
            run: run.clone(),
            rows: std::mem::replace(&mut going, rest),
            business: record.business.clone(),
            channel,
            now,
        };
        queued = connection.books.with(move |books| chunk.queue(books)).await?;
        changed(&connection, &run).await;
    }
    let releasing = tokio::spawn(release(Arc::clone(&connection), run.clone()));
    match queued {
        Ok(()) => releasing.await.map_err(|error| Refusal::unexpected(&error))?,
        // The merchant stopped or paused it meanwhile. That is no failure.
        Err(_) if connection.books.with(move |books| books.run(&run)).await??.state != RunState::Running => {
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// What has a number goes out when the time to take it back is over, also where the rest could not get one, and however long
/// the disk is full.
async fn release(connection: Arc<Connection>, run: String) -> Outcome<()> {
    let now = connection.now();
    let at = now.checked_add(HOLD).unwrap_or(now);
    keep(&connection, move |books| books.release_chunks(&run, at)).await?;
    connection.wake_senders();
    Ok(())
}

/// Rows that get their numbers together.
struct Chunk {
    run: String,
    rows: Vec<(u32, Content)>,
    business: Business,
    channel: Channel,
    now: Timestamp,
}

impl Chunk {
    fn queue(&self, books: &mut ledger::Ledger) -> Result<(), LedgerError> {
        let ids: Vec<String> = self.rows.iter().map(|_| Uuid::now_v7().to_string()).collect();
        let orders: Vec<RunOrder<'_>> = self
            .rows
            .iter()
            .zip(&ids)
            .map(|((position, content), id)| RunOrder {
                position: *position,
                order: SendOrder {
                    invoice_id: id,
                    channel: self.channel,
                    content,
                    business: &self.business,
                    hold_until: until_released(),
                    now: self.now,
                },
            })
            .collect();
        books.queue_chunk(&self.run, &orders, |order, number| {
            mobilepay::create_request(order.content, &number.to_string(), order.channel)
                .map(|frozen| frozen.bytes)
        })?;
        Ok(())
    }
}

pub(crate) async fn run_pause(desk: &Desk, run: RunRef) -> Outcome<RunView> {
    act(desk, run, |books, id, _| books.pause_run(id)).await
}

pub(crate) async fn run_resume(desk: &Desk, run: RunRef) -> Outcome<RunView> {
    act(desk, run, ledger::Ledger::resume_run).await
}

pub(crate) async fn run_stop(desk: &Desk, run: RunRef) -> Outcome<RunView> {
    act(desk, run, ledger::Ledger::stop_run).await
}

pub(crate) async fn run_retry(desk: &Desk, run: RunRef) -> Outcome<RunView> {
    act(desk, run, |books, id, now| books.retry_failed(id, now).map(drop)).await
}

pub(crate) async fn run_discard(desk: &Desk, run: RunRef) -> Outcome<Nothing> {
    let connection = desk.current();
    let id = run.id.clone();
    connection
        .books
        .with(move |books| books.discard_run(&id))
        .await??;
    connection.tell(Event::RunChanged {
        id: run.id,
        progress: None,
    });
    Ok(Nothing {})
}

async fn act(
    desk: &Desk,
    run: RunRef,
    step: impl FnOnce(&mut ledger::Ledger, &str, Timestamp) -> Result<(), LedgerError> + Send + 'static,
) -> Outcome<RunView> {
    let connection = desk.current();
    let (id, now) = (run.id.clone(), connection.now());
    connection
        .books
        .with(move |books| step(books, &id, now))
        .await??;
    changed(&connection, &run.id).await;
    view::show(&connection, run.id).await
}

/// Tells the window and the sender that a run changed.
async fn changed(connection: &Connection, run: &str) {
    connection.wake_senders();
    connection.tell(Event::RunChanged {
        id: run.to_owned(),
        progress: view::progress(connection, run.to_owned()).await,
    });
    connection.tell(Event::of_invoices(Vec::new()));
    connection.tell(Event::ConnectionChanged);
}
