//! A desktop session of its own: display, bus, keychain, browser, and the drivers of both windows.
//!
//! Everything lives in one temporary folder and carries one mark, and is gone afterwards.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};

use super::endings::{self, MARK};
use super::page::Page;
use super::until::{PATIENCE, until};

/// The scheme of the links that lead back into the program.
pub(crate) const SCHEME: &str = "dk.kvit.desktop";

/// Where Chromium looks for rules of the computer's owner. The demo's own rule is taken away at the end.
const POLICIES: &str = "/etc/chromium/policies/managed";

/// The running session.
pub(crate) struct Session {
    folder: PathBuf,
    mark: String,
    program: PathBuf,
    environment: Vec<(&'static str, String)>,
    children: Vec<Child>,
    policy: Option<PathBuf>,
}

impl Session {
    /// Starts display, bus and keychain, and makes Chromium the session's browser.
    pub(crate) async fn begin(program: &Path) -> Result<Self> {
        let mark = std::process::id().to_string();
        let folder = endings::folder(&mark);
        let mut session = Self {
            program: program.canonicalize()?,
            environment: Vec::new(),
            children: Vec::new(),
            policy: None,
            folder,
            mark,
        };
        let begun = session.start().await;
        if begun.is_err() {
            // The reason is worth more than a fault in tidying up.
            let _ = session.end().await;
        }
        begun.map(|()| session)
    }

    async fn start(&mut self) -> Result<()> {
        for name in [
            "home",
            "tmp",
            "run",
            "books",
            "home/.config",
            "home/.local/share/applications",
        ] {
            fs::create_dir_all(self.folder.join(name))?;
        }
        fs::set_permissions(self.folder.join("run"), fs::Permissions::from_mode(0o700))?;
        self.environment = self.first_environment();
        let number = self
            .first_line(
                "Xvfb",
                &[
                    "-displayfd",
                    "1",
                    "-screen",
                    "0",
                    "1440x960x24",
                    "-nolisten",
                    "tcp",
                ],
            )
            .await?;
        self.environment.push(("DISPLAY", format!(":{number}")));
        let bus = self
            .first_line(
                "dbus-daemon",
                &["--session", "--nofork", "--nopidfile", "--print-address=1"],
            )
            .await?;
        self.environment.push(("DBUS_SESSION_BUS_ADDRESS", bus));
        self.unlock_keychain().await?;
        self.make_chromium_the_browser()?;
        self.allow_links();
        Ok(())
    }

    fn first_environment(&self) -> Vec<(&'static str, String)> {
        let path = |name: &str| self.folder.join(name).display().to_string();
        let mut environment = vec![
            ("HOME", path("home")),
            ("XDG_RUNTIME_DIR", path("run")),
            ("TMPDIR", path("tmp")),
            ("KVIT_DATA", path("books")),
            ("KVIT_LOG", std::env::var("KVIT_LOG").unwrap_or_default()),
            ("PATH", std::env::var("PATH").unwrap_or_default()),
            ("LANG", "C.UTF-8".to_owned()),
            // As in a session of GNOME: with it, xdg-open knows how to open links (a bare one cannot).
            ("XDG_CURRENT_DESKTOP", "GNOME".to_owned()),
            ("XDG_SESSION_TYPE", "x11".to_owned()),
            ("GDK_BACKEND", "x11".to_owned()),
            ("NO_AT_BRIDGE", "1".to_owned()),
            (MARK, self.mark.clone()),
        ];
        environment.retain(|(_, value)| !value.is_empty());
        environment
    }

    /// The program's log, and what the session's programs complained of.
    pub(crate) fn logs(&self) -> [PathBuf; 2] {
        ["books/logs/kvit.log", "grumbles"].map(|name| self.folder.join(name))
    }

    /// Whether the browser opens our links by itself, as for one who has said "always" before.
    pub(crate) fn links_open_by_themselves(&self) -> bool {
        self.policy.is_some()
    }

