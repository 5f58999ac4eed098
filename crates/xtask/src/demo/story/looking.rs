//! The same screens in the dark and in the other two languages.

use anyhow::Result;

use super::Merchant;

impl Merchant<'_> {
    pub(super) async fn looks_around(&mut self) -> Result<()> {
        Ok(())
    }
}
