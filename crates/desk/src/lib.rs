//! The program without a window: session actor, sender, poller, and the command table.
