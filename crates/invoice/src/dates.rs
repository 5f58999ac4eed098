//! Reads civil dates as they are typed, or in the order in which a file writes them, and offers the usual due dates.
//!
//! Deliberately absent: time zones and instants. A date is a day on the merchant's calendar and is never
//! converted, so it cannot move (known pain: each opening shifts the date). What is typed has no month first: it is the
//! one order neither country writes. Files come from elsewhere too, and say their order.

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

/// The usual periods of payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Eight days after the issue date.
    Days8,
    /// Fourteen days after the issue date.
    Days14,
    /// Thirty days after the issue date.
    Days30,
    /// The last day of the month of the issue date.
    EndOfMonth,
}

impl Preset {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Days8, Self::Days14, Self::Days30, Self::EndOfMonth];
}

/// The due date that `preset` gives for `issue_date`.
pub fn due_preset(preset: Preset, issue_date: Date) -> Date {
    match preset {
        Preset::Days8 => issue_date.saturating_add(8.days()),
        Preset::Days14 => issue_date.saturating_add(14.days()),
        Preset::Days30 => issue_date.saturating_add(30.days()),
        Preset::EndOfMonth => issue_date.last_of_month(),
    }
}

/// Reads `2026-11-23`, `23.11.2026`, `23-11-2026`, `23/11/2026`, `23.11.26` and `23.11.`; `None` when it is no date.
///
/// Without a year the nearest such day to `today` is meant, before or after. A year of two digits is taken only
/// if the day then lies within two years of `today` and no other order of the parts gives such a day too.
pub fn read_date(text: &str, today: Date) -> Option<Date> {
    let (sign, parts) = split(text)?;
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match parts.as_slice() {
        [year, month, day] if sign == '-' && year.len() == 4 => date(year, month, day),
        [day, month, year] if year.len() == 4 => date(year, month, day),
        [first, month, last] if last.len() == 2 => short_year(first, month, last, sign, today),
        [day, month] if sign != '-' => nearest(day, month, today),
        _ => None,
    }
}

/// Stands behind a date that was taken over from a file which does not say whether its first part is the day or the month.
/// Such a date is asked about and never read.
pub const DOUBTED: char = '?';

/// Which part of a date comes first in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateOrder {
    /// `31.12.2026`, `31/12/2026`.
    DayFirst,
    /// `12/31/2026`. Nobody writes it with dots.
    MonthFirst,
    /// `2026-12-31`, `26-12-31`.
    YearFirst,
}

impl DateOrder {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::DayFirst, Self::MonthFirst, Self::YearFirst];
}

/// Reads `text` with its parts in `order`; `None` when it is no date then. A year of four digits in front leaves no
/// question, so it is read whatever the order. Years of two digits and days without one are taken as [`read_date`] takes them.
pub fn read_date_in(text: &str, order: DateOrder, today: Date) -> Option<Date> {
    let (sign, parts) = split(text)?;
    let short = |year: &str, month: &str, day: &str| {
        let two = year.len() == 2;
        let found = two.then(|| date(&format!("20{year}"), month, day)).flatten();
        found.filter(|found| is_near(*found, today))
    };
    let long =
        |year: &str, month: &str, day: &str| (year.len() == 4).then(|| date(year, month, day)).flatten();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match (order, parts.as_slice()) {
        (_, [year, month, day]) if year.len() == 4 => date(year, month, day),
        (DateOrder::MonthFirst, _) if sign == '.' => None,
        (DateOrder::DayFirst, [day, month, year]) => {
            long(year, month, day).or_else(|| short(year, month, day))
        }
        (DateOrder::MonthFirst, [month, day, year]) => {
            long(year, month, day).or_else(|| short(year, month, day))
        }
        (DateOrder::YearFirst, [year, month, day]) => short(year, month, day),
        (DateOrder::DayFirst, [day, month]) if sign != '-' => nearest(day, month, today),
        (DateOrder::MonthFirst, [month, day]) if sign != '-' => nearest(day, month, today),
        _ => None,
    }
}

fn is_near(found: Date, today: Date) -> bool {
    (found.year() - today.year()).abs() <= 2
}

/// The sign between the parts, and the parts: digits only. `5.1.` has two.
fn split(text: &str) -> Option<(char, Vec<String>)> {
    let text = text.trim();
    if text.len() > 32 {
        return None;
    }
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let sign = text
        .chars()
        .find(|c| !c.is_ascii_digit())
        .filter(|c| ['.', '-', '/'].contains(c))?;
    let mut parts: Vec<String> = text.split(sign).map(str::to_owned).collect();
    if sign == '.' && parts.len() == 3 && parts[2].is_empty() {
        parts.pop();
    }
    let digits = |part: &String| part.bytes().all(|byte| byte.is_ascii_digit());
    parts.iter().all(digits).then_some((sign, parts))
}

fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    if month.len() > 2 || day.len() > 2 {
        return None;
    }
    let year: i16 = year.parse().ok().filter(|year| (1900..=2999).contains(year))?;
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

fn short_year(first: &str, month: &str, last: &str, sign: char, today: Date) -> Option<Date> {
    let near = |found: &Date| is_near(*found, today);
    let day_first = date(&format!("20{last}"), month, first).filter(near);
    // `26-11-27` may be an ISO date without its century; dots and slashes are never written that way.
    let year_first = (sign == '-' && first.len() == 2)
        .then(|| date(&format!("20{first}"), month, last))
        .flatten();
    match (day_first, year_first.filter(near)) {
        (Some(one), Some(other)) if one != other => None,
        (found, _) => found,
    }
}

