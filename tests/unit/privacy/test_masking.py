"""Masking of leads: what stays, and that nobody can be found in what does."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model.facts.consent import Consent
from leadline.model.lead import Change, Contact, LeadDetails, RefinedLead
from leadline.privacy.masking import (
    HIDDEN,
    known_of,
    masked_email,
    masked_lead,
    masked_name,
    masked_phone,
    masked_raw,
    masked_text,
    masked_url,
)

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ADA = known_of(["Ada Lovelace"])


@pytest.mark.parametrize(
    ("mask", "value", "masked"),
    [
        (masked_email, "ada.lovelace@example.com", "a•••@example.com"),
        (masked_email, "a@example.com", "•••@example.com"),
        (masked_email, "ada＠example.com", "a•••@example.com"),
        (masked_email, "ada@lovelace@example.com", "•••"),
        (masked_email, "no address", "•••"),
        (masked_email, "@example.com", "•••"),
        (masked_name, "Ada Lovelace", "A••• L•••"),
        (masked_name, "Élodie", "É•••"),
        (masked_name, "J B", "••• •••"),
        (masked_name, "山田 太郎", "••• •••"),
        (masked_name, "", "•••"),
        (masked_name, "One Two Three Four Five Six", "O••• T••• T••• F•••"),
        (masked_phone, "+49 30 901820", "+49 •••• 820"),
        (masked_phone, "+1 (212) 555-0123", "+1 •••• 123"),
        (masked_phone, "+353 1 437 0000", "+353 •••• 000"),
        (masked_phone, "030 901820", "•••• 820"),
        (masked_phone, "901820", "••••"),
        (masked_url, "https://example.com/in/ada-lovelace", "example.com/•••"),
        (masked_url, "https://example.com/", "example.com"),
        (masked_url, "https://ada@example.com", "example.com/•••"),
        (masked_url, "no host at all", "•••"),
    ],
)  # fmt: skip
def test_a_value_is_masked(mask: Callable[[str], str], value: str, masked: str) -> None:
    assert mask(value) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Example GmbH", "Example GmbH"),
        ("Ada Lovelace Consulting", "••• ••• Consulting"),
        ("LOVELACE & Sons", "••• & Sons"),
        ("Lovelaces Garten", "•••s Garten"),
        ("Canada Post", "Canada Post"),  # a short name must be a whole word
        ("Example, ada@example.com", "Example, a•••@example.com"),
        ("Example, ada@lovelace.example", "Example, a•••@•••.example"),
        ("call +49 30 901820 now", "call +49 •••• 820 now"),
        ("to=ada%40example.com", "•••"),
    ],
)
def test_a_company_stays_without_what_names_the_person(text: str, masked: str) -> None:
    assert masked_text(text, ADA) == masked


def lead(**fields: Any) -> RefinedLead:
    return RefinedLead(
        lead_id="0192", captured_at=AT, processed_at=AT, status="refined",
        received_from="generic", **fields,
    )  # fmt: skip


def test_a_refined_lead_keeps_its_shape_and_whose_it_is() -> None:
    masked = masked_lead(lead(
        contact=Contact(
            name="Ada Lovelace", email="ada@example.com", phone="+49 30 901820",
            company="Lovelace Engines", country="DE", email_kind="company",
        ),
        lead_details=LeadDetails(
            source="Website", owner="Grace", owner_email="grace@example.org", message="Call Ada",
            lead_score=80.0,
        ),
        changes=(Change("name", "ADA  LOVELACE", "Ada Lovelace", "name.case"),
                 Change("custom.birth", None, "1815-12-10", "date")),
        custom={"Birthday": "1815-12-10", "Newsletter": True, "Company": "Lovelace Engines"},
    ))  # fmt: skip
    assert masked.contact == Contact(
        name="A••• L•••", email="a•••@example.com", phone="+49 •••• 820",
        company="••• Engines", country="DE", email_kind="company",
    )  # fmt: skip
    assert masked.lead_details == LeadDetails(
        source="Website", owner="Grace", owner_email="grace@example.org", message=HIDDEN,
        lead_score=80.0,
    )  # fmt: skip
    assert masked.changes == (
        Change("name", "A••• L•••", "A••• L•••", "name.case"),
        Change("custom.birth", None, HIDDEN, "date"),
    )
    assert masked.custom == {"Birthday": HIDDEN, "Newsletter": True, "Company": "••• Engines"}


def test_what_was_said_on_consent_is_shown_without_the_answer_that_was_not_understood() -> None:
    ada, details = Contact(name="Ada Lovelace"), LeadDetails(source="Website")
    said = lead(contact=ada, lead_details=details, consent={
        "email": Consent("no", "form", text="newsletter"),
        "phone": Consent("yes", "form", text="May we call Ada Lovelace?"),
        "sms": Consent("unknown", "form", text="may_text: ask Byron Lovelace"),
    })  # fmt: skip
    consent = masked_lead(said).consent
    assert [(one.value, one.text) for one in consent.values()] == [
        ("no", "newsletter"), ("yes", "May we call ••• •••?"), ("unknown", HIDDEN),
    ]  # fmt: skip


def test_the_length_of_what_is_hidden_cannot_be_told() -> None:
    assert masked_name("Al") == masked_name("Alexandrina")
    assert masked_email("al@example.com") == masked_email("alexandrina@example.com")


@pytest.mark.parametrize("raw", [b"{", b"not json", b"[" * 5000 + b"]" * 5000, b'"ada"', b"3"])
def test_what_cannot_be_read_is_hidden_whole(raw: bytes) -> None:
    assert msgspec.json.decode(bytes(masked_raw(raw))) == HIDDEN


def test_raw_json_keeps_its_labels_and_the_company() -> None:
    raw = msgspec.json.encode({
        "properties": {"company": {"value": "Example"}, "email": {"value": "ada@example.com"}},
        "Your phone number": "+49 30 901820", "born": 18151210, "is_customer": False,
        "ada@example.com": "yes", "Hear about us": "from Grace", "note": None, "tags": ["Ada", 1],
    })  # fmt: skip
    assert msgspec.json.decode(bytes(masked_raw(raw))) == {
        "properties": {"company": {"value": "Example"}, "email": {"value": "a•••@example.com"}},
        "Your phone number": "+49 •••• 820", "born": HIDDEN, "is_customer": False,
        "a•••@example.com": HIDDEN, "Hear about us": HIDDEN, "note": None,
        "tags": [HIDDEN, HIDDEN],
    }  # fmt: skip


def test_many_names_and_many_companies_take_no_long_time_and_name_nobody() -> None:
    names = [
        {"name": f"Zephyrine{number} Quagmire", "company": "Quagmire"} for number in range(300)
    ]
    masked = msgspec.json.decode(bytes(masked_raw(msgspec.json.encode(names))))
    assert masked == [{"name": "Z••• Q•••", "company": HIDDEN}] * 300


def test_two_labels_with_one_mask_both_remain() -> None:
    raw = b'{"ada@example.com": true, "abe@example.com": false}'
    assert msgspec.json.decode(bytes(masked_raw(raw))) == {
        "a•••@example.com": True,
        "a•••@example.com (2)": False,
    }


MARKER = Contact(
    name="Zephyrine Quagmire", first_name="Zephyrine", last_name="Quagmire",
    email="zephyrine@quagmire.example", email_canonical="zephyrine@quagmire.example",
    phone="+49 30 9876501", phone_e164="+49309876501", company="Quagmire & Daughters",
    company_domain="quagmire.example", website="https://zephyrine.example/quagmire",
)  # fmt: skip
TRACES = ("zephyrine", "quagmire", "9876501", "987 65", "98765")
PLANTED = st.sampled_from([
    "Zephyrine Quagmire", "ZEPHYRINE", "zephyrine@quagmire.example", "+49 30 9876501",
    "0049309876501", "I am Zephyrine, call 030 / 987 65 01", "zephyrine%40quagmire.example",
    "Zephyrine <zephyrine@quagmire.example>",
])  # fmt: skip
LABELS = st.sampled_from([
    "name", "company", "Company name", "email", "phone", "title", "country", "website", "message",
    "anything", "value", "properties",
]) | PLANTED  # fmt: skip
JSON = st.recursive(
    PLANTED | st.just(49309876501) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LABELS, inner, max_size=4),
    max_leaves=12,
)


def assert_no_trace(masked: bytes) -> None:
    text = masked.decode().lower()
    assert not [trace for trace in TRACES if trace in text], text


@given(custom=st.dictionaries(LABELS, JSON, max_size=4), texts=st.lists(PLANTED, min_size=9))
def test_nothing_of_a_person_is_in_a_masked_lead(custom: dict[str, Any], texts: list[str]) -> None:
    source, campaign, message, url, record, claimed, title, before, after = texts[:9]
    masked = masked_lead(lead(
        contact=msgspec.structs.replace(MARKER, title=title),
        lead_details=LeadDetails(
            source=source, campaign=campaign, message=message, crm_url=url, crm_record=record,
            owner_claimed=claimed,
        ),
        changes=(Change("company", before, after, "x"), Change("other", before, after, "x")),
        custom=custom,
    ))  # fmt: skip
    assert_no_trace(msgspec.json.encode(masked))


@given(JSON)
def test_nothing_of_a_known_person_is_in_masked_json(value: Any) -> None:
    known = known_of(["Zephyrine Quagmire"])
    assert_no_trace(bytes(masked_raw(msgspec.json.encode(value), known)))


@given(
    st.text(max_size=300), st.sampled_from([masked_text, masked_url, masked_email, masked_phone])
)
def test_any_text_can_be_masked(text: str, mask: Callable[[str], str]) -> None:
    assert isinstance(mask(text), str)
