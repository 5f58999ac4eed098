//! What a column means, by its heading: Danish, Finnish or English, and whatever this merchant called it before.

use std::collections::BTreeMap;

use super::Cell;
use crate::ipc::ImportField as F;

/// What headings meant before, by the heading as it is compared.
pub(crate) type Headings = BTreeMap<String, F>;

/// The words, as they are compared: small letters and digits only.
const WORDS: &[(F, &[&str])] = &[
    (
        F::Name,
        &[
            "navn",
            "kunde",
            "kundenavn",
            "modtager",
            "nimi",
            "asiakas",
            "asiakkaannimi",
            "vastaanottaja",
            "name",
            "customer",
            "customername",
            "recipient",
        ],
    ),
    (
        F::Phone,
        &[
            "telefon",
            "telefonnummer",
            "mobil",
            "mobilnummer",
            "mobilnr",
            "tlf",
            "tlfnr",
            "tlfnummer",
            "puhelin",
            "puhelinnumero",
            "puh",
            "matkapuhelin",
            "phone",
            "phonenumber",
            "mobile",
            "mobilephone",
        ],
    ),
    (
        F::Street,
        &[
            "adresse",
            "vej",
            "gade",
            "vejnavn",
            "osoite",
            "katuosoite",
            "lähiosoite",
            "address",
            "street",
        ],
    ),
    (
        F::PostalCode,
        &[
            "postnummer",
            "postnr",
            "postinumero",
            "postalcode",
            "postcode",
            "zip",
            "zipcode",
        ],
    ),
    (
        F::City,
        &[
            "by",
            "postdistrikt",
            "kaupunki",
            "postitoimipaikka",
            "paikkakunta",
            "city",
            "town",
        ],
    ),
    (
        F::Description,
        &[
            "beskrivelse",
            "tekst",
            "vare",
            "ydelse",
            "varetekst",
            "kuvaus",
            "selite",
            "tuote",
            "palvelu",
            "description",
            "text",
            "item",
            "product",
        ],
    ),
    (
        F::ItemNumber,
        &[
            "varenummer",
            "varenr",
            "tuotenumero",
            "tuotekoodi",
            "itemnumber",
            "itemno",
            "sku",
        ],
    ),
    (
        F::Quantity,
        &["antal", "mængde", "määrä", "kpl", "quantity", "qty", "count"],
    ),
    (F::Unit, &["enhed", "yksikkö", "unit"]),
    (
        F::UnitPrice,
        &[
            "pris",
            "enhedspris",
            "stykpris",
            "hinta",
            "yksikköhinta",
            "ahinta",
            "price",
            "unitprice",
        ],
    ),
    (
        F::VatRate,
        &[
            "moms",
            "momssats",
            "momsprocent",
            "alv",
            "alvprosentti",
            "alvkanta",
            "vat",
            "vatrate",
            "vatpercent",
        ],
    ),
    (F::Discount, &["rabat", "alennus", "discount"]),
    (
        F::DueDate,
        &[
            "forfaldsdato",
            "forfald",
            "betalingsfrist",
            "senestbetaling",
            "eräpäivä",
            "duedate",
            "due",
            "payby",
        ],
    ),
    (
        F::IssueDate,
        &[
            "fakturadato",
            "dato",
            "laskupäivä",
            "laskunpäivä",
            "päivämäärä",
            "päiväys",
            "pvm",
            "issuedate",
            "invoicedate",
            "date",
        ],
    ),
    (
        F::PaymentReference,
        &[
            "betalingsreference",
            "reference",
            "viite",
            "viitenumero",
            "maksuviite",
            "paymentreference",
            "ref",
        ],
    ),
    (
        F::Comment,
        &[
            "besked",
            "kommentar",
            "bemærkning",
            "viesti",
            "kommentti",
            "huomautus",
            "message",
            "comment",
            "note",
        ],
    ),
    (
        F::MerchantOrderNumber,
        &[
            "ordrenummer",
            "ordrenr",
            "tilausnumero",
            "ordernumber",
            "orderno",
            "order",
        ],
    ),
    (
        F::BuyerOrderNumber,
        &[
            "rekvisition",
            "købersordrenummer",
            "rekvisitionsnummer",
            "ostajantilausnumero",
            "buyerordernumber",
            "ponumber",
        ],
    ),
    (
        F::DeliveryDate,
        &["leveringsdato", "toimituspäivä", "deliverydate"],
    ),
];

