//! A window that is driven by WebDriver: what a person does in it, and what a person sees.

use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use fantoccini::elements::{Element, ElementRef};
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};

use super::by_role;
use super::until::{PATIENCE, until};

/// The key of an element in WebDriver's JSON (W3C WebDriver 12.1).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A window or a tab.
pub(crate) struct Page {
    client: Client,
    /// What it is called in the log.
    pub(crate) name: &'static str,
    /// The label of the part that is looked in, if not everywhere.
    within: Option<String>,
}

impl Page {
    /// A session at the driver on `port` of this computer.
    pub(crate) async fn open(
        name: &'static str,
        port: u16,
        capabilities: Map<String, Value>,
    ) -> Result<Self> {
        let address = format!("http://127.0.0.1:{port}");
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&address)
            .await
            .with_context(|| format!("{name} could not be opened"))?;
        Ok(Self {
            client,
            name,
            within: None,
        })
    }

    /// The part of the page with this label, so that one of several alike things is meant.
    pub(crate) fn within(&self, label: &str) -> Self {
        Self {
            client: self.client.clone(),
            name: self.name,
            within: Some(label.to_owned()),
        }
    }

    /// Ends the session, and with it the window.
    pub(crate) async fn close(self) {
        // The window may be gone already: that is what closing is for.
        let _ = self.client.close().await;
    }

    /// Clicks on what has this role and name, as soon as it is there and can be clicked.
    pub(crate) async fn click(&self, role: &str, name: &str) -> Result<()> {
        self.try_until(role, name, async |element| Ok(element.click().await?))
            .await
    }

    /// Types `text` into the box of this name, instead of what is in it.
    pub(crate) async fn fill(&self, name: &str, text: &str) -> Result<()> {
        self.try_until("textbox", name, async |element| {
            if element
                .prop("value")
                .await?
                .is_some_and(|value| !value.is_empty())
            {
                // By keys: what WebDriver calls "clear" tells the page nothing in WebKit.
                let chord = [
                    char::from(Key::Control),
                    'a',
                    char::from(Key::Null),
                    char::from(Key::Backspace),
                ];
                element.send_keys(&chord.iter().collect::<String>()).await?;
            }
            if !text.is_empty() {
                element.send_keys(text).await?;
            }
            Ok(())
        })
        .await
    }

    /// What is in the box of this name.
    pub(crate) async fn value(&self, name: &str) -> Result<String> {
        let element = self.find("textbox", name).await?;
        Ok(element.prop("value").await?.unwrap_or_default())
    }

    /// The `href` of a link, as it is written.
    pub(crate) async fn address_of(&self, name: &str) -> Result<String> {
        let element = self.find("link", name).await?;
        element
            .attr("href")
            .await?
            .with_context(|| format!("the link {name:?} leads nowhere"))
    }

    /// Waits until something with this role and name is there.
    pub(crate) async fn find(&self, role: &str, name: &str) -> Result<Element> {
        let found = until(format!("{role} {name:?}"), PATIENCE, async || {
            self.look(role, name).await
        })
        .await;
        match found {
            Ok(element) => Ok(element),
            Err(problem) => Err(self.explained(problem, role).await),
        }
    }

    /// Waits until the picture of this name is no longer being redrawn: the same at ten looks in a row, and nothing busy.
    pub(crate) async fn expect_drawn(&self, name: &str) -> Result<()> {
        let mut last = String::new();
        let mut same = 0;
        until(
            format!("the picture {name:?} to be drawn"),
            PATIENCE,
            async || {
                let image = self.find("image", name).await?;
                let busy = self
                    .script(
                        "return document.querySelector('[aria-busy=true]') !== null;",
                        Vec::new(),
                    )
                    .await?;
                let source = image.attr("src").await?.unwrap_or_default();
                same = if busy == false && source == last {
                    same + 1
                } else {
                    0
                };
                last = source;
                Ok((same >= 10).then_some(()))
            },
        )
        .await
    }

    /// Waits until the keyboard is in the part with this label: who types earlier types elsewhere.
    pub(crate) async fn expect_keyboard_in(&self, label: &str) -> Result<()> {
        let script = "return document.activeElement?.closest('[aria-label]')?.getAttribute('aria-label') === arguments[0];";
        until(format!("the keyboard to be in {label:?}"), PATIENCE, async || {
            Ok((self.script(script, vec![json!(label)]).await? == true).then_some(()))
        })
        .await
    }

    /// Waits until the page says `text` (spaces of any kind are alike).
    pub(crate) async fn expect(&self, text: &str) -> Result<()> {
        self.expect_within(PATIENCE, text).await
    }

    /// The same with another patience.
    pub(crate) async fn expect_within(&self, patience: Duration, text: &str) -> Result<()> {
        let wanted = plain(text);
        let seen = until(format!("the words {text:?}"), patience, async || {
            Ok(self.words().await?.contains(&wanted).then_some(()))
        });
        match seen.await {
            Ok(()) => Ok(()),
            Err(problem) => Err(self.explained(problem, "button").await),
        }
    }

    /// Waits until the page no longer says `text`.
    pub(crate) async fn expect_gone(&self, text: &str) -> Result<()> {
        let unwanted = plain(text);
        until(format!("the words {text:?} to go"), PATIENCE, async || {
            Ok((!self.words().await?.contains(&unwanted)).then_some(()))
        })
        .await
    }

    /// Waits until a row that says `which` also says `what`.
    pub(crate) async fn expect_row(&self, which: &str, what: &str) -> Result<()> {
        let (wanted, also) = (plain(which), plain(what));
        let seen = until(
            format!("a row with {which:?} that says {what:?}"),
            PATIENCE,
            async || {
                let rows = self
                    .script(by_role::FIND, vec![json!("row"), Value::Null, json!(self.within)])
                    .await?;
                let rows = rows.as_array().context("rows")?;
                let mut texts = rows.iter().filter_map(Value::as_str);
                Ok(texts
                    .any(|row| row.contains(&wanted) && row.contains(&also))
                    .then_some(()))
            },
        );
        match seen.await {
            Ok(()) => Ok(()),
            Err(problem) => Err(self.explained(problem, "row").await),
        }
    }

    /// All that can be read on the page.
    pub(crate) async fn words(&self) -> Result<String> {
        let words = self.script(by_role::WORDS, vec![json!(self.within)]).await?;
        Ok(words.as_str().unwrap_or_default().to_owned())
    }

    /// Runs a script; for looking, not for doing.
    pub(crate) async fn script(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        self.client
            .execute(script, arguments)
            .await
            .with_context(|| format!("{} does not answer", self.name))
    }

    /// Opens an address in this tab.
    pub(crate) async fn go(&self, address: &str) -> Result<()> {
        self.client
            .goto(address)
            .await
            .with_context(|| format!("{address} does not open"))
    }

    /// The address of this tab.
    pub(crate) async fn address(&self) -> Result<String> {
        Ok(self.client.current_url().await?.to_string())
    }

    /// Turns to a tab whose address begins with `beginning`, as soon as there is one.
    pub(crate) async fn turn_to(&self, beginning: &str) -> Result<()> {
        until(format!("a tab at {beginning}"), PATIENCE, async || {
            for tab in self.client.windows().await? {
                self.client.switch_to_window(tab).await?;
                if self.address().await?.starts_with(beginning) {
                    return Ok(Some(()));
                }
            }
            Ok(None)
        })
        .await
    }

    /// Closes this tab and turns to another.
    pub(crate) async fn leave_tab(&self) -> Result<()> {
        self.client.close_window().await?;
        let rest = self.client.windows().await?;
        let tab = rest.into_iter().next().context("the last tab was closed")?;
        Ok(self.client.switch_to_window(tab).await?)
    }

    /// A picture of what is seen (PNG).
    pub(crate) async fn picture(&self) -> Result<Vec<u8>> {
        // Two frames, so that what was last changed is painted.
        let painted = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)));";
        let wait = self.client.execute_async(painted, Vec::new());
        let _ = tokio::time::timeout(Duration::from_secs(2), wait).await;
        self.client
            .screenshot()
            .await
            .with_context(|| format!("no picture of {}", self.name))
    }

    async fn look(&self, role: &str, name: &str) -> Result<Option<Element>> {
        let found = self
            .script(by_role::FIND, vec![json!(role), json!(name), json!(self.within)])
            .await?;
        let Some(id) = found.get(ELEMENT).and_then(Value::as_str) else {
            return Ok(None);
        };
        Ok(Some(Element::from_element_id(
            self.client.clone(),
            ElementRef::from(id.to_owned()),
        )))
    }

    /// Does `deed` to what has this role and name; again, when it was redrawn or covered meanwhile.
    async fn try_until(
        &self,
        role: &str,
        name: &str,
        deed: impl AsyncFn(Element) -> Result<()>,
    ) -> Result<()> {
        let done = until(
            format!("{role} {name:?} in {}", self.name),
            PATIENCE,
            async || {
                let Some(element) = self.look(role, name).await? else {
                    return Ok(None);
                };
                if !element.is_enabled().await? {
                    bail!("{role} {name:?} is there, but switched off");
                }
                deed(element).await.map(Some)
            },
        );
        match done.await {
            Ok(()) => Ok(()),
            Err(problem) => Err(self.explained(problem, role).await),
        }
    }

    /// Adds what was there instead.
    async fn explained(&self, problem: anyhow::Error, role: &str) -> anyhow::Error {
        let there = self
            .script(by_role::FIND, vec![json!(role), Value::Null, json!(self.within)])
            .await
            .unwrap_or_default();
        let words: String = self
            .words()
            .await
            .unwrap_or_default()
            .chars()
            .take(1500)
            .collect();
        anyhow!(
            "{problem:#}\n  {role}s there: {there}\n  {} says: {words}",
            self.name
        )
    }
}

/// Text with plain, single spaces.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
