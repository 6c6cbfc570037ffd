//! Tests of the reader as others use it.

mod corpus;
mod files;
mod limits;
mod messages;
mod round_trip;
