"""What refinement promises of any lead whatsoever."""

import re
import unicodedata
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from leadline.model.keys import match_keys
from leadline.model.lead import LeadFields, RefinedLead
from leadline.refine import MESSAGE_LIMIT, About, kept_fields, refine
from leadline.refine.companies import company
from leadline.refine.limits import CHANGE_LIMIT
from leadline.refine.mends import blank
from leadline.refine.names import words as name_words
from leadline.refine.names.words import is_honorific
from leadline.refine.text import words
from tests.worlds.thorough import THOROUGH

CAPTURED = datetime(2024, 1, 15, 10, 30, tzinfo=UTC)
PROCESSED = datetime(2024, 1, 15, 10, 40, tzinfo=UTC)
ABOUT = About("0190", CAPTURED, PROCESSED, "form", "US")
CONTACT = ("name", "first_name", "last_name", "email", "phone", "company", "title", "country")
DETAILS = ("source", "campaign", "owner", "owner_claimed", "message", "crm_url")

PIECES = st.sampled_from(
    sorted(
        words(
            "Ada LOVELACE lovelace, Dr. von O'BRIEN mcdonald III Jr. ada@example.com @ ; , / +1 "
            "<ada@example.com> mailto:bob@example.org MAILTO: (212) 555-0100 x5 ext. tel: 020 7946 "
            "0018 00 +44 (0) 1.5E+10 GMBH Inc. ACME S.A. n/a N/A - -- none https://EXAMPLE.com/A "
            "[url=http://example.com] www. 李 明 김 علی\u200cرضا ＡＢＣ ﬁ ² ① \u200b \u202e \ufeff "
            "&amp; &#39; &amp;amp; &Uuml; \\' \\\" O\\'Brien %20 %C3%BC %40 Ã¼ Ã© Ã â€™ ã¼ … \x9f "
            "{{first_name}} null undefined None ???? <p></p> \u1160 "
            "\u3164 é e\u0301 İ ß ŉ ǆ Σ \ud800 \x00 \x07 𝓐𝓭𝓪 👩\u200d💻 test asdf van de la JP y"
        )
    )
)
WRITTEN = st.one_of(
    st.text(max_size=40),
    st.text(st.characters(codec=None), max_size=20),  # lone surrogates too
    st.lists(PIECES, max_size=6).map(" ".join),
    st.lists(PIECES, max_size=4).map("".join),
    st.text("aA.,-'@ 0\u0301\u200c\u00a0\t\n", max_size=12),
)
FIELDS = st.builds(
    LeadFields,
    **{field: st.none() | WRITTEN for field in (*CONTACT, *DETAILS, "website", "record")},
    score=st.none() | st.floats(),
    custom=st.dictionaries(
        WRITTEN, st.none() | WRITTEN | st.lists(WRITTEN, max_size=2), max_size=2
    ),
    suspicions=st.lists(st.sampled_from(("spam.honeypot", "test.flagged", "odd")), max_size=2).map(
        tuple
    ),
)
some = settings(
    max_examples=60 if THOROUGH else 20, deadline=None, suppress_health_check=list(HealthCheck)
)
"""Examples by chance, other ones in each run: what they test held for 20,000."""


def kept_of(refined: RefinedLead) -> dict[str, Any]:
    """The fields that a refined lead keeps, under the names of the fields that they came from."""
    details = msgspec.structs.asdict(refined.lead_details)
    renamed = {"lead_score": "score", "crm_record": "record"}
    of_the_crm = ("owner_id", "owner_email", "ownership")
    kept = {renamed.get(k, k): value for k, value in details.items() if k not in of_the_crm}
    contact = msgspec.structs.asdict(refined.contact)
    derived = ("email_canonical", "phone_e164", "phone_extension", "email_kind", "company_domain")
    return kept | {key: value for key, value in contact.items() if key not in derived}


