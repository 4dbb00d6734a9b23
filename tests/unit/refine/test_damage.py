"""Text that lost its letters on its way."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from leadline.alerts.wording.problems import in_words
from leadline.model.lead import LeadFields, RefinedLead
from leadline.refine import About, refine

ABOUT = About("0190", datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC), "form")


def refined(fields: Mapping[str, Any]) -> RefinedLead:
    return refine(LeadFields(**fields), ABOUT)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("????? ??????", None),
        ("???", None),
        ("\ufffd\ufffd\ufffd \ufffd\ufffd", None),
        ("J\ufffd", None),  # as many lost as are left
        ("???? ????????ov", None),
        ("Hans M\ufffdller", "Hans M\ufffdller"),  # readable, and shown
        ("\ud800Ada Vance", "\ufffdAda Vance"),
        ("Th? Nguy?n", "Th? Nguy?n"),
        ("Jos?", "Jos?"),
    ],
)
def test_a_name_that_lost_letters_is_told_and_none_if_it_lost_most(
    written: str, kept: str | None
) -> None:
    lead = refine(LeadFields(name=written, email="ada@example.com"), ABOUT)
    assert lead.contact.name == kept
    assert "name.damaged" in lead.problems
    assert ("name.missing" in lead.problems) is (kept is None)


def test_nobody_is_addressed_by_half_a_letter() -> None:
    lead = refine(LeadFields(name="M\ufffdller Hans"), ABOUT)
    assert (lead.contact.first_name, lead.contact.last_name) == (None, None)


@pytest.mark.parametrize("name", ["Ada Vance", "José", "?", "??", "王小明"])
def test_a_name_with_all_its_letters_is_not_called_damaged(name: str) -> None:
    assert "name.damaged" not in refine(LeadFields(name=name), ABOUT).problems


@pytest.mark.parametrize(
    ("field", "written", "damaged"),
    [
        ("company", "B\ufffdckerei", True),
        ("company", "???? ???", True),
        ("company", "Who?", False),
        ("title", "Gesch\ufffdftsf\ufffdhrer", True),
        ("message", "Gr\ufffd\ufffde", True),
        ("message", "?????? ??????????, ???", True),
        ("message", "Really??? Yes, really???", False),
        ("message", "https://example.com/?a=1?", False),
    ],
)
def test_other_texts_that_lost_letters_are_told(field: str, written: str, damaged: bool) -> None:
    lead = refined({"name": "Ada", field: written})
    assert (f"{field}.damaged" in lead.problems) is damaged


def test_the_problem_is_told_in_words() -> None:
    assert in_words("name.damaged") == "letters of the name were lost before it came"
