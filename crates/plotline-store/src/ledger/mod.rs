//! The ledger: claims, leases, the state machine of a job, and the messages it intends to post.

mod cancel;
mod claim;
mod lease;
mod liveness;
mod parts;
mod read;
mod transition;
mod types;

pub(crate) use claim::millis;
pub(crate) use types::random;

pub use parts::PARTS_MAX;
pub use types::{
    Cancelled, Claim, Content, Existing, HeldJob, InteractionToken, Job, Lease, NewJob, NewPart, Owner, Part, Source,
    Standing, State, Transition,
};