    /// Addresses that the program asked the system to open so far.
    pub(crate) fn opened_addresses(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.join("opened")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Waits until the system knows which program opens our links.
    pub(crate) async fn wait_for_registration(&self) -> Result<()> {
        let entry = self
            .folder
            .join("home/.local/share/applications/kvit-handler.desktop");
        let list = self.folder.join("home/.config/mimeapps.list");
        until("the program to register its links", PATIENCE, async || {
            let named = fs::read_to_string(&list).is_ok_and(|text| text.contains(SCHEME));
            Ok((named && entry.exists()).then_some(()))
        })
        .await
    }

    /// Starts the program a second time with a link, as the system does; answers when that start has ended.
    pub(crate) async fn start_again_with(&self, link: &str) -> Result<()> {
        let mut second = self.command(&self.program.display().to_string());
        let mut second = second.arg(link).spawn()?;
        let status = tokio::time::timeout(PATIENCE, second.wait())
            .await
            .context("the second start did not hand over")??;
        anyhow::ensure!(status.success(), "the second start ended with {status}");
        Ok(())
    }

    /// Opens the program under `WebKitWebDriver`, told which program to start; that is all that `tauri-driver` does on
    /// Linux. `link` is the only argument of a cold start.
    pub(crate) async fn open_program(&mut self, link: Option<&str>) -> Result<Page> {
        let port = free_port().await?;
        let mut driver = self.command("WebKitWebDriver");
        driver
            .args(["--host=127.0.0.1", &format!("--port={port}")])
            .env("TAURI_WEBVIEW_AUTOMATION", "true");
        self.keep(driver)?;
        listens(port).await?;
        let arguments: Vec<&str> = link.into_iter().collect();
        let capabilities = object(json!({
            "webkitgtk:browserOptions": { "binary": self.program, "args": arguments },
        }));
        Page::open("Kvit", port, capabilities).await
    }

    /// Closes the program as the end of a session does, and waits until it has ended.
    pub(crate) async fn close_program(&self, page: Page) -> Result<()> {
        let ids = endings::marked(&self.mark, Some(&self.program));
        endings::signal("TERM", &ids);
        self.program_is_gone().await?;
        page.close().await;
        Ok(())
    }

    /// Kills the program between two moments, as a power cut does.
    pub(crate) async fn kill_program(&self, page: Page) -> Result<()> {
        let ids = endings::marked(&self.mark, Some(&self.program));
        endings::signal("KILL", &ids);
        self.program_is_gone().await?;
        page.close().await;
        Ok(())
    }

    async fn program_is_gone(&self) -> Result<()> {
        until("the program to end", Duration::from_secs(20), async || {
            Ok(endings::marked(&self.mark, Some(&self.program))
                .is_empty()
                .then_some(()))
        })
        .await
    }

    /// Opens Chromium under its driver, with the profile that the session's browser uses too.
    pub(crate) async fn open_chromium(&mut self) -> Result<Page> {
        let port = free_port().await?;
        let mut driver = self.command("chromedriver");
        driver.arg(format!("--port={port}"));
        self.keep(driver)?;
        listens(port).await?;
        let arguments = [
            self.chromium_arguments(),
            vec!["--window-size=1180,860".to_owned()],
        ]
        .concat();
        let capabilities = object(json!({
            "browserName": "chrome",
            "goog:chromeOptions": {
                "binary": "/usr/bin/chromium",
                "args": arguments,
                // Under this switch a second start would not hand its address over to the first.
                "excludeSwitches": ["enable-automation"],
            },
        }));
        Page::open("Chromium", port, capabilities).await
    }

    fn chromium_arguments(&self) -> Vec<String> {
        let mut arguments = vec![
            format!("--user-data-dir={}", self.folder.join("chromium").display()),
            "--no-first-run".to_owned(),
            "--no-default-browser-check".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            // The merchant is Danish, and so is the browser; Kvit itself follows the session and speaks English.
            "--accept-lang=da-DK,da".to_owned(),
        ];
        if is_root() {
            // Chromium refuses to run as root with its sandbox. It only ever opens the practice world here.
            arguments.push("--no-sandbox".to_owned());
        }
        arguments
    }

    /// Ends everything and takes the session's traces away.
    pub(crate) async fn end(&mut self) -> Result<()> {
        let ended = endings::end_all(&self.mark).await;
        for child in &mut self.children {
            let _ = child.wait().await;
        }
        if let Some(policy) = self.policy.take() {
            let _ = fs::remove_file(policy);
        }
        let _ = fs::remove_dir_all(&self.folder);
        ended
    }

    async fn unlock_keychain(&mut self) -> Result<()> {
        let mut keyring = self.command("gnome-keyring-daemon");
        keyring
            .args(["--foreground", "--unlock", "--components=secrets"])
            .stdin(Stdio::piped());
        let child = self.keep(keyring)?;
        let mut password = child.stdin.take().expect("its input was asked for");
        // With an empty one nothing can be stored.
        password.write_all(b"practice").await?;
        drop(password);
        until("the keychain", PATIENCE, async || {
            let question = [
                "--session",
                "--dest=org.freedesktop.DBus",
                "--print-reply",
                "/org/freedesktop/DBus",
            ];
            let mut ask = self.command("dbus-send");
            ask.args(question).args([
                "org.freedesktop.DBus.NameHasOwner",
                "string:org.freedesktop.secrets",
            ]);
            let answer = ask.stdout(Stdio::piped()).output().await?;
            Ok(String::from_utf8_lossy(&answer.stdout)
                .contains("boolean true")
                .then_some(()))
        })
        .await
    }

    /// A script that notes the address and opens it in the very Chromium that is driven: a second start with the same
    /// profile hands its address over to the first and ends.
    fn make_chromium_the_browser(&self) -> Result<()> {
        let script = self.folder.join("browser");
        let noted = self.folder.join("opened");
        let arguments: Vec<String> = self
            .chromium_arguments()
            .iter()
            .map(|argument| format!("'{argument}'"))
            .collect();
        let text = format!(
            "#!/bin/sh\nprintf '%s\\n' \"$1\" >> '{}'\nexec chromium {} \"$1\"\n",
            noted.display(),
            arguments.join(" ")
        );
        fs::write(&script, text)?;
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
        let entry = format!(
            "[Desktop Entry]\nType=Application\nName=Browser of the demo\nExec={} %u\n\
             MimeType=x-scheme-handler/http;x-scheme-handler/https;\n",
            script.display()
        );
        let home = self.folder.join("home");
        fs::write(
            home.join(".local/share/applications/kvit-demo-browser.desktop"),
            entry,
        )?;
        let defaults = "[Default Applications]\nx-scheme-handler/http=kvit-demo-browser.desktop\n\
                        x-scheme-handler/https=kvit-demo-browser.desktop\n";
        fs::write(home.join(".config/mimeapps.list"), defaults)?;
        Ok(())
    }

    /// Chromium asks before it opens another program, and its question is no page that could be driven. Where the demo
    /// may write the computer's rules, one rule answers it: from this computer's own pages, links of our scheme open.
    fn allow_links(&mut self) {
        let rule = json!({
            "AutoLaunchProtocolsFromOrigins": [{ "protocol": SCHEME, "allowed_origins": ["127.0.0.1"] }],
        });
        let path = Path::new(POLICIES).join("kvit-demo.json");
        let written = fs::create_dir_all(POLICIES).and_then(|()| fs::write(&path, rule.to_string()));
        if written.is_ok() {
            self.policy = Some(path);
        }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(self.grumbles())
            .kill_on_drop(true);
        command
    }

    /// Where the programs of the session complain; looked at when something does not start.
    fn grumbles(&self) -> Stdio {
        let file = fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.join("grumbles"));
        file.map_or_else(|_| Stdio::null(), Stdio::from)
    }

