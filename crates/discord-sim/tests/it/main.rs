//! The simulator, driven over real sockets by a raw client.

#[cfg(test)]
mod faults;
#[cfg(test)]
mod gateway;
#[cfg(test)]
mod interactions;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod permissions;
#[cfg(test)]
mod robustness;
#[cfg(test)]
mod support;
#[cfg(test)]
mod threads;
