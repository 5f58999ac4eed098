//! The program as its surroundings see it: a process with arguments, an environment, a log at its most talkative, files,
//! and messages both ways. It runs under a keyring and a home of its own.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::traces::{Secret, Traces};

/// Unlocks a keyring of its own, writes down the process's id, and becomes the program.
const UNLOCKED: &str = r#"eval "$(printf test | gnome-keyring-daemon --unlock --components=secrets | sed 's/^/export /')" \
    && echo $$ > "$0" && exec "$@""#;

/// A deadline, so that a fault ends a test instead of hanging it.
const DEADLINE: Duration = Duration::from_mins(1);

/// The running program.
pub(crate) struct Program {
    child: Child,
    process: String,
    home: tempfile::TempDir,
    outside: tempfile::TempDir,
    http: reqwest::Client,
    url: String,
    bearer: String,
    messages: Messages,
    events: mpsc::UnboundedReceiver<Value>,
    listener: Option<JoinHandle<()>>,
}

/// What crossed between the window and the core: which message, and its bytes.
type Messages = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// Arguments and environment besides the usual ones.
#[derive(Default)]
pub(crate) struct Planted<'a> {
    pub(crate) argument: Option<&'a str>,
    pub(crate) variable: Option<&'a str>,
}

impl Program {
    pub(crate) async fn start(planted: Planted<'_>) -> Self {
        let (home, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let runtime = outside.path().join("run");
        fs::create_dir(&runtime).unwrap();
        let id = outside.path().join("process");
        let kept = ["PATH", "LD_LIBRARY_PATH", "LANG"];
        let mut command = Command::new("dbus-run-session");
        command
            .env_clear()
            .envs(
                kept.iter()
                    .filter_map(|name| Some((name, std::env::var_os(name)?))),
            )
            .env("HOME", home.path())
            .env("XDG_RUNTIME_DIR", runtime)
            .env("RUST_LOG", "trace")
            .envs(planted.variable.map(|value| ("KVIT_PLANTED", value)))
            .args(["--", "sh", "-c", UNLOCKED])
            .arg(&id)
            .arg(env!("CARGO_BIN_EXE_webhost"))
            .arg("--data")
            .arg(home.path().join("data"))
            .args(["--keychain", planted.argument.unwrap_or("dk.kvit.leaks")]);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(outside.path().join("log")).unwrap())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let place = tokio::time::timeout(DEADLINE, said.next_line()).await;
        let place: Value = serde_json::from_str(&place.unwrap().unwrap().unwrap()).unwrap();
        let messages = Messages::default();
        let (teller, events) = mpsc::unbounded_channel();
        let mut program = Self {
            child,
            process: fs::read_to_string(id).unwrap().trim().to_owned(),
            home,
            outside,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            url: place["url"].as_str().unwrap().to_owned(),
            bearer: place["bearer"].as_str().unwrap().to_owned(),
            messages,
            events,
            listener: None,
        };
        program.listener = Some(program.listen(teller).await);
        program
    }

    /// Hears every event from here on.
    async fn listen(&self, teller: mpsc::UnboundedSender<Value>) -> JoinHandle<()> {
        let call = self.http.get(format!("{}/events", self.url));
        let mut stream = call.bearer_auth(&self.bearer).send().await.unwrap();
        assert_eq!(stream.status(), 200);
        let messages = Arc::clone(&self.messages);
        tokio::spawn(async move {
            let mut rest = String::new();
            while let Ok(Some(chunk)) = stream.chunk().await {
                messages.lock().unwrap().push(("event".into(), chunk.to_vec()));
                rest.push_str(&String::from_utf8_lossy(&chunk));
                while let Some((event, after)) = rest.split_once("\n\n") {
                    if let Some(event) = event.strip_prefix("data: ") {
                        let _ = teller.send(serde_json::from_str(event).unwrap());
                    }
                    rest = after.to_owned();
                }
            }
        })
    }

    /// The next event that `wanted` finds something in.
    pub(crate) async fn event<T>(&mut self, wanted: impl Fn(&Value) -> Option<T>) -> T {
        let heard = async {
            loop {
                let event = self.events.recv().await.unwrap();
                if let Some(found) = wanted(&event) {
                    return found;
                }
            }
        };
        tokio::time::timeout(DEADLINE, heard).await.unwrap()
    }

    /// A command; its input and its answer are messages.
    pub(crate) async fn call(&self, name: &str, input: Value) -> Value {
        let said = input.to_string().into_bytes();
        self.messages
            .lock()
            .unwrap()
            .push((format!("input of {name}"), said));
        self.call_unheard(name, input).await
    }

