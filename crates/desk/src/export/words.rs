//! The words of an exported table in the three languages, as they stand on the paper and in the window.

use crate::ipc::{MatchedBy, PaperLanguage, ReconciledPart, StateName, UnmatchedReason};

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Number,
    Customer,
    Phone,
    Issued,
    Due,
    PaymentDay,
    State,
    Net,
    Vat,
    Gross,
    Currency,
    Reference,
    MobilePayId,
    Part,
    Day,
    Amount,
    Kind,
    Payout,
    MatchedBy,
    Reason,
}

/// Danish, Finnish, English.
const fn pick(language: PaperLanguage, words: [&'static str; 3]) -> &'static str {
    match language {
        PaperLanguage::Da => words[0],
        PaperLanguage::Fi => words[1],
        PaperLanguage::En => words[2],
    }
}

/// The heading of a column.
pub(crate) const fn heading(column: Column, language: PaperLanguage) -> &'static str {
    let words = match column {
        Column::Number => ["Fakturanr.", "Laskun numero", "Invoice number"],
        Column::Customer => ["Kunde", "Asiakas", "Customer"],
        Column::Phone => ["Telefon", "Puhelin", "Phone"],
        Column::Issued => ["Fakturadato", "Laskun päivä", "Issued"],
        Column::Due => ["Forfaldsdato", "Eräpäivä", "Due date"],
        Column::PaymentDay => ["Betalingsdag", "Maksupäivä", "Payment day"],
        Column::State => ["Status", "Tila", "State"],
        Column::Net => ["Beløb ekskl. moms", "Veroton summa", "Amount without VAT"],
        Column::Vat => ["Moms", "Alv", "VAT"],
        Column::Gross => ["At betale", "Maksettava", "To pay"],
        Column::Currency => ["Valuta", "Valuutta", "Currency"],
        Column::Reference => ["Reference", "Viite", "Reference"],
        Column::MobilePayId => ["MobilePay-id", "MobilePay-tunnus", "MobilePay id"],
        Column::Part => ["Gruppe", "Ryhmä", "Group"],
        Column::Day => ["Dag", "Päivä", "Day"],
        Column::Amount => ["Beløb", "Summa", "Amount"],
        Column::Kind => ["Art", "Laji", "Kind"],
        Column::Payout => ["Udbetaling", "Tilitys", "Payout"],
        Column::MatchedBy => ["Fundet ved", "Peruste", "Matched by"],
        Column::Reason => ["Årsag", "Syy", "Reason"],
    };
    pick(language, words)
}

/// The name of a table, which is also the file's.
pub(crate) const fn title(reconciliation: bool, language: PaperLanguage) -> &'static str {
    if reconciliation {
        pick(language, ["Afstemning", "Täsmäytys", "Reconciliation"])
    } else {
        pick(language, ["Fakturaer", "Laskut", "Invoices"])
    }
}

/// A group.
pub(crate) const fn part(part: ReconciledPart, language: PaperLanguage) -> &'static str {
    let words = match part {
        ReconciledPart::Matched => ["Afstemt", "Täsmäytetty", "Matched"],
        ReconciledPart::Unmatched => ["Ikke afstemt", "Täsmäyttämättä", "Not matched"],
        ReconciledPart::Payouts => ["Udbetaling", "Tilitys", "Payout"],
        ReconciledPart::Others => [
            "Gebyr eller rettelse",
            "Palvelumaksu tai oikaisu",
            "Fee or correction",
        ],
    };
    pick(language, words)
}

/// By what two belong together.
pub(crate) const fn kind(by: MatchedBy, language: PaperLanguage) -> &'static str {
    let words = match by {
        MatchedBy::PaymentId => ["Betalingens id", "Maksun tunnus", "Payment id"],
        MatchedBy::Reference => ["Reference og beløb", "Viite ja summa", "Reference and amount"],
        MatchedBy::AmountAndDay => ["Beløb og dag", "Summa ja päivä", "Amount and day"],
    };
    pick(language, words)
}

/// Why there is no partner.
pub(crate) const fn reason(reason: UnmatchedReason, language: PaperLanguage) -> &'static str {
    let words = match reason {
        UnmatchedReason::NotFetched => [
            "Ikke hentet fra MobilePay, siden den blev betalt",
            "Ei haettu MobilePaysta maksun jälkeen",
            "Not fetched from MobilePay since it was paid",
        ],
        UnmatchedReason::NotReported => [
            "MobilePay har ingen betaling, der passer",
            "MobilePayssa ei ole sopivaa maksua",
            "MobilePay has no payment that fits",
        ],
        UnmatchedReason::NoInvoice => [
            "Ingen faktura passer til betalingen",
            "Mikään lasku ei vastaa maksua",
            "No invoice fits the payment",
        ],
        UnmatchedReason::OtherAmount => [
            "Referencen passer, beløbet ikke",
            "Viite täsmää, summa ei",
            "The reference fits, the amount does not",
        ],
        UnmatchedReason::Several => [
            "Flere passer lige godt",
            "Useampi sopii yhtä hyvin",
            "Several fit equally well",
        ],
        UnmatchedReason::IdNotAsked => [
            "Betalingens id kendes ikke endnu",
            "Maksun tunnusta ei vielä tiedetä",
            "The payment's id is not known yet",
        ],
        UnmatchedReason::Unsettled => [
            "Nævner en faktura, hvis id hos MobilePay ikke kendes",
            "Koskee laskua, jonka tunnusta MobilePayssa ei tiedetä",
            "Names an invoice whose id at MobilePay is not known",
        ],
    };
    pick(language, words)
}

/// The state of an invoice, as the list says it; but what the list can call "on the phone", since it says beside it whether
/// it is a link, stands alone here.
pub(crate) const fn state(state: StateName, language: PaperLanguage) -> &'static str {
    let words = match state {
        StateName::Held => ["Sendes om lidt", "Odottaa lähetystä", "Held back"],
        StateName::Queued => ["Venter på at blive sendt", "Jonossa", "Waiting to go out"],
        StateName::Sending => ["Sendes", "Lähetetään", "Sending"],
        StateName::Waiting => ["Prøver igen", "Yrittää uudelleen", "Tries again"],
        StateName::InDoubt => ["Uvis", "Epäselvä", "In doubt"],
        StateName::SentIdUnknown => [
            "Sendt, id ukendt",
            "Lähetetty, tunnus puuttuu",
            "Sent, id unknown",
        ],
        StateName::Refused => ["Ikke godtaget", "Ei hyväksytty", "Not accepted"],
        StateName::Accepted => ["Hos MobilePay", "MobilePayssa", "At MobilePay"],
        StateName::Created => ["Sendt til kunden", "Lähetetty asiakkaalle", "With the customer"],
        StateName::Invalid => ["Ugyldig", "Virheellinen", "Not valid"],
        StateName::Scheduled => ["Betaling planlagt", "Maksu ajastettu", "Payment planned"],
        StateName::Paid => ["Betalt", "Maksettu", "Paid"],
        StateName::Rejected => ["Afvist", "Hylätty", "Declined"],
        StateName::Expired => ["Udløbet", "Umpeutunut", "Expired"],
        StateName::Canceled => ["Annulleret", "Peruttu", "Cancelled"],
        StateName::Replaced => ["Erstattet", "Korvattu", "Replaced"],
        StateName::Unknown => ["Ukendt", "Tuntematon", "Unknown"],
    };
    pick(language, words)
}
