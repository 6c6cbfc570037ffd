//! The bot's processes: real children of this program, so that a kill is a SIGKILL and a second replica is a second process
//! on the same database.
//!
//! Every child is in a process group of its own (Ctrl-C in the terminal reaches the playground, which ends them in order),
//! is killed when its handle is dropped, and holds the reading end of a pipe as its standard input, which closes when the
//! playground is gone, whatever ended it.

use std::{
    collections::VecDeque,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::Serialize;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
    sync::{broadcast, mpsc, watch},
    task::JoinHandle,
};

use crate::{
    loopback,
    status::{Counters, Report},
};

/// How long a child may take to end after SIGTERM. The bot promises 10 s; a person who stops the playground waits less,
/// and a SIGKILL harms nothing here, since the database is thrown away.
const STOP_TIMEOUT: Duration = Duration::from_secs(4);

/// How long a kill waits for the last status of its victim, so that what it had counted is not lost.
const LAST_WORDS_TIMEOUT: Duration = Duration::from_millis(150);

/// Log lines kept for a page that opens later.
const LOG_LINES_MAX: usize = 400;

/// Bytes of one log line that are kept.
const LOG_LINE_BYTES_MAX: usize = 4_000;

/// Log lines on their way to pages; a page that lags behind by more gets the newer ones only.
const LOG_BACKLOG_MAX: usize = 1_024;

/// Environment variables of the visitor that must not reach the bot: they name the real Discord, the real database or the
/// real leases, and the playground touches none of them.
const WITHHELD: &[&str] =
    &["DISCORD_TOKEN", "DISCORD_API_BASE", "DISCORD_CDN_BASE", "DATABASE_URL", "REDIS_URL", "HTTP_ADDR"];

/// Which of the two processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Slot(u8);

impl Slot {
    /// The processes that there can be: the bot and a second replica.
    pub(crate) const ALL: [Self; 2] = [Self(1), Self(2)];

    /// The slot with this number.
    pub(crate) fn new(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|slot| slot.0 == number)
    }

    const fn index(self) -> usize {
        self.0 as usize - 1
    }

    const fn name(self) -> &'static str {
        if self.0 == 1 { "Bot" } else { "Replica" }
    }
}

/// Where a process is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ProcessState {
    /// It was started and does not answer yet.
    Starting,
    /// It answers and has no connection to Discord.
    Connecting,
    /// It is connected.
    Ready,
    /// It was asked to stop.
    Stopping,
    /// It was stopped, or never started.
    Stopped,
    /// It was killed from the page.
    Killed,
    /// It ended by itself.
    Failed,
}

impl ProcessState {
    /// Whether there is a process.
    pub(crate) const fn is_running(self) -> bool {
        matches!(self, Self::Starting | Self::Connecting | Self::Ready | Self::Stopping)
    }
}

/// A process as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ProcessView {
    pub(crate) slot: Slot,
    pub(crate) name: &'static str,
    pub(crate) state: ProcessState,
    pub(crate) pid: Option<u32>,
    /// One sentence, when there is something to say.
    pub(crate) note: Option<String>,
}

/// Lines that a process wrote.
#[derive(Clone, Debug)]
pub(crate) struct LogLines {
    pub(crate) slot: Slot,
    pub(crate) lines: Vec<String>,
}

/// How to start a bot.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    /// The executable, started as `<bot> run`.
    pub(crate) bot: PathBuf,
    /// Settings beyond those that the playground chooses.
    pub(crate) env: Vec<(String, String)>,
    /// The simulator's origin.
    pub(crate) discord: String,
    /// The simulator's token.
    pub(crate) token: String,
    /// The folder that holds the database; also the working directory, so that no `.env` of the visitor is read.
    pub(crate) folder: PathBuf,
}

/// An order to the task that owns a child.
#[derive(Clone, Copy, Debug)]
enum Order {
    Stop,
    Kill,
}

