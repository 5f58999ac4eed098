//! CSV as spreadsheets of the north write it: semicolon, comma or tab, in UTF-8, UTF-16 or Windows-1252.

use std::borrow::Cow;

use csv::{ReaderBuilder, StringRecord};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::{Cell, Gathered, Table, Trouble};
use crate::ipc::FileTrouble;

/// Lines that are looked at to find the delimiter.
const SAMPLE: usize = 20;

pub(super) fn read(bytes: &[u8]) -> Result<Table, Trouble> {
    let (text, encoding) = decode(bytes)?;
    let whole: &str = &text;
    let (delimiter, text) = delimiter(whole);
    let mut lines = Lines {
        text: whole,
        counted: 0,
        number: 1,
    };
    let before = whole.len() - text.len();
    let mut gathered = Gathered::default();
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let mut first = None;
    while reader
        .read_record(&mut record)
        .map_err(|_| Trouble::from(FileTrouble::Damaged))?
    {
        let begin = record.position().map_or(0, csv::Position::byte);
        let number = lines.at(before.saturating_add(usize::try_from(begin).unwrap_or(usize::MAX)));
        let row: Vec<Cell> = record.iter().map(cell).collect();
        let used = row
            .iter()
            .rposition(|cell| !cell.text.is_empty())
            .map_or(0, |last| last + 1);
        if used > 0 {
            let first = *first.get_or_insert(row.len());
            // `A,12,50` under `Name,Price` would be read as 12: a sign in a text or an amount that was not put in quotes.
            // Where the comma parts the cells it may part an amount too, and an empty last cell hides that it did: there
            // every row has to have as many as the first. A first row of one cell is a title.
            let why = if first == 1 {
                None
            } else if delimiter == b',' && row.len() != first {
                Some(FileTrouble::RowUneven)
            } else if used > first {
                Some(FileTrouble::RowTooWide)
            } else {
                None
            };
            if let Some(why) = why {
                return Err(Trouble {
                    why,
                    row: Some(number),
                });
            }
        }
        gathered.take(row, number)?;
    }
    let sign = match delimiter {
        b'\t' => "tab".to_owned(),
        sign => char::from(sign).to_string(),
    };
    Ok(gathered.table(format!("CSV · {sign} · {}", encoding.name())))
}

/// Counts lines as an editor does. The reader's own count is one behind where lines end with CR LF.
struct Lines<'a> {
    text: &'a str,
    counted: usize,
    number: usize,
}

impl Lines<'_> {
    /// The line of the row that begins here, or after what is left of the line before.
    fn at(&mut self, begin: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut begin = begin.min(bytes.len());
        while bytes.get(begin).is_some_and(|sign| matches!(sign, b'\r' | b'\n')) {
            begin += 1;
        }
        let passed = self.text.get(self.counted..begin).unwrap_or_default();
        self.number += passed.matches('\n').count();
        self.counted = begin;
        self.number
    }
}

/// A byte-order mark decides; else UTF-16 by its zeros; else UTF-8 if it is; else Windows-1252, in which every text is one.
fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, &'static Encoding), Trouble> {
    let zeros = |odd: usize| {
        bytes
            .iter()
            .take(2_000)
            .skip(odd)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let half = bytes.len().min(2_000) / 2;
    let (encoding, marked) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, length),
        None if half > 1 && zeros(1) * 4 > half * 3 && zeros(0) == 0 => (UTF_16LE, 0),
        None if half > 1 && zeros(0) * 4 > half * 3 && zeros(1) == 0 => (UTF_16BE, 0),
        None if std::str::from_utf8(bytes).is_ok() => (UTF_8, 0),
        None => (WINDOWS_1252, 0),
    };
    let (text, _) = encoding.decode_without_bom_handling(&bytes[marked..]);
    let strange = |sign: char| sign.is_control() && !matches!(sign, '\t' | '\n' | '\r');
    // One slipped sign is for the row to say; a picture or a program is full of them.
    let strangers = text.chars().take(20_000).filter(|sign| strange(*sign)).count();
    if text.contains('\0') || strangers * 50 > text.len().min(20_000) {
        return Err(FileTrouble::NotATable.into());
    }
    Ok((text, encoding))
}

/// What Excel's own first line `sep=;` says, else the sign that parts the first lines into the most columns, alike in most
/// of them.
fn delimiter(text: &str) -> (u8, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if let [sign @ (b';' | b',' | b'\t')] = first
        .trim_end_matches('\r')
        .strip_prefix("sep=")
        .unwrap_or("")
        .as_bytes()
    {
        return (*sign, rest);
    }
    let sign = [b';', b'\t', b','].into_iter().max_by_key(|sign| {
        let counts = widths(text, *sign);
        let first = counts.first().copied().unwrap_or(1);
        let alike = counts.iter().filter(|count| **count == first).count();
        // The order of the list decides between equals, and `max_by_key` takes the last.
        (
            if first > 1 { alike * 100 / counts.len() } else { 0 },
            first,
            *sign != b',',
        )
    });
    (sign.unwrap_or(b';'), text)
}

fn widths(text: &str, sign: u8) -> Vec<usize> {
    let mut reader = ReaderBuilder::new()
        .delimiter(sign)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    reader
        .records()
        .take(SAMPLE)
        .filter_map(Result::ok)
        .map(|record| record.len())
        .collect()
}

/// `="0045"` is how Excel keeps a zero in front: the text is meant.
fn cell(cell: &str) -> Cell {
    let trimmed = cell.trim();
    let formula = trimmed
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'));
    Cell::of_text(formula.unwrap_or(trimmed))
}
