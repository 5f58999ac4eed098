//! Writing invoices and sending them.

use anyhow::{Result, ensure};

use super::Merchant;

/// A consumer of the practice world (spec 16.1).
pub(super) const PHONE: &str = "57 37 32 59";

impl Merchant<'_> {
    pub(super) async fn is_told_what_is_wrong(&mut self) -> Result<()> {
        self.steps
            .step("What cannot be sent gets a sentence beside its box, and nothing is sent");
        self.begins_an_invoice().await?;
        let kvit = self.kvit()?;
        self.writes_customer("Sofie Lund", "573 73 25").await?;
        kvit.expect("a Danish phone number has 8").await?;
        let form = kvit.within("New customer");
        form.fill("Phone", PHONE).await?;
        form.click("button", "Save customer").await?;
        kvit.expect_keyboard_in("Line 1").await?;

        let line = kvit.within("Line 1");
        line.fill("What", "Cargo bike, second hand").await?;
        line.fill("Price", "twelve").await?;
        kvit.fill("Due", "1.1.2020").await?;
        kvit.click("button", "Send to phone").await?;
        kvit.expect("cannot be read as a number").await?;
        kvit.expect("The due date has already passed").await?;
        line.fill("Price", "12.000,01").await?;
        kvit.fill("Due", "").await?;
        kvit.expect("MobilePay takes at most").await?;
        kvit.expect_gone("The due date has already passed").await?;
        kvit.click("button", "Send to phone").await?;
        kvit.expect("Not sent yet").await?;
        self.seen_in_kvit().await
    }

    pub(super) async fn sends_to_the_phone(&mut self) -> Result<()> {
        self.steps
            .step("Write the invoice: the paper shows it as it will be sent");
        let kvit = self.kvit()?;
        let line = kvit.within("Line 1");
        line.fill("What", "Service of a bicycle").await?;
        line.fill("Price", "1.234,50").await?;
        let second = kvit.within("Line 2");
        second.fill("What", "Inner tube").await?;
        second.fill("Qty", "2").await?;
        second.fill("Price", "89.50").await?;
        kvit.expect("1.413,50").await?;
        kvit.click("button", "Pick a day: Due").await?;
        kvit.click("button", "14 days").await?;
        kvit.expect_drawn("Invoice to Sofie Lund").await?;
        self.seen_in_kvit().await?;

        self.steps
            .step("Send to phone: held for five seconds, then on the phone");
        let kvit = self.kvit()?;
        kvit.click("button", "Send to phone").await?;
        kvit.expect("goes out").await?;
        kvit.expect_row("Sofie Lund", "On the phone").await?;
        self.seen_in_kvit().await
    }

    pub(super) async fn sends_as_link_through_a_crash(&mut self) -> Result<()> {
        self.steps
            .step("Send another as link, and the computer dies while it is held");
        self.begins_an_invoice().await?;
        self.writes_customer("Jonas Holm", "").await?;
        let kvit = self.kvit()?;
        kvit.within("New customer")
            .click("button", "Save customer")
            .await?;
        kvit.expect_keyboard_in("Line 1").await?;
        let line = kvit.within("Line 1");
        line.fill("What", "Rent of a cargo bike, one day").await?;
        line.fill("Price", "450").await?;
        kvit.expect("562,50").await?;
        kvit.expect_drawn("Invoice to Jonas Holm").await?;
        kvit.click("button", "Send as link").await?;
        kvit.expect("goes out").await?;
        self.seen_in_kvit().await?;

        self.steps
            .step("Kvit opens again: it goes out, once, and its link is ready");
        let kvit = self.kvit.take();
        if let Some(kvit) = kvit {
            self.session.kill_program(kvit).await?;
        }
        self.opens(None).await?;
        let kvit = self.kvit()?;
        kvit.click("button", "Invoices").await?;
        kvit.expect_row("Jonas Holm", "Link ready").await?;
        kvit.click("row", "Jonas Holm").await?;
        let address = kvit.value("Address of the link").await?;
        ensure!(address.starts_with("http"), "{address} is no link");
        let all = kvit.words().await?;
        ensure!(
            all.matches("Jonas Holm").count() <= 2,
            "it is in the list twice: {all}"
        );
        self.seen_in_kvit().await
    }

    async fn begins_an_invoice(&self) -> Result<()> {
        let kvit = self.kvit()?;
        kvit.click("button", "Invoices").await?;
        kvit.click("button", "New invoice").await?;
        kvit.find("textbox", "Customer").await.map(drop)
    }

    /// Finds nobody of this name and begins a new customer; an empty number is left out.
    async fn writes_customer(&self, name: &str, phone: &str) -> Result<()> {
        let kvit = self.kvit()?;
        kvit.fill("Customer", name).await?;
        kvit.click("option", "New customer").await?;
        let form = kvit.within("New customer");
        form.fill("Name", name).await?;
        if !phone.is_empty() {
            form.fill("Phone", phone).await?;
            form.click("button", "Save customer").await?;
        }
        Ok(())
    }
}
