//! What happens, in the order in which it happens to a merchant.

mod looking;
mod paying;
mod signing_in;
mod writing;

use anyhow::{Context as _, Result};

use super::page::Page;
use super::session::Session;
use super::steps::Steps;

/// Tells the whole story. On the way the program is closed, killed and opened by a link, and nothing is lost.
pub(crate) async fn tell(steps: &mut Steps, session: &mut Session) -> Result<()> {
    let chromium = session.open_chromium().await?;
    let kvit = session.open_program(None).await?;
    let mut merchant = Merchant {
        steps,
        session,
        chromium,
        kvit: Some(kvit),
        link_back: String::new(),
    };
    let outcome = merchant.day().await;
    if outcome.is_err() {
        let windows = [merchant.kvit.as_ref(), Some(&merchant.chromium)];
        let windows: Vec<&Page> = windows.into_iter().flatten().collect();
        merchant.steps.picture_of_failure(&windows).await;
    }
    outcome
}

/// One who does all this, with two windows on the screen.
struct Merchant<'a> {
    steps: &'a mut Steps,
    session: &'a mut Session,
    chromium: Page,
    /// Absent while the program is closed.
    kvit: Option<Page>,
    /// The link that brought the sign-in back.
    link_back: String,
}

impl Merchant<'_> {
    async fn day(&mut self) -> Result<()> {
        self.opens_kvit().await?;
        self.signs_in().await?;
        self.closes_and_opens().await?;
        self.is_told_what_is_wrong().await?;
        self.sends_to_the_phone().await?;
        self.sends_as_link_through_a_crash().await?;
        self.is_paid_by_link().await?;
        self.is_paid_on_the_phone().await?;
        self.sees_both_paid().await?;
        self.opens_by_a_used_link().await?;
        self.looks_around().await
    }

    /// The window, which is open whenever something is done in it.
    fn kvit(&self) -> Result<&Page> {
        self.kvit.as_ref().context("Kvit is not open")
    }

    /// The step happened; a picture of Kvit shows it.
    async fn seen_in_kvit(&mut self) -> Result<()> {
        let kvit = self.kvit.as_ref().context("Kvit is not open")?;
        self.steps.happened(&[kvit]).await
    }

    /// The step happened; a picture of Chromium shows it.
    async fn seen_in_chromium(&mut self) -> Result<()> {
        self.steps.happened(&[&self.chromium]).await
    }

    /// The step happened; it shows in both.
    async fn seen_in_both(&mut self) -> Result<()> {
        let kvit = self.kvit.as_ref().context("Kvit is not open")?;
        self.steps.happened(&[&self.chromium, kvit]).await
    }

    /// Opens the program, by a link if there is one.
    async fn opens(&mut self, link: Option<&str>) -> Result<()> {
        self.kvit = Some(self.session.open_program(link).await?);
        Ok(())
    }

    /// Closes it as one closes a window.
    async fn closes(&mut self) -> Result<()> {
        let kvit = self.kvit.take().context("Kvit is not open")?;
        self.session.close_program(kvit).await
    }
}
