//! The log of the demo: numbered steps with durations and pictures.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::page::Page;
use crate::say::{say, span};

/// One thing that happened.
struct Step {
    title: String,
    took: Duration,
    pictures: Vec<String>,
}

/// All of them.
pub(crate) struct Steps {
    folder: PathBuf,
    done: Vec<Step>,
    current: Option<(String, Instant)>,
    notes: Vec<String>,
}

impl Steps {
    /// Empties the folder.
    pub(crate) fn begin(folder: PathBuf) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("{} cannot be emptied", folder.display()))?;
        }
        fs::create_dir_all(&folder)?;
        Ok(Self {
            folder,
            done: Vec::new(),
            current: None,
            notes: Vec::new(),
        })
    }

    /// How many happened.
    pub(crate) fn done(&self) -> u32 {
        u32::try_from(self.done.len()).unwrap_or(u32::MAX)
    }

    /// Says what is tried next.
    pub(crate) fn step(&mut self, title: &str) {
        self.current = Some((title.to_owned(), Instant::now()));
    }

    /// It happened: takes a picture of each window that shows it.
    pub(crate) async fn happened(&mut self, windows: &[&Page]) -> Result<()> {
        let (title, begun) = self.current.take().context("a step ends that did not begin")?;
        let took = begun.elapsed();
        let number = self.done.len() + 1;
        let mut pictures = Vec::new();
        for window in windows {
            let name = format!("{number:02}-{}-{}.png", slug(&title), slug(window.name));
            fs::write(self.folder.join(&name), window.picture().await?)?;
            pictures.push(name);
        }
        say(&format!("{number:>3}  {:>7}  {title}", span(took)));
        self.done.push(Step {
            title,
            took,
            pictures,
        });
        Ok(())
    }

    /// Something a reader of the log should know.
    pub(crate) fn note(&mut self, text: impl Into<String>) {
        let text = text.into();
        say(&format!("              {text}"));
        self.notes.push(text);
    }

    /// Pictures of how it looked when a step did not happen.
    pub(crate) async fn picture_of_failure(&self, windows: &[&Page]) {
        for window in windows {
            if let Ok(picture) = window.picture().await {
                let _ = fs::write(
                    self.folder.join(format!("failed-{}.png", slug(window.name))),
                    picture,
                );
            }
        }
    }

    /// Keeps a log beside the pictures.
    pub(crate) fn keep_log(&self, log: &Path) {
        let name = log.file_name().unwrap_or_default().to_string_lossy();
        let _ = fs::copy(log, self.folder.join(format!("{name}.txt")));
    }

    /// Writes `steps.md`.
    pub(crate) fn write(&self, failure: Option<&anyhow::Error>) -> Result<()> {
        let mut text = String::from(
            "# The main job, step by step\n\n| | step | took | pictures |\n| --- | --- | --- | --- |\n",
        );
        for (number, step) in self.done.iter().enumerate() {
            let pictures: Vec<String> = step
                .pictures
                .iter()
                .map(|name| format!("[{name}]({name})"))
                .collect();
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} |",
                number + 1,
                step.title,
                span(step.took),
                pictures.join(" ")
            );
        }
        let whole: Duration = self.done.iter().map(|step| step.took).sum();
        let _ = writeln!(text, "\n{} steps in {}.", self.done.len(), span(whole));
        for note in &self.notes {
            let _ = writeln!(text, "\n- {note}");
        }
        if let Some(problem) = failure {
            let at = self
                .current
                .as_ref()
                .map_or("between two steps", |(title, _)| title.as_str());
            let _ = writeln!(text, "\n**Did not happen: {at}**\n\n```\n{problem:#}\n```");
            say(&format!("     FAILED   {at}"));
        }
        fs::write(self.folder.join("steps.md"), text).context("the log cannot be written")
    }
}

/// Lower-case letters, digits and hyphens.
fn slug(text: &str) -> String {
    let words = text
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let slug: String = words.collect::<Vec<_>>().join("-").to_lowercase();
    slug.chars()
        .take(60)
        .collect::<String>()
        .trim_end_matches('-')
        .to_owned()
}
