"""Leads and fields that say nothing, and those that only look like it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from leadline.model.lead import LeadFields, RefinedLead
from leadline.refine import About, refine
from leadline.refine.doubtful.quarantine import NOBODY

ABOUT = About("0190", datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC), "form")


def refined(fields: Mapping[str, Any]) -> RefinedLead:
    return refine(LeadFields(**fields), ABOUT)


CONTACT = ("name", "first_name", "last_name", "email", "phone", "company", "title", "website")

NOTHING = [
    "\u200b", "\u200b \u2060", "\ufeff", "\u3164", "\u115f\u1160", "\uffa0", "\u2800", "\u034f",
    "\u0301", "\ufe0f", "\U000e0100", "\u00a0", "&nbsp;", "&#8203; &#x3164;", "<p></p>", "<br/>",
    "<p>&nbsp;</p>", "<div class=\"x\"> </div>", "&lt;p&gt;&lt;/p&gt;", "-", "--", "—", "...", "…",
    ".", "*", "/", "_", "?", "(-)", "n/a", "N/A", "#N/A", "undefined", "[object Object]",
    "(not set)", "{{first_name}}", "{{ contact.email }}", "{{{name}}}", "{first_name}",
    "{Name (First):1.3}", "[your-name]", "[[name]]", "%FIRSTNAME%", "%%first_name%%", "*|FNAME|*",
    "${lead.name}", "#{name}", "{!Lead.Name}", "<%= name %>", "@{name}", "&#123;&#123;name}}",
    "{{first_name}} {{last_name}}", "-\u200b-", "=", "~", "|",
]  # fmt: skip


def problems_of(lead: RefinedLead) -> set[str]:
    return set(lead.problems)


@pytest.mark.parametrize("nothing", NOTHING)
def test_what_shows_nothing_is_no_name_and_no_contact(nothing: str) -> None:
    lead = refined(dict.fromkeys(CONTACT, nothing))
    for field in CONTACT:
        assert getattr(lead.contact, field) is None, field
        last = [change for change in lead.changes if change.field == field][-1]
        assert (last.after, lead.contact.email_canonical, lead.contact.phone_e164) == (None,) * 3
    assert lead.status == "quarantined"
    assert {NOBODY, "contact.unreachable", "name.missing"} <= problems_of(lead)


@pytest.mark.parametrize("nothing", [None, "", *NOTHING, "null", "None", "????? ??????"])
def test_a_lead_without_name_and_contact_is_put_aside(nothing: str | None) -> None:
    lead = refine(LeadFields(name=nothing, email=nothing, phone=nothing, message="hello"), ABOUT)
    assert (lead.status, NOBODY in lead.problems) == ("quarantined", True)


@pytest.mark.parametrize(
    "fields",
    [
        LeadFields(name="Ada"),
        LeadFields(name="-", email="ada@example.com"),
        LeadFields(name="-", email="nobody"),  # not valid, but somebody wrote it
        LeadFields(name="...", phone="212 555 0100"),
        LeadFields(name="n/a", company="Vance Looms"),
        LeadFields(name="n/a", website="https://example.com"),
        LeadFields(record="contact:124"),  # the CRM knows who it is
        LeadFields(crm_url="https://crm.example.com/1"),
        LeadFields(name="-", message="call me: (212) 555-0100"),
        LeadFields(name="-", message="write to ada@example.com"),
        LeadFields(name="-", custom={"mobile": "+12125550100"}),
        LeadFields(name="-", custom={"other": "ada@example.com"}),
        LeadFields(name="王"),
        LeadFields(name="X Æ"),
        LeadFields(name="😀"),  # shows something
    ],
)
def test_a_lead_that_names_somebody_or_can_be_answered_is_alerted(fields: LeadFields) -> None:
    lead = refine(fields, ABOUT)
    assert (lead.status, NOBODY in lead.problems) == ("refined", False)


@pytest.mark.parametrize(
    ("first", "last", "whole"),
    [
        ("Christopher", "Null", "Christopher Null"),
        ("CHRISTOPHER", "NULL", "Christopher Null"),
        ("christopher", "null", "Christopher Null"),  # who types no capitals may be called so
        ("Na", "Li", "Na Li"),
        ("Nil", "Yılmaz", "Nil Yılmaz"),
        ("Nan", "Goldin", "Nan Goldin"),
        ("Ada", "null", "Ada"),
        ("Ada", "undefined", "Ada"),
        ("null", "Vance", "Vance"),
        ("None", "Vance", "Vance"),
        ("null", "null", None),
        ("None", "None", None),
        ("", "null", None),
        ("undefined", "undefined", None),
        ("Ada", "{{last_name}}", "Ada"),
        ("*|FNAME|*", "Vance", "Vance"),
    ],
)
def test_null_is_a_name_only_where_somebody_may_be_called_so(
    first: str, last: str, whole: str | None
) -> None:
    assert refine(LeadFields(first_name=first, last_name=last), ABOUT).contact.name == whole


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("null", None),
        ("None None", None),
        ("null undefined", None),
        ("undefined undefined", None),
        ("Ada undefined", "Ada"),
        ("Ada {{last_name}}", "Ada"),
        ("{{first_name}} Vance", "Vance"),
        ("Ada Null", "Ada Null"),
        ("Array", None),
        ("Nonette Undefinedson", "Nonette Undefinedson"),
        ("<Ada>", "<Ada>"),  # no tag of HTML
        ("[Ada]", "[Ada]"),
        ("{Ada}", "{Ada}"),
    ],
)
def test_what_a_program_wrote_for_nothing_is_no_part_of_a_whole_name(
    written: str, kept: str | None
) -> None:
    assert refine(LeadFields(name=written), ABOUT).contact.name == kept


@pytest.mark.parametrize("field", ["email", "phone", "company", "title"])
def test_null_is_never_an_address_a_number_a_company_or_a_title(field: str) -> None:
    for nothing in ("null", "NULL", "None", "nil", "NaN", "N/A", "na", "not provided"):
        lead = refined({"name": "Ada", field: nothing})
        assert getattr(lead.contact, field) is None


def test_countries_and_messages_keep_the_words_that_mean_something_there() -> None:
    lead = refine(LeadFields(name="Ada", country="NA", message="none"), ABOUT)
    assert (lead.contact.country, lead.lead_details.message) == ("NA", "none")
    assert refine(LeadFields(name="Ada", message="-"), ABOUT).lead_details.message == "-"
    for empty in ("<p></p>", "<p><br></p>", "&nbsp;", "\u200b"):
        assert refine(LeadFields(name="Ada", message=empty), ABOUT).lead_details.message is None


def test_a_lead_that_is_spam_or_erased_is_not_called_blank_as_well() -> None:
    lead = refine(LeadFields(suspicions=("record.privacy_deleted",)), ABOUT)
    assert (lead.status, NOBODY in lead.problems) == ("quarantined", False)


@pytest.mark.parametrize(
    "piece", ["-", "{{", "<p", "<p>", "<!--", "[[", "%", "\u0301", "null ", "?"]
)
def test_a_huge_blank_text_costs_no_more_than_its_length(piece: str) -> None:
    huge = piece * (200_000 // len(piece))
    lead = refined(dict.fromkeys((*CONTACT, "message"), huge))
    assert lead.changes  # anything quadratic would take minutes
