//! `cargo xtask machine`: random sequences of commands, faults, restarts and time; see `trials::machine`.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> anyhow::Result<ExitCode> {
    trials::machine::run_machine(&trials::machine::MachineArguments::parse())
}
