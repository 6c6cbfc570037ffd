//! Names of components and forms. Each says what it does and to what, so that it works after a restart, in every process.
//!
//! `p1:verb:argument:argument`: the version of this scheme, what to do, and with what. Discord allows 100 characters.

/// The scheme. A component with another one was made by a version whose meaning is not known, and is answered as expired.
const VERSION: &str = "p1";

/// Discord's limit, in characters.
pub const CUSTOM_ID_MAX: usize = 100;

/// A name, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomId {
    /// What to do.
    pub verb: String,
    /// With what.
    pub arguments: Vec<String>,
}

impl CustomId {
    /// Reads a name; `None` for one of another scheme.
    pub fn read(name: &str) -> Option<Self> {
        let mut parts = name.split(':').map(str::to_owned);
        if parts.next()? != VERSION {
            return None;
        }
        Some(Self { verb: parts.next().filter(|verb| !verb.is_empty())?, arguments: parts.collect() })
    }
}

/// The name of a component. Arguments are ids, numbers and codes of our own: short, and without a colon.
pub fn custom_id<const N: usize>(verb: &str, arguments: [&str; N]) -> String {
    let mut name = format!("{VERSION}:{verb}");
    for argument in arguments {
        name.push(':');
        name.push_str(argument);
    }
    debug_assert!(name.len() <= CUSTOM_ID_MAX, "{name}");
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reads_back() {
        let name = custom_id("kind", ["123", "pie"]);
        assert_eq!(name, "p1:kind:123:pie");
        let read = CustomId::read(&name).unwrap();
        assert_eq!((read.verb.as_str(), read.arguments), ("kind", vec!["123".to_owned(), "pie".to_owned()]));
    }

    #[test]
    fn names_of_other_schemes_are_not_read() {
        for name in ["", "p1", "p1:", "p0:kind:1", "kind:1", "😀"] {
            assert_eq!(CustomId::read(name), None, "{name}");
        }
    }
}
