//! The order in which a file writes its dates: found like the decimal sign, shown, and never taken for granted.
//!
//! Dates leave here as ISO. One that is two days, in a file that shows neither order, is marked as doubted and asked about
//! beside its row.

use ::invoice::{DOUBTED, DateOrder, read_date_in};
use jiff::civil::Date;

use super::{Cell, Table};
use crate::ipc::{DateExample, DateOrderName, ImportField as F};

/// What the date cells of a file show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundDates {
    pub(crate) order: DateOrderName,
    /// A date of the file to show it by, one that is two days if there is any.
    pub(crate) example: Option<DateExample>,
}

/// The order that the dates of the file show. Those that are a day in one order only decide; where none does, dots and
/// hyphens are written day first in both countries; slashes may come from anywhere, and two digits in front may be the year.
pub(crate) fn date_order(table: &Table, columns: &[Option<F>], headings: bool, today: Date) -> FoundDates {
    let mut shown = [false; 3];
    let (mut doubted, mut first) = (None, None);
    let mut open = false;
    for row in table.rows.iter().skip(usize::from(headings)) {
        for (cell, field) in row.iter().zip(columns) {
            let dated = matches!(field, Some(F::DueDate | F::IssueDate | F::DeliveryDate));
            let text = without_midnight(&cell.text);
            let days = readings(text, today);
            if !dated || cell.number || days.iter().all(Option::is_none) {
                continue;
            }
            first = first.or(Some(text));
            match only(days) {
                Some(_) => {
                    for (shown, day) in shown.iter_mut().zip(days) {
                        // A date that is the same day in every order shows none, but one that begins with its year does.
                        *shown |= day.is_some() && days.iter().flatten().count() == 1;
                    }
                    shown[2] |= days.iter().all(Option::is_some);
                }
                None => {
                    doubted = doubted.or(Some(text));
                    open |= text.contains('/') || days[2].is_some();
                }
            }
        }
    }
    let order = match shown {
        [true, false, _] => DateOrderName::DayFirst,
        [false, true, _] => DateOrderName::MonthFirst,
        [false, false, _] if doubted.is_some() && !open => DateOrderName::DayFirst,
        [false, false, true] if doubted.is_none() => DateOrderName::YearFirst,
        [true, true, _] | [false, false, _] => DateOrderName::Unknown,
    };
    FoundDates {
        order,
        example: doubted.or(first).map(|text| example(text, today)),
    }
}

fn example(text: &str, today: Date) -> DateExample {
    let [day_first, month_first, year_first] =
        readings(text, today).map(|day| day.map(|day| day.to_string()));
    DateExample {
        text: text.to_owned(),
        day_first,
        month_first,
        year_first,
    }
}

/// A date cell as the form takes it: ISO where it is clear, marked where it is not, and as it stands where it is no date.
pub(super) fn settled(cell: &Cell, order: DateOrderName, today: Date) -> String {
    // 3 December typed as `3.12` is a number to Excel, and 3.10 has become 3.1.
    if cell.number && cell.text.contains('.') {
        return format!("{} {DOUBTED}", cell.text);
    }
    let text = without_midnight(&cell.text);
    let days = readings(text, today);
    let [day_first, month_first, year_first] = days;
    let meant = match order {
        DateOrderName::DayFirst => day_first,
        DateOrderName::MonthFirst => month_first,
        DateOrderName::YearFirst => year_first,
        DateOrderName::Unknown => None,
    };
    match meant.or_else(|| only(days)) {
        Some(day) => day.to_string(),
        None if days.iter().all(Option::is_none) => cell.text.clone(),
        None => format!("{text} {DOUBTED}"),
    }
}

fn readings(text: &str, today: Date) -> [Option<Date>; 3] {
    DateOrder::ALL.map(|order| read_date_in(text, order, today))
}

/// The day, if every order in which it is one gives the same.
fn only(days: [Option<Date>; 3]) -> Option<Date> {
    let first = days.iter().flatten().next()?;
    days.iter().flatten().all(|day| day == first).then_some(*first)
}

