//! The QR code of a link, as one small SVG.
//!
//! Deliberately absent: colours and logos inside the code. Cameras like black on white.

use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder};

use crate::PaperError;

/// Blank modules around the code (ISO/IEC 18004 asks for four).
const QUIET: usize = 4;

/// The QR code of `text` as an SVG document of one path, black on white, with its quiet zone. It has no size of its
/// own, only a view box: whoever shows it sizes it.
///
/// # Errors
/// [`PaperError::QrTooLong`] for more than a code can hold (about 2,300 bytes).
pub fn qr_svg(text: &str) -> Result<String, PaperError> {
    drawing(text, QUIET)
}

/// The code without its quiet zone: on paper the space around it is blank anyway, and its edge meets the margin.
pub(crate) fn bare(text: &str) -> Result<String, PaperError> {
    drawing(text, 0)
}

fn drawing(text: &str, quiet: usize) -> Result<String, PaperError> {
    let code = QRBuilder::new(text)
        .ecl(ECL::M)
        .build()
        .map_err(|_| PaperError::QrTooLong)?;
    let side = code.size + 2 * quiet;
    let mut path = String::new();
    for y in 0..code.size {
        // Neighbours become one stroke: far fewer bytes, and no hairlines between them in print.
        let mut x = 0;
        for run in code[y].chunk_by(|a, b| a.value() == b.value()) {
            let length = run.len();
            if run[0].value() {
                let _ = write!(path, "M{} {}h{length}v1h-{length}z", x + quiet, y + quiet);
            }
            x += length;
        }
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_becomes_one_square_drawing() {
        let svg = qr_svg("https://www.mobilepay.dk/invoice/12345678-1234-1234-1234-123456789012").unwrap();
        assert!(svg.starts_with("<svg xmlns=") && svg.ends_with("</svg>"));
        // Version 6 at level M: 41 modules and the quiet zone.
        assert!(svg.contains("viewBox=\"0 0 "));
        // The upper left finder begins right inside the quiet zone.
        assert!(svg.contains("M4 4h7v1h-7z") && !svg.contains("M3 "));
    }

    #[test]
    fn the_text_itself_never_stands_in_the_drawing() {
        assert!(!qr_svg("\"/><script>").unwrap().contains("script"));
    }

    #[test]
    fn more_than_a_code_holds_is_an_error() {
        assert!(matches!(qr_svg(&"x".repeat(5000)), Err(PaperError::QrTooLong)));
    }
}
