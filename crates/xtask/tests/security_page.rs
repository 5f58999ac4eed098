//! `docs/SECURITY.md` names places in the code and tests that hold them. Each of them must be there.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read the project's own files has failed"
)]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn page() -> String {
    fs::read_to_string(root().join("docs/SECURITY.md")).unwrap()
}

/// Everything between backticks that names a file of the project, with the item in it.
fn places(text: &str) -> Vec<(&str, Option<&str>)> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .map(|quoted| match quoted.split_once('#') {
            Some((file, item)) => (file, Some(item)),
            None => (quoted, None),
        })
        .filter(|(file, _)| file.contains('/') && Path::new(file).extension().is_some())
        .filter(|(file, _)| !file.contains("://") && !file.contains(' '))
        .collect()
}

/// The text of `file`, and for a module of Rust also that of its parts: `x.rs` stands for `x.rs` and everything in `x/`.
fn texts(file: &str) -> Vec<String> {
    let path = root().join(file);
    let parts = match path.extension() {
        Some(kind) if kind == "rs" => fs::read_dir(path.with_extension("")).ok(),
        _ => None,
    };
    let parts = parts.into_iter().flatten().map(|part| part.unwrap().path());
    std::iter::once(path)
        .chain(parts)
        .filter_map(|path| fs::read_to_string(path).ok())
        .collect()
}

/// Why `item` is not in the text of `file`; `None`: it is.
fn missing(file: &str, item: Option<&str>) -> Option<String> {
    let texts = texts(file);
    if texts.is_empty() {
        return Some(format!("{file} does not exist"));
    }
    let item = item?;
    let found = if Path::new(file).extension().is_some_and(|kind| kind == "rs") {
        texts
            .iter()
            .flat_map(|text| text.lines())
            .any(|line| defines(line, item))
    } else {
        texts.iter().any(|text| text.contains(item))
    };
    (!found).then(|| format!("{file} has no {item}"))
}

/// Whether a line of Rust defines `item`: by a keyword, or as a row of a table of tests (`name: …`).
fn defines(line: &str, item: &str) -> bool {
    let words: Vec<&str> = line
        .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .filter(|word| !word.is_empty())
        .collect();
    let keywords = ["fn", "struct", "enum", "const", "static", "trait", "type", "mod"];
    let by_keyword = words
        .windows(2)
        .any(|pair| keywords.contains(&pair[0]) && pair[1] == item);
    let row = line.trim_start().strip_prefix(item);
    by_keyword || row.is_some_and(|rest| rest.starts_with(": "))
}

/// Whether a place is a test: in a file of tests, or marked as one.
fn is_test(file: &str, item: Option<&str>) -> bool {
    if file.contains("/tests/") || file.contains(".spec.") || file.contains(".test.") {
        return true;
    }
    // A property test stands in a macro, with its marker above it as well.
    let marked = |text: &String, item: &str| {
        let lines: Vec<&str> = text.lines().collect();
        let at = lines.iter().position(|line| defines(line, item));
        at.is_some_and(|at| {
            lines[at.saturating_sub(3)..at]
                .iter()
                .any(|line| line.trim().ends_with("test]"))
        })
    };
    item.is_some_and(|item| texts(file).iter().any(|text| marked(text, item)))
}

/// The rows of the table under the heading that begins with `heading`.
fn rows<'a>(page: &'a str, heading: &str) -> Vec<Vec<&'a str>> {
    let section = page
        .split("\n## ")
        .find(|section| section.starts_with(heading))
        .unwrap();
    let table = section.lines().filter(|line| line.starts_with('|')).skip(2);
    table
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect()
}

#[test]
fn every_place_that_the_page_names_is_there() {
    let page = page();
    let places = places(&page);
    assert!(places.len() > 80, "{}", places.len());
    let missing: Vec<String> = places
        .iter()
        .filter_map(|(file, item)| missing(file, *item))
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn every_promise_names_code_and_a_test() {
    let page = page();
    for (heading, promises) in [
        ("Threats", 17),
        ("The validation list", 10),
        ("The best practices", 11),
    ] {
        let rows = rows(&page, heading);
        assert_eq!(rows.len(), promises, "{heading}");
        for row in rows {
            let [.., code, tests] = row.as_slice() else {
                panic!("{row:?} is no row")
            };
            let (code, tests) = (places(code), places(tests));
            assert!(!code.is_empty() && !tests.is_empty(), "{row:?}");
            for (file, item) in code {
                assert!(!is_test(file, item), "{file} {item:?} is a test");
            }
            for (file, item) in tests {
                assert!(is_test(file, item), "{file} {item:?} is no test");
            }
        }
    }
}

#[test]
fn what_is_not_there_is_missed() {
    let known = "crates/xtask/src/main.rs";
    assert_eq!(missing(known, Some("main")), None);
    assert!(missing(known, Some("mai")).is_some());
    assert!(missing("crates/xtask/src/none.rs", None).is_some());
    assert_eq!(
        missing("crates/xtask/src/demo.rs", Some("main")),
        Some("crates/xtask/src/demo.rs has no main".into())
    );
    assert!(missing("README.md", Some("a sentence that is not in it")).is_some());
    assert!(defines(
        "    rp_nonce_invalid: |t: &mut Jwt| x",
        "rp_nonce_invalid"
    ));
    assert!(!defines("    rp_nonce_invalid_too: x", "rp_nonce_invalid"));
    assert!(!is_test("crates/login/src/checks.rs", Some("verify")));
    let found = places("`a b/c.rs` `x/y.rs` `x/z.rs#z` `code`");
    assert_eq!(found, [("x/y.rs", None), ("x/z.rs", Some("z"))]);
}
