"""Leads that the quick ways take for settled, refined again by all rules."""

from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leadline import refine as rules
from leadline.model.lead import LeadFields, RefinedLead
from leadline.refine import About, refine
from tests.worlds.thorough import thorough

AT = datetime(2026, 11, 30, tzinfo=UTC)


def by_whole_turns(fields: LeadFields, about: About) -> RefinedLead:
    """The refined lead, when every further turn applies all rules."""
    with (
        patch.object(rules, "unsettled", lambda contact, details, news: {n.field for n in news}),
        patch.object(rules, "changes_nothing", lambda *told: False),
    ):
        return refine(fields, about)


_WORDS = (
    "Ada", "GRACE", "alan", "Zoë", "van der Berg", "von", "O'Neil", "Dr.", "Mrs", "nobody", "U",
    "Müller-Lüdenscheidt", "Smith Jr.", "Li", "Иван", "null", "test",
    "Anna & Peter", "n/a", "Weber,",
)  # fmt: skip
_NAMES = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=3).map(" ".join)
_EMAILS = st.sampled_from(
    ("Ada@Example.com", "<GRACE@example.org>", "Ada Vance <ADA@bücher.example>", "a@@example.com",
     "ada @ example.com", "mailto:ada@example.net", "ALAN", "none@none.com", "a@b.com; C@d.com",
     "ada@example.com\nsecond line", "test@test.com", "555-0147 22", "Ada@BÜCHER.example",
     "ada/x=1@Example.com", "İpek@İstanbul.example", "Ada@xn--bcher-kva.example", "_@_",
     "ADA_AT_example.com@b.com", "ADA@b\u3164cher.example", "Ada@bücher.example&amp;")
)  # fmt: skip
_PHONES = st.sampled_from(
    ("(212) 555-0147", "+44 20 7946 0958", "030 23125000", "12345", "tel:+12125550147",
     "212-555-0147 x9", "+999 1", "0049 30 23125000 (office)", "ada@example.com")
)  # fmt: skip
_COMPANIES = st.sampled_from(
    ("ACME ENGINES GMBH", "the acme group llc", "Brightmill", " n/a ", "Acme\u200b Ltd", "TEST",
     "ООО РОГА", "Acme <ADA@example.com>", "www.example.com", "Ada Vance")
)  # fmt: skip
_OTHERS = st.sampled_from(
    (" Head\tof Research", "Germany", " U.S.A. ", "Congo", "CN", "HU", "Atlantis",
     "Ada@Example.com",
     "M%C3%BCller", "Caf&eacute;", "MÃ¼ller",
     "  Hello \r\n\r\n\r\nthere\u00a0you ", "HTTPS://Example.com/A",
     "Call me: (212) 555-0147", "1")
)  # fmt: skip
_leads = st.builds(
    LeadFields,
    name=st.none() | _NAMES | st.sampled_from(("Brightmill GmbH", "Ada <ADA@example.com>")),
    first_name=st.none() | _NAMES,
    last_name=st.none() | _NAMES,
    email=st.none() | _EMAILS,
    phone=st.none() | _PHONES,
    company=st.none() | _COMPANIES,
    title=st.none() | _OTHERS,
    country=st.none() | _OTHERS,
    website=st.none() | _OTHERS,
    message=st.none() | _OTHERS,
    source=st.none() | _OTHERS,
)


@thorough(600, often=200)
@given(_leads, st.sampled_from(("US", "DE", "CN", "")))
@example(LeadFields(name="von Berg ALAN"), "US")
@example(LeadFields(email="info@example.com", website="HTTPS://WA.ME/12125550147"), "DE")
@example(LeadFields(name="thomas\n", first_name="DR", last_name="sprot"), "CN")
@example(LeadFields(phone="2+86 138 0013 1530"), "DE")
@example(LeadFields(email="ADA <ADA@example.net>", company="n/a - ADA <ADA@example.net>"), "CN")
def test_no_rule_is_left_out_that_would_change_something(fields: LeadFields, region: str) -> None:
    about = About("one", AT, AT, "generic", region)
    assert refine(fields, about) == by_whole_turns(fields, about)


@pytest.mark.parametrize(
    "fields",
    [
        LeadFields(name="ADA VANCE", email="Ada@Example.com", phone="(212) 555-0147"),
        LeadFields(first_name="Dr. Zoë", email="<Z@bücher.example>", company="ADA GMBH"),
    ],
)  # fmt: skip
def test_most_leads_that_changed_take_no_second_turn(
    fields: LeadFields, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[LeadFields] = []
    whole = rules._turn

    def counted(one: LeadFields, about: About) -> rules._Turn:
        turns.append(one)
        return whole(one, about)

    monkeypatch.setattr(rules, "_turn", counted)
    assert refine(fields, About("one", AT, AT, "generic", "US")).changes
    assert len(turns) == 1
