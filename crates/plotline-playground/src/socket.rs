//! One page's WebSocket: a snapshot first, then what happens, the status and the log; actions come the other way.

use std::sync::Arc;

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use discord_sim::ClientEvent;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{broadcast::error::RecvError, mpsc};

use crate::{
    actions::{Action, perform},
    bots::LogLines,
    playground::Playground,
    scene::Persona,
    view::View,
};

/// Bytes of one frame from a page at most. The longest is a message of pasted text, which becomes a file above 2000
/// characters.
pub(crate) const FRAME_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Actions of one page that run at the same time; the page waits for its answers, so more come only from a broken one.
const ACTIONS_AT_ONCE_MAX: usize = 32;

#[derive(Deserialize)]
struct Frame {
    id: u64,
    action: FrameAction,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum FrameAction {
    ActAs(ActAs),
    Other(Action),
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ActAs {
    ActAs { persona: Persona },
}

/// Serves one page until it goes away.
pub(crate) async fn serve(mut socket: WebSocket, playground: Arc<Playground>, mut persona: Persona) {
    // Whoever subscribes before looking misses nothing; what is seen twice does no harm.
    let mut events = playground.sim.subscribe();
    let mut statuses = playground.statuses();
    let mut log = playground.bots.log();
    let mut epochs = playground.epochs();
    let (results_sender, mut results) = mpsc::channel::<Value>(ACTIONS_AT_ONCE_MAX);
    let mut scene = playground.scene();
    let mut running = 0_usize;

    let greeting =
        [View { sim: &playground.sim, scene: &scene, persona }.snapshot(), statuses.borrow_and_update().frame()];
    let logs = playground.bots.log_so_far().into_iter().map(|lines| log_frame(&lines));
    for frame in greeting.into_iter().chain(logs) {
        if send(&mut socket, &frame).await.is_err() {
            return;
        }
    }

    loop {
        let frame = tokio::select! {
            event = events.recv() => match event {
                // The scene is set up anew after this; `epochs` tells when.
                Ok(ClientEvent::Reset) => None,
                Ok(event) => View { sim: &playground.sim, scene: &scene, persona }.event(&event),
                Err(RecvError::Lagged(_)) => Some(View { sim: &playground.sim, scene: &scene, persona }.snapshot()),
                Err(RecvError::Closed) => return,
            },
            changed = epochs.changed() => {
                if changed.is_err() {
                    return;
                }
                epochs.mark_unchanged();
                scene = playground.scene();
                Some(View { sim: &playground.sim, scene: &scene, persona }.snapshot())
            }
            changed = statuses.changed() => {
                if changed.is_err() {
                    return;
                }
                Some(statuses.borrow_and_update().frame())
            }
            lines = log.recv() => match lines {
                Ok(lines) => Some(log_frame(&lines)),
                Err(RecvError::Lagged(_)) => None,
                Err(RecvError::Closed) => return,
            },
            Some(result) = results.recv() => {
                running -= 1;
                Some(result)
            }
            message = socket.recv() => {
                let text = match message {
                    Some(Ok(Message::Text(text))) => text,
                    Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_))) => continue,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                };
                match serde_json::from_str::<Frame>(&text) {
                    Ok(Frame { id, action: FrameAction::ActAs(ActAs::ActAs { persona: other }) }) => {
                        persona = other;
                        let snapshot = View { sim: &playground.sim, scene: &scene, persona }.snapshot();
                        if send(&mut socket, &snapshot).await.is_err() {
                            return;
                        }
                        Some(result_frame(id, Ok(Value::Null)))
                    }
                    Ok(Frame { id, .. }) if running >= ACTIONS_AT_ONCE_MAX => {
                        Some(result_frame(id, Err("Too much at once. Wait a moment.".to_owned())))
                    }
                    Ok(Frame { id, action: FrameAction::Other(action) }) => {
                        running += 1;
                        let playground = Arc::clone(&playground);
                        let results = results_sender.clone();
                        // A kill or a reset takes a while, and events must go on meanwhile.
                        tokio::spawn(async move {
                            let result = perform(&playground, persona, action, Vec::new()).await;
                            // The page may have gone.
                            let _ = results.send(result_frame(id, result)).await;
                        });
                        None
                    }
                    Err(_) => {
                        let reason = "This frame is no action that the playground knows.".into();
                        // The page may have gone.
                        let _ = socket.send(Message::Close(Some(CloseFrame { code: close_code::POLICY, reason }))).await;
                        return;
                    }
                }
            }
        };
        if let Some(frame) = frame
            && send(&mut socket, &frame).await.is_err()
        {
            return;
        }
    }
}

async fn send(socket: &mut WebSocket, frame: &Value) -> Result<(), axum::Error> {
    socket.send(Message::Text(frame.to_string().into())).await
}

fn log_frame(lines: &LogLines) -> Value {
    json!({"t": "log", "slot": lines.slot, "lines": lines.lines})
}

/// The answer to an action.
fn result_frame(id: u64, result: Result<Value, String>) -> Value {
    match result {
        Ok(value) => json!({"t": "result", "id": id, "ok": true, "value": value}),
        Err(error) => json!({"t": "result", "id": id, "ok": false, "error": error}),
    }
}
