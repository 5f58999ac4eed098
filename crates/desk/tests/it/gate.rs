//! A gate before a provider: what is asked for there arrives, and waits until the gate is opened.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;
use simulator::Simulator;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};

/// The gate itself. It hands out the provider's document with the token endpoint behind the gate.
pub(crate) struct Gate {
    own: String,
    provider: String,
    /// The paths that end so wait.
    held: &'static str,
    /// So many of them wait; those after them pass.
    most: usize,
    waiting: AtomicUsize,
    open: watch::Sender<bool>,
    arrived: Notify,
}

impl Gate {
    /// A gate before `provider` that holds back what is asked of paths that end with `held`.
    pub(crate) async fn before(provider: &Simulator, held: &'static str) -> Arc<Self> {
        Self::before_first(provider, held, usize::MAX).await
    }

    /// The same, for the first `most` that come.
    pub(crate) async fn before_first(provider: &Simulator, held: &'static str, most: usize) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let gate = Arc::new(Self {
            own: format!("http://{}", listener.local_addr().unwrap()),
            provider: provider.base_url().trim_end_matches('/').to_owned(),
            held,
            most,
            waiting: AtomicUsize::new(0),
            open: watch::Sender::new(false),
            arrived: Notify::new(),
        });
        let listening = Arc::clone(&gate);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let gate = Arc::clone(&listening);
                tokio::spawn(async move { gate.pass(stream).await });
            }
        });
        gate
    }

    /// An address of the provider, as seen through the gate.
    pub(crate) fn through(&self, address: &str) -> String {
        address.replace(&self.provider, &self.own)
    }

    /// Until something waits at the gate.
    pub(crate) async fn arrived(&self) {
        // A deadline, so that a fault ends the test instead of hanging it.
        let arrived = tokio::time::timeout(Duration::from_mins(1), self.arrived.notified());
        arrived.await.expect("nothing came to the gate");
    }

    /// Lets everything through from now on.
    pub(crate) fn open(&self) {
        self.open.send_replace(true);
    }

    async fn pass(&self, mut stream: TcpStream) {
        let (head, body) = read(&mut stream).await;
        let mut words = head.split(' ');
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        let waits = path.ends_with(self.held) && self.waiting.fetch_add(1, Ordering::SeqCst) < self.most;
        if waits && !*self.open.borrow() {
            self.arrived.notify_one();
            let _ = self.open.subscribe().wait_for(|open| *open).await;
        }
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut request = http
            .request(method.parse().unwrap(), format!("{}{path}", self.provider))
            .body(body);
        for line in head.lines().skip(1) {
            let (name, value) = line.split_once(": ").unwrap();
            if !["host", "content-length", "connection"].contains(&name.to_ascii_lowercase().as_str()) {
                request = request.header(name, value);
            }
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        let mut body = response.text().await.unwrap();
        if path.ends_with("openid-configuration") {
            let mut document: Value = serde_json::from_str(&body).unwrap();
            document["token_endpoint"] = self.through(document["token_endpoint"].as_str().unwrap()).into();
            body = document.to_string();
        }
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        // Whoever asked may have gone away.
        let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
    }
}

/// One request: its head without the last empty line, and its body.
async fn read(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("content-length")
                    .then(|| value.parse::<usize>().unwrap())
            });
            if body.len() >= length.unwrap_or_default() {
                return (head.to_owned(), body.as_bytes().to_vec());
            }
        }
        assert!(stream.read_buf(&mut bytes).await.unwrap() > 0, "half a request");
    }
}
