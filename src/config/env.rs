//! Reading variables: where they come from, and what is said when one is missing or wrong.

use std::collections::HashMap;
use std::fmt::Display;
use std::path::Path;
use std::str::FromStr;

use secrecy::SecretString;

/// A setting that is missing or wrong: one sentence that names the variable and says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable} {problem}")]
pub struct ConfigError {
    /// The variable.
    pub variable: &'static str,
    /// The rest of the sentence.
    pub problem: String,
}

impl ConfigError {
    /// An error about a variable.
    pub fn new(variable: &'static str, problem: impl Into<String>) -> Self {
        Self { variable, problem: problem.into() }
    }
}

/// The variables of the process, with those of a `.env` file below them. A variable that is set to nothing counts as not set.
pub struct Env {
    variables: HashMap<String, String>,
}

impl Env {
    /// Reads the process's variables and, when there is one, `.env` in the current folder. A variable of the process wins.
    ///
    /// # Errors
    /// When `.env` is there and cannot be read.
    pub fn load() -> Result<Self, ConfigError> {
        let mut variables = HashMap::new();
        if Path::new(".env").exists() {
            let file = dotenvy::from_path_iter(".env")
                .map_err(|_| ConfigError::new(".env", "cannot be read; check the file's mode."))?;
            for line in file {
                // dotenvy's error repeats the line, which may hold a secret.
                let (name, value) = line.map_err(|_| {
                    ConfigError::new(
                        ".env",
                        "has a line that is not NAME=value; put quotes around values with spaces or #.",
                    )
                })?;
                variables.insert(name, value);
            }
        }
        variables.extend(
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
        );
        Ok(Self { variables })
    }

    /// Variables given one by one.
    pub fn of<const N: usize>(pairs: [(&str, &str); N]) -> Self {
        Self { variables: pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect() }
    }

    /// All variables that are set to something.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(_, value)| !value.trim().is_empty())
    }

    /// The value of a variable that is set.
    pub fn text(&self, name: &'static str) -> Option<String> {
        self.variables.get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// A value that must not be shown.
    pub fn secret(&self, name: &'static str) -> Option<SecretString> {
        self.text(name).map(SecretString::from)
    }

    /// A number between two limits, or its default.
    ///
    /// # Errors
    /// When the value is no such number.
    pub fn number<T: FromStr + PartialOrd + Display>(
        &self,
        name: &'static str,
        default: T,
        min: T,
        max: T,
    ) -> Result<T, ConfigError> {
        let Some(text) = self.text(name) else { return Ok(default) };
        match text.parse::<T>() {
            Ok(number) if number >= min && number <= max => Ok(number),
            _ => Err(ConfigError::new(name, format!("must be a number from {min} to {max}."))),
        }
    }

    /// A value that `parse` accepts, or none where it is not set.
    ///
    /// # Errors
    /// When `parse` refuses it: `must be {what}.`
    pub fn parsed<T>(
        &self,
        name: &'static str,
        what: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        parse(&text).map(Some).ok_or_else(|| ConfigError::new(name, format!("must be {what}.")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_set_to_nothing_counts_as_not_set() {
        let env = Env::of([("LLM_MODEL", "  ")]);
        assert_eq!(env.text("LLM_MODEL"), None);
        assert_eq!(env.number("LLM_MAX_TOKENS", 7, 1, 9), Ok(7));
    }

    #[test]
    fn a_number_outside_its_limits_is_one_sentence_with_the_variable() {
        let env = Env::of([("JOBS_MAX", "0")]);
        assert_eq!(
            env.number("JOBS_MAX", 16, 1, 1000).unwrap_err().to_string(),
            "JOBS_MAX must be a number from 1 to 1000."
        );
    }
}
