//! The bytes of a create call, compared with bytes written down by hand from the published sample (spec 9.1).

use invoice::{
    Channel, Content, Country, DraftForm, Limits, LineForm, PriceBasis, RecipientForm, Rulebook, read,
};
use jiff::civil::date;
use mobilepay::{FreezeError, create_request};
use rust_decimal::Decimal;

fn rulebook(country: Country) -> Rulebook {
    let today = date(2018, 2, 12);
    Rulebook {
        country,
        today,
        limits: Limits::of(country),
        default_vat_rate: country.standard_vat_rate(today),
        issuers: vec!["efd08c19-24cf-4833-a4a4-bfa7bd58fbb2".to_owned()],
        sent_to_phone_today: 0,
    }
}

fn sample() -> DraftForm {
    let address = |street: &str| invoice::AddressForm {
        street: street.to_owned(),
        postal_code: "CC-1234".to_owned(),
        city: "Andeby".to_owned(),
        extra: "WONDERLAND".to_owned(),
    };
    DraftForm {
        recipient: RecipientForm {
            name: "Consumer Name".to_owned(),
            phone: "+4577007700".to_owned(),
            address: address("Paradisæblevej 13"),
            ..RecipientForm::default()
        },
        issue_date: "2018-02-12".to_owned(),
        due_date: "2018-03-12".to_owned(),
        order_date: "2018-02-05".to_owned(),
        delivery_date: "2018-02-10".to_owned(),
        delivery_address: address("Østerbrogade 120"),
        comment: "Any comment".to_owned(),
        contact_name: "Snowboard gear shop".to_owned(),
        merchant_order_number: "938".to_owned(),
        buyer_order_number: "631".to_owned(),
        payment_reference: "186".to_owned(),
        invoice_url: "https://merchant.example/invoices/301.pdf".to_owned(),
        redirect_url: "https://merchant.example/thanks".to_owned(),
        lines: vec![LineForm {
            item_number: "1-123".to_owned(),
            description: "Process Flying V Snowboard".to_owned(),
            unit: "1".to_owned(),
            unit_price: "288".to_owned(),
            ..LineForm::default()
        }],
        ..DraftForm::default()
    }
}

fn content(form: &DraftForm) -> Content {
    let reading = read(form, &rulebook(Country::Dk));
    reading
        .content
        .unwrap_or_else(|| panic!("{:?}", reading.problems))
}

fn frozen(form: &DraftForm, channel: Channel) -> String {
    let request = create_request(&content(form), "301", channel).expect("the sample can be sent");
    String::from_utf8(request.bytes).expect("JSON is UTF-8")
}

const DIRECT: &str = concat!(
    r#"{"InvoiceIssuer":"efd08c19-24cf-4833-a4a4-bfa7bd58fbb2","#,
    r#""ConsumerAlias":{"Alias":"+4577007700","AliasType":"Phone"},"ConsumerName":"Consumer Name","#,
    r#""TotalAmount":360.00,"TotalVATAmount":72.00,"#,
    r#""ConsumerAddressLines":["Paradisæblevej 13","CC-1234 Andeby","WONDERLAND"],"#,
    r#""DeliveryAddressLines":["Østerbrogade 120","CC-1234 Andeby","WONDERLAND"],"#,
    r#""InvoiceNumber":"301","IssueDate":"2018-02-12","DueDate":"2018-03-12","#,
    r#""OrderDate":"2018-02-05","DeliveryDate":"2018-02-10","Comment":"Any comment","#,
    r#""MerchantContactName":"Snowboard gear shop","MerchantOrderNumber":"938","BuyerOrderNumber":"631","#,
    r#""PaymentReference":"186","InvoiceUrl":"https://merchant.example/invoices/301.pdf","#,
    r#""InvoiceArticles":[{"ArticleNumber":"1-123","ArticleDescription":"Process Flying V Snowboard","#,
    r#""VATRate":25,"TotalVATAmount":72.00,"TotalPriceIncludingVat":360.00,"Unit":"1","Quantity":1,"#,
    r#""PricePerUnit":288}]}"#,
);

#[test]
fn the_published_sample_becomes_exactly_these_bytes() {
    assert_eq!(frozen(&sample(), Channel::Phone), DIRECT);
}

