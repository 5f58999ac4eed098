//! From the trade's reading of a form to what the window shows of it.

use ::invoice::{Channel, DraftForm, Phone, Problem, ProblemCode, Reading, Rulebook, VatGroup, read_date};
use rust_decimal::Decimal;

use crate::ipc::{
    ChannelName, LineReadingView, MoneyView, PriceBasisName, ProblemName, ProblemView, ReadingView,
    VatGroupView,
};

/// What the window shows of how `form` was read. Each date and the phone are shown as soon as they can be read, however
/// much else is still missing.
pub(crate) fn view(form: &DraftForm, reading: &Reading, rulebook: &Rulebook) -> ReadingView {
    let date = |typed: &str| read_date(typed, rulebook.today).map(|date| date.to_string());
    let issued = if form.issue_date.trim().is_empty() {
        Some(rulebook.today.to_string())
    } else {
        date(&form.issue_date)
    };
    let phone = Phone::parse(&form.recipient.phone, rulebook.country).ok();
    ReadingView {
        lines: reading.lines.iter().map(line).collect(),
        net: reading.totals.net.into(),
        vat: reading.totals.vat.into(),
        gross: reading.totals.gross.into(),
        discount: reading.totals.discount.into(),
        vat_groups: reading.totals.vat_groups.iter().map(vat_group).collect(),
        problems: reading.problems.iter().map(problem).collect(),
        warnings: reading.warnings.iter().map(problem).collect(),
        issue_date: issued,
        due_date: date(&form.due_date),
        phone_shown: phone.map(|phone| phone.display_in(rulebook.country)),
        can_send_to_phone: sendable(reading, Channel::Phone),
        can_send_as_link: sendable(reading, Channel::Link),
        max_total: rulebook.limits.max_total.into(),
    }
}

/// Whether nothing forbids sending by `channel`.
pub(crate) fn sendable(reading: &Reading, channel: Channel) -> bool {
    reading.content.is_some() && forbidding(reading, channel).next().is_none()
}

/// The problems that forbid sending by `channel`.
pub(crate) fn forbidding(reading: &Reading, channel: Channel) -> impl Iterator<Item = &Problem> {
    reading
        .problems
        .iter()
        .filter(move |problem| problem.channel.is_none_or(|only| only == channel))
}

/// One base and its VAT.
pub(crate) fn vat_group(group: &VatGroup) -> VatGroupView {
    VatGroupView {
        rate: plain(group.rate),
        net: group.net.into(),
        vat: group.vat.into(),
    }
}

/// A decimal without trailing zeros, with a dot.
pub(crate) fn plain(decimal: Decimal) -> String {
    decimal.normalize().to_string()
}

fn line(line: &::invoice::LineReading) -> LineReadingView {
    LineReadingView {
        empty: line.empty,
        quantity: line.quantity.map(plain),
        unit_price: line.unit_price.map(plain),
        vat_rate: line.vat_rate.map(plain),
        discount: line.discount.map(MoneyView::from),
        net: line.net.map(MoneyView::from),
        vat: line.vat.map(MoneyView::from),
        gross: line.gross.map(MoneyView::from),
    }
}

/// A problem as the window shows it.
pub(crate) fn problem(problem: &Problem) -> ProblemView {
    ProblemView {
        field: problem.field.clone(),
        code: problem.code.into(),
        params: problem.params.clone(),
        channel: problem.channel.map(ChannelName::from),
    }
}

/// A problem of a form that is no invoice: a customer, the business, a connection.
pub(crate) fn plain_problem(field: &str, code: ProblemName) -> ProblemView {
    ProblemView {
        field: field.to_owned(),
        code,
        params: std::collections::BTreeMap::new(),
        channel: None,
    }
}

impl From<Channel> for ChannelName {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Phone => Self::Phone,
            Channel::Link => Self::Link,
        }
    }
}

impl From<ChannelName> for Channel {
    fn from(channel: ChannelName) -> Self {
        match channel {
            ChannelName::Phone => Self::Phone,
            ChannelName::Link => Self::Link,
        }
    }
}

impl From<::invoice::PriceBasis> for PriceBasisName {
    fn from(basis: ::invoice::PriceBasis) -> Self {
        match basis {
            ::invoice::PriceBasis::Net => Self::Net,
            ::invoice::PriceBasis::Gross => Self::Gross,
        }
    }
}

macro_rules! twins {
    ($($name:ident),* $(,)?) => {
        impl From<ProblemCode> for ProblemName {
            fn from(code: ProblemCode) -> Self {
                match code { $(ProblemCode::$name => Self::$name),* }
            }
        }
    };
}
twins!(
    NoLines,
    DescriptionMissing,
    NumberUnreadable,
    NumberAmbiguous,
    CurrencyOther,
    PriceMissing,
    VatRateOutOfRange,
    VatRateFraction,
    VatRateUnusual,
    DiscountAmbiguous,
    DiscountTooLarge,
    TotalNotPositive,
    TotalAboveLimit,
    AmountTooLarge,
    DateUnreadable,
    DateAmbiguous,
    DueDateMissing,
    DueDateInPast,
    DueDateToday,
    DueDateTooFar,
    IssueDateInFuture,
    PhoneMissing,
    PhoneUnreadable,
    PhoneTooShort,
    PhoneTooLong,
    PhoneForeign,
    PhoneOtherCountry,
    RecipientNameMissing,
    ReferenceTooLong,
    ReferenceCutByBank,
    TextTooLong,
    TextHasControlCharacters,
    UrlNotHttps,
    DailyLimitReached,
    IssuerMissing,
    IssuerUnusable,
);

#[cfg(test)]
mod tests {
    use ::invoice::{DraftForm, LineForm};

    use crate::ipc::{DraftFormView, LineFormView};

    #[test]
    fn the_window_knows_every_box_of_the_form() {
        let ours = serde_json::to_value(DraftForm {
            lines: vec![LineForm::default()],
            ..Default::default()
        });
        let shown = serde_json::to_value(DraftFormView {
            lines: vec![LineFormView::default()],
            ..Default::default()
        });
        assert_eq!(ours.unwrap(), shown.unwrap());
    }
}
