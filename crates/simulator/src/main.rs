//! `cargo run -p simulator`: MobilePay in a box, alone, for any client.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use serde_json::json;
use simulator::{
    Config, Country, Fault, PRACTICE_CLIENT_ID, PRACTICE_CLIENT_SECRET, PRACTICE_GATEWAY_ID,
    PRACTICE_GATEWAY_SECRET, Reading, Simulator,
};

const EXAMPLES: &str = "\
Examples:
  simulator --port 7999 --data ./practice
      Listens on http://127.0.0.1:7999 and keeps its books in ./practice/simulator.db.

  simulator --address 0.0.0.0 --base-url https://mobilepay.test
      Behind a proxy that has a certificate for that name.

  curl http://127.0.0.1:7999/dk/account/.well-known/openid-configuration
      The discovery document (Finland: /fi/…). The first line on standard output names it too, as JSON with every
      address and all practice credentials.

  curl -X POST http://127.0.0.1:7999/__practice/faults -d '{\"kind\":\"dropAfter\",\"route\":\"api\",\"count\":1}'
      The next call of the API is handled, then its connection is dropped without an answer.

  curl -X POST http://127.0.0.1:7999/__practice/clock -H 'content-type: application/json' -d '{\"advanceSeconds\":86400}'
      The next day.

The stage, in a browser: http://127.0.0.1:7999/__practice/";

/// MobilePay Invoice in a box: OpenID provider, Invoice API, callbacks, user simulation. Everyone in it is fictitious.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
struct Arguments {
    /// Address to listen on; anything but loopback shows the practice world to the network.
    #[arg(long, default_value_t = Ipv4Addr::LOCALHOST.into())]
    address: std::net::IpAddr,
    /// Port; 0 takes a free one.
    #[arg(long, default_value_t = 7880)]
    port: u16,
    /// The address under which clients reach it, behind a proxy with TLS or by a container's name. All addresses that it tells
    /// begin with it, and its name is taken as Host.
    #[arg(long, value_name = "URL", value_parser = web)]
    base_url: Option<url::Url>,
    /// Folder of the books (simulator.db); without it they last for this run only.
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Country whose discovery address is named as `discoveryUrl`; both are always served.
    #[arg(long, value_enum, default_value_t = Portal::Dk)]
    country: Portal,
    /// A whitelisted return address; may be given several times.
    #[arg(
        long = "redirect-uri",
        value_name = "URI",
        default_value = "http://127.0.0.1:7890/"
    )]
    redirect_uris: Vec<String>,
    /// A fault in force from the start, as JSON of POST /__practice/faults; may be given several times.
    #[arg(long = "fault", value_name = "JSON")]
    faults: Vec<String>,
    /// Decides which calls a fault with a probability strikes, where it names no seed.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Another reading of the documents than the default; may be given several times. Also on the stage, and as
    /// /__practice/switches.
    #[arg(long = "reading", value_name = "READING", value_enum)]
    readings: Vec<Reading>,
    /// Consents on one page of their list.
    #[arg(long, default_value_t = 100)]
    consents_per_page: usize,
}

#[derive(Clone, Copy, ValueEnum)]
enum Portal {
    Dk,
    Fi,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let arguments = Arguments::parse();
    let faults: Vec<Fault> = arguments
        .faults
        .iter()
        .map(|text| {
            Fault::from_json(text, arguments.seed).map_err(|reason| format!("--fault {text}: {reason}"))
        })
        .collect::<Result<_, _>>()?;
    let config = Config {
        bind: SocketAddr::from((arguments.address, arguments.port)),
        base_url: arguments.base_url.clone(),
        seed: arguments.seed,
        switches: arguments.readings.iter().copied().collect(),
        consents_per_page: arguments.consents_per_page,
        ..Config::practice(arguments.data.clone())
    };
    let simulator = simulator::start(config).await?;
    for uri in &arguments.redirect_uris {
        simulator.register_redirect_uri(PRACTICE_CLIENT_ID, uri);
    }
    for fault in faults {
        simulator.faults().add(fault);
    }
    writeln!(std::io::stdout().lock(), "{}", facts(&simulator, &arguments))?;
    tokio::signal::ctrl_c().await?;
    simulator.shutdown().await;
    Ok(())
}

/// An address that paths can be put behind.
fn web(text: &str) -> Result<url::Url, String> {
    let url = url::Url::parse(text).map_err(|error| error.to_string())?;
    let plain = url.has_host() && url.query().is_none() && url.fragment().is_none();
    (plain && matches!(url.scheme(), "http" | "https"))
        .then_some(url)
        .ok_or_else(|| "http:// or https://, a name, and nothing behind it but a path".to_owned())
}

/// Everything that a client needs, for its configuration.
fn facts(simulator: &Simulator, arguments: &Arguments) -> serde_json::Value {
    let country = match arguments.country {
        Portal::Dk => Country::Dk,
        Portal::Fi => Country::Fi,
    };
    json!({
        "discoveryUrl": simulator.discovery_url(country),
        "discovery": { "DK": simulator.discovery_url(Country::Dk), "FI": simulator.discovery_url(Country::Fi) },
        "issuer": simulator.issuer_of(country),
        "api": simulator.api_base_url(),
        "reporting": simulator.reporting_base_url(),
        "stage": format!("{}/__practice/", simulator.base_url()),
        "clientId": PRACTICE_CLIENT_ID,
        "clientSecret": PRACTICE_CLIENT_SECRET,
        "gatewayId": PRACTICE_GATEWAY_ID,
        "gatewaySecret": PRACTICE_GATEWAY_SECRET,
        "redirectUris": arguments.redirect_uris,
    })
}