/// One process that runs.
#[derive(Debug)]
struct Running {
    address: SocketAddr,
    orders: mpsc::Sender<Order>,
    ended: watch::Receiver<bool>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Cell {
    view: ProcessView,
    running: Option<Running>,
    /// What the present process had counted when it was last asked.
    counters: Counters,
    log: VecDeque<String>,
}

#[derive(Debug)]
struct Inner {
    cells: [Cell; 2],
    /// What processes that have ended had counted.
    past: Counters,
    /// The ledger's newest jobs, as last seen.
    jobs: Vec<Value>,
}

/// Both processes. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Bots {
    launch: Arc<Launch>,
    inner: Arc<Mutex<Inner>>,
    log: broadcast::Sender<LogLines>,
    changed: Arc<watch::Sender<u64>>,
}

impl Bots {
    /// No process yet.
    pub(crate) fn new(launch: Launch) -> Self {
        let (log, _) = broadcast::channel(LOG_BACKLOG_MAX);
        let cells = Slot::ALL.map(|slot| Cell {
            view: ProcessView { slot, name: slot.name(), state: ProcessState::Stopped, pid: None, note: None },
            running: None,
            counters: Counters::default(),
            log: VecDeque::new(),
        });
        Self {
            launch: Arc::new(launch),
            inner: Arc::new(Mutex::new(Inner { cells, past: Counters::default(), jobs: Vec::new() })),
            log,
            changed: Arc::new(watch::Sender::new(0)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic under the lock can only come from a bug here; the state is still the best there is.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self) {
        self.changed.send_modify(|version| *version = version.wrapping_add(1));
    }

    /// Receives a new number when a process started, ended or changed its state.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Receives log lines from now on.
    pub(crate) fn log(&self) -> broadcast::Receiver<LogLines> {
        self.log.subscribe()
    }

    /// The log lines so far.
    pub(crate) fn log_so_far(&self) -> Vec<LogLines> {
        let inner = self.lock();
        inner
            .cells
            .iter()
            .map(|cell| LogLines { slot: cell.view.slot, lines: cell.log.iter().cloned().collect() })
            .collect()
    }

    /// Everything that the page shows of the processes.
    pub(crate) fn report(&self) -> Report {
        let inner = self.lock();
        let mut counters = inner.past.clone();
        for cell in &inner.cells {
            counters.add(&cell.counters);
        }
        Report {
            processes: inner.cells.iter().map(|cell| cell.view.clone()).collect(),
            counters,
            jobs: inner.jobs.clone(),
        }
    }

    /// Starts the process of a slot. Nothing happens when it runs.
    ///
    /// # Errors
    /// One sentence, when the executable cannot be started.
    pub(crate) fn start(&self, slot: Slot) -> Result<(), String> {
        let mut inner = self.lock();
        let cell = &mut inner.cells[slot.index()];
        if cell.view.state.is_running() {
            return Ok(());
        }
        let started = free_address().and_then(|address| Ok((address, self.spawn(address)?)));
        let (address, mut child) = match started {
            Ok(started) => started,
            Err(error) => {
                let note = format!("{} could not be started: {error}.", self.launch.bot.display());
                cell.view.state = ProcessState::Failed;
                cell.view.note = Some(note.clone());
                drop(inner);
                self.tell();
                return Err(note);
            }
        };
        cell.view.state = ProcessState::Starting;
        cell.view.pid = child.id();
        cell.view.note = None;
        for stream in [child.stdout.take().map(Output::Out), child.stderr.take().map(Output::Err)].into_iter().flatten()
        {
            self.follow_log(slot, stream);
        }
        let (orders, receiver) = mpsc::channel(4);
        let (ended_sender, ended) = watch::channel(false);
        // Waiting for a child closes its standard input, so the pipe is kept apart for as long as the child is watched.
        let lifeline = child.stdin.take();
        let bots = self.clone();
        let task = tokio::spawn(async move {
            let _lifeline = lifeline;
            bots.watch_over(slot, child, receiver).await;
            // Nobody may be waiting for the end.
            let _ = ended_sender.send(true);
        });
        cell.running = Some(Running { address, orders, ended, task });
        drop(inner);
        self.tell();
        Ok(())
    }

    fn spawn(&self, address: SocketAddr) -> std::io::Result<Child> {
        let launch = &self.launch;
        let mut command = Command::new(&launch.bot);
        command.arg("run").current_dir(&launch.folder);
        for name in WITHHELD {
            command.env_remove(name);
        }
        command
            .envs(
                launch
                    .env
                    .iter()
                    .filter(|(name, _)| !WITHHELD.contains(&name.as_str()))
                    .map(|(name, value)| (name, value)),
            )
            .env("DISCORD_API_BASE", &launch.discord)
            .env("DISCORD_CDN_BASE", &launch.discord)
            .env("DISCORD_TOKEN", &launch.token)
            .env("DATABASE_URL", database_url(&launch.folder))
            .env("HTTP_ADDR", address.to_string())
            .env("NO_COLOR", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        command.spawn()
    }

    fn follow_log(&self, slot: Slot, stream: Output) {
        let bots = self.clone();
        tokio::spawn(async move {
            match stream {
                Output::Out(stream) => bots.read_log(slot, stream).await,
                Output::Err(stream) => bots.read_log(slot, stream).await,
            }
        });
    }

    async fn read_log(&self, slot: Slot, stream: impl AsyncRead + Unpin) {
        let mut reader = BufReader::new(stream);
        let mut raw = Vec::new();
        loop {
            raw.clear();
            match reader.read_until(b'\n', &mut raw).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {
                    raw.truncate(LOG_LINE_BYTES_MAX);
                    let line = String::from_utf8_lossy(&raw).trim_end().to_owned();
                    let mut inner = self.lock();
                    let log = &mut inner.cells[slot.index()].log;
                    if log.len() == LOG_LINES_MAX {
                        log.pop_front();
                    }
                    log.push_back(line.clone());
                    drop(inner);
                    // No page may be open.
                    let _ = self.log.send(LogLines { slot, lines: vec![line] });
                }
            }
        }
    }

    /// Owns a child until it ended: carries out orders and notes how it ended.
    async fn watch_over(&self, slot: Slot, mut child: Child, mut orders: mpsc::Receiver<Order>) {
        let (asked, status) = tokio::select! {
            status = child.wait() => (None, status.ok()),
            Some(order) = orders.recv() => (Some(order), self.carry_out(slot, order, &mut child).await),
        };
        let mut inner = self.lock();
        let cell = &mut inner.cells[slot.index()];
        let counted = std::mem::take(&mut cell.counters);
        cell.running = None;
        cell.view.pid = None;
        (cell.view.state, cell.view.note) = match asked {
            Some(Order::Kill) => (ProcessState::Killed, None),
            Some(Order::Stop) => (ProcessState::Stopped, None),
            None => (ProcessState::Failed, Some(how_it_ended(status))),
        };
        inner.past.add(&counted);
        drop(inner);
        self.tell();
    }

    async fn carry_out(&self, slot: Slot, order: Order, child: &mut Child) -> Option<ExitStatus> {
        if matches!(order, Order::Stop) {
            self.set_state(slot, ProcessState::Stopping);
            terminate(child);
            if let Ok(status) = tokio::time::timeout(STOP_TIMEOUT, child.wait()).await {
                return status.ok();
            }
        }
        self.kill_child(child).await
    }

    async fn kill_child(&self, child: &mut Child) -> Option<ExitStatus> {
        // It may have ended by itself meanwhile, which is as good.
        let _ = child.start_kill();
        child.wait().await.ok()
    }

    fn set_state(&self, slot: Slot, state: ProcessState) {
        let changed = {
            let view = &mut self.lock().cells[slot.index()].view;
            let changed = view.state != state;
            view.state = state;
            changed
        };
        if changed {
            self.tell();
        }
    }

    /// Kills a process with SIGKILL, as a crash or a power cut would, and waits until it is gone.
    pub(crate) async fn kill(&self, slot: Slot) {
        // What it counted since it was last asked goes with it, so it is asked once more.
        let _late = tokio::time::timeout(LAST_WORDS_TIMEOUT, self.ask(slot)).await;
        self.order(slot, Order::Kill).await;
    }

    /// Asks a process to stop, and waits until it has.
    pub(crate) async fn stop(&self, slot: Slot) {
        let _late = tokio::time::timeout(LAST_WORDS_TIMEOUT, self.ask(slot)).await;
        self.order(slot, Order::Stop).await;
    }

    async fn order(&self, slot: Slot, order: Order) {
        let running = self.lock().cells[slot.index()].running.as_ref().map(|r| (r.orders.clone(), r.ended.clone()));
        if let Some((orders, mut ended)) = running {
            // A process that ended meanwhile takes no orders, and `ended` says so.
            let _ = orders.send(order).await;
            let _ = ended.wait_for(|ended| *ended).await;
        }
    }

    /// Ends every process; with `gently`, each gets its time to stop.
    pub(crate) async fn end_all(&self, gently: bool) {
        let order = if gently { Order::Stop } else { Order::Kill };
        futures_util::future::join_all(Slot::ALL.map(|slot| self.order(slot, order))).await;
    }

    /// Forgets counters, jobs and logs, after a reset.
    pub(crate) fn forget(&self) {
        let mut inner = self.lock();
        inner.past = Counters::default();
        inner.jobs.clear();
        for cell in &mut inner.cells {
            cell.counters = Counters::default();
            cell.log.clear();
            cell.view.note = None;
            if !cell.view.state.is_running() {
                cell.view.state = ProcessState::Stopped;
            }
        }
        drop(inner);
        self.tell();
    }

    /// Asks every process for its state, its counters and the jobs.
    pub(crate) async fn ask_all(&self) {
        futures_util::future::join_all(Slot::ALL.map(|slot| self.ask(slot))).await;
    }

    async fn ask(&self, slot: Slot) {
        let Some(address) = self.lock().cells[slot.index()].running.as_ref().map(|running| running.address) else {
            return;
        };
        let (ready, status) = tokio::join!(loopback::get(address, "/readyz"), loopback::get(address, "/status"));
        let state = match &ready {
            Ok(answer) if answer.status.is_success() => ProcessState::Ready,
            Ok(_) => ProcessState::Connecting,
            Err(_) => ProcessState::Starting,
        };
        let status = status.ok().and_then(|answer| serde_json::from_slice::<Value>(&answer.body).ok());
        let mut inner = self.lock();
        let cell = &mut inner.cells[slot.index()];
        // Another process may have taken the slot while this one was asked.
        if cell.running.as_ref().map(|running| running.address) != Some(address) {
            return;
        }
        let before = cell.view.state;
        // One slow answer does not make a process that was up a starting one.
        if before != ProcessState::Stopping && !(state == ProcessState::Starting && before != ProcessState::Starting) {
            cell.view.state = state;
        }
        let changed = cell.view.state != before;
        if let Some(status) = status {
            cell.counters = Counters::from_json(&status["counters"]);
            // Both processes read one ledger; whoever answers last has the newest view of it.
            if let Some(jobs) = status["jobs"].as_array() {
                inner.jobs.clone_from(jobs);
            }
        }
        drop(inner);
        if changed {
            self.tell();
        }
    }

    /// Whether a process is on its way to being ready, and should be asked although no page is open.
    pub(crate) fn is_settling(&self) -> bool {
        self.lock().cells.iter().any(|cell| {
            matches!(cell.view.state, ProcessState::Starting | ProcessState::Connecting | ProcessState::Stopping)
        })
    }

    /// Aborts what is left, when the playground ends without having stopped them in order.
    pub(crate) fn abandon(&self) {
        for cell in &mut self.lock().cells {
            if let Some(running) = cell.running.take() {
                // The task owns the child, which is killed when it is dropped.
                running.task.abort();
            }
        }
    }
}

/// A child's output, either kind.
enum Output {
    Out(tokio::process::ChildStdout),
    Err(tokio::process::ChildStderr),
}

/// The database of both processes: a file in the temporary folder.
pub(crate) fn database_url(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("plotline.db").display())
}

/// A loopback address that nobody listens on.
fn free_address() -> std::io::Result<SocketAddr> {
    std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

fn how_it_ended(status: Option<ExitStatus>) -> String {
    match status {
        Some(status) => format!("It ended by itself ({status}). Its log says why."),
        None => "It ended by itself. Its log says why.".to_owned(),
    }
}

/// Asks a child to stop in order.
#[cfg(unix)]
fn terminate(child: &Child) {
    let pid = child.id().and_then(|pid| i32::try_from(pid).ok()).and_then(rustix::process::Pid::from_raw);
    if let Some(pid) = pid {
        // It may be gone already; the wait that follows finds that out.
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    }
}

/// Where there is no SIGTERM, the wait that follows runs out and the child is killed.
#[cfg(not(unix))]
fn terminate(_child: &Child) {}
