"""How much of a field is read and kept, and that it is said where something was cut."""

import sys
import unicodedata
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model.lead import LeadFields
from leadline.refine import About, refine, text
from leadline.refine.limits import _MAYBE_TOO_MANY, LIMITS, MOST_MARKS, cut_custom, stream_safe

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ABOUT = About("0190", AT, AT, "form", "US")
MARKS = "\u0301\u0323\u0344\u0f71\u0f73\uff9e\u3099"
TEXTS = sorted(LIMITS.keys() - {"custom", "custom_name", "crm_record"})


def lead_of(field: str, written: str) -> LeadFields:
    data: dict[str, Any] = {"name": "Ada", field: written}
    return LeadFields(**data)


def longest_run(written: str) -> int:
    """Of non-starters, when the text is decomposed."""
    longest = run = 0
    for one in unicodedata.normalize("NFKD", written):
        run = run + 1 if unicodedata.combining(one) else 0
        longest = max(longest, run)
    return longest


@pytest.mark.parametrize("field", TEXTS)
def test_every_field_is_cut_to_its_limit_and_it_is_said(field: str) -> None:
    written = "Ab " * LIMITS[field]
    refined = refine(lead_of(field, written), ABOUT)
    kept = getattr(refined.contact, field, None) or getattr(refined.lead_details, field, None)
    assert kept is not None
    assert LIMITS[field] - 5 <= len(kept) <= LIMITS[field]
    assert kept.endswith("..." if field in ("email", "phone") else "…")
    assert refine(lead_of(field, kept), ABOUT).contact == refined.contact
    assert f"{field}.truncated" in refined.problems
    (change,) = [one for one in refined.changes if one.rule == f"{field}.truncate"]
    assert change.field == field
    assert written.startswith((change.before or "").rstrip("…"))


def test_the_id_of_a_record_is_cut_too() -> None:
    refined = refine(LeadFields(record="7" * 600), ABOUT)
    assert len(refined.lead_details.crm_record or "") == LIMITS["crm_record"]
    assert "crm_record.truncated" in refined.problems


@pytest.mark.parametrize("field", TEXTS)
def test_what_is_as_long_as_its_limit_is_kept_whole(field: str) -> None:
    written = "b" * LIMITS[field]
    refined = refine(lead_of(field, written), ABOUT)
    kept = getattr(refined.contact, field, None) or getattr(refined.lead_details, field, None)
    assert (kept or "").lower() == written
    assert f"{field}.truncated" not in refined.problems


@pytest.mark.parametrize("unseen", [" ", "\u200b", "\n", "\u200b \u202e"])
def test_what_can_not_be_seen_does_not_count(unseen: str) -> None:
    refined = refine(LeadFields(name=f"{unseen * 600}Ada", message=unseen * 6_000), ABOUT)
    assert refined.contact.name == "Ada"
    assert refined.lead_details.message is None
    assert not any(code.endswith(".truncated") for code in refined.problems)


def test_a_text_that_grows_beyond_its_limit_when_it_is_normalised_is_cut_again() -> None:
    refined = refine(LeadFields(title="\ufb2c" * 400), ABOUT)
    assert len(refined.contact.title or "") == LIMITS["title"]
    assert "title.truncated" in refined.problems
    assert refine(LeadFields(title=refined.contact.title), ABOUT).contact == refined.contact


def test_a_name_of_nothing_but_marks_keeps_as_many_as_a_letter_may_have() -> None:
    refined = refine(LeadFields(name="\u0301\u0323" * 200), ABOUT)
    assert refined.changes[0].rule == "text.clean"
    assert len(refined.changes[0].after or "") == MOST_MARKS
    assert refined.contact.name is None  # marks without a letter show nothing


@given(st.text(st.one_of(st.sampled_from(MARKS), st.characters()), max_size=200))
def test_no_text_has_more_marks_in_a_row_than_the_standard_allows(written: str) -> None:
    safe = stream_safe(written)
    assert longest_run(safe) <= MOST_MARKS
    if longest_run(written) <= MOST_MARKS:
        assert safe is written


@given(st.text(st.sampled_from(f"{MARKS}aế\u200b"), max_size=120))
def test_marks_are_bounded_where_a_text_is_normalised(written: str) -> None:
    for how in (text.line, text.code, text.lines):
        assert longest_run(how(written)) <= MOST_MARKS


def test_marks_up_to_the_bound_stay_as_they_are() -> None:
    written = "Z" + "\u0323\u0301" * 15
    assert stream_safe(written) is written
    assert stream_safe(written + "\u0301") == written


def test_whatever_begins_with_marks_is_suspected_of_too_many() -> None:
    """The search for runs that may be too long overlooks no character of Unicode."""
    for number in range(sys.maxunicode + 1):
        decomposed = unicodedata.normalize("NFKD", character := chr(number))
        classes = [unicodedata.combining(one) != 0 for one in decomposed]
        if classes[0]:
            assert _MAYBE_TOO_MANY.search(character * 14), hex(number)
            assert len(classes) <= 2
        else:
            assert [*reversed(classes)].index(False) <= 3


@pytest.mark.parametrize(
    ("custom", "kept"),
    [
        ({"a": "b" * 10_000}, {"a": "b" * 10_000}),
        ({"a": "b" * 10_001}, {"a": "b" * 9_999 + "…"}),
        ({"a": ["b" * 10_001, 7]}, {"a": ["b" * 9_999 + "…", 7]}),
        (
            {"a": {"n" * 201: {"c": "b" * 10_001}}},
            {"a": {"n" * 199 + "…": {"c": "b" * 9_999 + "…"}}},
        ),
        ({"n" * 201: 7, "n" * 202: 8}, {"n" * 199 + "…": 7}),
    ],
    ids=["at the limit", "a text", "in a list", "deep inside", "names"],
)
def test_custom_fields_are_cut_in_their_names_and_texts(
    custom: dict[str, Any], kept: dict[str, Any]
) -> None:
    refined = refine(LeadFields(name="Ada", custom=custom), ABOUT)
    assert refined.custom == kept
    assert ("custom.truncated" in refined.problems) is (custom != kept)
    assert any(one.rule == "custom.truncate" for one in refined.changes) is (custom != kept)


def test_custom_fields_within_their_limits_are_the_very_same_object() -> None:
    custom = {"a": "b", "c": 7}
    assert cut_custom(custom)[0] is custom
