//! The short version of `cargo xtask machine`.

#[test]
fn random_sequences_of_commands_faults_and_restarts_keep_every_promise() {
    trials::machine::keeps_its_promises(20, 1).unwrap();
}
