//! The world as Typst sees it: one template, one sheet of values, perhaps a QR code, and the embedded fonts.
//!
//! Deliberately absent: the file system, packages, a clock, and fonts of the machine. Nothing that was typed can
//! reach any of them.

use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};

const TEMPLATE: &str = include_str!("invoice.typ");

/// Inter for everything, `DejaVu Sans` for the letters that Inter lacks. Licences: `fonts/`.
const FONTS: [&[u8]; 3] = [
    include_bytes!("../fonts/Inter-Regular.otf"),
    include_bytes!("../fonts/Inter-SemiBold.otf"),
    include_bytes!("../fonts/DejaVuSans.ttf"),
];

/// What is alike for every sheet.
pub(crate) struct Case {
    standard: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    template: Source,
    sheet_id: FileId,
    qr_id: FileId,
}

impl Case {
    pub(crate) fn new() -> Self {
        let fonts: Vec<Font> = FONTS
            .iter()
            .map(|data| Font::new(Bytes::new(*data), 0).expect("the embedded fonts are whole"))
            .collect();
        Self {
            standard: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            template: Source::new(id("invoice.typ"), TEMPLATE.to_owned()),
            sheet_id: id("sheet.json"),
            qr_id: id("qr.svg"),
        }
    }
}

fn id(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("a plain file name is a path");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// The case with one sheet locked up for printing.
pub(crate) struct Forme<'a> {
    pub(crate) case: &'a Case,
    /// The sheet as JSON.
    pub(crate) sheet: Bytes,
    /// The QR code as SVG, if the sheet has a link.
    pub(crate) qr: Option<Bytes>,
}

impl World for Forme<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.case.standard
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.case.book
    }

    fn main(&self) -> FileId {
        self.case.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.case.template.id() {
            Ok(self.case.template.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.case.sheet_id {
            return Ok(self.sheet.clone());
        }
        let qr = self.qr.clone().filter(|_| id == self.case.qr_id);
        qr.ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.case.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
