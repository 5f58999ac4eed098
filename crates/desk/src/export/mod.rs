//! Tables as files for the bookkeeper: CSV and Excel, written row by row.
//!
//! Amounts are minor units until they are digits. Deliberately absent: formulas, and any cell that could become one.

mod csv_file;
mod words;
mod xlsx_file;

use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

pub(crate) use words::{Column, heading, kind, part, reason, state, title};

use self::csv_file::CsvFile;
use self::xlsx_file::XlsxFile;
use crate::ipc::{ExportFormat, Refusal, RefusalCode, SavedFile};
use crate::refuse::Outcome;
use crate::unfinished_file::Unfinished;

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Nothing.
    Empty,
    /// Words of anybody; never a formula.
    Text(String),
    /// A whole number.
    Number(u64),
    /// Minor units.
    Money(i64),
    /// A civil day.
    Day(Date),
}

impl Cell {
    /// Words, or nothing.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() {
            Self::Empty
        } else {
            Self::Text(text)
        }
    }

    /// Words that may be absent.
    pub(crate) fn maybe(text: Option<&str>) -> Self {
        Self::text(text.unwrap_or_default())
    }
}

/// A file that is being written.
pub(crate) struct Export {
    kind: Kind,
    unfinished: Unfinished,
}

enum Kind {
    Csv(Box<CsvFile>),
    Xlsx(Box<XlsxFile>),
}

impl Export {
    /// Begins a file in `folder` under a free name, with its headings.
    pub(crate) fn begin(
        folder: &Path,
        name: &str,
        format: ExportFormat,
        headings: &[String],
    ) -> io::Result<Self> {
        let extension = match format {
            ExportFormat::Csv => "csv",
            ExportFormat::Xlsx => "xlsx",
        };
        let (unfinished, file) = Unfinished::begin(folder, name, extension)?;
        let kind = match format {
            ExportFormat::Csv => CsvFile::begin(file).map(|file| Kind::Csv(Box::new(file))),
            ExportFormat::Xlsx => XlsxFile::begin(file, name).map(|file| Kind::Xlsx(Box::new(file))),
        };
        let kind = kind?;
        let mut export = Self { kind, unfinished };
        let headings: Vec<Cell> = headings.iter().map(|words| Cell::Text(words.clone())).collect();
        export.row(&headings)?;
        Ok(export)
    }

    /// One row more.
    pub(crate) fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        match &mut self.kind {
            Kind::Csv(file) => file.row(cells),
            Kind::Xlsx(file) => file.row(cells),
        }
    }

    /// Completes it; answers where it lies.
    pub(crate) fn finish(mut self) -> io::Result<PathBuf> {
        match &mut self.kind {
            Kind::Csv(file) => file.finish()?,
            Kind::Xlsx(file) => file.finish()?,
        }
        Ok(self.unfinished.finish())
    }
}

/// Does `job` on a thread that may wait for the disk.
pub(crate) async fn on_disk<T: Send + 'static>(
    job: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Outcome<T> {
    let done = tokio::task::spawn_blocking(job).await;
    done.map_err(|error| Refusal::unexpected(&error))?
        .map_err(|error| {
            Refusal::new(
                RefusalCode::FileNotWritten,
                format!("The file could not be saved: {error}."),
            )
        })
}

/// Where a finished file lies, as the window is told.
pub(crate) fn saved(path: &Path) -> SavedFile {
    SavedFile {
        path: path.display().to_string(),
    }
}

#[cfg(test)]
mod tests;
