//! What is served to whom.

use crate::support::Running;

#[tokio::test]
async fn the_page_and_all_that_it_loads_are_served_with_a_strict_policy() {
    let playground = Running::start(&[]).await;
    let index = playground.http("GET /", &[], b"").await;
    assert_eq!(index.status, 200);
    let text = index.text();
    let loaded: Vec<&str> = text.split('"').filter(|part| part.starts_with("/assets/")).collect();
    assert!(loaded.len() > 5, "{loaded:?}");
    for path in loaded {
        let asset = playground.http(&format!("GET {path}"), &[], b"").await;
        assert_eq!(asset.status, 200, "{path}");
        assert_eq!(asset.header("x-content-type-options"), Some("nosniff"), "{path}");
    }
    insta::assert_snapshot!(
        index.header("content-security-policy").unwrap(),
        @"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    );
    assert_eq!(playground.http("GET /assets/../Cargo.toml", &[], b"").await.status, 404);
    assert_eq!(playground.http("GET /nothing", &[], b"").await.status, 404);
    playground.stop().await;
}

#[tokio::test]
async fn another_host_name_is_refused() {
    let playground = Running::start(&[]).await;
    let rebound = format!("evil.example:{}", playground.port);
    for path in ["GET /", "GET /assets/js/app.js", "POST /api/act"] {
        let answer = playground.http(path, &[("host", &rebound), ("origin", &format!("http://{rebound}"))], b"").await;
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (403, "The playground answers only to localhost and 127.0.0.1.")
        );
    }
    let local = format!("localhost:{}", playground.port);
    assert_eq!(playground.http("GET /", &[("host", &local)], b"").await.status, 200);
    playground.stop().await;
}

#[tokio::test]
async fn another_sites_page_can_neither_act_nor_listen() {
    let playground = Running::start(&[]).await;
    for origin in [Some("http://evil.example"), Some("null"), None] {
        assert!(playground.socket("ada", origin).await.is_err(), "{origin:?} opened a socket");
        let headers: Vec<(&str, &str)> = origin.map(|origin| ("origin", origin)).into_iter().collect();
        let answer = playground.http("POST /api/act", &headers, b"").await;
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (403, "The playground takes actions from its own page only.")
        );
    }
    playground.stop().await;
}

#[tokio::test]
async fn a_taken_port_gives_one_clear_sentence() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let options = plotline_playground::Options { port, open: false, bot: crate::support::fake_bot(), env: Vec::new() };
    let error = plotline_playground::run(options, std::future::pending()).await.unwrap_err();
    assert_eq!(error.to_string(), format!("Port {port} is taken. Name another one with --port, or 0 for a free one."));
}
