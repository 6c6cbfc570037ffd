//! `plotline ask`: the whole pipeline without Discord.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use tokio::sync::watch;

use super::{FAILED, USAGE, picture, print, refuse};
use crate::answer::{Answerer, InputFile, Question};
use crate::config::{AnswerConfig, Env};
use crate::metrics::Metrics;

/// What Discord shows in small letters begins with it; a terminal has none.
const SUBTEXT: &str = "-# ";

/// What `plotline ask` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The question; it may hold a table
    text: String,
    /// A file to go with it; may be given several times
    #[arg(long = "file", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where to write the picture of a chart; by default a .png named after the title
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Answers, printing the answer as it grows and then its chart.
pub(super) async fn ask(env: &Env, arguments: Arguments) -> ExitCode {
    crate::tls();
    let answerer =
        match AnswerConfig::from_env(env).and_then(|config| Answerer::new(config, Arc::new(Metrics::default()))) {
            Ok(answerer) => answerer,
            Err(error) => return refuse(&error),
        };
    if let Some(out) = &arguments.out
        && out.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("png"))
    {
        print::complain(format_args!("{} must end in .png.", out.display()));
        return ExitCode::from(USAGE);
    }
    let mut files = Vec::new();
    for path in &arguments.files {
        match std::fs::read(path) {
            Ok(bytes) => {
                let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                files.push(InputFile { name, bytes: bytes.into() });
            }
            Err(error) => {
                print::complain(format_args!("{} cannot be read: {error}", path.display()));
                return ExitCode::from(USAGE);
            }
        }
    }
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let question = Question {
        asker: "you".to_owned(),
        text: arguments.text,
        files,
        asked_ms: i64::try_from(since_1970.as_millis()).ok(),
        ..Question::default()
    };
    let (growing, mut shown) = watch::channel(String::new());
    let printing = tokio::spawn(async move {
        let mut printed = 0;
        while shown.changed().await.is_ok() {
            let text = shown.borrow_and_update().clone();
            print::out(format_args!("{}", &text[printed..]));
            printed = text.len();
        }
        printed
    });
    let answered = answerer.answer(&question, &(), growing).await;
    let printed = printing.await.unwrap_or(0);
    match answered {
        Ok(answer) => {
            for line in answer.text.get(printed..).unwrap_or_default().lines() {
                print::line(line.strip_prefix(SUBTEXT).unwrap_or(line));
            }
            let Some(chart) = answer.chart else { return ExitCode::SUCCESS };
            let out = arguments.out.unwrap_or_else(|| format!("{}.png", chart.name).into());
            match picture::put(&out, &chart.png) {
                Ok(()) => ExitCode::SUCCESS,
                Err(sentence) => {
                    print::complain(sentence);
                    ExitCode::from(USAGE)
                }
            }
        }
        Err(error) => {
            print::complain(error.for_member());
            ExitCode::from(FAILED)
        }
    }
}
