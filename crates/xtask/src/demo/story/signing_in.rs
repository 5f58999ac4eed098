//! From the window to the browser and back.

use anyhow::{Context as _, Result, ensure};

use super::Merchant;
use crate::demo::until::{PATIENCE, until};

impl Merchant<'_> {
    pub(super) async fn opens_kvit(&mut self) -> Result<()> {
        self.steps.step("Kvit opens in the practice world");
        let kvit = self.kvit()?;
        kvit.expect("Practice shop").await?;
        kvit.expect("Not signed in").await?;
        self.session.wait_for_registration().await?;
        self.seen_in_kvit().await
    }

    pub(super) async fn signs_in(&mut self) -> Result<()> {
        self.steps
            .step("Sign in: the system's browser opens MobilePay's page");
        self.kvit()?.click("button", "Sign in to MobilePay").await?;
        let opened = async || Ok(self.session.opened_addresses().pop());
        let address = until("the browser to be opened", PATIENCE, opened).await?;
        let origin = origin(&address)?;
        self.chromium.turn_to(&origin).await?;
        self.seen_in_both().await?;

        self.consents().await?;
        self.comes_back(&origin).await
    }

    async fn consents(&mut self) -> Result<()> {
        self.steps.step("Log in at MobilePay");
        self.chromium.click("button", "Log ind").await?;
        self.chromium.expect("tillad").await?;
        self.seen_in_chromium().await?;
        self.steps.step("Say yes: Kvit may invoice for this business");
        self.chromium.click("button", "Ja, tillad").await
    }

    async fn comes_back(&mut self, origin: &str) -> Result<()> {
        let by_itself = self.session.links_open_by_themselves();
        self.chromium
            .turn_to(&format!("{origin}/merchant/practice/return"))
            .await?;
        self.chromium.expect("Næsten færdig. Tilbage til Kvit.").await?;
        let address = self.chromium.address().await?;
        ensure!(
            !address.contains('#') && !address.contains('?'),
            "the answer stayed in the address bar: {address}"
        );
        self.link_back = self.chromium.address_of("Åbn Kvit").await?;
        if by_itself {
            self.steps.note(
                "The browser opened Kvit by itself, through xdg-open and the scheme that Kvit registered: a managed policy \
                 stands for the merchant's “always open”.",
            );
        } else {
            self.steps.note(
                "The browser's rules could not be written here, and its question is no page that can be driven: the link \
                 was read from the button and handed over by a second start of the program, as the system does it.",
            );
            self.session.start_again_with(&self.link_back).await?;
        }
        self.kvit()?.expect("Signed in").await?;
        self.kvit()?.expect_gone("Not signed in").await?;
        // Kvit comes to the front and says what it got.
        self.kvit()?.expect("Kvit may now invoice for").await?;
        self.seen_in_both().await?;
        self.kvit()?.click("button", "Done").await?;
        self.chromium.leave_tab().await
    }

    pub(super) async fn closes_and_opens(&mut self) -> Result<()> {
        self.steps.step("Close Kvit and open it again: still signed in");
        self.closes().await?;
        self.opens(None).await?;
        self.kvit()?.expect("Signed in").await?;
        ensure!(
            !self.kvit()?.words().await?.contains("Not signed in"),
            "the sign-in was lost"
        );
        self.seen_in_kvit().await
    }

    pub(super) async fn opens_by_a_used_link(&mut self) -> Result<()> {
        self.steps
            .step("Cold start by a link that was used before: it opens Kvit, is refused in words, and changes nothing");
        self.closes().await?;
        let link = self.link_back.clone();
        self.opens(Some(&link)).await?;
        self.kvit()?.expect("Signed in").await?;
        self.kvit()?.expect("that Kvit is not waiting for").await?;
        self.seen_in_kvit().await?;
        self.kvit()?.click("button", "Close").await
    }
}

/// `http://127.0.0.1:4711` of an address there.
fn origin(address: &str) -> Result<String> {
    ensure!(
        address.starts_with("http"),
        "{address} is not an address of the web"
    );
    let end = address
        .match_indices('/')
        .nth(2)
        .map_or(address.len(), |(at, _)| at);
    address
        .get(..end)
        .map(str::to_owned)
        .context("an address has an origin")
}
