//! What an operator sees when DATABASE_URL is wrong, and what the store leaves on the disk.

use crate::harness::{LONG, TestDb, options, question, won};
use plotline_store::{ConnectOptions, Durability, LedgerError, Limits, Owner, Store, StoreError};
use sqlx::{Connection as _, SqliteConnection};
use std::time::Duration;

async fn refused(url: &str) -> StoreError {
    Store::connect(url, &options()).await.unwrap_err()
}

#[tokio::test]
async fn folder_and_file_are_made_for_the_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let db = TestDb::sqlite();
    let file = db.path("a/b/plotline.db");
    let store = Store::connect(&format!("sqlite://{}", file.display()), &options()).await.unwrap();
    won(&store, &question(1), &store.register_owner().await.unwrap()).await;
    let mode = |path: &str| std::fs::metadata(db.path(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("a"), 0o700);
    assert_eq!(mode("a/b"), 0o700);
    for path in ["a/b/plotline.db", "a/b/plotline.db-wal", "a/b/plotline.db-shm"] {
        assert_eq!(mode(path), 0o600, "{path}");
    }
}

#[tokio::test]
async fn file_that_is_no_database_is_named_and_left_alone() {
    let db = TestDb::sqlite();
    let file = db.path("plotline.db");
    let text = "this is a shopping list and not a database\n".repeat(100);
    std::fs::write(&file, &text).unwrap();
    let error = refused(&db.url).await;
    assert!(matches!(error, StoreError::Corrupt(_)), "{error:?}");
    let shown = error.to_string();
    assert!(shown.contains("plotline.db") && shown.contains("DATABASE_URL"), "{shown}");
    assert!(!shown.contains("shopping"), "{shown}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
}

#[tokio::test]
async fn damaged_database_is_an_error_and_no_panic() {
    let db = TestDb::sqlite();
    let store = db.store().await;
    for message in 1..=200 {
        won(&store, &question(message), &Owner::unique()).await;
    }
    store.close().await;
    let file = db.path("plotline.db");
    let mut bytes = std::fs::read(&file).unwrap();
    // The header stays, and everything after the first page becomes noise.
    for (place, byte) in bytes.iter_mut().enumerate().skip(4096) {
        *byte = (place % 251) as u8;
    }
    std::fs::write(&file, bytes).unwrap();
    let result = match Store::connect(&db.url, &options()).await {
        Err(error) => Err(error),
        Ok(store) => store.unfinished().await.map(|_| ()),
    };
    assert!(matches!(result, Err(StoreError::Corrupt(_))), "{result:?}");
}

#[tokio::test]
async fn places_that_cannot_be_written_are_named() {
    let db = TestDb::sqlite();
    std::fs::write(db.path("file"), "x").unwrap();
    let below_a_file = format!("sqlite://{}/plotline.db", db.path("file").display());
    let a_folder = format!("sqlite://{}", db.path("").display());
    // /proc takes no files, not even from root, who may write to any other folder.
    for url in [below_a_file.as_str(), a_folder.as_str(), "sqlite:///proc/plotline.db", "sqlite:///proc/plotline/p.db"]
    {
        let error = refused(url).await;
        assert!(matches!(error, StoreError::Config(_)), "{url}: {error:?}");
        assert!(error.to_string().starts_with("DATABASE_URL: "), "{url}: {error}");
        assert!(!error.is_transient());
    }
}

#[tokio::test]
async fn urls_that_name_no_database_are_refused() {
    for url in [
        "",
        "plotline.db",
        "mysql://localhost/x",
        "sqlite::memory:",
        "sqlite://x.db?mode=memory",
        "sqlite:",
        "postgres://[",
    ] {
        let error = refused(url).await;
        assert!(matches!(error, StoreError::Config(_)), "{url}: {error:?}");
        assert!(error.to_string().starts_with("DATABASE_URL"), "{url}: {error}");
    }
}

#[tokio::test]
async fn server_that_cannot_be_reached_is_named_without_the_password() {
    // Bound and never accepted from: nobody else can listen there, and a connection gets no answer.
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    let quick = ConnectOptions { acquire_timeout: Duration::from_millis(200), ..ConnectOptions::default() };
    let url = format!("postgres://plotline:hunter2@127.0.0.1:{port}/plotline");
    let silent = Store::connect(&url, &quick).await.unwrap_err();
    drop(socket);
    let closed = Store::connect(&url, &quick).await.unwrap_err();
    for error in [silent, closed] {
        let shown = format!("{error} {error:?}");
        assert!(error.is_transient(), "{shown}");
        assert!(shown.contains("DATABASE_URL") && shown.contains(&port.to_string()), "{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

#[tokio::test]
async fn debug_of_a_store_shows_no_password() {
    let db = TestDb::postgres().await;
    let store = db.store().await;
    assert!(!format!("{store:?}").contains("127.0.0.1"));
    store.close().await;
    db.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn file_locked_by_another_program_is_waited_for_and_then_reported() {
    let db = TestDb::sqlite();
    let quick = ConnectOptions { acquire_timeout: Duration::from_millis(50), ..options() };
    let store = Store::connect(&db.url, &quick).await.unwrap();
    let mut other = SqliteConnection::connect(&db.url).await.unwrap();
    let lock = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let error = store.claim(&question(1), &Limits::default(), &Owner::unique(), LONG).await.unwrap_err();
    assert!(matches!(&error, LedgerError::Store(error) if error.is_transient()), "{error:?}");
    // Reading goes on meanwhile.
    assert_eq!(store.unfinished().await.unwrap(), 0);
    lock.rollback().await.unwrap();
    won(&store, &question(1), &Owner::unique()).await;
}

#[tokio::test]
async fn commits_survive_power_loss_by_default() {
    let db = TestDb::sqlite();
    assert_eq!(ConnectOptions::default().durability, Durability::PowerLoss);
    let store = Store::connect(&db.url, &ConnectOptions::default()).await.unwrap();
    won(&store, &question(1), &Owner::unique()).await;
    drop(store);
    assert_eq!(db.store().await.unfinished().await.unwrap(), 1);
}