#[test]
fn a_link_also_says_where_the_payer_goes() {
    let expected = DIRECT.replace(
        r#""InvoiceArticles""#,
        r#""RedirectUrl":"https://merchant.example/thanks","InvoiceArticles""#,
    );
    assert_eq!(frozen(&sample(), Channel::Link), expected);
}

#[test]
fn the_least_invoice_sends_nothing_empty() {
    let form = DraftForm {
        due_date: "2018-03-12".to_owned(),
        lines: vec![LineForm {
            description: "Kaffe".to_owned(),
            unit_price: "12.3450".to_owned(),
            quantity: "0,5".to_owned(),
            ..LineForm::default()
        }],
        ..DraftForm::default()
    };
    let expected = concat!(
        r#"{"InvoiceIssuer":"efd08c19-24cf-4833-a4a4-bfa7bd58fbb2","TotalAmount":7.71,"TotalVATAmount":1.54,"#,
        r#""InvoiceNumber":"301","IssueDate":"2018-02-12","DueDate":"2018-03-12","#,
        r#""InvoiceArticles":[{"ArticleDescription":"Kaffe","VATRate":25,"TotalVATAmount":1.54,"#,
        r#""TotalPriceIncludingVat":7.71,"Quantity":0.5,"PricePerUnit":12.345}]}"#,
    );
    assert_eq!(frozen(&form, Channel::Link), expected);
}

#[test]
fn typed_gross_prices_are_sent_net_of_vat() {
    let mut form = sample();
    form.price_basis = PriceBasis::Gross;
    form.lines[0].unit_price = "99,99".to_owned();
    form.lines[0].discount = "10 %".to_owned();
    let body: serde_json::Value = serde_json::from_str(&frozen(&form, Channel::Phone)).unwrap();
    let line = &body["InvoiceArticles"][0];
    assert_eq!(line["PricePerUnit"].to_string(), "79.992");
    assert_eq!(line["TotalPriceIncludingVat"].to_string(), "89.99");
    assert_eq!(line["PriceDiscount"].to_string(), "8.0");
}

#[test]
fn texts_that_look_like_json_stay_texts() {
    let mut form = sample();
    form.comment = "\"},{\"TotalAmount\":1}\nnæste 😀 \\".to_owned();
    let bytes = frozen(&form, Channel::Phone);
    let body: serde_json::Value = serde_json::from_str(&bytes).unwrap();
    assert_eq!(body["Comment"], form.comment.as_str());
    assert_eq!(body["TotalAmount"].to_string(), "360.0");
}

#[test]
fn the_same_content_gives_the_same_bytes_and_another_number_other_bytes() {
    let content = content(&sample());
    let bytes = |number| create_request(&content, number, Channel::Phone).unwrap().bytes;
    assert_eq!(bytes("301"), bytes("301"));
    assert_ne!(bytes("301"), bytes("302"));
}

#[test]
fn what_cannot_be_sent_is_not_frozen() {
    let mut form = sample();
    form.recipient.phone.clear();
    let linked = content(&form);
    assert_eq!(
        create_request(&linked, "301", Channel::Phone),
        Err(FreezeError::PhoneMissing)
    );
    assert!(create_request(&linked, "301", Channel::Link).is_ok());
    assert_eq!(
        create_request(&linked, " ", Channel::Link),
        Err(FreezeError::NumberMissing)
    );
    let empty = Content {
        lines: Vec::new(),
        ..linked
    };
    assert_eq!(
        create_request(&empty, "301", Channel::Link),
        Err(FreezeError::NoLines)
    );
}

#[test]
fn a_body_is_not_printed() {
    let request = create_request(&content(&sample()), "301", Channel::Phone).unwrap();
    assert!(!format!("{request:?}").contains("77007700"));
}

#[test]
fn every_total_is_sent_with_two_decimals_and_every_digit() {
    for minor in [1_i64, 9, 10, 99, 100, 101, 12_345, 1_499_999, 1_500_000] {
        let mut form = sample();
        form.price_basis = PriceBasis::Gross;
        form.lines[0].unit_price = Decimal::new(minor, 2).to_string();
        let expected = format!("\"TotalAmount\":{}.{:02},", minor / 100, minor % 100);
        assert!(frozen(&form, Channel::Phone).contains(&expected), "{expected}");
    }
}
