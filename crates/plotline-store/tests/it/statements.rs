//! Every statement in the source is one that both databases understand, whether another test runs it or not.

use crate::harness::TestDb;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqlSafeStr as _, SqliteConnection};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// A piece of Rust source: only what is needed to find string literals and what `concat!` joins.
#[derive(Debug, PartialEq)]
enum Token {
    Literal(String),
    /// A name, with `!` where it is a macro's.
    Name(String),
    Other(char),
}

fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '/' if chars.peek() == Some(&'/') => while chars.next_if(|c| *c != '\n').is_some() {},
            '\'' => {
                // A character such as '"' or '\n', else a lifetime, whose name follows.
                let mut ahead = chars.clone();
                let first = ahead.next();
                if first == Some('\\') {
                    chars.nth(1);
                    chars.next();
                } else if ahead.next() == Some('\'') {
                    chars.nth(1);
                }
            }
            '"' => {
                let mut literal = String::new();
                while let Some(c) = chars.next_if(|c| *c != '"') {
                    if c != '\\' {
                        literal.push(c);
                        continue;
                    }
                    match chars.next() {
                        // A line that goes on: its indentation does not count.
                        Some('\n') => while chars.next_if(|c| c.is_whitespace()).is_some() {},
                        Some('n') => literal.push('\n'),
                        Some(other) => literal.push(other),
                        None => {}
                    }
                }
                chars.next();
                tokens.push(Token::Literal(literal));
            }
            c if c.is_alphabetic() || c == '_' => {
                let mut name = c.to_string();
                while let Some(c) = chars.next_if(|c| c.is_alphanumeric() || *c == '_') {
                    name.push(c);
                }
                if chars.next_if_eq(&'!').is_some() {
                    name.push('!');
                }
                tokens.push(Token::Name(name));
            }
            c if c.is_whitespace() => {}
            c => tokens.push(Token::Other(c)),
        }
    }
    tokens
}

/// The string literals of a file, those of one `concat!` joined.
fn literals(tokens: &[Token], macros: &HashMap<String, String>) -> Vec<String> {
    let mut literals = Vec::new();
    let mut joined: Option<(String, u32)> = None;
    for token in tokens {
        match (token, &mut joined) {
            (Token::Name(name), None) if name == "concat!" => joined = Some((String::new(), 0)),
            (Token::Name(name), Some((text, _))) => text.push_str(&macros[name.trim_end_matches('!')]),
            (Token::Literal(literal), Some((text, _))) => text.push_str(literal),
            (Token::Literal(literal), None) => literals.push(literal.clone()),
            (Token::Other('('), Some((_, depth))) => *depth += 1,
            (Token::Other(')'), Some((text, depth))) => {
                *depth -= 1;
                if *depth == 0 {
                    literals.push(std::mem::take(text));
                    joined = None;
                }
            }
            _ => {}
        }
    }
    literals
}

fn source_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            source_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The statements of the crate, with their words in braces.
fn statements() -> Vec<String> {
    let mut files = Vec::new();
    source_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let sources: Vec<Vec<Token>> = files.iter().map(|file| tokens(&std::fs::read_to_string(file).unwrap())).collect();
    // macro_rules! name { () => { "text" } }
    let mut macros = HashMap::new();
    for tokens in &sources {
        for (place, token) in tokens.iter().enumerate() {
            if let (Token::Name(rules), Some(Token::Name(name))) = (token, tokens.get(place + 1))
                && rules == "macro_rules!"
                && let Some(Token::Literal(text)) =
                    tokens[place..].iter().take(12).find(|t| matches!(t, Token::Literal(_)))
            {
                macros.insert(name.clone(), text.clone());
            }
        }
    }
    // Those of the migrations' list, which are no statements.
    macros.entry("name".to_owned()).or_default();
    let mut statements: Vec<String> = sources
        .iter()
        .filter(|tokens| !tokens.contains(&Token::Name("migrations!".to_owned())))
        .flat_map(|tokens| literals(tokens, &macros))
        .filter(|text| {
            let first = text.split_whitespace().next().unwrap_or_default();
            // A bare word is no statement.
            ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].contains(&first) && text.contains(' ')
        })
        .collect();
    statements.sort();
    statements.dedup();
    statements
}

#[tokio::test]
async fn every_statement_is_understood_by_both_databases() {
    let statements = statements();
    assert!(statements.len() > 80, "only {} statements were found", statements.len());
    let (sqlite, postgres) = (TestDb::sqlite(), TestDb::postgres().await);
    sqlite.store().await;
    postgres.store().await.close().await;
    let mut on_sqlite = SqliteConnection::connect(&sqlite.url).await.unwrap();
    let mut on_postgres = PgConnection::connect(&postgres.url).await.unwrap();
    for statement in statements {
        let with = |lock: &str, skip_locked: &str| {
            let text = statement.replace("{now}", "CAST(1 AS BIGINT)").replace("{lock}", lock);
            AssertSqlSafe(text.replace("{skip_locked}", skip_locked)).into_sql_str()
        };
        if let Err(error) = on_sqlite.prepare(with("", "")).await {
            panic!("SQLite: {error} in {statement}");
        }
        if let Err(error) = on_postgres.prepare(with("FOR UPDATE", "FOR UPDATE SKIP LOCKED")).await {
            panic!("Postgres: {error} in {statement}");
        }
    }
    on_sqlite.close().await.unwrap();
    on_postgres.close().await.unwrap();
    postgres.finish().await;
}

/// A page of the log reads the rows of its server from the index, in order: no other server's, and no sorting.
#[tokio::test]
async fn a_page_of_the_audit_log_comes_from_its_index() {
    let page =
        statements().into_iter().find(|sql| sql.contains("FROM audit WHERE COALESCE(guild_id, 0) = $1")).unwrap();
    let values = ["1", "9223372036854775807", "0", "NULL", "NULL", "20"];
    let page = (1..).zip(values).fold(page, |page, (n, value)| page.replace(&format!("${n}"), value));
    let (sqlite, postgres) = (TestDb::sqlite(), TestDb::postgres().await);
    sqlite.store().await.close().await;
    postgres.store().await.close().await;
    // Fifty servers; a small table is read from end to end, whatever index it has.
    postgres
        .raw(
            "INSERT INTO audit (at_ms, kind, guild_id, token, place) \
             SELECT n, 'failed', n % 50, n, 0 FROM generate_series(1, 20000) AS n; ANALYZE audit",
        )
        .await;
    let plan = postgres.texts(&format!("EXPLAIN {page}")).await.join("\n");
    assert!(plan.contains("using audit_server") && !plan.contains("Sort"), "{plan}");
    let mut connection = SqliteConnection::connect(&sqlite.url).await.unwrap();
    let rows = connection.fetch_all(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {page}")).into_sql_str()).await.unwrap();
    let plan: Vec<String> = rows.iter().map(|row| sqlx::Row::get(row, 3)).collect();
    assert_eq!(plan, ["SEARCH audit USING INDEX audit_server (<expr>=? AND id<?)"]);
    connection.close().await.unwrap();
    postgres.finish().await;
}
