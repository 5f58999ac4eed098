//! What happens, in the order in which it happens to a merchant.

use anyhow::{Context as _, Result, ensure};

use super::page::Page;
use super::session::Session;
use super::steps::Steps;
use super::until::{PATIENCE, until};

/// Tells the whole story. On the way the program is closed twice and killed once, and nothing is lost.
pub(crate) async fn tell(steps: &mut Steps, session: &mut Session) -> Result<()> {
    let chromium = session.open_chromium().await?;
    let kvit = session.open_program(None).await?;
    let outcome = Told {
        steps,
        session,
        chromium,
        kvit,
    }
    .all()
    .await;
    outcome
}

struct Told<'a> {
    steps: &'a mut Steps,
    session: &'a mut Session,
    chromium: Page,
    kvit: Page,
}

impl Told<'_> {
    async fn all(&mut self) -> Result<()> {
        let outcome = self.acts().await;
        if outcome.is_err() {
            self.steps.picture_of_failure(&[&self.kvit, &self.chromium]).await;
        }
        outcome
    }

    async fn acts(&mut self) -> Result<()> {
        self.opens().await?;
        self.signs_in().await?;
        Ok(())
    }

    async fn opens(&mut self) -> Result<()> {
        self.steps.step("Kvit opens in the practice world");
        self.kvit.expect("Practice shop").await?;
        self.kvit.expect("Not signed in").await?;
        self.session.wait_for_registration().await?;
        self.steps.happened(&[&self.kvit]).await
    }

    async fn signs_in(&mut self) -> Result<()> {
        self.steps.step("Sign in: the system's browser opens");
        self.kvit.click("button", "Sign in to MobilePay").await?;
        let opened = until("the browser to be opened", PATIENCE, async || {
            Ok(self.session.opened_addresses().pop())
        })
        .await?;
        let origin = origin(&opened)?;
        self.chromium.turn_to(&origin).await?;
        self.steps.happened(&[&self.kvit, &self.chromium]).await?;
        Ok(())
    }
}

/// `http://127.0.0.1:4711` of an address.
fn origin(address: &str) -> Result<String> {
    let end = address
        .match_indices('/')
        .nth(2)
        .map_or(address.len(), |(at, _)| at);
    ensure!(
        address.starts_with("http"),
        "{address} is not an address of the web"
    );
    address
        .get(..end)
        .map(str::to_owned)
        .context("an address has an origin")
}