/// Words for what is to be paid. It is the price where nothing is counted; beside a quantity it may be the price of one or of
/// all, and the merchant says which.
const TOTALS: &[&str] = &["beløb", "total", "ialt", "summa", "yhteensä", "amount"];

/// What each column means, and whether the first row has headings.
pub(crate) fn guess(first: &[Cell], known: &Headings) -> (Vec<Option<F>>, bool) {
    let mut taken = Vec::new();
    let mut columns: Vec<Option<F>> = first
        .iter()
        .map(|heading| {
            let field = meaning(&heading.text, known).filter(|field| !taken.contains(field))?;
            taken.push(field);
            Some(field)
        })
        .collect();
    let total = first
        .iter()
        .zip(&columns)
        .position(|(heading, column)| column.is_none() && is_total(&heading.text));
    if let Some(at) = total
        && !taken.contains(&F::UnitPrice)
        && !taken.contains(&F::Quantity)
    {
        columns[at] = Some(F::UnitPrice);
    }
    (columns, total.is_some() || !taken.is_empty())
}

/// Whether a heading names what is to be paid, VAT and all.
pub(crate) fn is_total(heading: &str) -> bool {
    TOTALS.contains(&compared(heading).as_str())
}

fn meaning(heading: &str, known: &Headings) -> Option<F> {
    let heading = compared(heading);
    if let Some(field) = known.get(&heading) {
        return Some(*field);
    }
    WORDS
        .iter()
        .find(|(_, words)| words.contains(&heading.as_str()))
        .map(|(field, _)| *field)
}

/// Small letters and digits only; what stands in brackets is an explanation: `Pris (kr.)`.
pub(crate) fn compared(heading: &str) -> String {
    let bare = heading.split('(').next().unwrap_or(heading);
    bare.to_lowercase()
        .chars()
        .filter(|sign| sign.is_alphanumeric())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(texts: &[&str]) -> Vec<Cell> {
        texts.iter().map(|text| Cell::of_text(*text)).collect()
    }

    fn columns(headings: &[&str]) -> Vec<Option<F>> {
        guess(&cells(headings), &Headings::new()).0
    }

    #[test]
    fn headings_of_three_languages_are_understood() {
        let expected = [F::Name, F::Phone, F::Description, F::UnitPrice, F::DueDate].map(Some);
        for headings in [
            ["Kunde", "Mobil nr.", "Tekst", "Pris (kr.)", "Forfaldsdato"],
            ["Asiakas", "Puhelin", "Selite", "Hinta", "ERÄPÄIVÄ"],
            [
                "Customer name",
                "Phone number",
                "Description",
                "Unit price",
                "Due date",
            ],
        ] {
            assert_eq!(columns(&headings), expected, "{headings:?}");
        }
    }

    #[test]
    fn a_meaning_is_given_once_and_what_the_merchant_said_before_comes_first() {
        assert_eq!(columns(&["Navn", "Kunde", "Hat"]), [Some(F::Name), None, None]);
        let known = Headings::from([("hat".to_owned(), F::Comment)]);
        assert_eq!(
            guess(&cells(&["Hat", "77"]), &known),
            (vec![Some(F::Comment), None], true)
        );
        assert_eq!(guess(&cells(&["20112233"]), &known), (vec![None], false));
    }

    #[test]
    fn a_total_is_the_price_only_where_nothing_is_counted() {
        let price = Some(F::UnitPrice);
        assert_eq!(columns(&["Navn", "Beløb"]), [Some(F::Name), price]);
        assert_eq!(columns(&["Navn", "I alt", "Pris"]), [Some(F::Name), None, price]);
        assert_eq!(
            columns(&["Navn", "Antal", "Total"]),
            [Some(F::Name), Some(F::Quantity), None]
        );
        let known = Headings::from([("summa".to_owned(), F::Comment)]);
        assert_eq!(guess(&cells(&["Summa"]), &known), (vec![Some(F::Comment)], true));
    }

    #[test]
    fn no_word_means_two_things() {
        let mut seen = std::collections::HashSet::new();
        for word in WORDS.iter().flat_map(|(_, words)| *words).chain(TOTALS) {
            assert!(seen.insert(*word), "{word}");
            assert_eq!(*word, compared(word));
        }
    }
}
