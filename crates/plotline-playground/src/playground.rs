//! Everything that runs: the simulator, the scene in it, the bot's processes, the trouble, the status.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use discord_sim::{Sim, SimOptions};
use tempfile::TempDir;
use tokio::sync::{Mutex as AsyncMutex, watch};

use crate::{
    Options, PlaygroundError,
    bots::{Bots, Launch, Slot},
    scene::Scene,
    status::{Status, watch_bots},
    trouble::Trouble,
};

/// A running playground.
#[derive(Debug)]
pub(crate) struct Playground {
    pub(crate) sim: Sim,
    pub(crate) bots: Bots,
    pub(crate) trouble: Arc<Trouble>,
    scene: Mutex<Arc<Scene>>,
    /// Grows with every new scene, so that pages read everything anew.
    epoch: watch::Sender<u64>,
    status: Arc<watch::Sender<Status>>,
    folder: TempDir,
    /// One reset at a time.
    resetting: AsyncMutex<()>,
}

impl Playground {
    /// Starts the simulator and the bot.
    pub(crate) async fn start(options: &Options) -> Result<Arc<Self>, PlaygroundError> {
        let folder =
            tempfile::Builder::new().prefix("plotline-playground-").tempdir().map_err(PlaygroundError::Folder)?;
        let sim = Sim::start(SimOptions::default()).await.map_err(PlaygroundError::Simulator)?;
        let bots = Bots::new(Launch {
            bot: absolute(&options.bot),
            env: options.env.clone(),
            discord: sim.base_url(),
            token: sim.token(),
            folder: folder.path().to_owned(),
        });
        let trouble = Arc::new(Trouble::new());
        let scene = Mutex::new(Arc::new(Scene::set_up(&sim)));
        let first = Status { report: bots.report(), trouble: trouble.view(&sim) };
        let status = Arc::new(watch::Sender::new(first));
        tokio::spawn(watch_bots(bots.clone(), Arc::clone(&trouble), sim.clone(), Arc::clone(&status)));
        let playground = Self {
            sim,
            bots,
            trouble,
            scene,
            epoch: watch::Sender::new(0),
            status,
            folder,
            resetting: AsyncMutex::new(()),
        };
        playground.bots.start(Slot::ALL[0]).map_err(PlaygroundError::Bot)?;
        Ok(Arc::new(playground))
    }

    fn lock_scene(&self) -> MutexGuard<'_, Arc<Scene>> {
        // Nothing can panic under this lock.
        self.scene.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The present scene.
    pub(crate) fn scene(&self) -> Arc<Scene> {
        Arc::clone(&self.lock_scene())
    }

    /// Receives the number of each new scene.
    pub(crate) fn epochs(&self) -> watch::Receiver<u64> {
        self.epoch.subscribe()
    }

    /// Receives each new status. While somebody receives, the bots are asked regularly.
    pub(crate) fn statuses(&self) -> watch::Receiver<Status> {
        self.status.subscribe()
    }

    /// Puts everything back to the start: an empty server, an empty database, one bot, no trouble.
    ///
    /// # Errors
    /// One sentence, when the database cannot be removed or the bot not be started.
    pub(crate) async fn reset(&self) -> Result<(), String> {
        let _one_at_a_time = self.resetting.lock().await;
        self.bots.end_all(false).await;
        self.trouble.clear(&self.sim);
        self.empty_folder().await.map_err(|error| format!("The database could not be removed: {error}."))?;
        self.sim.reset();
        *self.lock_scene() = Arc::new(Scene::set_up(&self.sim));
        self.bots.forget();
        let started = self.bots.start(Slot::ALL[0]);
        self.epoch.send_modify(|epoch| *epoch += 1);
        started
    }

    async fn empty_folder(&self) -> std::io::Result<()> {
        let mut entries = tokio::fs::read_dir(self.folder.path()).await?;
        while let Some(entry) = entries.next_entry().await? {
            if entry.file_type().await?.is_dir() {
                tokio::fs::remove_dir_all(entry.path()).await?;
            } else {
                tokio::fs::remove_file(entry.path()).await?;
            }
        }
        Ok(())
    }

    /// Ends the bot's processes, gently first.
    pub(crate) async fn end(&self) {
        self.bots.end_all(true).await;
    }
}

/// The bot runs in another working directory, so a relative path to it must be made absolute first. A name without a
/// folder is looked up in `PATH` and stays as it is.
fn absolute(bot: &std::path::Path) -> PathBuf {
    if bot.components().count() > 1 {
        std::path::absolute(bot).unwrap_or_else(|_| bot.to_owned())
    } else {
        bot.to_owned()
    }
}

impl Drop for Playground {
    fn drop(&mut self) {
        self.bots.abandon();
    }
}
