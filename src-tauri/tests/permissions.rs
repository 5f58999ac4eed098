//! The table of commands, the list that the permissions are made from, and what the window is granted are one and the same.
//!
//! After a change of the table: `KVIT_WRITE_COMMANDS=1 cargo test -p kvit --test permissions`, then build again.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read the project's own files has failed"
)]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read_json(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(place(name)).unwrap()).unwrap()
}

/// The shell's own command, then the table.
fn commands() -> Vec<&'static str> {
    std::iter::once("events_subscribe")
        .chain(desk::COMMANDS.iter().copied())
        .collect()
}

const BEHIND: &str = "it is behind the table: see the top of this file";

fn writing() -> bool {
    std::env::var_os("KVIT_WRITE_COMMANDS").is_some()
}

#[test]
fn the_list_is_the_table() {
    let right = format!("{}\n", commands().join("\n"));
    if writing() {
        fs::write(place("commands.txt"), &right).unwrap();
    }
    let committed = fs::read_to_string(place("commands.txt"))
        .unwrap()
        .replace("\r\n", "\n");
    assert_eq!(committed, right, "{BEHIND}");
}

#[test]
fn the_window_is_granted_the_commands_and_nothing_else() {
    let permissions: Vec<String> = commands()
        .iter()
        .map(|name| format!("allow-{}", name.replace('_', "-")))
        .collect();
    let capability = json!({
        "identifier": "window",
        "description": "What the window may ask: the commands of the table, and to be told what changed. \
                        Nothing of Tauri itself, nothing of a plugin.",
        "windows": ["main"],
        "permissions": permissions,
    });
    let name = "capabilities/window.json";
    if writing() {
        fs::write(place(name), format!("{capability:#}\n")).unwrap();
    }
    assert_eq!(read_json(name), capability, "{BEHIND}");
}

#[test]
fn there_is_no_other_capability() {
    let files: Vec<String> = fs::read_dir(place("capabilities"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(files, ["window.json"]);
    assert_eq!(
        read_json("tauri.conf.json")["app"]["security"]["capabilities"],
        json!(["window"])
    );
}

#[test]
fn the_policy_allows_no_inline_code_and_no_other_origin() {
    let config = read_json("tauri.conf.json");
    let policy = config["app"]["security"]["csp"].as_object().unwrap();
    assert_eq!(policy["default-src"], "'none'");
    assert_eq!(policy["script-src"], "'self'");
    assert_eq!(policy["style-src"], "'self'");
    for (directive, sources) in policy {
        let sources = sources.as_str().unwrap();
        for forbidden in ["unsafe-inline", "unsafe-eval", "https:", "*"] {
            assert!(!sources.contains(forbidden), "{directive} {sources}");
        }
    }
    assert_eq!(config["app"]["withGlobalTauri"], false);
    assert_eq!(config["app"]["security"]["freezePrototype"], true);
}

#[test]
fn the_scheme_is_the_one_of_the_return_page() {
    let config = read_json("tauri.conf.json");
    let scheme = config["identifier"].as_str().unwrap();
    assert_eq!(
        config["plugins"]["deep-link"]["desktop"]["schemes"],
        json!([scheme])
    );
    let page = fs::read_to_string(place("../ui/return-page/index.html")).unwrap();
    assert!(page.contains(&format!("const SCHEME = '{scheme}';")));
}

#[test]
fn an_installed_program_is_given_the_link() {
    // Without `%u` a package's entry opens the program and loses the link.
    let entry = fs::read_to_string(place("kvit.desktop")).unwrap();
    assert!(entry.lines().any(|line| line == "Exec={{exec}} %u"));
}
