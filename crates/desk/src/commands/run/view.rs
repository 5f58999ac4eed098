//! Runs as the window shows them: how far they are, and what could be sent now.

use ::invoice::{Channel, Money};
use ledger::{LedgerError, Run, RunState};

use super::judged::{self, Judged};
use crate::Desk;
use crate::commands::import;
use crate::connection::Connection;
use crate::ipc::{Nothing, RunList, RunOffer, RunProgress, RunRef, RunStateName, RunSummary, RunView};
use crate::refuse::Outcome;

/// Runs in the list.
const MOST_RUNS: u32 = 100;

pub(crate) async fn run_list(desk: &Desk, _: Nothing) -> Outcome<RunList> {
    let connection = desk.current();
    let runs = connection
        .books
        .with(|books| {
            let runs = books.runs(None, MOST_RUNS)?;
            let invalid = runs.iter().map(|run| books.run_turned_invalid(&run.id));
            let invalid = invalid.collect::<Result<Vec<_>, _>>()?;
            Ok::<_, LedgerError>(runs.into_iter().zip(invalid).collect::<Vec<_>>())
        })
        .await??;
    Ok(RunList {
        runs: runs.iter().map(|(run, invalid)| summary(run, *invalid)).collect(),
    })
}

pub(crate) async fn run_show(desk: &Desk, run: RunRef) -> Outcome<RunView> {
    show(&desk.current(), run.id).await
}

pub(crate) async fn show(connection: &Connection, id: String) -> Outcome<RunView> {
    let asked = id.clone();
    let (run, file) = connection
        .books
        .with(move |books| {
            let run = books.run(&asked)?;
            Ok::<_, LedgerError>((summary(&run, books.run_turned_invalid(&asked)?), run.file))
        })
        .await??;
    let sent_before = match file {
        Some(file) if run.progress.ready > 0 => import::sent_before(connection, file, id.clone()).await?,
        _ => None,
    };
    let judged = if run.progress.ready > 0 {
        judged::all(connection, id).await?
    } else {
        Vec::new()
    };
    Ok(RunView {
        run,
        to_phone: offer(connection, &judged, Channel::Phone),
        as_link: offer(connection, &judged, Channel::Link),
        sent_before,
    })
}

/// What would go by `channel` now.
pub(super) fn offer(connection: &Connection, judged: &[Judged], channel: Channel) -> RunOffer {
    let going = judged.iter().filter(|row| row.may_go(channel));
    let (count, minor, again) = going.fold((0_u32, 0_i64, 0_u32), |(count, minor, again), row| {
        (
            count + 1,
            minor.saturating_add(row.reading.totals.gross.minor),
            again + u32::from(row.again.is_some()),
        )
    });
    RunOffer {
        count,
        total: Money::of_minor(minor, connection.country.currency()).into(),
        wanting: u32::try_from(judged.len()).unwrap_or(u32::MAX) - count,
        again,
    }
}

/// How far a run is.
pub(crate) async fn progress(connection: &Connection, id: String) -> Option<RunProgress> {
    let read = connection
        .books
        .with(move |books| Ok::<_, LedgerError>(summary(&books.run(&id)?, books.run_turned_invalid(&id)?)))
        .await;
    Some(read.ok()?.ok()?.progress)
}

fn summary(run: &Run, invalid: u32) -> RunSummary {
    let counts = run.counts;
    RunSummary {
        id: run.id.clone(),
        name: run.name.clone(),
        created_at: run.created_at.to_string(),
        progress: RunProgress {
            state: match run.state {
                RunState::Running => RunStateName::Running,
                RunState::Paused => RunStateName::Paused,
                RunState::Stopped => RunStateName::Stopped,
            },
            total: counts.total(),
            ready: counts.ready,
            waiting: counts.held,
            on_the_way: counts.sending,
            sent: counts.accepted.saturating_sub(invalid),
            refused: counts.refused + invalid,
            unclear: counts.in_doubt,
            failed: counts.failed,
            replaced: counts.replaced,
        },
    }
}
