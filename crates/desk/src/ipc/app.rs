//! The program itself: what the window asks first, and settings that hold for all connections.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ClockView, ConnectionView, Refusal};

/// The answer to the window's first question.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AppView {
    /// Version of the program.
    pub version: String,
    /// Language, theme and text size.
    pub settings: SettingsView,
    /// Every connection, Practice first.
    pub connections: Vec<ConnectionView>,
    /// Id of the one that is open.
    pub current: String,
    /// How many invoices wait to go out in connections that work beside it, by their ids.
    pub waiting_beside: BTreeMap<String, u32>,
    /// The one that was to be open instead, if it could not be opened.
    pub not_opened: Option<NotOpened>,
    /// The practice world is open, began anew because its books could not be read, and nobody has said `practice_seen`.
    pub practice_anew: bool,
    /// Today in the current merchant's zone, ISO.
    pub today: String,
    /// The clock of trade, in the practice world.
    pub clock: Option<ClockView>,
    /// Where the books are kept.
    pub data_folder: String,
    /// Whether the program can open the system browser itself (not so under webhost).
    pub opens_browser: bool,
}

/// A connection that was to be open and could not be opened, so that the practice world is.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NotOpened {
    /// Its id.
    pub id: String,
    /// What the merchant calls it.
    pub name: String,
    /// The file of its books.
    pub books: String,
    /// Why.
    pub refusal: Refusal,
}

/// Settings of the program on this computer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct SettingsView {
    /// Language of the interface.
    pub language: LanguageChoice,
    /// Light, dark, or as the system says.
    pub theme: ThemeChoice,
    /// Text size in percent.
    pub text_size: TextSize,
}

/// Language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LanguageChoice {
    /// As the system says.
    #[default]
    System,
    /// Dansk.
    Da,
    /// Suomi.
    Fi,
    /// English.
    En,
}

/// Colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Text size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TextSize {
    /// 100 %.
    #[default]
    Normal,
    /// 115 %.
    Large,
    /// 130 %.
    Larger,
}

/// Whether the window is in front.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WindowFocus {
    /// It has the focus, so that somebody may be looking.
    pub in_front: bool,
}
