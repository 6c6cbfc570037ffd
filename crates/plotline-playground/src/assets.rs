//! The page's files, embedded in the binary, so that it needs nothing beside it and loads nothing from elsewhere.

/// One file of the page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asset {
    /// Path in the address, below `/assets/`.
    pub(crate) path: &'static str,
    /// Media type.
    pub(crate) media_type: &'static str,
    /// The file.
    pub(crate) bytes: &'static [u8],
}

/// The page itself.
pub(crate) const INDEX: &[u8] = include_bytes!("../assets/index.html");

macro_rules! assets {
    ($($path:literal: $media_type:literal,)*) => {
        /// Everything that the page loads.
        pub(crate) const ASSETS: &[Asset] = &[$(
            Asset { path: $path, media_type: $media_type, bytes: include_bytes!(concat!("../assets/", $path)) },
        )*];
    };
}

assets! {
    "icon.svg": "image/svg+xml",
    "css/base.css": "text/css; charset=utf-8",
    "css/layout.css": "text/css; charset=utf-8",
    "css/sidebar.css": "text/css; charset=utf-8",
    "css/message.css": "text/css; charset=utf-8",
    "css/markdown.css": "text/css; charset=utf-8",
    "css/composer.css": "text/css; charset=utf-8",
    "css/trouble.css": "text/css; charset=utf-8",
    "css/overlay.css": "text/css; charset=utf-8",
    "js/app.js": "text/javascript; charset=utf-8",
    "js/app-connection.js": "text/javascript; charset=utf-8",
    "js/avatars.js": "text/javascript; charset=utf-8",
    "js/components.js": "text/javascript; charset=utf-8",
    "js/composer.js": "text/javascript; charset=utf-8",
    "js/connection.js": "text/javascript; charset=utf-8",
    "js/dom.js": "text/javascript; charset=utf-8",
    "js/examples.js": "text/javascript; charset=utf-8",
    "js/interactions.js": "text/javascript; charset=utf-8",
    "js/jobs.js": "text/javascript; charset=utf-8",
    "js/lightbox.js": "text/javascript; charset=utf-8",
    "js/markdown.js": "text/javascript; charset=utf-8",
    "js/markdown-view.js": "text/javascript; charset=utf-8",
    "js/message.js": "text/javascript; charset=utf-8",
    "js/modal.js": "text/javascript; charset=utf-8",
    "js/overlay.js": "text/javascript; charset=utf-8",
    "js/panel.js": "text/javascript; charset=utf-8",
    "js/sidebar.js": "text/javascript; charset=utf-8",
    "js/slash.js": "text/javascript; charset=utf-8",
    "js/store.js": "text/javascript; charset=utf-8",
    "js/suggestions.js": "text/javascript; charset=utf-8",
    "js/theme.js": "text/javascript; charset=utf-8",
    "js/time.js": "text/javascript; charset=utf-8",
    "js/timeline.js": "text/javascript; charset=utf-8",
    "js/trouble.js": "text/javascript; charset=utf-8",
}

/// The file with this path.
pub(crate) fn find(path: &str) -> Option<Asset> {
    ASSETS.iter().find(|asset| asset.path == path).copied()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_of_the_folder_is_embedded() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
        let mut missing = Vec::new();
        for below in ["", "css", "js"] {
            for entry in std::fs::read_dir(folder.join(below)).unwrap() {
                let entry = entry.unwrap();
                let name = entry.file_name().into_string().unwrap();
                let path = if below.is_empty() { name } else { format!("{below}/{name}") };
                if entry.file_type().unwrap().is_file() && path != "index.html" && find(&path).is_none() {
                    missing.push(path);
                }
            }
        }
        assert_eq!(missing, Vec::<String>::new());
    }

    #[test]
    fn the_page_names_only_files_that_are_served() {
        let index = std::str::from_utf8(INDEX).unwrap();
        for part in index.split('"').filter_map(|part| part.strip_prefix("/assets/")) {
            assert!(find(part).is_some(), "{part} is not embedded");
        }
        assert!(!index.contains("http://") && !index.contains("https://"), "the page names another host");
    }
}
