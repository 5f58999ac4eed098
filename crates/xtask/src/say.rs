//! Lines for the one who waits.

use std::io::Write as _;
use std::time::Duration;

/// Prints a line. A closed output (`| head`) is not worth failing for.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

/// `83 s` as `1 min 23 s`, short spans with one decimal.
pub(crate) fn span(time: Duration) -> String {
    match time.as_secs() {
        0..=9 => format!("{:.1} s", time.as_secs_f64()),
        seconds @ 10..=59 => format!("{seconds} s"),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::span;
    use std::time::Duration;

    #[test]
    fn spans_are_read_at_a_glance() {
        assert_eq!(span(Duration::from_millis(2_340)), "2.3 s");
        assert_eq!(span(Duration::from_secs(59)), "59 s");
        assert_eq!(span(Duration::from_secs(605)), "10 min 05 s");
    }
}
