//! From a command's name and JSON to its body, and back to JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Desk;
use crate::commands;
use crate::ipc::{Refusal, RefusalCode};

impl Desk {
    /// Carries out the command `name` with `input`, both as they stand in the table.
    ///
    /// Never panics on bad input: an unknown name or another shape is refused as [`RefusalCode::BadRequest`].
    pub async fn call(&self, name: &str, input: Value) -> Result<Value, Refusal> {
        macro_rules! route {
            ($($(#[doc = $doc:literal])* $command:ident($input:ty) -> $output:ty;)*) => {
                match name {
                    $(stringify!($command) => {
                        let input: $input = read(name, input)?;
                        let output: $output = commands::$command(self, input).await?;
                        write(&output)
                    })*
                    _ => Err(Refusal::new(RefusalCode::BadRequest, format!("There is no command {name:?}."))),
                }
            };
        }
        crate::with_commands!(route)
    }
}

fn read<T: DeserializeOwned>(name: &str, input: Value) -> Result<T, Refusal> {
    // The error names the member and what was expected, never the value: it could be a secret.
    serde_path(input).map_err(|problem| {
        Refusal::new(
            RefusalCode::BadRequest,
            format!("The input of {name} has another shape: {problem}."),
        )
    })
}

fn serde_path<T: DeserializeOwned>(input: Value) -> Result<T, String> {
    T::deserialize(input).map_err(|error| {
        let text = error.to_string();
        // The last one: what stands before it is the value.
        match text.rsplit_once(", expected ") {
            Some((_, expected)) => format!("expected {expected}"),
            None if text.starts_with("missing field") || text.starts_with("unknown variant") => {
                text.split(", ").next().unwrap_or_default().to_owned()
            }
            None => "it cannot be read".to_owned(),
        }
    })
}

fn write<T: Serialize>(output: &T) -> Result<Value, Refusal> {
    serde_json::to_value(output).map_err(|error| Refusal::unexpected(&error))
}
