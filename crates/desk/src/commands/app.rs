//! What the window asks first, and its settings.

use super::clock;
use crate::Desk;
use crate::ipc::{AppView, Nothing, SettingsView, WindowFocus, World};
use crate::refuse::Outcome;

pub(crate) async fn app_show(desk: &Desk, _: Nothing) -> Outcome<AppView> {
    let current = desk.current();
    let remembered = desk.remembered.lock().await;
    let mut connections = desk.practice.views();
    connections.extend(remembered.connections.iter().map(|saved| saved.view.clone()));
    let in_practice = current.saved.view.world == World::Practice;
    Ok(AppView {
        // One that was removed meanwhile is no loss.
        not_opened: desk
            .not_opened()
            .filter(|wanted| connections.iter().any(|connection| connection.id == wanted.id)),
        practice_anew: in_practice && remembered.practice_anew,
        version: desk.setup.version.clone(),
        settings: remembered.settings,
        connections,
        current: current.saved.view.id.clone(),
        waiting_beside: desk.beside.waiting().await?,
        clock: clock::shown(&current),
        today: current.today().to_string(),
        data_folder: desk.folder.path().display().to_string(),
        opens_browser: desk.setup.browser.is_there(),
    })
}

pub(crate) async fn window_focus(desk: &Desk, focus: WindowFocus) -> Outcome<Nothing> {
    desk.set_in_front(focus.in_front);
    Ok(Nothing {})
}

pub(crate) async fn settings_save(desk: &Desk, settings: SettingsView) -> Outcome<SettingsView> {
    desk.remember(|remembered| remembered.settings = settings).await?;
    Ok(settings)
}

pub(crate) async fn practice_seen(desk: &Desk, _: Nothing) -> Outcome<Nothing> {
    desk.remember(|remembered| remembered.practice_anew = false)
        .await?;
    Ok(Nothing {})
}
