//! A stateful Discord on loopback (REST v10 and gateway v10) for testing bots.
