//! The simulator from outside: real HTTP, real files, a clock that stands still unless it is moved.

mod batch;
mod callbacks;
mod consents;
mod days;
mod faults;
mod gateway;
mod invoices;
mod published;
mod readings;
mod reporting;
mod shop;
mod sign_in;
mod stage;
