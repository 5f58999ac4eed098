//! `cargo run -p simulator`: MobilePay in a box, alone, for any client.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::Parser;
use simulator::{Config, Country};

/// MobilePay Invoice in a box: OpenID provider, Invoice API, user simulation. Everyone in it is fictitious.
#[derive(Parser)]
struct Arguments {
    /// Port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 7880)]
    port: u16,
    /// Folder of the books; without it they last for this run only.
    #[arg(long)]
    data: Option<PathBuf>,
    /// A whitelisted return address; may be given several times.
    #[arg(long = "redirect-uri", default_value = "http://127.0.0.1:7890/")]
    redirect_uris: Vec<String>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let arguments = Arguments::parse();
    let config = Config {
        bind: SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port)),
        ..Config::practice(arguments.data)
    };
    let simulator = simulator::start(config).await?;
    for uri in &arguments.redirect_uris {
        simulator.register_redirect_uri(simulator::PRACTICE_CLIENT_ID, uri);
    }
    let line = serde_json::json!({
        "discovery": { "DK": simulator.discovery_url(Country::Dk), "FI": simulator.discovery_url(Country::Fi) },
        "issuer": simulator.issuer(),
        "api": simulator.api_base_url(),
        "stage": format!("{}/__practice/", simulator.base_url()),
        "clientId": simulator::PRACTICE_CLIENT_ID,
        "clientSecret": simulator::PRACTICE_CLIENT_SECRET,
        "gatewayId": simulator::PRACTICE_GATEWAY_ID,
        "gatewaySecret": simulator::PRACTICE_GATEWAY_SECRET,
        "redirectUris": arguments.redirect_uris,
    });
    writeln!(std::io::stdout().lock(), "{line}")?;
    tokio::signal::ctrl_c().await?;
    simulator.shutdown().await;
    Ok(())
}
