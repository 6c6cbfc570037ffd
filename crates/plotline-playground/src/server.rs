//! The web server: the page, its socket, uploads and files; on loopback only, for this origin only.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Json, Router,
    body::Body,
    extract::{DefaultBodyLimit, Multipart, Path, Query, Request, State, WebSocketUpgrade, multipart::MultipartError},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    actions::{Action, Upload, perform},
    assets, loopback,
    playground::Playground,
    scene::Persona,
    socket,
};

/// Bytes of an upload: Discord's limit for a request is 25 MiB, and the form around the files needs a little.
const UPLOAD_BYTES_MAX: usize = 26 * 1024 * 1024;

/// Files of an upload, which is Discord's limit for a message.
const UPLOAD_FILES_MAX: usize = 10;

/// What the page may do: load and connect to its own origin, and nothing else. Trusted types forbid parsing HTML from
/// strings, which the page never does.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// A file from a message must never act as a page of this origin.
const FILE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

#[derive(Clone)]
struct Shared {
    playground: Arc<Playground>,
    address: SocketAddr,
}

/// All routes. `address` is where the server listens; requests that name another host are refused.
pub(crate) fn router(playground: Arc<Playground>, address: SocketAddr) -> Router {
    let shared = Shared { playground, address };
    Router::new()
        .route("/", get(index))
        .route("/assets/{*path}", get(asset))
        .route("/api/socket", get(open_socket))
        .route("/api/act", post(act).layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX)))
        .route("/cdn/{*path}", get(file))
        .fallback(not_found)
        .layer(middleware::from_fn_with_state(shared.clone(), guard))
        .with_state(shared)
}

/// Refuses what does not come from the page itself. A name that an attacker points at 127.0.0.1 (DNS rebinding) shows in
/// `Host`; a request of another site shows in `Origin`.
async fn guard(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if !is_own_host(headers, shared.address.port()) {
        return refuse(StatusCode::FORBIDDEN, "The playground answers only to localhost and 127.0.0.1.");
    }
    let changes_something = request.method() != Method::GET && request.method() != Method::HEAD;
    let is_socket = headers.contains_key(header::UPGRADE);
    if (changes_something || is_socket) && !is_own_origin(headers) {
        return refuse(StatusCode::FORBIDDEN, "The playground takes actions from its own page only.");
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(PAGE_POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    // The files change with the binary, and loopback is quick.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    response
}

fn is_own_host(headers: &HeaderMap, port: u16) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = match (hosts.next().map(HeaderValue::to_str), hosts.next()) {
        (Some(Ok(host)), None) => host,
        _ => return false,
    };
    let (name, given) = host.rsplit_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    // Browsers leave port 80 out.
    let port_is_right = given.map_or(port == 80, |given| given == port.to_string());
    port_is_right && (name == "127.0.0.1" || name.eq_ignore_ascii_case("localhost"))
}

/// Browsers send `Origin` with every WebSocket and every request that changes something. It must name the host that the
/// request went to, which `is_own_host` has checked.
fn is_own_origin(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    match (host, origin.and_then(|origin| origin.strip_prefix("http://"))) {
        (Some(host), Some(origin)) => host.eq_ignore_ascii_case(origin),
        _ => false,
    }
}

fn refuse(status: StatusCode, sentence: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], sentence).into_response()
}

async fn not_found() -> Response {
    refuse(StatusCode::NOT_FOUND, "There is nothing here.")
}

async fn index() -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], assets::INDEX).into_response()
}

async fn asset(Path(path): Path<String>) -> Response {
    match assets::find(&path) {
        Some(asset) => ([(header::CONTENT_TYPE, asset.media_type)], asset.bytes).into_response(),
        None => not_found().await,
    }
}

#[derive(Deserialize)]
struct SocketQuery {
    #[serde(default)]
    persona: Persona,
}

async fn open_socket(
    State(shared): State<Shared>,
    Query(query): Query<SocketQuery>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade
        .max_message_size(socket::FRAME_BYTES_MAX)
        .on_upgrade(move |socket| socket::serve(socket, shared.playground, query.persona))
}

/// An action with files: `persona`, `action` as JSON, and any number of `file`s.
async fn act(State(shared): State<Shared>, form: Multipart) -> Json<Value> {
    let result = match read_form(form).await {
        Ok((persona, action, files)) => perform(&shared.playground, persona, action, files).await,
        Err(error) => Err(error),
    };
    Json(match result {
        Ok(value) => json!({"ok": true, "value": value}),
        Err(error) => json!({"ok": false, "error": error}),
    })
}

