//! The simulator from outside: real HTTP, real files, a clock that stands still unless it is moved.

mod batch;
mod bytes;
mod callbacks;
mod codes;
mod consents;
mod days;
mod disk;
mod faults;
mod fields;
mod gateway;
mod invoices;
mod moments;
mod published;
mod readings;
mod receivers;
mod reporting;
mod shop;
mod sign_in;
mod stage;