    fn keep(&mut self, mut command: Command) -> Result<&mut Child> {
        let name = command.as_std().get_program().to_string_lossy().into_owned();
        let child = command
            .spawn()
            .with_context(|| format!("{name} cannot be started"))?;
        self.children.push(child);
        Ok(self.children.last_mut().expect("it was just put there"))
    }

    /// Starts a program that prints one line when it is ready.
    async fn first_line(&mut self, program: &str, arguments: &[&str]) -> Result<String> {
        let mut command = self.command(program);
        command.args(arguments).stdout(Stdio::piped());
        let child = self.keep(command)?;
        let output = child.stdout.take().expect("its output was asked for");
        let mut lines = BufReader::new(output).lines();
        let line = tokio::time::timeout(PATIENCE, lines.next_line()).await;
        let line = line
            .ok()
            .and_then(Result::ok)
            .flatten()
            .with_context(|| format!("{program} did not get ready"))?;
        Ok(line.trim().to_owned())
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn is_root() -> bool {
    crate::process::answer(&["id", "-u"]).as_deref() == Some("0")
}

async fn free_port() -> Result<u16> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    Ok(listener.local_addr()?.port())
}

async fn listens(port: u16) -> Result<()> {
    until("a driver to listen", PATIENCE, async || {
        Ok(tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .ok()
            .map(drop))
    })
    .await
}
