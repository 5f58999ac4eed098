//! A file to begin with: the headings that are understood, and three rows as they should look.

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::ipc::PaperLanguage;

/// CSV as the spreadsheets of the north open it: UTF-8 with a mark, semicolons. The dates lie after `today`.
pub(crate) fn template(language: PaperLanguage, today: Date) -> (&'static str, String) {
    let (name, headings, rows) = match language {
        PaperLanguage::Da => (
            "Mange fakturaer",
            "Navn;Telefon;Beskrivelse;Antal;Pris;Moms;Forfaldsdato;Reference;Besked",
            [
                "Mads Krogh;57 37 32 59;Kontingent 2027;1;250,00;25",
                "Café Havnen;;Catering, 12 personer;12;149,50;25",
                "Sofie Lund;22 50 98 95;Sæsonkort;1;1.200,00;25",
            ],
        ),
        PaperLanguage::Fi => (
            "Monta laskua",
            "Nimi;Puhelin;Kuvaus;Määrä;Hinta;ALV;Eräpäivä;Viite;Viesti",
            [
                "Aino Virtanen;040 1234567;Jäsenmaksu 2027;1;50,00;25,5",
                "Kahvila Ranta;;Pitopalvelu, 12 henkeä;12;14,50;14",
                "Eero Lahti;050 7654321;Kausikortti;1;120,00;25,5",
            ],
        ),
        PaperLanguage::En => (
            "Many invoices",
            "Name;Phone;Description;Quantity;Price;VAT;Due date;Reference;Message",
            [
                "Mads Krogh;+45 57 37 32 59;Membership 2027;1;250.00;25",
                "Cafe Harbour;;Catering for 12;12;149.50;25",
                "Sofie Lund;+45 22 50 98 95;Season ticket;1;1200.00;25",
            ],
        ),
    };
    let due = today.saturating_add(14.days());
    let mut text = format!("\u{feff}{headings}\r\n");
    for row in rows {
        text.push_str(&format!("{row};{due};;\r\n"));
    }
    (name, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{Headings, guess, read};

    #[test]
    fn each_template_is_understood_whole() {
        for language in [PaperLanguage::Da, PaperLanguage::Fi, PaperLanguage::En] {
            let (_, text) = template(language, jiff::civil::date(2026, 11, 23));
            let table = read(text.as_bytes()).unwrap();
            assert_eq!((table.rows.len(), table.how.as_str()), (4, "CSV · ; · UTF-8"));
            let (columns, headings) = guess(&table.rows[0], &Headings::new());
            assert!(headings && columns.iter().all(Option::is_some), "{columns:?}");
        }
    }
}
