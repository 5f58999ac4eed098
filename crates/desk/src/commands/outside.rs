//! What is opened or laid down outside the window. The window names a place; the addresses are here.

use url::Url;

use crate::Desk;
use crate::ipc::{Letter, Nothing, Opened, Portal, PortalPage, Refusal, RefusalCode, SavedFile, World};
use crate::refuse::Outcome;
use crate::{papers, worlds};

/// Longest mailto address that every system hands on (characters): Windows cuts links at about 2,046.
const LONGEST_LETTER: usize = 2_000;

pub(crate) async fn portal_open(desk: &Desk, page: PortalPage) -> Outcome<Opened> {
    let address = match (page.world, page.portal) {
        // What the practice world's merchant would look up there stands on its stage.
        (World::Practice, Portal::Merchant) => Some(desk.practice.stage()?),
        _ => worlds::portal(page.portal, page.world, page.country),
    };
    let address = address.ok_or_else(|| {
        Refusal::new(
            RefusalCode::NotInThisWorld,
            "The practice world has no portal for developers.",
        )
    })?;
    Ok(open(desk, address))
}

pub(crate) async fn letter_open(desk: &Desk, letter: Letter) -> Outcome<Opened> {
    let address = mailto(&letter).ok_or_else(|| {
        Refusal::new(
            RefusalCode::BadRequest,
            "A letter needs one address at most, and a short text.",
        )
    })?;
    Ok(open(desk, address))
}

pub(crate) async fn return_page_save(desk: &Desk, _: Nothing) -> Outcome<SavedFile> {
    // By this name the page knows its world wherever it is put.
    let page = desk.setup.return_page.as_bytes();
    let path = desk.setup.documents.join("return.html");
    if tokio::fs::read(&path).await.is_ok_and(|there| there == page) {
        return Ok(SavedFile {
            path: path.display().to_string(),
        });
    }
    papers::save(desk, "return", "html", page.to_vec()).await
}

fn open(desk: &Desk, address: Url) -> Opened {
    let opened = desk.setup.browser.open(address.as_str());
    if let Err(error) = &opened {
        tracing::info!(%error, "the address is shown instead");
    }
    Opened {
        opened: opened.is_ok(),
        address: address.into(),
    }
}

/// RFC 6068: one address, or none for the merchant to fill in, and blanks as `%20`, because mail programs take a plus for a plus.
fn mailto(letter: &Letter) -> Option<Url> {
    if !letter.to.is_empty() && !is_address(&letter.to) {
        return None;
    }
    let mut url = Url::parse(&format!("mailto:{}", letter.to)).ok()?;
    // A line in a letter ends with CRLF (RFC 6068, 5).
    let body = letter.body.replace("\r\n", "\n").replace('\n', "\r\n");
    url.query_pairs_mut()
        .append_pair("subject", &letter.subject)
        .append_pair("body", &body);
    let query = url.query()?.replace('+', "%20");
    url.set_query(Some(&query));
    (url.as_str().len() <= LONGEST_LETTER).then_some(url)
}

/// One plain address, which cannot be taken for more than one.
fn is_address(to: &str) -> bool {
    let plain = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".-_+".contains(&byte))
    };
    to.split_once('@')
        .is_some_and(|(name, host)| plain(name) && plain(host))
}

#[cfg(test)]
mod tests {
    use super::{Letter, mailto};

    fn letter(to: &str, body: &str) -> Letter {
        Letter {
            to: to.into(),
            subject: "Return address & more".into(),
            body: body.into(),
        }
    }

    #[test]
    fn a_letter_keeps_its_lines_and_its_plus_signs() {
        let url = mailto(&letter("developer@mobilepay.dk", "a+b\nc")).unwrap();
        assert_eq!(
            url.as_str(),
            "mailto:developer@mobilepay.dk?subject=Return%20address%20%26%20more&body=a%2Bb%0D%0Ac"
        );
    }

    #[test]
    fn a_letter_to_nobody_yet_leaves_the_address_to_the_merchant() {
        let url = mailto(&letter("", "x")).unwrap();
        assert!(url.as_str().starts_with("mailto:?subject="), "{url}");
    }

    #[test]
    fn what_could_be_more_than_one_letter_is_refused() {
        for to in [
            " ",
            "nobody",
            "a@b?bcc=c@d",
            "a@b,c@d",
            "a@b\nBcc: c@d",
            "a@",
            "@b",
        ] {
            assert!(mailto(&letter(to, "x")).is_none(), "{to}");
        }
        assert!(mailto(&letter("a@b.dk", &"x".repeat(2_000))).is_none());
    }
}
