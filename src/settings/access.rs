//! Who is answered, and where.

use plotline_store::Denied;

use crate::ids::{ChannelId, RoleId};

/// The rules on who is answered and where, as they are in force in one channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Only here; empty is everywhere.
    pub channels_allowed: Vec<ChannelId>,
    /// Never here.
    pub channels_denied: Vec<ChannelId>,
    /// Only members with one of these; empty is everybody.
    pub roles_allowed: Vec<RoleId>,
    /// Never members with one of these.
    pub roles_denied: Vec<RoleId>,
}

impl Access {
    /// Whether it depends on the channel.
    pub fn lists_channels(&self) -> bool {
        !self.channels_allowed.is_empty() || !self.channels_denied.is_empty()
    }

    /// Why nobody is answered in a place, given as the channel itself and, of a thread, its parent.
    pub fn denies_channel(&self, place: &[ChannelId]) -> Option<Denied> {
        let among = |list: &[ChannelId]| place.iter().any(|channel| list.contains(channel));
        let denied =
            among(&self.channels_denied) || !self.channels_allowed.is_empty() && !among(&self.channels_allowed);
        denied.then_some(Denied::Channel)
    }

    /// Why a member with these roles is not answered.
    pub fn denies_roles(&self, roles: &[RoleId]) -> Option<Denied> {
        let among = |list: &[RoleId]| roles.iter().any(|role| list.contains(role));
        let denied = among(&self.roles_denied) || !self.roles_allowed.is_empty() && !among(&self.roles_allowed);
        denied.then_some(Denied::Role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_counts_as_its_channel_and_denied_wins() {
        let access = Access {
            channels_allowed: vec![ChannelId(1), ChannelId(2)],
            channels_denied: vec![ChannelId(2)],
            ..Access::default()
        };
        let places: [&[ChannelId]; 4] =
            [&[ChannelId(1)], &[ChannelId(50), ChannelId(1)], &[ChannelId(2)], &[ChannelId(3)]];
        assert_eq!(
            places.map(|place| access.denies_channel(place)),
            [None, None, Some(Denied::Channel), Some(Denied::Channel)]
        );
        assert_eq!(Access::default().denies_channel(&[ChannelId(9)]), None);
    }

    #[test]
    fn a_denied_role_wins_over_an_allowed_one() {
        let access = Access { roles_allowed: vec![RoleId(1)], roles_denied: vec![RoleId(2)], ..Access::default() };
        let roles: [&[RoleId]; 3] = [&[RoleId(1)], &[RoleId(1), RoleId(2)], &[]];
        assert_eq!(roles.map(|roles| access.denies_roles(roles)), [None, Some(Denied::Role), Some(Denied::Role)]);
        assert_eq!(Access::default().denies_roles(&[]), None);
    }
}
