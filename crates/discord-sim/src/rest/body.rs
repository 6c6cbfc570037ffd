//! Request bodies: JSON, or multipart with `payload_json` and `files[n]`.

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, Multipart, Request},
    http::header,
};
use bytes::Bytes;
use serde_json::Value;

use crate::error::ApiError;

/// Largest request, from Discord's reference on uploads; beyond it the answer is 413 with code 40005.
pub(crate) const REQUEST_MAX_BYTES: usize = 25 * 1024 * 1024;

/// Parts of a multipart body that are read; Discord has at most ten files and one JSON part.
const PARTS_MAX: usize = 32;

/// A file as it came in a multipart body.
#[derive(Clone, Debug)]
pub(crate) struct UploadedFile {
    /// The n of `files[n]`.
    pub(crate) index: u64,
    pub(crate) filename: String,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: Bytes,
}

/// A body as read.
#[derive(Debug, Default)]
pub(crate) struct Received {
    pub(crate) json: Value,
    pub(crate) files: Vec<UploadedFile>,
}

/// Reads a body. Bodies that are no JSON and no form give error 50109, too large ones 40005.
pub(crate) async fn read(request: Request) -> Result<Received, ApiError> {
    let content_type = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_ascii_lowercase();
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, REQUEST_MAX_BYTES).await.map_err(|_| ApiError::entity_too_large())?;
    if bytes.is_empty() {
        return Ok(Received::default());
    }
    if content_type.starts_with("multipart/form-data") {
        return multipart(Request::from_parts(parts, Body::from(bytes))).await;
    }
    if !content_type.starts_with("application/json") {
        return Err(ApiError::form(
            "",
            "CONTENT_TYPE_INVALID",
            "Expected \"Content-Type\" header to be one of {'application/json', 'multipart/form-data'}.",
        ));
    }
    Ok(Received { json: serde_json::from_slice(&bytes).map_err(|_| ApiError::invalid_json())?, files: Vec::new() })
}

async fn multipart(request: Request) -> Result<Received, ApiError> {
    let mut received = Received::default();
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| ApiError::invalid_json())?;
    let mut parts = 0;
    while let Some(part) = form.next_field().await.map_err(|_| ApiError::invalid_json())? {
        parts += 1;
        if parts > PARTS_MAX {
            return Err(ApiError::entity_too_large());
        }
        let name = part.name().unwrap_or_default().to_owned();
        if name == "payload_json" {
            let text = part.bytes().await.map_err(|_| ApiError::invalid_json())?;
            received.json = serde_json::from_slice(&text).map_err(|_| ApiError::invalid_json())?;
            continue;
        }
        let index = name.strip_prefix("files[").and_then(|rest| rest.strip_suffix(']')).and_then(|n| n.parse().ok());
        let (Some(index), Some(filename)) = (index, part.file_name().map(str::to_owned)) else {
            return Err(ApiError::form(
                &name,
                "MODEL_TYPE_CONVERT",
                "A part must be payload_json or files[n] with a file name.",
            ));
        };
        let content_type = part.content_type().map(str::to_owned);
        let bytes = part.bytes().await.map_err(|_| ApiError::invalid_json())?;
        received.files.push(UploadedFile { index, filename, content_type, bytes });
    }
    Ok(received)
}
