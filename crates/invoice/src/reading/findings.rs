//! Collects what is wrong or doubtful while a form is read, and the checks that every text box shares.

use crate::{Channel, Problem, ProblemCode, texts};

/// Problems and warnings in the order of the form.
#[derive(Default)]
pub(crate) struct Findings {
    pub(crate) problems: Vec<Problem>,
    pub(crate) warnings: Vec<Problem>,
}

fn finding(field: &str, code: ProblemCode, params: &[(&str, String)]) -> Problem {
    Problem {
        field: field.to_owned(),
        code,
        params: params
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
        channel: None,
    }
}

impl Findings {
    pub(crate) fn problem(&mut self, field: &str, code: ProblemCode, params: &[(&str, String)]) {
        self.problems.push(finding(field, code, params));
    }

    pub(crate) fn problem_for(&mut self, field: &str, code: ProblemCode, channel: Channel) {
        self.problems.push(Problem {
            channel: Some(channel),
            ..finding(field, code, &[])
        });
    }

    pub(crate) fn warning(&mut self, field: &str, code: ProblemCode, params: &[(&str, String)]) {
        self.warnings.push(finding(field, code, params));
    }

    /// Reads a one-line text; empty is `None`.
    pub(crate) fn text(&mut self, field: &str, typed: &str) -> Option<String> {
        self.text_of(field, typed, texts::LINE, false)
    }

    /// Reads a text of at most `max` characters.
    pub(crate) fn text_of(
        &mut self,
        field: &str,
        typed: &str,
        max: usize,
        line_breaks: bool,
    ) -> Option<String> {
        let text = texts::some(typed)?;
        if texts::has_control(&text, line_breaks) {
            self.problem(field, ProblemCode::TextHasControlCharacters, &[]);
        }
        let length = text.chars().count();
        if length > max {
            let params = [("length", length.to_string()), ("max", max.to_string())];
            self.problem(field, ProblemCode::TextTooLong, &params);
        }
        Some(text)
    }
}
