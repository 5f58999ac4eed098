//! The customers pay: one by the link in a browser, one on the phone beside the window.

use anyhow::Result;

use super::Merchant;

impl Merchant<'_> {
    pub(super) async fn is_paid_by_link(&mut self) -> Result<()> {
        self.steps.step("The customer opens the link in a browser");
        let link = self.kvit()?.value("Address of the link").await?;
        self.chromium.go(&link).await?;
        self.chromium.expect("562.50 DKK").await?;
        self.seen_in_chromium().await?;

        self.steps.step("The customer pays there");
        self.chromium.click("button", "Betal nu").await?;
        self.chromium.expect("Regningen er betalt").await?;
        self.kvit()?.expect_row("Jonas Holm", "Paid").await?;
        self.seen_in_both().await
    }

    pub(super) async fn is_paid_on_the_phone(&mut self) -> Result<()> {
        self.steps.step("The other customer's phone shows the bill");
        let kvit = self.kvit()?;
        kvit.click("row", "Sofie Lund").await?;
        kvit.within("Invoice 1")
            .click("button", "Customer’s phone")
            .await?;
        kvit.find("button", "Pay now").await?;
        self.seen_in_kvit().await?;

        self.steps.step("It is paid on the phone");
        self.kvit()?.click("button", "Pay now").await?;
        self.kvit()?.expect("The money is taken. You are even.").await?;
        self.seen_in_kvit().await
    }

    pub(super) async fn sees_both_paid(&mut self) -> Result<()> {
        self.steps.step("The list says Paid");
        let kvit = self.kvit()?;
        kvit.click("button", "Put the phone away").await?;
        kvit.click("button", "Close the pane").await?;
        kvit.expect_row("Jonas Holm", "Paid").await?;
        kvit.expect_row("Sofie Lund", "Paid").await?;
        self.seen_in_kvit().await?;

        self.steps.step("The overview counts the money");
        let kvit = self.kvit()?;
        kvit.click("button", "Overview").await?;
        kvit.expect("Paid this month").await?;
        kvit.expect("2.329,38").await?;
        self.seen_in_kvit().await
    }
}
