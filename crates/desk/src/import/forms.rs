//! From a table and what its columns mean to forms, each box as it stands in the file.

use ::invoice::{Country, DraftForm, LineForm, NumberError, PriceBasis, currency_of, read_number};
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Cell, Table, dates};
use crate::ipc::{DateOrderName, DecimalSign, ImportField as F};

/// What the merchant says of a table.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// What each column means.
    pub(crate) columns: Vec<Option<F>>,
    /// The first row has headings.
    pub(crate) headings: bool,
    /// How `1.234` is meant.
    pub(crate) decimal: DecimalSign,
    /// How `02/12/2027` is meant.
    pub(crate) dates: DateOrderName,
    pub(crate) price_basis: PriceBasis,
    /// The merchant's, for phones.
    pub(crate) country: Country,
    /// For dates without a year.
    pub(crate) today: Date,
    /// For rows that say none.
    pub(crate) issue_date: String,
    pub(crate) due_date: String,
    /// For rows that say none.
    pub(crate) description: String,
}

/// One form a row.
pub(crate) fn forms(table: &Table, plan: &Plan) -> Vec<DraftForm> {
    let rows = table.rows.iter().skip(usize::from(plan.headings));
    rows.map(|row| form(row, plan)).collect()
}

fn form(row: &[Cell], plan: &Plan) -> DraftForm {
    let mut form = DraftForm {
        issue_date: plan.issue_date.clone(),
        due_date: plan.due_date.clone(),
        price_basis: plan.price_basis,
        ..DraftForm::default()
    };
    let mut line = LineForm {
        description: plan.description.clone(),
        ..LineForm::default()
    };
    for (cell, field) in row.iter().zip(&plan.columns) {
        let Some(field) = *field else { continue };
        if cell.text.is_empty() {
            continue;
        }
        let text = match field {
            F::VatRate if cell.number => percent(&cell.text),
            F::Phone if cell.number => dialled(&cell.text, plan.country),
            F::DueDate | F::IssueDate | F::DeliveryDate => dates::settled(cell, plan.dates, plan.today),
            _ if is_number(field) && !cell.number => settled(&cell.text, plan),
            _ => cell.text.clone(),
        };
        *place(&mut form, &mut line, field) = text;
    }
    form.lines = vec![line];
    form
}

const fn is_number(field: F) -> bool {
    matches!(field, F::Quantity | F::UnitPrice | F::VatRate | F::Discount)
}

fn place<'a>(form: &'a mut DraftForm, line: &'a mut LineForm, field: F) -> &'a mut String {
    match field {
        F::Name => &mut form.recipient.name,
        F::Phone => &mut form.recipient.phone,
        F::Street => &mut form.recipient.address.street,
        F::PostalCode => &mut form.recipient.address.postal_code,
        F::City => &mut form.recipient.address.city,
        F::Description => &mut line.description,
        F::ItemNumber => &mut line.item_number,
        F::Quantity => &mut line.quantity,
        F::Unit => &mut line.unit,
        F::UnitPrice => &mut line.unit_price,
        F::VatRate => &mut line.vat_rate,
        F::Discount => &mut line.discount,
        F::DueDate => &mut form.due_date,
        F::IssueDate => &mut form.issue_date,
        F::PaymentReference => &mut form.payment_reference,
        F::Comment => &mut form.comment,
        F::MerchantOrderNumber => &mut form.merchant_order_number,
        F::BuyerOrderNumber => &mut form.buyer_order_number,
        F::DeliveryDate => &mut form.delivery_date,
    }
}

/// `1.234` as the whole file means it; everything else stays as it is, and what stays in doubt is asked beside its row.
fn settled(cell: &str, plan: &Plan) -> String {
    // Settling takes the currency away. Another than the merchant's has to stay, so that the row says it.
    if currency_of(cell).is_some_and(|named| named != plan.country.currency()) {
        return cell.to_owned();
    }
    let Err(NumberError::Ambiguous {
        as_thousands,
        as_decimal,
    }) = read_number(cell)
    else {
        return cell.to_owned();
    };
    let point = cell.rfind('.') > cell.rfind(',');
    match plan.decimal {
        DecimalSign::Unknown => cell.to_owned(),
        DecimalSign::Point if point => as_decimal,
        DecimalSign::Comma if !point => as_decimal,
        DecimalSign::Point | DecimalSign::Comma => as_thousands,
    }
}

/// Excel keeps 25 % as 0.25. No VAT rate lies between zero and one.
fn percent(cell: &str) -> String {
    match cell.parse::<Decimal>() {
        Ok(part) if part > Decimal::ZERO && part < Decimal::ONE => {
            (part * Decimal::ONE_HUNDRED).normalize().to_string()
        }
        _ => cell.to_owned(),
    }
}

/// Excel takes a phone for a number: `+45 20 11 22 33` is 4520112233 there, and `040 123 4567` is 401234567. Only what can
/// have been one thing gets its sign back: ten digits of a Finnish merchant that begin with 45 may be either.
fn dialled(cell: &str, country: Country) -> String {
    if !cell.bytes().all(|sign| sign.is_ascii_digit()) {
        return cell.to_owned();
    }
    // `+45` and eight digits, or in Finland `045…` without its zero.
    let danish = cell.len() == 10 && cell.starts_with("45");
    // Finnish mobile numbers begin with 04 or 050.
    let mobile = (7..=10).contains(&cell.len()) && (cell.starts_with('4') || cell.starts_with("50"));
    match country {
        _ if (10..=15).contains(&cell.len()) && cell.starts_with("358") => format!("+{cell}"),
        Country::Dk if danish => format!("+{cell}"),
        Country::Fi if mobile && !danish => format!("0{cell}"),
        _ => cell.to_owned(),
    }
}

