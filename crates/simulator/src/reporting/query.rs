//! What a query of the lists says (spec 18.3): page, order, span, and whose.

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

/// A query, by names without regard to case. An error is the sentence for the answer.
pub(super) struct Query(pub(super) Vec<(String, String)>);

/// Which part of a list.
pub(super) struct Part {
    pub(super) size: usize,
    number: usize,
    pub(super) newest_first: bool,
}

impl Query {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let given = self
            .0
            .iter()
            .rev()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        given
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    fn read<T>(
        &self,
        name: &str,
        wanted: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, String> {
        let read = |text| read(text).ok_or_else(|| format!("{name} must be {wanted}."));
        self.text(name).map(read).transpose()
    }

    pub(super) fn guid(&self, name: &str) -> Result<Option<Uuid>, String> {
        self.read(name, "a GUID", |text| Uuid::parse_str(text).ok())
    }

    /// Both ends count (inferred).
    pub(super) fn moments(&self) -> Result<(Timestamp, Timestamp), String> {
        let moment = |name| self.read(name, "a date-time", |text| text.parse::<Timestamp>().ok());
        let from = moment("startdate")?.unwrap_or(Timestamp::MIN);
        let to = moment("enddate")?.unwrap_or(Timestamp::MAX);
        ordered(from, to)
    }

    /// Both ends count (inferred).
    pub(super) fn days(&self) -> Result<(Date, Date), String> {
        let day = |name| {
            self.read(name, "a date", |text| {
                (text.len() == 10).then(|| text.parse::<Date>().ok()).flatten()
            })
        };
        let from = day("startdate")?.unwrap_or(Date::MIN);
        let to = day("enddate")?.unwrap_or(Date::MAX);
        ordered(from, to)
    }

    pub(super) fn part(&self) -> Result<Part, String> {
        let number = |name, wanted, most| {
            self.read(name, wanted, |text| {
                text.parse::<usize>()
                    .ok()
                    .filter(|number| (1..=most).contains(number))
            })
        };
        let newest_first = self.read("sortdirection", "asc or desc", |text| {
            match text.to_ascii_lowercase().as_str() {
                "asc" => Some(false),
                "desc" => Some(true),
                _ => None,
            }
        })?;
        Ok(Part {
            size: number("pagesize", "a number from 1 to 1000", 1000)?.unwrap_or(100),
            number: number("pagenumber", "a number from 1", usize::MAX)?.unwrap_or(1),
            newest_first: newest_first.unwrap_or(true),
        })
    }
}

fn ordered<T: PartialOrd>(from: T, to: T) -> Result<(T, T), String> {
    if from <= to {
        Ok((from, to))
    } else {
        Err("startdate must not be later than enddate.".to_owned())
    }
}

impl Part {
    /// The entries of this page, and the number of the next.
    pub(super) fn of<T>(&self, mut oldest_first: Vec<T>) -> (Vec<T>, Option<usize>) {
        if self.newest_first {
            oldest_first.reverse();
        }
        self.as_they_are(oldest_first)
    }

    pub(super) fn as_they_are<T>(&self, all: Vec<T>) -> (Vec<T>, Option<usize>) {
        let begin = (self.number - 1).saturating_mul(self.size);
        let more = all.len() > begin.saturating_add(self.size);
        let page = all.into_iter().skip(begin).take(self.size).collect();
        (page, more.then(|| self.number + 1))
    }
}
