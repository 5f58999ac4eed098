//! The PDF of S1: a stand-in for the paper of spec 17.3, with the facts of it that a test wants to find.

use crate::invoice::Invoice;

/// The PDF of S1: one page with the facts, in a font that every reader has.
pub(crate) fn of(invoice: &Invoice) -> Vec<u8> {
    let number = invoice
        .number
        .as_deref()
        .or(invoice.reference.as_deref())
        .unwrap_or_default();
    let mut lines = vec![
        format!("Invoice {number}"),
        format!("Due {}", invoice.due_date),
        format!("Total {} {}", invoice.total, invoice.country().currency()),
    ];
    lines.extend(invoice.articles.iter().map(|article| article.description.clone()));
    let text: String = lines
        .iter()
        .map(|line| format!("({}) Tj T* ", literal(line)))
        .collect();
    let content = format!("BT /F 14 Tf 72 760 Td 20 TL {text}ET");
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
            .to_owned(),
        format!("<</Length {}>>stream\n{content}\nendstream", content.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
    ];
    let mut pdf = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(pdf.len());
        pdf += &format!("{} 0 obj{object}endobj\n", index + 1);
    }
    let start = pdf.len();
    let table: String = places
        .iter()
        .map(|place| format!("{place:010} 00000 n \n"))
        .collect();
    pdf += &format!(
        "xref\n0 6\n0000000000 65535 f \n{table}trailer<</Size 6/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
    );
    pdf.into_bytes()
}

/// A text as a PDF string (ISO 32000-1, 7.3.4.2); what the font's encoding lacks is a question mark.
fn literal(text: &str) -> String {
    text.chars()
        .map(|letter| match win_ansi(letter).unwrap_or(b'?') {
            byte @ (b'(' | b')' | b'\\') => format!("\\{}", char::from(byte)),
            byte @ b' '..=b'~' => char::from(byte).to_string(),
            byte => format!("\\{byte:03o}"),
        })
        .collect()
}

/// The encoding that every reader has for its own fonts (ISO 32000-1, annex D.2), without what neither language writes.
fn win_ansi(letter: char) -> Option<u8> {
    match letter {
        ' '..='~' | '\u{a0}'..='\u{ff}' => u8::try_from(u32::from(letter)).ok(),
        '€' => Some(0x80),
        '…' => Some(0x85),
        'Š' => Some(0x8a),
        'Ž' => Some(0x8e),
        '‘' => Some(0x91),
        '’' => Some(0x92),
        '“' => Some(0x93),
        '”' => Some(0x94),
        '•' => Some(0x95),
        '–' => Some(0x96),
        '—' => Some(0x97),
        'š' => Some(0x9a),
        'ž' => Some(0x9e),
        _ => None,
    }
}