/// The decimal sign that the texts of the file show without doubt, if they all show the same. A number of Excel has none.
pub(crate) fn decimal_sign(table: &Table, columns: &[Option<F>], headings: bool) -> DecimalSign {
    let mut found = (false, false);
    for row in table.rows.iter().skip(usize::from(headings)) {
        for (cell, field) in row.iter().zip(columns) {
            let wanted = field.is_some_and(is_number) && !cell.number;
            let text = cell.text.trim_end_matches(['%', ' ']);
            if !wanted || read_number(text).is_err() {
                continue;
            }
            let (whole, decimals) = shown(text);
            match (whole, decimals) {
                (_, Some(',')) | (Some('.'), None) => found.0 = true,
                (_, Some('.')) | (Some(','), None) => found.1 = true,
                _ => {}
            }
        }
    }
    match found {
        (true, false) => DecimalSign::Comma,
        (false, true) => DecimalSign::Point,
        _ => DecimalSign::Unknown,
    }
}

/// The separator of thousands and the decimal sign of a number that can be read without doubt.
fn shown(cell: &str) -> (Option<char>, Option<char>) {
    let digits_follow = |at: usize| cell[at + 1..].starts_with(|sign: char| sign.is_ascii_digit());
    let signs: Vec<char> = cell
        .char_indices()
        .filter(|(at, sign)| matches!(sign, '.' | ',') && digits_follow(*at))
        .map(|(_, sign)| sign)
        .collect();
    match signs.as_slice() {
        [] => (None, None),
        [only] => (None, Some(*only)),
        [first, .., last] if first == last => (Some(*first), None),
        [first, .., last] => (Some(*first), Some(*last)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(cells: &[&str]) -> Table {
        Table {
            rows: cells.iter().map(|cell| vec![Cell::of_text(*cell)]).collect(),
            how: String::new(),
        }
    }

    #[test]
    fn the_decimal_sign_is_what_all_numbers_show_and_never_a_guess() {
        let sign = |cells: &[&str]| decimal_sign(&table(cells), &[Some(F::UnitPrice)], false);
        assert_eq!(sign(&["1.234", "12,50"]), DecimalSign::Comma);
        assert_eq!(sign(&["1.234,50 kr.", "7"]), DecimalSign::Comma);
        assert_eq!(sign(&["1.234", "25,5 %"]), DecimalSign::Comma);
        assert_eq!(sign(&["1.234.567"]), DecimalSign::Comma);
        assert_eq!(sign(&["1,234", "12.50"]), DecimalSign::Point);
        assert_eq!(sign(&["250 kr.", "100,-", "1.234", "7"]), DecimalSign::Unknown);
        assert_eq!(sign(&["1,50", "1.50"]), DecimalSign::Unknown);
    }

    fn plan(decimal: DecimalSign) -> Plan {
        Plan {
            columns: Vec::new(),
            headings: false,
            decimal,
            dates: DateOrderName::Unknown,
            price_basis: PriceBasis::Net,
            country: Country::Dk,
            today: jiff::civil::date(2026, 11, 23),
            issue_date: String::new(),
            due_date: String::new(),
            description: String::new(),
        }
    }

    #[test]
    fn the_other_currency_stays_beside_its_amount() {
        let texts = ["1.234 kr.", "1.234 €"].map(|cell| settled(cell, &plan(DecimalSign::Comma)));
        assert_eq!(texts, ["1234", "1.234 €"]);
    }

    #[test]
    fn a_doubtful_number_is_settled_by_the_sign_and_others_are_left_as_written() {
        let texts =
            |decimal| ["1.234", "1,234", "1.234,50", "tolv"].map(|cell| settled(cell, &plan(decimal)));
        assert_eq!(texts(DecimalSign::Comma), ["1234", "1.2340", "1.234,50", "tolv"]);
        assert_eq!(texts(DecimalSign::Point), ["1.2340", "1234", "1.234,50", "tolv"]);
        assert_eq!(
            texts(DecimalSign::Unknown),
            ["1.234", "1,234", "1.234,50", "tolv"]
        );
    }

    #[test]
    fn a_phone_that_excel_took_for_a_number_gets_its_sign_back_and_what_may_be_two_is_left() {
        let read = |country: Country| {
            [
                "4557373259",
                "57373259",
                "358401234567",
                "401234567",
                "0401234567",
                "+4557373259",
            ]
            .map(|cell| dialled(cell, country))
        };
        assert_eq!(
            read(Country::Dk),
            [
                "+4557373259",
                "57373259",
                "+358401234567",
                "401234567",
                "0401234567",
                "+4557373259"
            ]
        );
        assert_eq!(
            read(Country::Fi),
            [
                "4557373259",
                "57373259",
                "+358401234567",
                "0401234567",
                "0401234567",
                "+4557373259"
            ]
        );
    }

    #[test]
    fn a_quarter_in_excel_is_twenty_five_percent() {
        assert_eq!(
            ["0.25", "25", "0", "0.255", "x"].map(percent),
            ["25", "25", "0", "25.5", "x"]
        );
    }
}
