//! What can be said has its sentence: in each of the window's three languages.

use std::collections::BTreeMap;

use jiff::civil::date;

use super::members::{Ground, rows};
use super::table::{Answer, Verdict};

const LANGUAGES: [(&str, &str); 3] = [
    ("en", include_str!("../../../../../ui/messages/en.json")),
    ("da", include_str!("../../../../../ui/messages/da.json")),
    ("fi", include_str!("../../../../../ui/messages/fi.json")),
];

#[test]
fn every_code_of_the_table_has_its_sentence_in_three_languages() {
    let table = rows(&Ground {
        today: date(2026, 11, 23),
        issuer: String::new(),
    });
    let typed = table.iter().flat_map(|row| &row.typed);
    let mut keys: Vec<String> = typed
        .filter_map(|typed| match typed.verdict {
            Verdict::Refused(code) | Verdict::RefusedAt(_, code) => Some(format!("problem.{code}")),
            Verdict::Sent(_) => None,
        })
        .collect();
    let forced = table.iter().flat_map(|row| &row.forced);
    keys.extend(forced.filter_map(|(_, answer)| match answer {
        Answer::Code(code) => Some(format!("meaning.{}", mobilepay::meaning(*code).key())),
        Answer::Input | Answer::Body => Some("meaning.input_wrong".to_owned()),
        Answer::Taken => None,
    }));
    keys.sort_unstable();
    keys.dedup();
    assert!(keys.len() > 25, "{keys:?}");
    for (language, file) in LANGUAGES {
        let sentences: BTreeMap<String, serde_json::Value> = serde_json::from_str(file).unwrap();
        let missing: Vec<&String> = keys.iter().filter(|key| !sentences.contains_key(*key)).collect();
        assert!(missing.is_empty(), "{language}: {missing:?}");
    }
}
