//! The words of the paper in its three languages (spec 17.3, with its slips of the pen mended).
//!
//! Deliberately absent: the words of the window, and every format of a figure or a date.

use invoice::Country;
use serde::{Deserialize, Serialize};

/// The language of a paper. It may differ from the language of the window and from the merchant's country.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Danish.
    Da,
    /// Finnish.
    Fi,
    /// English.
    En,
}

impl Language {
    /// The language of a paper when nobody chose one.
    pub const fn of(country: Country) -> Self {
        match country {
            Country::Dk => Self::Da,
            Country::Fi => Self::Fi,
        }
    }

    pub(crate) const fn words(self) -> &'static Words {
        match self {
            Self::Da => &DANISH,
            Self::Fi => &FINNISH,
            Self::En => &ENGLISH,
        }
    }
}

/// Every word that the paper adds to what was typed.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) title: &'static str,
    pub(crate) delivery_address: &'static str,
    pub(crate) delivery_date: &'static str,
    pub(crate) buyer_order_number: &'static str,
    pub(crate) merchant_order_number: &'static str,
    pub(crate) order_date: &'static str,
    pub(crate) invoice_number: &'static str,
    pub(crate) issue_date: &'static str,
    pub(crate) due_date: &'static str,
    pub(crate) payment_reference: &'static str,
    pub(crate) contact: &'static str,
    pub(crate) item_number: &'static str,
    pub(crate) description: &'static str,
    pub(crate) quantity: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) unit_price: &'static str,
    pub(crate) vat: &'static str,
    pub(crate) total: &'static str,
    pub(crate) without_vat: &'static str,
    pub(crate) with_vat: &'static str,
    pub(crate) discount: &'static str,
    pub(crate) total_discount: &'static str,
    pub(crate) total_net: &'static str,
    /// Between a rate and its base: "25 % *of* 1.000,00".
    pub(crate) of: &'static str,
    pub(crate) to_pay: &'static str,
    /// Stands for the number that a draft has not yet got.
    pub(crate) when_sent: &'static str,
    pub(crate) phone: &'static str,
    pub(crate) payment: &'static str,
    pub(crate) pay_in_app: &'static str,
    pub(crate) pay_by_link: &'static str,
}

const DANISH: Words = Words {
    title: "FAKTURA",
    delivery_address: "Leveringsadresse",
    delivery_date: "Leveringsdato",
    buyer_order_number: "Købers ordrenummer",
    merchant_order_number: "Sælgers ordrenummer",
    order_date: "Ordredato",
    invoice_number: "Fakturanummer",
    issue_date: "Fakturadato",
    due_date: "Betalingsdato",
    payment_reference: "Betalingsreference",
    contact: "Kontakt",
    item_number: "Varenummer",
    description: "Beskrivelse",
    quantity: "Antal",
    unit: "Enhed",
    unit_price: "Enhedspris",
    vat: "Moms",
    total: "Total",
    without_vat: "uden moms",
    with_vat: "med moms",
    discount: "Rabat",
    total_discount: "Total rabat",
    total_net: "Total uden moms",
    of: "af",
    to_pay: "Total",
    when_sent: "ved afsendelse",
    phone: "Tlf.",
    payment: "Betaling",
    pay_in_app: "Fakturaen ligger klar til betaling i MobilePay.",
    pay_by_link: "Scan koden med telefonen, eller åbn linket, og betal med MobilePay.",
};

const FINNISH: Words = Words {
    title: "LASKU",
    delivery_address: "Toimitusosoite",
    delivery_date: "Toimituspäivä",
    buyer_order_number: "Ostajan tilausnumero",
    merchant_order_number: "Myyjän tilausnumero",
    order_date: "Tilauspäivä",
    invoice_number: "Laskun numero",
    issue_date: "Laskun päivä",
    due_date: "Eräpäivä",
    payment_reference: "Maksun viite",
    contact: "Yhteyshenkilö",
    item_number: "Tuotenumero",
    description: "Kuvaus",
    quantity: "Määrä",
    unit: "Yksikkö",
    unit_price: "Yksikköhinta",
    vat: "ALV",
    total: "Yhteensä",
    without_vat: "ilman ALV",
    with_vat: "sis. ALV",
    discount: "Alennus",
    total_discount: "Alennus yhteensä",
    total_net: "Yhteensä ilman ALV",
    of: "summasta",
    to_pay: "Yhteensä",
    when_sent: "lähetettäessä",
    phone: "Puh.",
    payment: "Maksaminen",
    pay_in_app: "Lasku odottaa maksua MobilePayssa.",
    pay_by_link: "Skannaa koodi puhelimella tai avaa linkki ja maksa MobilePaylla.",
};

const ENGLISH: Words = Words {
    title: "INVOICE",
    delivery_address: "Delivery address",
    delivery_date: "Delivery date",
    buyer_order_number: "Buyer’s order ID",
    merchant_order_number: "Merchant’s order ID",
    order_date: "Order date",
    invoice_number: "Invoice number",
    issue_date: "Issue date",
    due_date: "Due date",
    payment_reference: "Payment reference",
    contact: "Contact",
    item_number: "Item ID",
    description: "Description",
    quantity: "Quantity",
    unit: "Unit",
    unit_price: "Unit price",
    vat: "VAT",
    total: "Total",
    without_vat: "ex VAT",
    with_vat: "incl. VAT",
    discount: "Discount",
    total_discount: "Total discount",
    total_net: "Total ex VAT",
    of: "of",
    to_pay: "Total",
    when_sent: "when sent",
    phone: "Tel.",
    payment: "Payment",
    pay_in_app: "The invoice is waiting to be paid in MobilePay.",
    pay_by_link: "Scan the code with your phone, or open the link, and pay with MobilePay.",
};

/// What the seller's id is called: by its own country, since a CVR number stays one in every language.
pub(crate) const fn company_id(country: Country, language: Language) -> &'static str {
    match (country, language) {
        (_, Language::En) => "Company ID",
        (Country::Dk, _) => "CVR",
        (Country::Fi, _) => "Y-tunnus",
    }
}
