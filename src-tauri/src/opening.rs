//! The core while it opens, and once it is open: commands and links wait here.
//!
//! A link also waits until the page listens: what the core says about it (a sign-in that ended, a link that nobody waits
//! for) is told once, and a cold start would tell it to nobody.

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
    Failed {
        /// For whoever called a command.
        sentence: String,
        /// For the merchant.
        page: String,
    },
}

/// The core's door.
pub(crate) struct Opening {
    stage: watch::Sender<Stage>,
    heard: watch::Sender<bool>,
}

impl Default for Opening {
    fn default() -> Self {
        Self {
            stage: watch::Sender::new(Stage::Underway),
            heard: watch::Sender::new(false),
        }
    }
}

impl Opening {
    pub(crate) fn succeeded(&self, desk: Arc<Desk>) {
        self.stage.send_replace(Stage::Open(desk));
    }

    /// `page` tells the merchant why.
    pub(crate) fn failed(&self, sentence: String, page: String) {
        self.stage.send_replace(Stage::Failed { sentence, page });
    }

    /// The page listens to what changes.
    pub(crate) fn is_heard(&self) {
        self.heard.send_replace(true);
    }

    async fn heard(&self) {
        // The sender lives as long as this; waiting cannot fail.
        let _ = self.heard.subscribe().wait_for(|heard| *heard).await;
    }

    /// The core, as soon as it is open.
    ///
    /// # Errors
    /// A refusal with the reason, when it could not be opened.
    pub(crate) async fn desk(&self) -> Result<Arc<Desk>, Refusal> {
        let mut stages = self.stage.subscribe();
        let stage = stages.wait_for(|stage| !matches!(stage, Stage::Underway)).await;
        match stage.as_deref() {
            Ok(Stage::Open(desk)) => Ok(Arc::clone(desk)),
            Ok(Stage::Failed { sentence, .. }) => {
                Err(Refusal::new(RefusalCode::Unexpected, sentence.clone()))
            }
            Ok(Stage::Underway) | Err(_) => Err(Refusal::new(RefusalCode::NotNow, "Kvit is closing.")),
        }
    }

    /// The core, if it is open now.
    pub(crate) fn now(&self) -> Option<Arc<Desk>> {
        match &*self.stage.borrow() {
            Stage::Open(desk) => Some(Arc::clone(desk)),
            _ => None,
        }
    }

    /// The page that says why it could not be opened.
    pub(crate) fn failure(&self) -> Option<String> {
        match &*self.stage.borrow() {
            Stage::Failed { page, .. } => Some(page.clone()),
            _ => None,
        }
    }
}

/// Hands a deep link to the core as soon as it is open and its answer can be told. The link goes nowhere else.
pub(crate) fn hand_over<R: Runtime>(app: &AppHandle<R>, link: String) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let opening = app.state::<Opening>();
        if let Ok(desk) = opening.desk().await {
            opening.heard().await;
            desk.receive_link(link).await;
        }
    });
}
