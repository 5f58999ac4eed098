//! Forms of small shops as they are typed, for the sample papers and for the tests.

use invoice::{
    Address, AddressForm, Business, Country, DraftForm, Limits, LineForm, PriceBasis, Reading, RecipientForm,
    Rulebook, read,
};
use jiff::civil::{Date, date};

pub(crate) const TODAY: Date = date(2026, 11, 23);

pub(crate) fn reading(form: &DraftForm, country: Country) -> Reading {
    let rulebook = Rulebook {
        country,
        today: TODAY,
        limits: Limits::of(country),
        default_vat_rate: country.standard_vat_rate(TODAY),
        issuers: vec!["6a33d969-fa86-44af-a23b-731da0e4d50d".to_owned()],
        sent_to_phone_today: 0,
    };
    read(form, &rulebook)
}

pub(crate) fn line(description: &str, quantity: &str, unit: &str, unit_price: &str) -> LineForm {
    LineForm {
        description: description.to_owned(),
        quantity: quantity.to_owned(),
        unit: unit.to_owned(),
        unit_price: unit_price.to_owned(),
        ..LineForm::default()
    }
}

fn address(street: &str, postal_code: &str, city: &str) -> AddressForm {
    AddressForm {
        street: street.to_owned(),
        postal_code: postal_code.to_owned(),
        city: city.to_owned(),
        extra: String::new(),
    }
}

pub(crate) fn nordhavn() -> Business {
    Business {
        name: "Nordhavn Cykler".to_owned(),
        address: Address {
            street: "Havnegade 3".to_owned(),
            postal_code: "2150".to_owned(),
            city: "Nordhavn".to_owned(),
            extra: String::new(),
        },
        company_id: "25313763".to_owned(),
        footer: "Åbent tirsdag til fredag 10–17.30, lørdag 10–14  ·  Værkstedet er lukket mandag".to_owned(),
        email: "hej@nordhavncykler.dk".to_owned(),
        phone: "35 12 34 56".to_owned(),
        ..Business::default()
    }
}

pub(crate) fn saarni() -> Business {
    Business {
        name: "Puusepänverstas Saarni".to_owned(),
        address: Address {
            street: "Hämeentie 15".to_owned(),
            postal_code: "00500".to_owned(),
            city: "Helsinki".to_owned(),
            extra: String::new(),
        },
        company_id: "0112038-9".to_owned(),
        footer: "Avoinna arkisin 9–17".to_owned(),
        email: "verstas@saarni.fi".to_owned(),
        phone: "040 123 4567".to_owned(),
        ..Business::default()
    }
}

/// Three lines at one rate, prices without VAT: the everyday invoice of a Danish shop.
pub(crate) fn bicycle() -> DraftForm {
    DraftForm {
        recipient: RecipientForm {
            name: "Mads Krogh".to_owned(),
            phone: "31 12 23 34".to_owned(),
            address: address("Strandvejen 12", "2100", "København Ø"),
            ..RecipientForm::default()
        },
        due_date: "2026-12-07".to_owned(),
        lines: vec![
            line("Stort serviceeftersyn", "1", "stk", "1000"),
            line("Kæde, KMC e9", "1", "stk", "500"),
            line("Slange 700C", "2", "stk", "56"),
        ],
        payment_reference: "Serviceeftersyn nov 2026 – cykel 4".to_owned(),
        comment: "Tak for besøget. Cyklen kan hentes til kl. 17.30.".to_owned(),
        ..DraftForm::default()
    }
}

/// Prices with VAT, two rates, discounts, every further field: all that a Finnish paper can carry.
pub(crate) fn carpentry() -> DraftForm {
    let mut table = line(
        "Ruokapöydän hionta ja öljyvahaus, tammea, 180 × 90 cm",
        "1",
        "kpl",
        "480",
    );
    table.item_number = "HV-180".into();
    table.discount = "10 %".into();
    let mut hours = line("Puusepän työ", "3,5", "h", "64,50");
    hours.item_number = "T1".into();
    let mut book = line("Kirja: Huonekalun hoito", "1", "kpl", "29,90");
    book.vat_rate = "13,5".into();
    let returned = line("Palautus: vetimet", "-2", "kpl", "6,20");
    DraftForm {
        recipient: RecipientForm {
            name: "Äänekosken Pihlajapuu Oy".to_owned(),
            phone: "+358 40 765 4321".to_owned(),
            address: address("Öljytie 7 B 12", "44100", "Äänekoski"),
            ..RecipientForm::default()
        },
        due_date: "7.12.2026".to_owned(),
        price_basis: PriceBasis::Gross,
        lines: vec![table, hours, book, returned],
        payment_reference: "1234561".to_owned(),
        comment: "Kiitos tilauksesta!\nPöytä kestää käyttöä jo huomenna, mutta anna öljyvahan kovettua kaksi viikkoa."
            .to_owned(),
        contact_name: "Sini Saarni".to_owned(),
        merchant_order_number: "2026-118".to_owned(),
        buyer_order_number: "PO 5512".to_owned(),
        order_date: "2.11.2026".to_owned(),
        delivery_date: "20.11.2026".to_owned(),
        delivery_address: address("Varastokatu 3", "44120", "Äänekoski"),
        ..DraftForm::default()
    }
}

/// Sixty lines: two pages and more.
pub(crate) fn sixty_lines() -> DraftForm {
    let mut form = bicycle();
    form.lines = (1..=60)
        .map(|index| {
            line(
                &format!("Ege, rustfri, nr. {index}"),
                "2",
                "stk",
                &format!("{index},50"),
            )
        })
        .collect();
    form
}

/// What is on the paper while the merchant is still typing.
pub(crate) fn unfinished() -> DraftForm {
    let mut form = bicycle();
    form.due_date = "7.13.".into();
    form.recipient.phone = "31 12".into();
    form.lines[1].unit_price = String::new();
    form.lines[2].unit_price = "1.234".into();
    form.lines.push(LineForm::default());
    form
}

/// Texts that look like commands to Typst, words without an end, scripts from elsewhere, signs that cannot be seen.
pub(crate) fn hostile() -> DraftForm {
    let mut form = bicycle();
    form.recipient.name = "#panic(\"x\") $x^2$ *fed* _kursiv_ \\ `kode` <label> @ref".into();
    form.recipient.address.street = "= Overskrift".into();
    form.recipient.address.extra = "Дарья Ёлкина · Ελένη Παπαδοπούλου".into();
    form.lines = vec![
        line(
            "#sys.version // ikke en kommentar /* heller ikke */",
            "1",
            "#h",
            "10",
        ),
        line(
            &"Speciallægepraksisplanlægningsstabiliseringsperiode".repeat(4),
            "1",
            "stk",
            "20",
        ),
        line(
            "שלום עולם · مرحبا بالعالم · 😀☃ · Þórður Łukasz Nguyễn Ștefan ẞ",
            "1",
            "stk",
            "30",
        ),
        line(
            "#read(\"/etc/passwd\") #import \"@preview/x:1.0.0\"",
            "1",
            "stk",
            "40",
        ),
    ];
    form.comment = "- ingen liste\n+ heller ikke\n= ingen overskrift\n#eval(\"1+1\") https://example.dk --- \"citat\" 'og' ~".into();
    form
}
