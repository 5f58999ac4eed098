//! What each door lets in, and under which name it refuses the rest.
use proptest::prelude::*;

use super::*;

const RETURN: &str = "https://shop.example/return";

fn pasted(text: &str) -> Result<ReturnedAnswer, AnswerError> {
    ReturnedAnswer::from_pasted(text, RETURN, "practice")
}

#[test]
fn the_same_answer_is_read_through_every_door() {
    let parameters = "code=c&id_token=t&scope=openid&state=s";
    let answers = [
        ReturnedAnswer::from_link(
            &format!("dk.kvit.desktop://return/practice?{parameters}"),
            "practice",
        ),
        ReturnedAnswer::from_link(
            &format!("DK.KVIT.DESKTOP://return/practice#{parameters}"),
            "practice",
        ),
        ReturnedAnswer::from_form(parameters.as_bytes()),
        pasted(&format!("{RETURN}#{parameters}")),
        pasted(&format!("  <{RETURN}#code=c&id_token=t\n  &state=s> ")),
        pasted(&format!("dk.kvit.desktop://return/practice?{parameters}")),
    ];
    for answer in answers {
        let answer = answer.unwrap();
        assert!(answer.answers("s") && !answer.answers("x") && !answer.answers(""));
        assert!(matches!(answer.content, Content::Granted { .. }));
    }
}

fn check(text: &str, expected: AnswerError) {
    assert_eq!(pasted(text).unwrap_err(), expected, "{text}");
}

#[test]
fn each_fault_has_its_own_error() {
    check("", AnswerError::NoAnswer);
    check("hello", AnswerError::NoAnswer);
    check(RETURN, AnswerError::NoAnswer);
    check(
        "https://evil.example/return#code=c&id_token=t&state=s",
        AnswerError::OtherPlace,
    );
    check(
        "https://shop.example/return/x#code=c&id_token=t&state=s",
        AnswerError::OtherPlace,
    );
    check(
        "dk.kvit.desktop://return/production?code=c&id_token=t&state=s",
        AnswerError::OtherPlace,
    );
    check(
        "dk.kvit.desktop://open/practice?code=c&id_token=t&state=s",
        AnswerError::OtherPlace,
    );
    check(
        &format!("{RETURN}#code=c&code=d&id_token=t&state=s"),
        AnswerError::Repeated,
    );
    check(
        &format!("{RETURN}?state=s#code=c&id_token=t&state=s"),
        AnswerError::Repeated,
    );
    check(&format!("{RETURN}#code=c&id_token=t"), AnswerError::StateMissing);
    check(&format!("{RETURN}#id_token=t&state=s"), AnswerError::CodeMissing);
    check(&format!("{RETURN}#code=c&state=s"), AnswerError::IdTokenMissing);
    check(
        &format!("{RETURN}#code=c&id_token=t&state=s&access_token=a"),
        AnswerError::AccessTokenInFront,
    );
    check(
        &format!("{RETURN}#code=%ff&id_token=t&state=s"),
        AnswerError::NotText,
    );
    check(
        &format!("{RETURN}#code=%zz&id_token=t&state=s"),
        AnswerError::NotText,
    );
    check(
        &format!("{RETURN}#code=c&id_token=t&state=s%2"),
        AnswerError::NotText,
    );
    check(
        &format!("{RETURN}#code={}&id_token=t&state=s", "x".repeat(LONGEST)),
        AnswerError::TooLong,
    );
}

fn link(text: &str) -> Result<ReturnedAnswer, AnswerError> {
    ReturnedAnswer::from_link(text, "practice")
}

/// Windows cuts links after 2,046 characters: such an answer is read, or told to be incomplete, never half taken.
#[test]
fn links_at_the_limit_of_windows_are_read_whole() {
    for length in [2_046, 2_047] {
        let start = "dk.kvit.desktop://return/practice?code=c&id_token=";
        let end = "&state=s";
        let whole = format!("{start}{}{end}", "t".repeat(length - start.len() - end.len()));
        assert_eq!(whole.len(), length);
        assert!(link(&whole).unwrap().answers("s"));
        let cut = &whole[..length - end.len()];
        assert_eq!(link(cut).unwrap_err(), AnswerError::StateMissing);
    }
}