fn nearest(day: &str, month: &str, today: Date) -> Option<Date> {
    [-1, 0, 1]
        .into_iter()
        .filter_map(|step| date(&format!("{:04}", today.year() + step), month, day))
        .min_by_key(|found| (*found - today).get_days().abs())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date as day;
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = day(2026, 11, 23);

    #[test]
    fn every_usual_form_is_read() {
        for text in [
            "2026-12-03",
            "03.12.2026",
            "3.12.2026",
            "03-12-2026",
            "03/12/2026",
            " 3. 12. 2026 ",
            "3.12.26",
            "3.12.",
            "3/12",
        ] {
            assert_eq!(read_date(text, TODAY), Some(day(2026, 12, 3)), "{text}");
        }
    }

    #[test]
    fn a_day_without_a_year_is_the_nearest_one() {
        assert_eq!(read_date("5.1.", TODAY), Some(day(2027, 1, 5)));
        assert_eq!(read_date("22.11.", TODAY), Some(day(2026, 11, 22)));
        assert_eq!(read_date("30.12.", day(2027, 1, 2)), Some(day(2026, 12, 30)));
    }

    #[test]
    fn a_two_digit_year_that_could_be_a_day_is_asked_about() {
        assert_eq!(read_date("26-11-27", TODAY), None);
        assert_eq!(read_date("26.11.27", TODAY), Some(day(2027, 11, 26)));
        assert_eq!(read_date("23-11-26", TODAY), Some(day(2026, 11, 23)));
        assert_eq!(read_date("23.11.99", TODAY), None);
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "abc",
            "31.2.2026",
            "29.2.2027",
            "13/13/2026",
            "11/23/2026",
            "2026-11-23T10:00",
            "1.2.3.4",
            "20261123",
            "-1.2.2026",
            "2026",
            "..",
            "0.0.2026",
            "003.12.2026",
            "03/12/2026 ?",
        ] {
            assert_eq!(read_date(text, TODAY), None, "{text}");
        }
        assert_eq!(read_date(&"1".repeat(1_000_000), TODAY), None);
    }

    #[test]
    fn known_pains_7_a_date_read_and_written_again_does_not_move() {
        let leap = read_date("29.2.2028", TODAY).unwrap();
        assert_eq!(leap.to_string(), "2028-02-29");
        assert_eq!(read_date(&leap.to_string(), TODAY), Some(leap));
    }

    #[test]
    fn a_file_says_which_part_comes_first_and_four_digits_in_front_need_no_word() {
        let read = |text: &str| DateOrder::ALL.map(|order| read_date_in(text, order, TODAY));
        let (december, february) = (Some(day(2026, 12, 2)), Some(day(2026, 2, 12)));
        assert_eq!(read("02/12/2026"), [december, february, None]);
        assert_eq!(read("2-12-26"), [december, february, None]);
        assert_eq!(read("2/12"), [december, Some(day(2027, 2, 12)), None]);
        assert_eq!(read("02.12.2026"), [december, None, None]);
        assert_eq!(read("2.12."), [december, None, None]);
        assert_eq!(read("12/31/2026"), [None, Some(day(2026, 12, 31)), None]);
        assert_eq!(
            read("26-11-27"),
            [Some(day(2027, 11, 26)), None, Some(day(2026, 11, 27))]
        );
        for text in ["2026-12-02", "2026/12/2", "2026.12.02"] {
            assert_eq!(read(text), [december; 3], "{text}");
        }
        for text in [
            "31.2.2026",
            "13/13/2026",
            "1.2.3.4",
            "2026",
            "",
            "2026-12-02T10:00",
        ] {
            assert_eq!(read(text), [None; 3], "{text}");
        }
    }

    #[test]
    fn presets_count_from_the_issue_date() {
        assert_eq!(due_preset(Preset::Days8, TODAY), day(2026, 12, 1));
        assert_eq!(due_preset(Preset::Days14, TODAY), day(2026, 12, 7));
        assert_eq!(due_preset(Preset::Days30, TODAY), day(2026, 12, 23));
        assert_eq!(due_preset(Preset::EndOfMonth, TODAY), day(2026, 11, 30));
        assert_eq!(due_preset(Preset::EndOfMonth, day(2028, 2, 29)), day(2028, 2, 29));
        assert_eq!(due_preset(Preset::Days30, Date::MAX), Date::MAX);
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in ".*", dated in "[0-9./ -]{0,14}") {
            let _ = read_date(&text, TODAY);
            let _ = read_date(&dated, Date::MAX);
            let _ = read_date(&dated, Date::MIN);
        }

        #[test]
        fn every_day_survives_every_form(y in 1950_i16..2900, m in 1_i8..=12, d in 1_i8..=28) {
            for text in [format!("{y}-{m:02}-{d:02}"), format!("{d}.{m}.{y}"), format!("{d:02}-{m:02}-{y}"), format!("{d}/{m}/{y}")] {
                prop_assert_eq!(read_date(&text, TODAY), Some(day(y, m, d)));
            }
        }
    }
}
