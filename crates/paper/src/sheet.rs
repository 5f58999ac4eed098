//! What stands on one paper, word for word, made from finished content or from a draft that is still incomplete.
//!
//! Deliberately absent: measures and places (the template's), and judgement: a draft's problems stand beside their
//! boxes in the window, the paper simply stays blank there.

use invoice::{Business, Content, Country, DraftForm, PriceBasis, Reading, Totals, read_date};
use jiff::civil::Date;
use serde::Serialize;

use crate::{
    Language, clean,
    head::{
        Fact, Head, Seller, address_lines, facts, recipient_lines, seller, typed_address, typed_recipient,
    },
    language::Words,
    rows::{Hand, Row, Sum},
};

/// More VAT rates than this, or longer descriptions, may break over pages together with the sums.
const KEPT_TOGETHER: (usize, usize) = (12, 600);

/// How the customer pays, as far as the paper tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Payment<'a> {
    /// The paper does not tell.
    #[default]
    Untold,
    /// The invoice waits in the customer's app.
    App,
    /// By this `MobilePay` link, shown with its QR code.
    Link(&'a str),
}

/// Everything that stands on one paper. It holds texts only; [`crate::Press`] sets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sheet {
    language: Language,
    /// The title of the PDF.
    subject: String,
    /// The line on top of the second page and those after it.
    running_head: String,
    words: Shown,
    seller: Seller,
    recipient: Vec<String>,
    delivery_address: Vec<String>,
    facts: Vec<Fact>,
    rows: Vec<Row>,
    /// Whether the last lines may be kept on one page with the sums.
    keep_together: bool,
    sums: Vec<Sum>,
    to_pay: Sum,
    comment: String,
    payment: Option<Way>,
    footer: String,
}

/// The words that the template itself places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Shown {
    title: &'static str,
    delivery_address: &'static str,
    item_number: &'static str,
    description: &'static str,
    quantity: &'static str,
    unit: &'static str,
    unit_price: &'static str,
    vat: &'static str,
    total: &'static str,
    without_vat: &'static str,
    with_vat: &'static str,
    /// Whether unit prices are without or with VAT, in words.
    price_basis: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Way {
    title: &'static str,
    text: &'static str,
    link: Option<String>,
}

impl Sheet {
    /// The paper of finished content. Without a `number` it is a draft, and says that the number comes with sending.
    pub fn of_content(
        content: &Content,
        business: &Business,
        number: Option<u64>,
        language: Language,
    ) -> Self {
        let hand = Hand {
            country: content.country,
            language,
        };
        let head = Head {
            issue_date: Some(content.issue_date),
            due_date: Some(content.due_date),
            payment_reference: content.payment_reference.clone(),
            order_date: content.order_date,
            delivery_date: content.delivery_date,
            buyer_order_number: content.buyer_order_number.clone(),
            merchant_order_number: content.merchant_order_number.clone(),
            contact_name: content.contact_name.clone(),
        };
        let mut sheet = Self::blank(hand, business, number, &content.totals, content.price_basis);
        sheet.recipient = recipient_lines(&content.recipient, content.country);
        sheet.delivery_address = address_lines(content.delivery_address.as_ref());
        sheet.facts = facts(&head, number, hand);
        sheet.comment = clean::block(content.comment.as_deref().unwrap_or_default());
        sheet.with_rows(hand.rows_of(content))
    }

    /// The paper of a draft as far as it can be read. Once the draft is whole it is the paper of its content.
    ///
    /// `today` is the merchant's day; an issue date left empty means it.
    pub fn of_draft(
        form: &DraftForm,
        reading: &Reading,
        business: &Business,
        country: Country,
        language: Language,
        today: Date,
    ) -> Self {
        if let Some(content) = &reading.content {
            return Self::of_content(content, business, None, language);
        }
        let hand = Hand { country, language };
        let day = |typed: &str| read_date(typed, today);
        let text = |typed: &str| Some(typed.to_owned());
        let head = Head {
            issue_date: if form.issue_date.trim().is_empty() {
                Some(today)
            } else {
                day(&form.issue_date)
            },
            due_date: day(&form.due_date),
            payment_reference: text(&form.payment_reference),
            order_date: day(&form.order_date),
            delivery_date: day(&form.delivery_date),
            buyer_order_number: text(&form.buyer_order_number),
            merchant_order_number: text(&form.merchant_order_number),
            contact_name: text(&form.contact_name),
        };
        let mut sheet = Self::blank(hand, business, None, &reading.totals, form.price_basis);
        sheet.recipient = typed_recipient(form, country);
        sheet.delivery_address = address_lines(Some(&typed_address(&form.delivery_address)));
        sheet.facts = facts(&head, None, hand);
        sheet.comment = clean::block(&form.comment);
        sheet.with_rows(hand.rows_of_draft(form, reading))
    }

    /// The same paper with a note on how to pay.
    #[must_use]
    pub fn paid_by(mut self, payment: Payment<'_>) -> Self {
        let words = self.language.words();
        self.payment = match payment {
            Payment::Untold => None,
            Payment::App => Some(Way {
                title: words.payment,
                text: words.pay_in_app,
                link: None,
            }),
            Payment::Link(link) => Some(Way {
                title: words.payment,
                text: words.pay_by_link,
                link: Some(clean::line(link)),
            }),
        };
        self
    }

    pub(crate) fn link(&self) -> Option<&str> {
        self.payment.as_ref()?.link.as_deref()
    }

    fn blank(
        hand: Hand,
        business: &Business,
        number: Option<u64>,
        totals: &Totals,
        basis: PriceBasis,
    ) -> Self {
        let words = hand.language.words();
        let seller = seller(business, hand);
        let subject = match number {
            Some(number) => format!("{} {number}", words.title),
            None => words.title.to_owned(),
        };
        Self {
            language: hand.language,
            running_head: [subject.as_str(), &seller.name]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join("  ·  "),
            subject,
            words: shown(words, hand.basis_name(basis)),
            seller,
            recipient: Vec::new(),
            delivery_address: Vec::new(),
            facts: Vec::new(),
            rows: Vec::new(),
            keep_together: totals.vat_groups.len() <= KEPT_TOGETHER.0,
            sums: hand.sums(totals, basis),
            to_pay: hand.to_pay(totals),
            comment: String::new(),
            payment: None,
            footer: clean::block(&business.footer),
        }
    }

    fn with_rows(mut self, rows: Vec<Row>) -> Self {
        self.keep_together &= rows
            .iter()
            .rev()
            .take(2)
            .all(|row| row.length() <= KEPT_TOGETHER.1);
        self.rows = rows;
        self
    }
}

const fn shown(words: &Words, price_basis: &'static str) -> Shown {
    Shown {
        title: words.title,
        delivery_address: words.delivery_address,
        item_number: words.item_number,
        description: words.description,
        quantity: words.quantity,
        unit: words.unit,
        unit_price: words.unit_price,
        vat: words.vat,
        total: words.total,
        without_vat: words.without_vat,
        with_vat: words.with_vat,
        price_basis,
    }
}