    /// A command into which the merchant puts a secret: its answer is a message, its input is not.
    pub(crate) async fn call_unheard(&self, name: &str, input: Value) -> Value {
        let call = self.http.post(format!("{}/commands/{name}", self.url));
        let answer = call.bearer_auth(&self.bearer).json(&input).send().await.unwrap();
        let bytes = answer.bytes().await.unwrap().to_vec();
        let value = serde_json::from_slice(&bytes).unwrap();
        self.messages
            .lock()
            .unwrap()
            .push((format!("answer of {name}"), bytes));
        value
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// Every place outside the program's memory and its keychain, and what was found there.
    ///
    /// State and nonce are in the address that `signin_begin` shows for a browser which it cannot open.
    pub(crate) fn search(&self, secrets: &[Secret]) -> Vec<String> {
        let traces = Traces::of(secrets);
        let shown: Vec<Secret> = secrets.iter().filter(|s| !is_shown(s)).cloned().collect();
        let besides_the_shown = Traces::of(&shown);
        let mut found = Vec::new();
        let mut note = |place: &str, traces: &Traces, bytes: &[u8]| {
            found.extend(
                traces
                    .in_bytes(bytes)
                    .into_iter()
                    .map(|trace| format!("{place}: {trace}")),
            );
        };
        for (place, file) in [("arguments", "cmdline"), ("environment", "environ")] {
            note(
                place,
                &traces,
                &fs::read(format!("/proc/{}/{file}", self.process)).unwrap(),
            );
        }
        note(
            "log",
            &traces,
            &fs::read(self.outside.path().join("log")).unwrap(),
        );
        for file in files_of(self.home.path()) {
            let name = file.strip_prefix(self.home.path()).unwrap().display().to_string();
            // What was deleted while we looked is gone; a socket has no content.
            note(
                &format!("file {name}"),
                &traces,
                &fs::read(&file).unwrap_or_default(),
            );
            note("name of a file", &traces, name.as_bytes());
        }
        for (message, bytes) in self.messages.lock().unwrap().iter() {
            let traces = match message.as_str() {
                "answer of signin_begin" => &besides_the_shown,
                _ => &traces,
            };
            note(message, traces, bytes);
        }
        found.sort();
        found.dedup();
        found
    }

    /// How much there was to search: bytes of the log, files, messages.
    pub(crate) fn extent(&self) -> (u64, usize, usize) {
        let log = fs::metadata(self.outside.path().join("log")).unwrap().len();
        (
            log,
            files_of(self.home.path()).len(),
            self.messages.lock().unwrap().len(),
        )
    }

    /// Closes the window, ends the program as a terminal does, and waits for it.
    pub(crate) async fn end(&mut self) {
        self.listener.take().unwrap().abort();
        let asked = std::process::Command::new("kill")
            .args(["-INT", &self.process])
            .status();
        assert!(asked.unwrap().success());
        tokio::time::timeout(DEADLINE, self.child.wait())
            .await
            .unwrap()
            .unwrap();
    }

    /// What the log says, for the search after the end.
    pub(crate) fn files_and_log(&self, secrets: &[Secret]) -> Vec<String> {
        let traces = Traces::of(secrets);
        let mut all = files_of(self.home.path());
        all.push(self.outside.path().join("log"));
        let hits = |file: &PathBuf| traces.in_bytes(&fs::read(file).unwrap_or_default());
        all.iter().flat_map(hits).collect()
    }
}

/// A test that ends early leaves nothing behind: with the program its bus ends, and with the bus the keyring.
impl Drop for Program {
    fn drop(&mut self) {
        if self.child.id().is_some() {
            let _ = std::process::Command::new("kill").arg(&self.process).status();
        }
    }
}

fn is_shown(secret: &Secret) -> bool {
    secret.name.starts_with("state") || secret.name.starts_with("nonce")
}

fn files_of(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            files.extend(files_of(&entry.path()));
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    files
}

/// The form of a connection to a provider of the test's own.
pub(crate) fn connection_form(provider: &str, port: u16, secrets: (&str, &str, &str)) -> Value {
    let (client_secret, gateway_id, gateway_secret) = secrets;
    json!({
        "name": "Nordhavn Cykler", "world": "sandbox", "country": "DK", "clientId": "kvit.leaks",
        "clientSecret": client_secret, "gatewayId": gateway_id, "gatewaySecret": gateway_secret,
        "redirectUri": format!("http://127.0.0.1:{port}/"), "door": "loopback",
        "discoveryUrl": format!("{provider}/account/.well-known/openid-configuration"),
        "issuer": crate::provider::ISSUER, "apiBaseUrl": format!("{provider}/invoice-restapi"), "merchantVat": "DK12345678",
    })
}
