//! The stage's list of readings: what the documents say twice, and which of it is in force.

use super::acts::Act;
use super::view::button;
use crate::pages::escape;
use crate::readings::Reading;
use crate::world::World;

/// How the word of what was done begins, by which the list stays open.
const CHANGED: &str = "From now on: ";

pub(super) fn switches(world: &World, said: &str) -> String {
    let items: String = Reading::all()
        .iter()
        .map(|reading| item(world, *reading))
        .collect();
    let taken = Reading::all().iter().any(|reading| world.readings.has(*reading));
    let open = if taken || said.starts_with(CHANGED) {
        " open"
    } else {
        ""
    };
    format!(
        "<section><h2>Readings of the documents</h2><p class=soft>Where the documents say two things, this is the other one.</p>\
         <details{open}><summary>All {} readings</summary><ul id=readings data-live>{items}</ul></details></section>",
        Reading::all().len()
    )
}

fn item(world: &World, reading: Reading) -> String {
    let field = format!("<input type=hidden name=reading value={}>", reading.name());
    let (tag, button) = if world.readings.has(reading) {
        (
            "<span class=\"tag warn\">in force</span>",
            button("leave", "Leave", &field),
        )
    } else {
        ("", button("take", "Take", &field))
    };
    format!(
        "<li><span>{} {tag}<small>{}</small></span>{button}</li>",
        reading.name(),
        escape(&reading.words()).replace('`', "")
    )
}

pub(super) fn pressed(world: &World, act: &Act) -> String {
    let Some(reading) = Reading::named(&act.reading) else {
        return "This reading is unknown.".to_owned();
    };
    let taken = act.what == "take";
    world.readings.set(reading, taken);
    let name = reading.name();
    if taken {
        format!("{CHANGED}{name}.")
    } else {
        format!("{CHANGED}no longer {name}.")
    }
}
