//! Tests of the reader as others use it.

mod corpus;
