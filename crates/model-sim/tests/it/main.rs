//! Speaks HTTP to the simulator byte by byte, so that nothing here depends on the client that it is made to test.

// Says to clippy what cargo knows: that all of this is test code, the helpers outside of test functions included.
#![cfg(test)]

mod refusals;
mod serving;

use model_sim::ModelSim;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Opens a connection and sends a request; headers beyond the necessary ones are lines that end in CR LF.
pub(crate) async fn send(sim: &ModelSim, route: &str, headers: &str, body: &str) -> TcpStream {
    let host = sim.base_url().replace("http://", "").replace("/v1", "");
    let mut socket = TcpStream::connect(&host).await.unwrap();
    let request = format!(
        "{route} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    socket
}

/// Everything that the server sends until it closes the connection.
pub(crate) async fn read(mut socket: TcpStream) -> String {
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).await.unwrap();
    String::from_utf8(bytes).unwrap()
}

pub(crate) async fn post(sim: &ModelSim, path: &str, headers: &str, body: &Value) -> String {
    read(send(sim, &format!("POST {path}"), headers, &body.to_string()).await).await
}

/// The body of a response in chunks, put together; `None` if its end is missing.
pub(crate) fn body_of(response: &str) -> Option<String> {
    let (_, mut rest) = response.split_once("\r\n\r\n").unwrap();
    let mut body = String::new();
    loop {
        let (size, after) = rest.split_once("\r\n")?;
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.push_str(&after[..size]);
        rest = &after[size + 2..];
    }
}
