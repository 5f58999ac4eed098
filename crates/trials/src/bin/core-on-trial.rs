//! The core of Kvit as a process that may be killed at any moment; see `trials::core`.

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    trials::core::host().await
}
