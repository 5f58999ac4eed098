//! Writes the TypeScript side of the contract: every type once, then one map from command to input and output.

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use ts_rs::{Config, TS, TypeVisitor};

use super::{Event, Refusal};

/// The whole of `ui/src/bridge/generated.ts`. A test holds the committed file to it.
pub fn typescript() -> String {
    let mut types = Types::default();
    types.visit::<Event>();
    types.visit::<Refusal>();
    let mut commands = String::new();
    macro_rules! add {
        ($($(#[doc = $doc:literal])* $name:ident($input:ty) -> $output:ty;)*) => {$(
            types.visit::<$input>();
            types.visit::<$output>();
            for doc in [$($doc),*] {
                let _ = writeln!(commands, "  /** {} */", str::trim(doc));
            }
            let _ = writeln!(
                commands,
                "  {}: {{ input: {}; output: {} }};",
                stringify!($name),
                <$input>::name(&types.config),
                <$output>::name(&types.config),
            );
        )*};
    }
    crate::with_commands!(add);
    let mut text = String::from(
        "// Written by `cargo test -p desk` with KVIT_WRITE_TYPES=1 from crates/desk/src/ipc. Do not edit.\n\n",
    );
    for declaration in types.declarations.values() {
        let _ = writeln!(text, "{declaration}\n");
    }
    let _ = write!(
        text,
        "/** Every command: what it takes and gives. */\nexport interface Commands {{\n{commands}}}\n"
    );
    text
}

#[derive(Default)]
struct Types {
    config: Config,
    seen: HashSet<TypeId>,
    declarations: BTreeMap<String, String>,
}

impl TypeVisitor for Types {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
        if T::output_path().is_some() {
            let docs = T::docs().unwrap_or_default();
            let declaration = format!("{docs}export {}", T::decl(&self.config));
            self.declarations.insert(T::ident(&self.config), declaration);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn the_window_has_the_types_of_this_core() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/bridge/generated.ts");
        let text = super::typescript();
        if std::env::var_os("KVIT_WRITE_TYPES").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == text,
            "run: KVIT_WRITE_TYPES=1 cargo test -p desk the_window_has_the_types"
        );
    }
}
