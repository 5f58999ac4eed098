//! Reads JSON members whatever their casing, and numbers without a detour over binary floats.
//!
//! Deliberately absent: a schema. The documents contradict each other on names and types (spec 21.1 items 3, 4,
//! 26, 27, 36), so each value is looked up by name and read in every form that any document shows.

use std::{collections::BTreeMap, fmt};

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

/// The members of one object by their name in lower case without `_` and `-`. Of two spellings in one body the last in the text
/// wins (spec 21.1 item 3), but a null takes no value back: it says as little as a member that is not there.
pub(crate) struct Members(BTreeMap<String, Member>);

struct Member {
    /// As it was written.
    name: String,
    value: Box<RawValue>,
}

fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| !['_', '-'].contains(c))
        .flat_map(char::to_lowercase)
        .collect()
}

impl Members {
    /// The members of the object in `text`, `None` if it is none.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let text = text.trim_start_matches('\u{feff}');
        serde_json::from_str(text).ok()
    }

    /// The text of a member that is there and not null.
    fn raw(&self, name: &str) -> Option<&str> {
        self.0
            .get(&plain(name))
            .map(|member| member.value.get())
            .filter(|text| *text != NULL)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// A string; a number is taken as its digits.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let raw = self.raw(name)?;
        if raw.starts_with('"') {
            return serde_json::from_str(raw).ok();
        }
        let is_number = raw.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        is_number.then(|| raw.to_owned())
    }

    /// A string with something in it.
    pub(crate) fn some_text(&self, name: &str) -> Option<String> {
        self.text(name).filter(|text| !text.trim().is_empty())
    }

    /// An exact number, also if it came as a string.
    pub(crate) fn decimal(&self, name: &str) -> Option<Decimal> {
        let text = self.text(name)?;
        let text = text.trim();
        Decimal::from_str_exact(text)
            .or_else(|_| Decimal::from_scientific(text))
            .ok()
    }

    /// A code as number or as string (spec 21.1 item 26).
    pub(crate) fn code(&self, name: &str) -> Option<u32> {
        self.text(name)?.trim().parse().ok()
    }

    /// A date or the date part of a date-time (spec 21.1 item 36).
    pub(crate) fn date(&self, name: &str) -> Option<Date> {
        self.text(name)?.get(..10)?.parse().ok()
    }

    /// The objects of an array member; elements that are no objects are left out.
    pub(crate) fn objects(&self, name: &str) -> Vec<Self> {
        self.raw(name).map(objects).unwrap_or_default()
    }

    /// The elements of an array member, `None` if it is none.
    pub(crate) fn elements(&self, name: &str) -> Option<Vec<Box<RawValue>>> {
        serde_json::from_str(self.raw(name)?).ok()
    }

    /// The objects of an array member, each with its text as it came.
    pub(crate) fn texts_of_objects(&self, name: &str) -> Vec<(String, Self)> {
        self.elements(name)
            .unwrap_or_default()
            .iter()
            .filter_map(|element| Some((element.get().to_owned(), Self::of(element.get())?)))
            .collect()
    }

    /// A moment with its offset; one without an offset is taken for UTC, as every published example is.
    pub(crate) fn moment(&self, name: &str) -> Option<Timestamp> {
        let text = self.text(name)?;
        let text = text.trim();
        text.parse().ok().or_else(|| {
            let civil: DateTime = text.parse().ok()?;
            civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
        })
    }

    /// The address for the customer among the links (spec 9.4).
    pub(crate) fn user_redirect(&self) -> Option<String> {
        let is_user_redirect = |link: &&Self| {
            link.text("Rel")
                .is_some_and(|rel| rel.eq_ignore_ascii_case("user-redirect"))
        };
        self.objects("Links")
            .iter()
            .find(is_user_redirect)
            .and_then(|link| link.some_text("Href"))
    }

    /// A member that is an object.
    pub(crate) fn object(&self, name: &str) -> Option<Self> {
        self.raw(name).and_then(Self::of)
    }

    /// Names as they were written, and the text of each value.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        let members = self.0.values();
        members.map(|member| (member.name.as_str(), member.value.get()))
    }
}

const NULL: &str = "null";

/// In the order of the text, which a map of serde's own would not keep.
impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> de::Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members: BTreeMap<String, Member> = BTreeMap::new();
                while let Some((name, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    let known = plain(&name);
                    if value.get() != NULL || !members.contains_key(&known) {
                        members.insert(known, Member { name, value });
                    }
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

/// The objects of the array in `text`.
pub(crate) fn objects(text: &str) -> Vec<Members> {
    let elements: Vec<Box<RawValue>> = serde_json::from_str(text).unwrap_or_default();
    elements
        .iter()
        .filter_map(|element| Members::of(element.get()))
        .collect()
}

/// An id as it may stand in an address: letters, digits and dashes, at most 64.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_member_is_found_in_every_casing() {
        for text in [
            r#"{"TotalVATAmount":72.10}"#,
            r#"{"totalVatAmount":72.10}"#,
            r#"{"total_vat_amount":"72.10"}"#,
            "\u{feff}{\"TOTALVATAMOUNT\":7.210e1}",
        ] {
            assert_eq!(
                Members::of(text).unwrap().decimal("TotalVatAmount"),
                Some(Decimal::new(7210, 2)),
                "{text}"
            );
        }
    }

    #[test]
    fn of_two_spellings_the_last_in_the_text_wins_and_a_null_takes_nothing_back() {
        for (text, expected) in [
            (r#"{"status":"paid","Status":"created"}"#, "created"),
            (r#"{"Status":"created","status":"paid"}"#, "paid"),
            (r#"{"Status":"created","Status":"paid"}"#, "paid"),
            (r#"{"Status":"paid","status":null}"#, "paid"),
            (r#"{"status":null,"Status":"paid"}"#, "paid"),
        ] {
            let members = Members::of(text).unwrap();
            assert_eq!(members.some_text("status").as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_number_keeps_every_digit() {
        let members = Members::of(r#"{"a":0.1,"b":12345678901234567.89,"c":360,"d":1e400}"#).unwrap();
        assert_eq!(members.decimal("a").unwrap().to_string(), "0.1");
        assert_eq!(members.decimal("b").unwrap().to_string(), "12345678901234567.89");
        assert_eq!(members.decimal("c").unwrap().to_string(), "360");
        assert_eq!(members.decimal("d"), None);
    }

    #[test]
    fn a_date_is_read_from_date_and_date_time() {
        let members = Members::of(
            r#"{"a":"2018-07-02","b":"2018-07-02T00:00:00Z","c":"2018-07-02T22:00:00.123+02:00","d":"soon","e":null}"#,
        )
        .unwrap();
        for name in ["a", "b", "c"] {
            assert_eq!(members.date(name).unwrap().to_string(), "2018-07-02");
        }
        assert_eq!((members.date("d"), members.date("e")), (None, None));
    }

    #[test]
    fn deep_nesting_is_no_danger() {
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(200_000), "]".repeat(200_000));
        let members = Members::of(&deep);
        assert!(members.is_none_or(|members| members.objects("a").is_empty()));
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in ".*", name in ".*") {
            if let Some(members) = Members::of(&text) {
                let _ = (members.decimal(&name), members.date(&name), members.code(&name), members.objects(&name).len());
            }
        }
    }
}