def shown(text: str | None) -> str | None:
    """A text as a change repeats it."""
    if text is None:
        return None
    text = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    return text if len(text) <= CHANGE_LIMIT else text[: CHANGE_LIMIT - 1] + "…"


FILLERS = "\u115f\u1160\u3164\uffa0"
LISTED = company.PLACEHOLDERS | name_words.PLACEHOLDERS | blank.NULLS
LISTED = LISTED.union(*blank.WORDS.values())


def says_nothing(text: str) -> bool:
    """Whether a text is a placeholder, or has more question marks than letters."""
    bare = re.sub(r"\{\{first_name\}\}|</?p>", " ", text)
    words = [re.sub(r"^\W+|\W+$", "", one) for one in bare.casefold().split()]
    words = [one for one in words if one.strip(FILLERS)] or [""]
    shown = [one for one in bare if one.isalnum() and one not in FILLERS]
    lost = text.count("?") + text.count("\ufffd")
    whole = " ".join(bare.casefold().split())
    return whole in LISTED or LISTED.issuperset(words) or len(shown) <= lost


@some
@given(FIELDS)
@example(LeadFields(name="\ud800", email="\udfff@example.com", custom={"\ud800": "\udfff"}))
@example(LeadFields(custom={"\ud800": '\\"'}))
def test_any_lead_is_refined_to_a_document_that_json_can_carry(fields: LeadFields) -> None:
    refined = refine(fields, ABOUT)
    document = msgspec.json.decode(msgspec.json.encode(refined))
    assert document["lead_id"] == "0190"
    assert document["contact"]["email"] == refined.contact.email


@some
@given(FIELDS)
@example(LeadFields(last_name="0@0.AA"))
@example(LeadFields(last_name="0@0.AA,"))
@example(LeadFields(name="' A"))
@example(LeadFields(email=":A@B.AAA", title="A@B.AAA:A"))
@example(LeadFields(company="0 \xe2\xa1"))
@example(LeadFields(first_name="\U00018d09", last_name="0@0.AA"))
@example(LeadFields(first_name="\u1100", last_name="0@0.\u1100"))
@example(LeadFields(first_name="Jo", last_name="0@0.AA"))
@example(LeadFields(country="ada@example.m%C3%BC"))
@example(LeadFields(email="<ada@example.com>0", company="ada@example.com"))
@example(LeadFields(name="Null \uae40"))
@example(LeadFields(name="DR none"))
@example(LeadFields(last_name="DR p"))
@example(LeadFields(last_name=";undefined"))
@example(LeadFields(last_name="mailto:b@example.on"))
@example(LeadFields(first_name="a", last_name="???a@example.om>"))
@example(LeadFields(name="E,undefined"))
@example(LeadFields(name="\u00e3\u00bc O"))
@example(LeadFields(name="g MBH\u202e", company="&amp;amp;"))
def test_a_refined_lead_refined_again_stays_as_it_is(fields: LeadFields) -> None:
    once = refine(fields, ABOUT)
    # What is blanked makes room for a value that stands in the wrong field.
    room = any(
        getattr(fields, to) and not kept_of(once)[to] for to in ("email", "phone", "website")
    )
    assume(not room)
    again = refine(kept_fields(once), ABOUT)
    assert again.contact == once.contact
    assert again.changes == ()


@some
@given(FIELDS)
def test_the_changes_of_a_field_lead_from_what_was_written_to_what_is_kept(
    fields: LeadFields,
) -> None:
    refined = refine(fields, ABOUT)
    kept = kept_of(refined)
    for field in (*CONTACT, *DETAILS, "website", "record"):
        text = "crm_record" if field == "record" else field
        chain = [change for change in refined.changes if change.field == text]
        written = getattr(fields, field) or None
        if not chain:
            assert kept[field] == written
            continue
        assert chain[0].before == shown(written)
        assert chain[-1].after == shown(kept[field])
        for earlier, later in pairwise(chain):
            assert earlier.after == later.before
        if written == shown(written):  # what a change can't repeat may look the same in it
            assert all(change.before != change.after for change in chain)


