//! The same screens in the dark and in the other two languages.

use std::fs;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::Merchant;
use crate::place;

/// The words of the window in one language, from its own files.
struct Words(Value);

impl Words {
    fn of(language: &str) -> Result<Self> {
        let file = place::ui().join("messages").join(format!("{language}.json"));
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        Ok(Self(serde_json::from_str(&text)?))
    }

    fn say(&self, key: &str) -> Result<&str> {
        self.0[key]
            .as_str()
            .with_context(|| format!("the window has no words for {key}"))
    }
}

impl Merchant<'_> {
    pub(super) async fn looks_around(&mut self) -> Result<()> {
        self.looks("en", "settings.dark", ("en", "English"), "In the dark")
            .await?;
        self.looks("en", "settings.light", ("da", "Dansk"), "In Danish")
            .await?;
        self.looks("da", "settings.dark", ("fi", "Suomi"), "In Finnish, in the dark")
            .await
    }

    /// Chooses colours and language in the settings, whose own language is still `spoken`, and walks through the pages.
    async fn looks(
        &mut self,
        spoken: &str,
        colours: &str,
        (language, own_name): (&str, &str),
        how: &str,
    ) -> Result<()> {
        let spoken = Words::of(spoken)?;
        let words = Words::of(language)?;
        self.steps.step(&format!("{how}: the settings"));
        let kvit = self.kvit()?;
        kvit.click("button", spoken.say("shell.page.settings")?).await?;
        kvit.click("radio", spoken.say(colours)?).await?;
        kvit.click("radio", own_name).await?;
        kvit.expect(words.say("settings.looks")?).await?;
        self.seen_in_kvit().await?;

        for (page, name) in [
            ("overview", "the overview"),
            ("customers", "the customers"),
            ("invoices", "the invoices"),
        ] {
            self.steps.step(&format!("{how}: {name}"));
            let title = words.say(&format!("shell.page.{page}"))?;
            let kvit = self.kvit()?;
            kvit.click("button", title).await?;
            kvit.find("heading", title).await?;
            if page == "invoices" {
                kvit.click("row", "Sofie Lund").await?;
                kvit.expect(words.say("state_means.paid")?).await?;
                kvit.find("image", "1").await?;
            }
            self.seen_in_kvit().await?;
        }

        self.steps.step(&format!("{how}: a new invoice"));
        let kvit = self.kvit()?;
        kvit.click("button", words.say("invoices.new")?).await?;
        kvit.find("textbox", words.say("composer.customer")?).await?;
        kvit.click("button", words.say("shell.phone")?).await?;
        kvit.expect(words.say("phone.whose")?).await?;
        self.seen_in_kvit().await?;
        self.kvit()?.click("button", words.say("phone.put_away")?).await
    }
}
