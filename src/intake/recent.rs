//! Messages that a form asks about, for as long as somebody may be filling it in. In memory: they may be anybody's.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::event::Message;
use crate::ids::MessageId;

/// Messages that are kept; the oldest goes first. At 4000 characters each about 2 MB.
const KEPT_MAX: usize = 500;

#[derive(Debug, Default)]
pub(super) struct Recent {
    kept: Mutex<VecDeque<Message>>,
}

impl Recent {
    pub(super) fn put(&self, id: MessageId, message: Message) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|other| other.id != id);
        kept.push_back(message);
        if kept.len() > KEPT_MAX {
            kept.pop_front();
        }
    }

    pub(super) fn get(&self, id: MessageId) -> Option<Message> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().rev().find(|message| message.id == id).cloned()
    }
}
