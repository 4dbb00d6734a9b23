"""Whitespace and Unicode, case by case."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.refine import text


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("  Ada \t Lovelace\r\n", "Ada Lovelace"),
        ("Ada\u00a0Lovelace", "Ada Lovelace"),  # a no-break space, pasted from a web page
        ("Ada\u3000Lovelace", "Ada Lovelace"),  # an ideographic space
        ("A\u200bda\ufeff", "Ada"),  # zero-width space and byte order mark
        ("Ada\u202eecalevoL", "AdaecalevoL"),  # an override would show it backwards
        ("Ada\x00\x07\x1b", "Ada"),
        ("Love\u00adlace", "Lovelace"),  # a soft hyphen
        ("Jose\u0301", "José"),  # composed: NFC
        ("ＡＢＣ　１２３", "ABC 123"),  # full-width forms
        ("ｶﾞｲ", "ガイ"),  # half-width katakana with its voicing mark
        ("Griﬃn", "Griffin"),  # a ligature from a PDF file
        ("𝓐𝓭𝓪", "Ada"),  # letters of mathematics
        ("m² ™ ㈱ ½", "m² ™ ㈱ ½"),  # these may be meant
        ("\u3164\u2800", ""),  # blank letters
        ("\ud800Ada", "\ufffdAda"),  # a lone surrogate can't be stored; that it was there shows
        ("", ""),
    ],
)
def test_a_line_shows_all_that_it_holds(written: str, kept: str) -> None:
    assert text.line(written) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("می\u200cخواهم", "می\u200cخواهم"),  # Persian needs the non-joiner,
        ("ക്\u200d", "ക്\u200d"),  # Malayalam the joiner,
        ("👩\u200d💻", "👩\u200d💻"),  # and emoji too
        ("A\u200dda", "Ada"),  # Latin needs neither
        ("می\u200c\u200cخواهم", "می\u200cخواهم"),  # one is enough
        ("\u200cAda", "Ada"),
    ],
)
def test_joiners_stay_only_where_a_script_needs_them(written: str, kept: str) -> None:
    assert text.line(written) == kept


def test_clean_text_comes_back_as_the_very_same_object() -> None:
    for clean in ("Ada Lovelace", "José García", "李明", "Analytical Engines Ltd."):
        assert text.line(clean) is clean


@pytest.mark.parametrize(
    ("written", "kept"),
    [("ada＠example．com", "ada@example.com"), ("①②", "12"), (" a  b ", "a b"), ("x²", "x2")],
)
def test_codes_are_folded_by_compatibility(written: str, kept: str) -> None:
    assert text.code(written) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("one\ntwo", "one\ntwo"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("one  \n two\t\n", "one\n two"),  # indentation stays, what hangs over does not
        ("one\n\n\n\n\ntwo", "one\n\ntwo"),
        ("one\n \n \n \ntwo", "one\n\ntwo"),
        ("a\u00a0b\u200bc", "a bc"),
        ("你好，世界！", "你好，世界！"),  # full-width punctuation is right in a Chinese text
        ("a    b", "a    b"),  # columns of a table
    ],
)
def test_a_message_keeps_its_lines(written: str, kept: str) -> None:
    assert text.lines(written) == kept


def test_links_keep_every_visible_character() -> None:
    assert text.bare(" https://example.com/ﬁ\u200b ") == "https://example.com/ﬁ"


def test_a_change_shows_the_beginning_of_a_long_text() -> None:
    change = text.altered("message", "a" * 1000, "b", "rule")
    assert change.before == "a" * (text.CHANGE_LIMIT - 1) + "…"
    assert change.after == "b"


def deep(levels: int) -> list[object]:
    nested: list[object] = []
    for _ in range(levels):
        nested = [nested]
    return nested


def test_custom_fields_that_json_can_carry_stay_the_same_object() -> None:
    custom = {"Team size": 40, "nested": {"a": [1, None, "é"]}}
    assert text.encodable(custom) is custom


def test_custom_fields_that_json_can_not_carry_are_mended_one_by_one() -> None:
    custom = {"bad\ud800": ["x\udfff", {"y": "\ud800"}], "deep": deep(100_000), "good": 1}
    assert text.encodable(custom) == {"bad�": ["x�", {"y": "�"}], "deep": "…", "good": 1}


@given(
    st.text("aZ9 é\u3000\n&;", max_size=12),
    st.sampled_from((text.line, text.code, text.bare, text.lines)),
)
def test_what_is_taken_for_plain_text_is_what_no_form_alters(
    written: str, how: Callable[[str], str]
) -> None:
    if text._is_plain(written):
        assert how(written) == written
        assert text.clean("source", written, how) == (written, ())
    elif written.isascii():
        assert written.split(" ") != written.split() or not written.replace(" ", "").isalnum()


@given(st.text("a .\t\n", max_size=12))
def test_lines_of_printable_ascii_are_cleaned_as_all_others_are(written: str) -> None:
    assert text.lines(written + "\né") == (text.lines(written + "\ne")[:-1] + "é")
    assert text.line(written + "é") == text.line(written + "e")[:-1] + "é"
