//! The story.

use anyhow::Result;

use super::session::Session;
use super::steps::Steps;

pub(crate) async fn tell(steps: &mut Steps, session: &mut Session) -> Result<()> {
    steps.step("open");
    let kvit = session.open_program(None).await?;
    kvit.fill("Name", "hello").await?;
    kvit.click("button", "Ask").await?;
    kvit.expect("app_show").await?;
    session.wait_for_registration().await?;
    steps.happened(&[&kvit]).await?;
    steps.step("link");
    kvit.expect("denied").await?;
    session
        .start_again_with("dk.kvit.desktop://return/practice?x=1")
        .await?;
    kvit.expect("drafts_changed").await?;
    let chromium = session.open_chromium().await?;
    kvit.click("button", "Leave").await?;
    steps.happened(&[&kvit, &chromium]).await?;
    steps.note(kvit.words().await?);
    session.close_program(kvit).await?;
    steps.step("cold");
    let kvit = session
        .open_program(Some("dk.kvit.desktop://return/practice?x=1"))
        .await?;
    steps.happened(&[&kvit]).await?;
    Ok(())
}
