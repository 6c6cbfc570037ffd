//! Files of messages: fetched from Discord's own hosts only, bounded in size and time.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::Client;
use url::Url;

use crate::event::Attachment;

/// Hosts that Discord serves attachments from.
const CDN_HOSTS: [&str; 2] = ["cdn.discordapp.com", "media.discordapp.net"];

/// One file may take this long.
const FETCH_TIMEOUT: Duration = Duration::from_secs(30);

/// Why a file was not read; each is the rest of a sentence to the member.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Not on one of Discord's hosts.
    #[error("it is not on one of Discord's own servers.")]
    Host,
    /// Over the limit.
    #[error("it is larger than {} MB.", .0 / 1_000_000)]
    TooLarge(usize),
    /// Expired, deleted or out of reach.
    #[error("it could not be downloaded. Please upload it again.")]
    Unavailable,
}

/// Fetches files.
#[derive(Clone, Debug)]
pub struct Fetcher {
    client: Client,
    further: Option<url::Origin>,
    bytes_max: usize,
}

impl Fetcher {
    /// A fetcher that also accepts the origin of `further` and takes at most `bytes_max` of a file.
    ///
    /// # Errors
    /// When the HTTP client cannot be made.
    pub fn new(further: Option<&Url>, bytes_max: usize) -> Result<Self, reqwest::Error> {
        // A redirect would lead away from the hosts that are allowed.
        let client = Client::builder().timeout(FETCH_TIMEOUT).redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { client, further: further.map(Url::origin), bytes_max })
    }

    /// The content of a file.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn fetch(&self, file: &Attachment) -> Result<Bytes, FetchError> {
        if file.size > self.bytes_max as u64 {
            return Err(FetchError::TooLarge(self.bytes_max));
        }
        let url = Url::parse(&file.url).map_err(|_| FetchError::Host)?;
        if !self.allows(&url) {
            return Err(FetchError::Host);
        }
        let unavailable = |error: reqwest::Error| {
            tracing::warn!(attachment = file.id, timeout = error.is_timeout(), "an attachment could not be fetched");
            FetchError::Unavailable
        };
        let mut response = self.client.get(url).send().await.map_err(unavailable)?;
        if !response.status().is_success() {
            tracing::warn!(
                attachment = file.id,
                status = response.status().as_u16(),
                "an attachment could not be fetched"
            );
            return Err(FetchError::Unavailable);
        }
        // The size that the message tells is the sender's word for it; what arrives is counted.
        let mut bytes = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(unavailable)? {
            if bytes.len() + chunk.len() > self.bytes_max {
                return Err(FetchError::TooLarge(self.bytes_max));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes.freeze())
    }

    fn allows(&self, url: &Url) -> bool {
        let discord = url.scheme() == "https"
            && url.port().is_none()
            && url.host_str().is_some_and(|host| CDN_HOSTS.contains(&host));
        discord || self.further.as_ref().is_some_and(|origin| *origin == url.origin())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_discords_hosts_and_the_configured_origin_are_asked() {
        crate::tls();
        let further = Url::parse("http://127.0.0.1:8080/x").unwrap();
        let fetcher = Fetcher::new(Some(&further), 1000).unwrap();
        for (url, allowed) in [
            ("https://cdn.discordapp.com/attachments/1/2/a.csv?ex=1", true),
            ("https://media.discordapp.net/attachments/1/2/a.csv", true),
            ("http://127.0.0.1:8080/attachments/1/2/a.csv", true),
            ("http://cdn.discordapp.com/attachments/1/2/a.csv", false),
            ("https://cdn.discordapp.com:444/a.csv", false),
            ("https://cdn.discordapp.com.evil.example/a.csv", false),
            ("https://evil.example/cdn.discordapp.com/a.csv", false),
            ("https://cdn.discordapp.com@evil.example/a.csv", false),
            ("http://127.0.0.1:8081/a.csv", false),
            ("http://169.254.169.254/latest/meta-data", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(fetcher.allows(&Url::parse(url).unwrap()), allowed, "{url}");
        }
    }
}
