//! The shape of the table: a row for each member of a request, with what is typed and what is forced.

/// One member of spec 9.1.
pub(super) struct Row {
    /// As the service calls it; `[]` stands for each of a list.
    pub member: &'static str,
    /// The composer's boxes that fill it, by path. None: Kvit fills it itself, or never sends it.
    pub boxes: &'static [&'static str],
    /// What the spec says, what Kvit adds, and where they differ.
    pub limit: &'static str,
    /// What a merchant types, each into every one of `boxes`.
    pub typed: Vec<Typed>,
    /// JSON put in its place in a request that is right otherwise; `None`: the member is left out.
    pub forced: Vec<(Option<String>, Answer)>,
}

pub(super) struct Typed {
    pub name: String,
    pub text: String,
    pub verdict: Verdict,
}

/// What Kvit makes of it.
pub(super) enum Verdict {
    /// Not sent: the code beside the box, or beside the other box that is named.
    Refused(&'static str),
    RefusedAt(&'static str, &'static str),
    /// Sent; the member is this JSON on the wire, to the byte. `None`: the member is not there.
    Sent(Option<String>),
}

/// What the service makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// An input error that names the member, or one within it.
    Input,
    /// The body is no JSON.
    Body,
    /// A rule.
    Code(u32),
    /// It takes what Kvit would not send, or would: a note of the difference.
    Taken,
}

impl Row {
    pub(super) fn new(member: &'static str, boxes: &'static [&'static str], limit: &'static str) -> Self {
        Self {
            member,
            boxes,
            limit,
            typed: Vec::new(),
            forced: Vec::new(),
        }
    }

    fn typed(&mut self, name: impl Into<String>, text: impl Into<String>, verdict: Verdict) {
        self.typed.push(Typed {
            name: name.into(),
            text: text.into(),
            verdict,
        });
    }

    /// Refused beside the box.
    pub(super) fn refused(mut self, code: &'static str, values: &[(&str, &str)]) -> Self {
        for (name, text) in values {
            self.typed(*name, *text, Verdict::Refused(code));
        }
        self
    }

    pub(super) fn refused_long(mut self, code: &'static str, name: &str, text: String) -> Self {
        self.typed(name, text, Verdict::Refused(code));
        self
    }

    /// Refused beside another box.
    pub(super) fn refused_at(
        mut self,
        place: &'static str,
        code: &'static str,
        values: &[(&str, &str)],
    ) -> Self {
        for (name, text) in values {
            self.typed(*name, *text, Verdict::RefusedAt(place, code));
        }
        self
    }

    /// Sent, as this JSON.
    pub(super) fn sent(mut self, values: &[(&str, &str, &str)]) -> Self {
        for (name, text, json) in values {
            self.typed(*name, *text, Verdict::Sent(Some((*json).to_owned())));
        }
        self
    }

    /// Sent, as the text that it is.
    pub(super) fn sent_text(mut self, name: &str, text: &str) -> Self {
        self.typed(name, text, Verdict::Sent(Some(json_text(text.trim()))));
        self
    }

    /// Sent, without the member.
    pub(super) fn left_out(mut self, values: &[(&str, &str)]) -> Self {
        for (name, text) in values {
            self.typed(*name, *text, Verdict::Sent(None));
        }
        self
    }

    pub(super) fn forced(mut self, answer: Answer, values: &[&str]) -> Self {
        for value in values {
            self.forced.push((Some((*value).to_owned()), answer));
        }
        self
    }

    pub(super) fn absent(mut self, answer: Answer) -> Self {
        self.forced.push((None, answer));
        self
    }

    pub(super) fn forced_text(mut self, answer: Answer, text: &str) -> Self {
        self.forced.push((Some(json_text(text)), answer));
        self
    }
}

pub(super) fn json_text(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}