#[test]
fn a_mebibyte_is_refused_at_every_door() {
    let long = format!("code=c&id_token={}&state=s", "t".repeat(1 << 20));
    assert_eq!(
        ReturnedAnswer::from_form(long.as_bytes()).unwrap_err(),
        AnswerError::TooLong
    );
    let address = format!("dk.kvit.desktop://return/practice?{long}");
    assert_eq!(link(&address).unwrap_err(), AnswerError::TooLong);
    assert_eq!(pasted(&address).unwrap_err(), AnswerError::TooLong);
    assert_eq!(pasted(&" ".repeat(1 << 20)).unwrap_err(), AnswerError::TooLong);
}

#[test]
fn a_link_is_ours_in_one_way_of_writing_only() {
    let parameters = "code=c&id_token=t&state=s";
    for start in [
        "dk.kvit.desktop://return/practice",
        "Dk.Kvit.DESKTOP://return/practice/",
    ] {
        assert!(link(&format!("{start}?{parameters}")).is_ok(), "{start}");
    }
    for start in [
        "dk.kvit.desktop:return/practice",
        "dk.kvit.desktop:/return/practice",
        "dk.kvit.desktop:///return/practice",
        "dk.kvit.desktop://return/sandbox",
        "dk.kvit.desktop://return/practice/../production",
        "dk.kvit.desktop://return%2Fpractice",
        "dk.kvit.desktop://return/practice%2F",
        "dk.kvit.desktop://elsewhere/practice",
        "https://return/practice",
    ] {
        assert_eq!(
            link(&format!("{start}?{parameters}")).unwrap_err(),
            AnswerError::OtherPlace,
            "{start}"
        );
    }
}

#[test]
fn bytes_that_are_no_text_are_refused_as_they_are_and_escaped() {
    let refused = |body: &[u8]| ReturnedAnswer::from_form(body).unwrap_err();
    assert_eq!(refused(b"code=\xff&id_token=t&state=s"), AnswerError::NotText);
    for escape in ["%FF", "%C3", "%ED%A0%80", "%F8%88%80%80%80", "%", "%4", "%g0"] {
        let body = format!("code=c&id_token=t&state={escape}");
        assert_eq!(refused(body.as_bytes()), AnswerError::NotText, "{escape}");
    }
}

#[test]
fn every_known_parameter_comes_once() {
    let names = [
        "state",
        "code",
        "id_token",
        "iss",
        "error",
        "scope",
        "session_state",
        "error_description",
    ];
    for name in names {
        let body = format!("{name}=x&{name}=x");
        let refused = ReturnedAnswer::from_form(body.as_bytes()).unwrap_err();
        assert_eq!(refused, AnswerError::Repeated, "{name}");
    }
}

#[test]
fn an_error_answer_is_an_answer() {
    let answer = pasted(&format!("{RETURN}#error=access_denied&state=s")).unwrap();
    assert!(matches!(answer.content, Content::Refused { error } if error == "access_denied"));
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>()) {
        let _ = pasted(&text);
        let _ = ReturnedAnswer::from_link(&text, "practice");
        let _ = ReturnedAnswer::from_form(text.as_bytes());
    }

    #[test]
    fn no_bytes_make_the_parser_panic(bytes in any::<Vec<u8>>()) {
        let _ = ReturnedAnswer::from_form(&bytes);
    }

    #[test]
    fn a_foreign_state_never_answers(state in "[!-~]{1,64}", ours in "[A-Za-z0-9_-]{43}") {
        prop_assume!(state != ours);
        let body: String = form_urlencoded::Serializer::new(String::new())
            .append_pair("code", "c").append_pair("id_token", "t").append_pair("state", &state).finish();
        prop_assert!(!ReturnedAnswer::from_form(body.as_bytes()).unwrap().answers(&ours));
    }
}
