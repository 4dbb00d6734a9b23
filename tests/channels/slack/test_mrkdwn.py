"""Lead-written text: never interpreted, never too long, never cut within a character."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leadline.alerts.wording.words import clamped, on_lines, on_one_line, units
from leadline.channels.slack.mrkdwn import harmless
from tests.channels.leads import TEXT


@pytest.mark.parametrize(
    "text",
    [
        "Ada Lovelace",
        "Straße 12, Köln",
        "q4_2025_spring",
        "E*TRADE",
        "50 - 100",
        "ada@example.com",
        "at 10:30",
        'Zoë (née O\'Neil) "Z"',
        "山田 太郎",
    ],
)
def test_ordinary_text_stays_as_it_was_written(text: str) -> None:
    assert harmless(text, 400) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Byron & Sons <x>", "Byron &amp; Sons &lt;x&gt;"),
        ("&amp;", "&amp;amp;"),
        ("<!channel> <@U1> <#C1>", "&lt;!channel&gt; &lt;@U1&gt; &lt;#C1&gt;"),
        ("*bold*", "∗bold∗"),
        ("_italic_", "\u02cditalic\u02cd"),
        ("~struck~", "∼struck∼"),
        ("`code`", "\u02cbcode\u02cb"),
        ("a * b * c", "a ∗ b ∗ c"),
        ("> quoted", "\xad&gt; quoted"),
        ("＞ quoted", "\xad＞ quoted"),
        ("a > b", "a &gt; b"),
        (":smile: 10:30:15", ":\u200bsmile: 10:\u200b30:15"),
        (":+1::wave:", ":\u200b+1::\u200bwave:"),
        (
            "@here @Channel @everyone @hereford",
            "@\u200bhere @\u200bChannel @\u200beveryone @hereford",
        ),
    ],
)
def test_what_means_something_to_slack_is_only_shown(text: str, shown: str) -> None:
    assert harmless(text, 400) == shown


@given(TEXT, st.integers(1, 500))
@example("&" * 10_000, 400)
@example("😀" * 10_000, 7)
def test_no_text_gets_longer_than_its_limit(text: str, limit: int) -> None:
    assert units(harmless(on_one_line(text), limit)) <= limit
    assert units(clamped(on_lines(text), limit)) <= limit


@given(TEXT, st.integers(1, 100))
def test_what_is_cut_is_a_beginning_of_the_text_and_says_so(text: str, limit: int) -> None:
    text = on_lines(text)
    cut = clamped(text, limit)
    if units(text) <= limit:
        assert cut == text
    else:
        assert cut.endswith("…")
        assert text.startswith(cut[:-1])


@pytest.mark.parametrize(
    "character",
    ["e\u0301\u0323", "👩\u200d👩\u200d👧", "🇩🇪", "👍🏽", "❤\ufe0f", "कि", "1\ufe0f\u20e3"],
)
def test_a_character_of_several_code_points_is_kept_whole_or_left_out(character: str) -> None:
    text = "x" + character * 5
    for limit in range(1, units(text)):
        rest = clamped(text, limit)[1:].removesuffix("…")
        assert rest == character * (len(rest) // len(character))


@given(st.text(st.sampled_from("&<>a"), min_size=5), st.integers(4, 30))
def test_an_entity_is_never_cut_in_half(text: str, limit: int) -> None:
    cut = harmless(text, limit).removesuffix("…")
    bare = cut.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "").replace("\xad", "")
    assert not {"&", ";"} & {*bare}


@given(TEXT)
def test_one_line_has_no_controls_and_no_outer_blanks(text: str) -> None:
    line = on_one_line(text)
    assert line == line.strip()
    assert not [c for c in line if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]


@given(TEXT)
def test_lines_have_no_controls_but_line_ends_and_tabs(text: str) -> None:
    kept = [c for c in on_lines(text) if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
    assert {*kept} <= {"\n", "\t"}


@pytest.mark.parametrize("unseen", ["", " \n ", "\u200b", "\u2060\ufeff\xad", "\u202e", "\x00"])
def test_what_cannot_be_seen_is_nothing(unseen: str) -> None:
    assert on_one_line(unseen) == on_lines(unseen) == ""


def test_marks_that_turn_the_direction_of_text_are_dropped_and_scripts_stay() -> None:
    assert on_one_line("abc\u202egpj.exe") == "abcgpj.exe"
    assert on_one_line("مرحبا بالعالم") == "مرحبا بالعالم"
    assert on_one_line("می\u200cخواهم") == "می\u200cخواهم"