/// Programs that know moments only write a day as its midnight. Another time of day is no date, and stays.
fn without_midnight(text: &str) -> &str {
    let Some((date, time)) = text.split_once([' ', 'T']) else {
        return text;
    };
    let time = time.trim().trim_end_matches('Z');
    let midnight = time.contains([':', '.'])
        && time.bytes().all(|sign| matches!(sign, b'0' | b':' | b'.'))
        && time.len() >= 4;
    if midnight || time == "12:00:00 AM" {
        date
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 11, 23);

    fn found(cells: &[&str]) -> FoundDates {
        let table = Table {
            rows: cells.iter().map(|cell| vec![Cell::of_text(*cell)]).collect(),
            how: String::new(),
        };
        date_order(&table, &[Some(F::DueDate)], false, TODAY)
    }

    #[test]
    fn the_order_is_what_the_dates_show_and_slashes_alone_show_none() {
        for (cells, order) in [
            (vec!["02/12/2027", "31/12/2026"], DateOrderName::DayFirst),
            (vec!["02/12/2027", "12/31/2026"], DateOrderName::MonthFirst),
            (vec!["02/12/2027", "2027-01-31"], DateOrderName::Unknown),
            (
                vec!["02/12/2027", "05/05/2027", "tolv", ""],
                DateOrderName::Unknown,
            ),
            (
                vec!["02/12/2027", "31/12/2026", "12/31/2026"],
                DateOrderName::Unknown,
            ),
            (vec!["01-12-2026", "02-12-2026"], DateOrderName::DayFirst),
            (vec!["26-11-27"], DateOrderName::Unknown),
            (vec!["2.12.2026", "5.1."], DateOrderName::DayFirst),
            (
                vec!["2026-12-31", "2027-01-02 00:00:00"],
                DateOrderName::YearFirst,
            ),
            (vec![], DateOrderName::Unknown),
        ] {
            assert_eq!(found(&cells).order, order, "{cells:?}");
        }
    }

    #[test]
    fn the_order_is_shown_by_a_date_of_the_file_that_is_two_days() {
        let example = found(&["31/12/2026", "02/12/2027"]).example.unwrap();
        let day = |text: &str| Some(text.to_owned());
        assert_eq!(example.text, "02/12/2027");
        assert_eq!(
            (example.day_first, example.month_first, example.year_first),
            (day("2027-12-02"), day("2027-02-12"), None)
        );
        assert_eq!(found(&["", "31.12.2026"]).example.unwrap().text, "31.12.2026");
        assert_eq!(found(&["tolv"]).example, None);
    }

    #[test]
    fn a_date_becomes_iso_or_is_doubted_and_never_another_day() {
        let text = |cell: &str, order| settled(&Cell::of_text(cell), order, TODAY);
        assert_eq!(text("02/12/2027", DateOrderName::DayFirst), "2027-12-02");
        assert_eq!(text("02/12/2027", DateOrderName::MonthFirst), "2027-02-12");
        assert_eq!(text("02/12/2027", DateOrderName::Unknown), "02/12/2027 ?");
        assert_eq!(text("02/12/2027", DateOrderName::YearFirst), "02/12/2027 ?");
        for order in [
            DateOrderName::DayFirst,
            DateOrderName::MonthFirst,
            DateOrderName::Unknown,
        ] {
            assert_eq!(text("12/31/2026", order), "2026-12-31");
            assert_eq!(text("31.12.2026", order), "2026-12-31");
            assert_eq!(text("5/5/2027", order), "2027-05-05");
            assert_eq!(text("tolv", order), "tolv");
        }
    }

    #[test]
    fn a_day_may_be_written_as_its_midnight_and_as_no_other_time() {
        for midnight in [
            "2026-12-31 00:00:00",
            "2026-12-31T00:00:00Z",
            "31.12.2026 00:00",
            "31-12-2026 00.00.00",
            "12/31/2026 12:00:00 AM",
        ] {
            assert_eq!(
                settled(&Cell::of_text(midnight), DateOrderName::Unknown, TODAY),
                "2026-12-31"
            );
        }
        for other in ["2026-12-31 23:00:00", "2026-12-31 10:00", "2026-12-31 0"] {
            assert_eq!(
                settled(&Cell::of_text(other), DateOrderName::Unknown, TODAY),
                other
            );
        }
    }

    #[test]
    fn a_number_of_excel_is_no_day_of_a_month() {
        let number = |text: &str| Cell {
            text: text.to_owned(),
            number: true,
        };
        assert_eq!(settled(&number("3.1"), DateOrderName::DayFirst, TODAY), "3.1 ?");
        assert_eq!(settled(&number("46387"), DateOrderName::DayFirst, TODAY), "46387");
    }
}
