//! Makes one permission of each command in `commands.txt`; a command without one is denied (security: the app manifest).
//!
//! The list is a committed copy of the core's table, since a build script that depended on the core would compile it twice.
//! `tests/permissions.rs` holds the copy to the table.

fn main() {
    println!("cargo:rerun-if-changed=commands.txt");
    let names: Vec<&'static str> = include_str!("commands.txt").lines().collect();
    let attributes =
        tauri_build::Attributes::new().app_manifest(tauri_build::AppManifest::new().commands(names.leak()));
    if let Err(problem) = tauri_build::try_build(attributes) {
        println!("cargo:warning=src-tauri: {problem:#}");
        std::process::exit(1);
    }
}
