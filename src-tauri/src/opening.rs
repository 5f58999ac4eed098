//! The core while it opens, and once it is open: commands and links wait here.

use std::sync::Arc;

use desk::Desk;
use desk::ipc::{Refusal, RefusalCode};
use tauri::{AppHandle, Manager as _, Runtime};
use tokio::sync::watch;

/// How far the opening has come.
#[derive(Clone)]
enum Stage {
    Underway,
    Open(Arc<Desk>),
    Failed(String),
}

/// The core's door.
pub(crate) struct Opening(watch::Sender<Stage>);

impl Default for Opening {
    fn default() -> Self {
        Self(watch::Sender::new(Stage::Underway))
    }
}

impl Opening {
    pub(crate) fn succeeded(&self, desk: Arc<Desk>) {
        self.0.send_replace(Stage::Open(desk));
    }

    /// `sentence` tells the merchant why.
    pub(crate) fn failed(&self, sentence: String) {
        self.0.send_replace(Stage::Failed(sentence));
    }

    /// The core, as soon as it is open.
    ///
    /// # Errors
    /// A refusal with the reason, when it could not be opened.
    pub(crate) async fn desk(&self) -> Result<Arc<Desk>, Refusal> {
        let mut stages = self.0.subscribe();
        let stage = stages.wait_for(|stage| !matches!(stage, Stage::Underway)).await;
        match stage.as_deref() {
            Ok(Stage::Open(desk)) => Ok(Arc::clone(desk)),
            Ok(Stage::Failed(sentence)) => Err(Refusal::new(RefusalCode::Unexpected, sentence.clone())),
            Ok(Stage::Underway) | Err(_) => Err(Refusal::new(RefusalCode::NotNow, "Kvit is closing.")),
        }
    }

    /// The core, if it is open now.
    pub(crate) fn now(&self) -> Option<Arc<Desk>> {
        match &*self.0.borrow() {
            Stage::Open(desk) => Some(Arc::clone(desk)),
            _ => None,
        }
    }

    /// Why it could not be opened.
    pub(crate) fn failure(&self) -> Option<String> {
        match &*self.0.borrow() {
            Stage::Failed(sentence) => Some(sentence.clone()),
            _ => None,
        }
    }
}

/// Hands a deep link to the core as soon as it is open. The link goes nowhere else.
pub(crate) fn hand_over<R: Runtime>(app: &AppHandle<R>, link: String) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if let Ok(desk) = app.state::<Opening>().desk().await {
            desk.receive_link(link).await;
        }
    });
}