def squeezed(text: object) -> str:
    """The letters and digits of a text, by which one that was moved to another field is found: an
    address or a number without the scheme of its link."""
    bare = unicodedata.normalize("NFKC", str(text or "")).casefold()
    bare = re.sub(r"(?:mailto|tel):", "", bare)
    return "".join(sorted(one for one in bare if one.isalnum() and one not in FILLERS))


def is_part(text: object, whole: object) -> bool:
    """Whether all letters and digits of a text are among those of another one."""
    return not Counter(squeezed(text)) - Counter(squeezed(whole))


@some
@given(FIELDS)
@example(LeadFields(company="mailto:bob@example.org"))
@example(LeadFields(company="-None"))
@example(LeadFields(first_name="n/a &#39; n/a \u1160 &#39; none"))
@example(LeadFields(name="Ada \\' &Uuml; Inc."))
@example(LeadFields(last_name="020\u2460ada@example.com\u674e"))
@example(LeadFields(website="O'BRIENada@example.com\u3164"))
@example(LeadFields(first_name="Q\xe4\x03F9", last_name="Brien GMBH"))
@example(LeadFields(first_name="0\r0", last_name="0\r0"))
@example(LeadFields(last_name="A,{B"))
@example(LeadFields(first_name="DR", name="A"))
def test_nothing_visible_is_blanked_but_placeholders(fields: LeadFields) -> None:
    refined = refine(fields, ABOUT)
    kept = kept_of(refined)
    for field in (*CONTACT, *DETAILS, "website"):
        written = getattr(fields, field)
        if written and kept[field] is None:
            last = [change for change in refined.changes if change.field == field][-1]
            moves = [one.after for one in refined.changes if one.rule == last.rule]
            if last.rule.endswith(".placeholder"):
                assert says_nothing(last.before or "")
            elif last.rule == "name.honorific":
                assert all(map(is_honorific, (last.before or "").split()))
            elif last.rule == "name.is_company":  # first and last name together
                assert any(is_part(last.before, one) for one in (*kept.values(), *moves))
            elif squeezed(last.before or "") not in map(squeezed, (*kept.values(), *moves)):
                assert not any(one.isalnum() and one not in FILLERS for one in written)


@some
@given(FIELDS)
def test_problems_are_sorted_and_named_once(fields: LeadFields) -> None:
    problems = refine(fields, ABOUT).problems
    assert list(problems) == sorted(set(problems))
    assert all(fields.suspicions.count(code) or "." in code for code in problems)


@some
@given(FIELDS)
def test_match_keys_are_sixteen_bytes_and_only_of_what_is_valid(fields: LeadFields) -> None:
    refined = refine(fields, ABOUT)
    keys = match_keys(refined)
    assert all(len(key) == 16 for key in keys.values())
    assert ("email" not in keys) or "email.invalid" not in refined.problems
    assert ("phone" not in keys) or refined.contact.phone_e164 is not None


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        " ",
        "A ",
        "@",
        "a@",
        "1",
        "+1 ",
        "é",
        "\u200b",
        "[url",
        "<a ",
        "\n",
        ",",
        "x.",
        "-",
        "'",
        "O'",
        "\ud800",
        "https://",
        "李",
    ],
)
def test_a_huge_text_costs_no_more_than_its_length(piece: str) -> None:
    huge = piece * (50_000 // len(piece))
    everywhere: dict[str, Any] = dict.fromkeys((*CONTACT, *DETAILS, "website", "record"), huge)
    fields = LeadFields(**everywhere)
    refined = refine(fields, ABOUT)  # anything quadratic would take minutes
    assert len(refined.lead_details.message or "") <= MESSAGE_LIMIT
    assert all(len(change.before or "") <= CHANGE_LIMIT for change in refined.changes)