async fn read_form(mut form: Multipart) -> Result<(Persona, Action, Vec<Upload>), String> {
    let too_large =
        |_: MultipartError| "The files are too large: Discord takes 25 MiB in one message at most.".to_owned();
    let mut persona = Persona::default();
    let mut action = None;
    let mut files = Vec::new();
    while let Some(field) = form.next_field().await.map_err(too_large)? {
        match field.name() {
            Some("persona") => {
                let name = field.text().await.map_err(too_large)?;
                persona =
                    serde_json::from_value(Value::String(name)).map_err(|_| "There is no such person.".to_owned())?;
            }
            Some("action") => {
                let text = field.text().await.map_err(too_large)?;
                action = Some(
                    serde_json::from_str(&text).map_err(|_| "The playground does not know this action.".to_owned())?,
                );
            }
            Some("file") if files.len() < UPLOAD_FILES_MAX => {
                let filename = field.file_name().unwrap_or("file").to_owned();
                files.push(Upload { filename, bytes: field.bytes().await.map_err(too_large)? });
            }
            Some("file") => return Err("A message takes 10 files at most.".to_owned()),
            _ => {}
        }
    }
    action.map(|action| (persona, action, files)).ok_or_else(|| "The upload names no action.".to_owned())
}

/// A file of a message, read from the simulator's CDN and passed on under this origin.
async fn file(State(shared): State<Shared>, uri: Uri) -> Response {
    let cdn = shared.playground.sim.base_url();
    let address = cdn.strip_prefix("http://").and_then(|address| address.parse().ok());
    let path = uri.path_and_query().map_or("", |path| path.as_str());
    let answer = match address {
        Some(address) => loopback::get(address, path).await,
        None => Err(loopback::NoAnswer),
    };
    match answer {
        Ok(answer) if answer.status.is_success() => {
            let media_type = answer.media_type.unwrap_or_else(|| "application/octet-stream".to_owned());
            // Only pictures are shown; everything else is saved, so that it cannot act here.
            let disposition = if is_picture(&media_type) { "inline" } else { "attachment" };
            let headers = [
                (header::CONTENT_TYPE, media_type.as_str()),
                (header::CONTENT_DISPOSITION, disposition),
                (header::CONTENT_SECURITY_POLICY, FILE_POLICY),
                (header::CACHE_CONTROL, "private, max-age=3600"),
            ];
            (headers, Body::from(answer.body)).into_response()
        }
        Ok(_) => refuse(StatusCode::NOT_FOUND, "This file is gone."),
        Err(loopback::NoAnswer) => refuse(StatusCode::BAD_GATEWAY, "The simulated Discord did not answer."),
    }
}

fn is_picture(media_type: &str) -> bool {
    ["image/png", "image/jpeg", "image/gif", "image/webp"].iter().any(|picture| media_type.starts_with(picture))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn only_names_of_this_machine_with_the_right_port_are_own_hosts() {
        for (host, own) in [
            ("127.0.0.1:7373", true),
            ("localhost:7373", true),
            ("LOCALHOST:7373", true),
            ("127.0.0.1:7374", false),
            ("127.0.0.1", false),
            ("localhost.evil.example:7373", false),
            ("evil.example:7373", false),
            ("127.0.0.1.evil.example:7373", false),
            ("", false),
        ] {
            assert_eq!(is_own_host(&headers(&[("host", host)]), 7373), own, "{host}");
        }
        assert!(!is_own_host(&HeaderMap::new(), 7373));
        assert!(is_own_host(&headers(&[("host", "localhost")]), 80));
    }

    #[test]
    fn an_origin_must_be_the_host_itself() {
        for (origin, own) in [
            ("http://127.0.0.1:7373", true),
            ("https://127.0.0.1:7373", false),
            ("http://localhost:7373", false),
            ("http://evil.example", false),
            ("null", false),
        ] {
            assert_eq!(is_own_origin(&headers(&[("host", "127.0.0.1:7373"), ("origin", origin)])), own, "{origin}");
        }
        assert!(!is_own_origin(&headers(&[("host", "127.0.0.1:7373")])));
    }
}
