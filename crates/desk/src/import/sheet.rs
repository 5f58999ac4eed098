//! Excel: the first sheet with anything in it, cell by cell, so that a sheet which claims a billion cells costs nothing.
//!
//! What a file unpacks to is measured before it is read. A formula is its last result.

use std::io::{Cursor, Read as _};

use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx};
use zip::ZipArchive;

use super::{Cell, Gathered, LONGEST_CELL, MOST_COLUMNS, Table, Trouble};
use crate::ipc::FileTrouble;

/// The most that a file unpacks to (bytes).
const LARGEST_UNPACKED: u64 = 64 * 1024 * 1024;

pub(super) fn read(bytes: &[u8]) -> Result<Table, Trouble> {
    measure(bytes)?;
    let mut book: Xlsx<_> =
        Xlsx::new(Cursor::new(bytes)).map_err(|_| Trouble::from(FileTrouble::NotATable))?;
    for name in book.sheet_names() {
        let gathered = gather(&mut book, &name)?;
        if !gathered.rows.is_empty() {
            return Ok(gathered.table(format!("Excel · {name}")));
        }
    }
    Err(FileTrouble::Empty.into())
}

/// Unpacks to nowhere and counts: what a zip says of its own size is a claim.
fn measure(bytes: &[u8]) -> Result<(), Trouble> {
    let damaged = || Trouble::from(FileTrouble::Damaged);
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    let mut left = LARGEST_UNPACKED;
    for at in 0..zip.len() {
        let file = zip.by_index(at).map_err(|_| damaged())?;
        let unpacked =
            std::io::copy(&mut file.take(left + 1), &mut std::io::sink()).map_err(|_| damaged())?;
        left = left
            .checked_sub(unpacked)
            .ok_or(Trouble::from(FileTrouble::UnpacksTooLarge))?;
    }
    Ok(())
}

fn gather<R: std::io::Read + std::io::Seek>(book: &mut Xlsx<R>, name: &str) -> Result<Gathered, Trouble> {
    let mut gathered = Gathered::default();
    // A sheet of charts has no cells.
    let Ok(mut cells) = book.worksheet_cells_reader(name) else {
        return Ok(gathered);
    };
    let (mut row, mut at) = (Vec::new(), 0);
    while let Some(cell) = cells
        .next_cell()
        .map_err(|_| Trouble::from(FileTrouble::Damaged))?
    {
        let (line, column) = cell.get_position();
        let (line, column) = (line as usize + 1, column as usize);
        let read = cell_of(cell.get_value());
        if read.text.is_empty() {
            continue;
        }
        if column >= MOST_COLUMNS {
            return Err(FileTrouble::TooManyColumns.into());
        }
        if read.text.chars().nth(LONGEST_CELL).is_some() {
            return Err(Trouble {
                why: FileTrouble::CellTooLong,
                row: Some(line),
            });
        }
        if line != at {
            gathered.take(std::mem::take(&mut row), at)?;
            at = line;
        }
        if row.len() <= column {
            row.resize(column + 1, Cell::default());
        }
        row[column] = read;
    }
    gathered.take(row, at)?;
    Ok(gathered)
}

fn cell_of(value: &DataRef<'_>) -> Cell {
    Cell {
        text: text(value),
        number: matches!(value, DataRef::Int(_) | DataRef::Float(_)),
    }
}

fn text(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => float(*number),
        DataRef::String(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(moment) => day(moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.split('T').next().unwrap_or_default().to_owned()
        }
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// Excel counts with fifteen digits: 0.1 + 0.2 is 0.3 there. Three decimals get a fourth, so that nobody has to ask whether
/// the point parts thousands.
fn float(number: f64) -> String {
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    let text = rounded.to_string();
    match text.split_once('.') {
        Some((_, decimals)) if decimals.len() == 3 => format!("{text}0"),
        _ => text,
    }
}

/// A day; the time beside it means nothing on an invoice.
fn day(moment: &ExcelDateTime) -> String {
    if !moment.is_datetime() {
        return float(moment.as_f64());
    }
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::float;

    #[test]
    fn a_number_of_excel_is_written_as_excel_shows_it_and_without_doubt() {
        let texts: Vec<String> = [0.1 + 0.2, 1_234.0, 1.234, 99.5, 20_112_233.0, 1e15, -5.0]
            .map(float)
            .to_vec();
        assert_eq!(
            texts,
            [
                "0.3",
                "1234",
                "1.2340",
                "99.5",
                "20112233",
                "1000000000000000",
                "-5"
            ]
        );
    }
}
