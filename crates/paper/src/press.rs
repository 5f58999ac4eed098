//! Sets sheets and gives them out as SVG or PDF.
//!
//! Deliberately absent: a queue or a thread of its own. A [`Press`] is shared and used from several threads at once.

use std::{
    fmt,
    panic::{self, AssertUnwindSafe},
};

use jiff::{Timestamp, tz::TimeZone};
use thiserror::Error;
use typst::{
    World, WorldExt, comemo,
    diag::SourceDiagnostic,
    foundations::{Bytes, Datetime, Smart},
    layout::{Frame, FrameItem},
    text::TextItem,
};
use typst_layout::{Page, PagedDocument};
use typst_pdf::PdfOptions;
use typst_svg::SvgOptions;

use crate::{
    Sheet, qr,
    world::{Case, Forme},
};

/// Settings of the same draft recur within a few rounds; what is older is forgotten, so that memory does not grow.
const ROUNDS_REMEMBERED: usize = 5;

/// Why there is no paper.
#[derive(Debug, Error)]
pub enum PaperError {
    /// A link has more than a QR code can hold.
    #[error("the text is too long for a QR code")]
    QrTooLong,
    /// The sheet could not be written down for the template.
    #[error("the sheet could not be handed to the template")]
    Sheet(#[source] serde_json::Error),
    /// The template failed on this sheet: a defect of this program.
    #[error("the paper could not be set: {0}")]
    Setting(String),
    /// The set paper could not be written as PDF: a defect of this program.
    #[error("the PDF could not be written: {0}")]
    Pdf(String),
}

/// Sets sheets of paper. Making one parses the fonts, so keep it.
pub struct Press {
    case: Case,
}

impl Press {
    /// Reads the embedded fonts and the template.
    #[expect(
        clippy::new_without_default,
        reason = "it reads fonts: a default would hide the cost"
    )]
    pub fn new() -> Self {
        Self { case: Case::new() }
    }

    /// One SVG document a page, A4, letters as outlines: it needs no font where it is shown.
    ///
    /// # Errors
    /// [`PaperError`] when the sheet cannot be set.
    pub fn svg(&self, sheet: &Sheet) -> Result<Vec<String>, PaperError> {
        let document = self.set(sheet)?;
        let options = SvgOptions::default();
        let pages = document.pages().iter();
        let pages = pages.map(|page| typst_svg::svg(page, &options)).collect();
        comemo::evict(ROUNDS_REMEMBERED);
        Ok(pages)
    }

    /// The PDF, tagged, with its fonts embedded. The same sheet and `created` give the same bytes.
    ///
    /// # Errors
    /// [`PaperError`] when the sheet cannot be set or written.
    pub fn pdf(&self, sheet: &Sheet, created: Timestamp) -> Result<Vec<u8>, PaperError> {
        let document = self.set(sheet)?;
        let options = PdfOptions {
            creator: Smart::Custom(Some("Kvit".to_owned())),
            timestamp: moment(created).map(typst_pdf::Timestamp::new_utc),
            ..PdfOptions::default()
        };
        let pdf = typst_pdf::pdf(&document, &options).map_err(|errors| {
            let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
            PaperError::Pdf(messages.join("; "))
        })?;
        comemo::evict(ROUNDS_REMEMBERED);
        Ok(pdf)
    }

    /// The letters of `sheet` for which there is no glyph, each once; usually none. They stand on the paper as
    /// empty boxes (Chinese, Japanese, coloured emoji).
    ///
    /// # Errors
    /// [`PaperError`] when the sheet cannot be set.
    pub fn unprintable(&self, sheet: &Sheet) -> Result<Vec<char>, PaperError> {
        let document = self.set(sheet)?;
        let mut missing = Vec::new();
        each_text(document.pages(), &mut |item| {
            for glyph in item.glyphs.iter().filter(|glyph| glyph.id == 0) {
                missing.extend(item.text.get(glyph.range()).unwrap_or_default().chars());
            }
        });
        missing.sort_unstable();
        missing.dedup();
        Ok(missing)
    }

    pub(crate) fn set(&self, sheet: &Sheet) -> Result<PagedDocument, PaperError> {
        let qr = sheet.link().map(qr::bare).transpose()?;
        let forme = Forme {
            case: &self.case,
            sheet: Bytes::new(serde_json::to_vec(sheet).map_err(PaperError::Sheet)?),
            qr: qr.map(Bytes::from_string),
        };
        // A paper that cannot be set must not take the program down. Nothing half done is left behind: the forme is
        // ours alone, and the caches hold finished results only.
        let compiled = panic::catch_unwind(AssertUnwindSafe(|| typst::compile(&forme).output));
        compiled
            .map_err(|_| PaperError::Setting("the typesetter gave up on a text".to_owned()))?
            .map_err(|errors| PaperError::Setting(told(&errors, &forme)))
    }
}

impl fmt::Debug for Press {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Press").finish_non_exhaustive()
    }
}

/// Each message with its line in the template, which alone can be at fault.
fn told(errors: &[SourceDiagnostic], forme: &Forme<'_>) -> String {
    let lines = |error: &SourceDiagnostic| {
        let byte = forme.range(error.span)?.start;
        forme.source(forme.main()).ok()?.lines().byte_to_line(byte)
    };
    let messages = errors.iter().map(|error| match lines(error) {
        Some(line) => format!("line {}: {}", line + 1, error.message),
        None => error.message.to_string(),
    });
    messages.collect::<Vec<_>>().join("; ")
}

fn moment(created: Timestamp) -> Option<Datetime> {
    let utc = created.to_zoned(TimeZone::UTC);
    let part = |number: i8| u8::try_from(number).ok();
    Datetime::from_ymd_hms(
        utc.year().into(),
        part(utc.month())?,
        part(utc.day())?,
        part(utc.hour())?,
        part(utc.minute())?,
        part(utc.second())?,
    )
}

/// Walks every run of letters, page by page.
pub(crate) fn each_text(pages: &[Page], see: &mut dyn FnMut(&TextItem)) {
    for page in pages {
        walk(&page.frame, see);
    }
}

fn walk(frame: &Frame, see: &mut dyn FnMut(&TextItem)) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => walk(&group.frame, see),
            FrameItem::Text(text) => see(text),
            _ => {}
        }
    }
}
