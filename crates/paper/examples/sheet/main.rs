//! Writes sample papers as PDF and SVG into the folder named on the command line (`.` by default).

mod samples;

use std::{fmt::Write as _, fs, path::PathBuf, time::Instant};

use anyhow::Result;
use invoice::{Business, Country, DraftForm};
use paper::{Language, Payment, Press, Sheet};
use samples::{TODAY, bicycle, carpentry, hostile, nordhavn, reading, saarni, sixty_lines, unfinished};

const LINK: Payment<'_> =
    Payment::Link("https://www.mobilepay.dk/invoice/0f3c2d6e-3a52-4a0e-9d1b-6d4c2f8e7a10");

fn sheet(
    form: &DraftForm,
    business: &Business,
    country: Country,
    number: Option<u64>,
    language: Language,
) -> Sheet {
    let read = reading(form, country);
    match read.content {
        Some(content) => Sheet::of_content(&content, business, number, language),
        None => Sheet::of_draft(form, &read, business, country, language, TODAY),
    }
}

/// How long the paper takes to follow while a line is typed, letter by letter.
fn typing(press: &Press) -> Result<String> {
    let mut form = bicycle();
    let mut report = String::from("typing:");
    for letter in "ny klokke".chars() {
        form.lines[2].description.push(letter);
        let sheet = sheet(&form, &nordhavn(), Country::Dk, None, Language::Da);
        let started = Instant::now();
        press.svg(&sheet)?;
        write!(report, " {} ms", started.elapsed().as_millis())?;
    }
    Ok(report + "\n")
}

fn main() -> Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| ".".to_owned()));
    fs::create_dir_all(&folder)?;
    let press = Press::new();
    let (dk, fi) = (Country::Dk, Country::Fi);
    let (da, suomi, en) = (Language::Da, Language::Fi, Language::En);
    let samples = [
        (
            "da",
            sheet(&bicycle(), &nordhavn(), dk, Some(1064), da).paid_by(Payment::App),
        ),
        ("da-draft", sheet(&bicycle(), &nordhavn(), dk, None, da)),
        ("da-unfinished", sheet(&unfinished(), &nordhavn(), dk, None, da)),
        (
            "da-empty",
            sheet(&DraftForm::default(), &Business::default(), dk, None, da),
        ),
        (
            "da-sixty",
            sheet(&sixty_lines(), &nordhavn(), dk, Some(1065), da).paid_by(LINK),
        ),
        ("da-hostile", sheet(&hostile(), &nordhavn(), dk, Some(1066), da)),
        (
            "fi",
            sheet(&carpentry(), &saarni(), fi, Some(20_261), suomi).paid_by(LINK),
        ),
        ("fi-as-da", sheet(&carpentry(), &saarni(), fi, Some(20_261), da)),
        (
            "en-dk",
            sheet(&bicycle(), &nordhavn(), dk, Some(1064), en).paid_by(LINK),
        ),
        ("en-fi", sheet(&carpentry(), &saarni(), fi, Some(20_261), en)),
    ];
    let mut report = typing(&press)?;
    for (name, sheet) in &samples {
        let started = Instant::now();
        let pages = press.svg(sheet)?;
        let took = started.elapsed().as_millis();
        let bytes: usize = pages.iter().map(String::len).sum();
        writeln!(
            report,
            "{name}: {} pages, {bytes} bytes of SVG in {took} ms",
            pages.len()
        )?;
        for (index, page) in pages.iter().enumerate() {
            fs::write(folder.join(format!("{name}-{}.svg", index + 1)), page)?;
        }
        let created = TODAY.to_zoned(jiff::tz::TimeZone::UTC)?.timestamp();
        fs::write(folder.join(format!("{name}.pdf")), press.pdf(sheet, created)?)?;
    }
    fs::write(folder.join("report.txt"), report)?;
    Ok(())
}
