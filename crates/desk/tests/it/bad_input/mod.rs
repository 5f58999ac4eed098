//! Bad input, as one table: every field of spec 9.1, at, below and above its limits and with hostile content, through three
//! doors: the composer's commands, a file of many, and frozen bytes put past all of Kvit's checks.

mod coverage;
mod file_door;
mod forced_door;
mod hostile;
mod members;
mod own_door;
mod request;
mod table;
mod words;
