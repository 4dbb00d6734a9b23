"""Leads for messages: a typical one, and whatever hypothesis can think of."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st

from leadline.model.facts.consent import LISTED, NO, PURPOSES, UNKNOWN, YES, Consent
from leadline.model.facts.likeness import FirstSeen, Possible, Reason, ValueOrigin
from leadline.model.facts.score import LeadScore, ScoreReason
from leadline.model.lead import Contact, LeadDetails, RefinedLead
from leadline.model.texts.links import Links
from leadline.model.texts.record_links import RecordLinks
from leadline.ports.channel import Notice

CAPTURED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ID = "0195568a-7c00-7abc-8def-0123456789ab"
FIRST_ID = "0195568a-0000-7abc-8def-0123456789ab"


RECORDS = {"generic": RecordLinks(placed=True)}
"""The settings say where a link to the record of a typical lead stands."""


def lead(**changes: Any) -> RefinedLead:
    """A typical lead; *changes* go to whichever part has a field of that name."""
    contact = Contact(
        name="Ada Lovelace",
        email="ada.lovelace@example.com",
        phone="+1 555-010-0123",
        phone_e164="+15550100123",
        company="Byron & Sons",
        title="VP Sales",
        country="US",
    )
    details = LeadDetails(
        source="Website form",
        campaign="q4_2025",
        lead_score=85.0,
        owner="sales@example.com",
        message="We need 40 seats & want <2 weeks to go live.\nCall me!",
        crm_url="https://crm.example.com/contacts/48213?tab=1&new=2",
    )
    whole = RefinedLead(
        lead_id=ID,
        captured_at=CAPTURED,
        processed_at=CAPTURED + timedelta(minutes=10, seconds=2),
        status="refined",
        contact=_changed(contact, changes),
        lead_details=_changed(details, changes),
        received_from="generic",
    )
    whole = _changed(whole, changes)
    assert isinstance(whole, RefinedLead)
    assert not changes, f"no part of a lead has {set(changes)}"
    return whole


def _changed(part: Any, changes: dict[str, Any]) -> Any:
    own = {name: changes.pop(name) for name in part.__struct_fields__ if name in changes}
    return msgspec.structs.replace(part, **own)


def noticed(lead: RefinedLead, links: Links) -> Notice:
    """What is told of a lead that nobody has touched."""
    return Notice(lead=lead, now=lead.processed_at, links=links)


def again(**changes: Any) -> RefinedLead:
    """A lead that came before."""
    first = FirstSeen(FIRST_ID, CAPTURED - timedelta(days=3), ("email", "phone"))
    return lead(duplicate_of=first, **changes)


# Whatever means something to Slack, to HTML, to a terminal, and to Unicode.
# fmt: off
_PIECES = (
    *"*_~`<>&|:@#!\n\r\t\x00\x1b -a1",
    "<!channel>", "<@U012ABCDEF>", "<#C1|x>", "<!date^0^{time}|x>", "&amp;", "@here", ":smile:",
    "*bold*", "_it_", "```", "＞", "https://evil.example/?a&b",
    "e\u0301", "👩\u200d👩\u200d👧", "🇩🇪", "👍🏽", "😀", "مرحبا", "漢字",
    "\u202e", "\u200b", "\ud800",
)
# fmt: on
NASTY = st.lists(st.sampled_from(_PIECES), max_size=30).map("".join)
LONG = st.builds(
    lambda text, times: (text * times)[:10_000],
    st.one_of(st.text(min_size=1, max_size=8), NASTY.filter(bool)),
    st.integers(500, 5000),
)
TEXT = st.one_of(st.text(st.characters(), max_size=60), NASTY, LONG)
MAYBE = st.one_of(st.none(), st.just(""), TEXT)
MOMENT = st.datetimes(timezones=st.just(UTC))
JSON = st.dictionaries(TEXT, st.one_of(TEXT, st.integers(), st.none()), max_size=2)


def any_contact() -> st.SearchStrategy[Contact]:
    return st.builds(Contact, **dict.fromkeys(Contact.__struct_fields__, MAYBE))


def any_details() -> st.SearchStrategy[LeadDetails]:
    texts = [n for n in LeadDetails.__struct_fields__ if n != "lead_score"]
    score = st.one_of(st.none(), st.floats(), st.integers(0, 100).map(float))
    return st.builds(LeadDetails, **dict.fromkeys(texts, MAYBE), lead_score=score)


def any_reason() -> st.SearchStrategy[Reason]:
    codes = st.one_of(st.sampled_from(["email.same", "first.nickname", "phone.other"]), TEXT)
    return st.builds(Reason, codes, st.floats(-30, 30))


def any_consent() -> st.SearchStrategy[Consent]:
    value = st.one_of(st.sampled_from([YES, NO, UNKNOWN]), TEXT)
    source = st.one_of(st.just(LISTED), TEXT)
    return st.builds(Consent, value, source, st.one_of(st.none(), MOMENT), TEXT, TEXT)


def any_score() -> st.SearchStrategy[LeadScore]:
    field = st.one_of(st.sampled_from(["points.price", "country", "custom.budget"]), TEXT)
    reason = st.builds(ScoreReason, field, TEXT, st.floats(-200, 200))
    part = st.one_of(st.none(), st.integers(0, 100))
    return st.builds(
        LeadScore, st.integers(0, 100), TEXT, st.one_of(st.none(), st.floats(0, 1)), part, part,
        st.booleans(), st.lists(reason, max_size=3).map(tuple),
    )  # fmt: skip


def any_lead() -> st.SearchStrategy[RefinedLead]:
    """Any lead that the types allow, and some that they don't."""
    chance = st.floats(0, 1)
    reasons = st.lists(any_reason(), max_size=9).map(tuple)
    first = st.builds(
        FirstSeen,
        TEXT,
        MOMENT,
        st.lists(TEXT, max_size=3).map(tuple),
        st.one_of(st.none(), chance),
        reasons,
    )
    possible = st.builds(Possible, TEXT, chance, reasons)
    origin = st.builds(ValueOrigin, TEXT, MOMENT)
    return st.builds(
        RefinedLead,
        lead_id=st.one_of(st.uuids().map(str), TEXT),
        captured_at=MOMENT,
        processed_at=MOMENT,
        status=st.sampled_from(["refined", "quarantined"]),
        contact=any_contact(),
        lead_details=any_details(),
        received_from=st.one_of(st.just("generic"), TEXT),
        score=st.one_of(st.none(), any_score()),
        problems=st.lists(TEXT, max_size=5).map(tuple),
        duplicate_of=st.one_of(st.none(), first),
        custom=JSON,
        possible=st.lists(possible, max_size=5).map(tuple),
        consent=st.dictionaries(st.sampled_from(PURPOSES), any_consent(), max_size=5),
        filled=st.dictionaries(st.sampled_from(Contact.__struct_fields__), origin, max_size=4),
    )
