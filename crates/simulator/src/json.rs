//! JSON as the service reads it: members in any case, numbers exact, nulls as absent.

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// An object by lower-case member names. Of two spellings of one name the last wins (spec 21 item 3).
#[derive(Debug, Default)]
pub(crate) struct Members(BTreeMap<String, Box<RawValue>>);

/// Members as they stand in the text, so that the last one is known.
struct Pairs(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        from.deserialize_map(InOrder)
    }
}

impl Members {
    /// Reads an object; anything else is none.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let read: Pairs = serde_json::from_str(text).ok()?;
        Some(Self(
            read.0
                .into_iter()
                .filter(|(_, value)| value.get() != "null")
                .map(|(name, value)| (name.to_lowercase().replace('_', ""), value))
                .collect(),
        ))
    }

    /// A string; `Err` when the member is there and is none.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, ()> {
        self.0
            .get(name)
            .map(|raw| serde_json::from_str(raw.get()).map_err(drop))
            .transpose()
    }

    /// A list of texts; nulls among them stay.
    pub(crate) fn texts(&self, name: &str) -> Result<Vec<Option<String>>, ()> {
        self.0.get(name).map_or(Ok(Vec::new()), |raw| {
            serde_json::from_str(raw.get()).map_err(drop)
        })
    }

    /// An exact number.
    pub(crate) fn number(&self, name: &str) -> Result<Option<Decimal>, ()> {
        self.0
            .get(name)
            .map(|raw| decimal(raw.get()).ok_or(()))
            .transpose()
    }

    /// An object.
    pub(crate) fn object(&self, name: &str) -> Result<Option<Self>, ()> {
        self.0
            .get(name)
            .map(|raw| Self::of(raw.get()).ok_or(()))
            .transpose()
    }

    /// A list of objects.
    pub(crate) fn objects(&self, name: &str) -> Result<Vec<Self>, ()> {
        let Some(raw) = self.0.get(name) else {
            return Ok(Vec::new());
        };
        let items: Vec<Box<RawValue>> = serde_json::from_str(raw.get()).map_err(drop)?;
        items.iter().map(|item| Self::of(item.get()).ok_or(())).collect()
    }
}

/// The items of a list as they were written; anything else is none.
pub(crate) fn items(text: &str) -> Option<Vec<Box<RawValue>>> {
    serde_json::from_str(text).ok()
}

/// A JSON number, exactly.
fn decimal(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text)
        .or_else(|_| Decimal::from_scientific(text))
        .ok()
}

/// A number for an answer, as it was sent (spec 21.2).
pub(crate) fn raw(number: Decimal) -> Box<RawValue> {
    RawValue::from_string(number.to_string()).expect("a decimal is a JSON number")
}

/// Deeper bodies than this are no request of any client (ours has three levels).
const DEEPEST: usize = 32;

/// One spelling for all bodies that are equal in all fields (spec 12.4): order, case of names, white space, form of
/// numbers and nulls do not count. `None` for a body that is nested absurdly deep.
pub(crate) fn canonical(text: &str) -> Option<String> {
    canonical_at(text, DEEPEST)
}

fn canonical_at(text: &str, left: usize) -> Option<String> {
    let left = left.checked_sub(1)?;
    if let Some(members) = Members::of(text) {
        let parts: Option<Vec<String>> = members
            .0
            .iter()
            .map(|(name, value)| canonical_at(value.get(), left).map(|value| format!("{name:?}:{value}")))
            .collect();
        return Some(format!("{{{}}}", parts?.join(",")));
    }
    if let Ok(items) = serde_json::from_str::<Vec<Box<RawValue>>>(text) {
        let parts: Option<Vec<String>> = items.iter().map(|item| canonical_at(item.get(), left)).collect();
        return Some(format!("[{}]", parts?.join(",")));
    }
    Some(match decimal(text) {
        Some(number) => number.normalize().to_string(),
        None => {
            serde_json::from_str::<String>(text).map_or_else(|_| text.to_owned(), |text| format!("{text:?}"))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_in_all_fields_is_equal() {
        let one = canonical(r#"{"TotalAmount": 360.00, "Comment": null, "A": [1, {"b": "x"}]}"#);
        let two = canonical(r#"{"a":[1.0,{"B":"x"}],"totalamount":360}"#);
        assert_eq!(one, two);
        assert_ne!(one, canonical(r#"{"a":[1.0,{"B":"y"}],"totalamount":360}"#));
    }

    #[test]
    fn of_two_spellings_of_one_name_the_last_in_the_text_wins() {
        for (text, said) in [
            (r#"{"TotalVatAmount": 1, "TotalVATAmount": 2}"#, 2),
            (r#"{"TotalVATAmount": 2, "TotalVatAmount": 1}"#, 1),
        ] {
            let read = Members::of(text).and_then(|members| members.number("totalvatamount").ok()?);
            assert_eq!(read, Some(said.into()), "{text}");
        }
    }

    #[test]
    fn a_body_nested_absurdly_deep_is_refused_and_not_a_crash() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(canonical(&deep), None);
    }
}
