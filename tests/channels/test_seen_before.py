"""What messages of every kind say about people who were seen before, or may have been."""

import json
from datetime import timedelta
from typing import Any

import msgspec

from leadline.alerts.wording.likeness import chance_in_words, percent, reasons_in_words
from leadline.alerts.wording.story import story_of_lead
from leadline.channels.slack.messages import alert
from leadline.channels.webhook.events import EventWriter
from leadline.model.facts.likeness import FirstSeen, Possible, Reason, Trust, ValueOrigin
from leadline.model.handling import Ending
from leadline.model.staff.people import Person
from leadline.model.texts.links import Links
from leadline.ports.channel import History, Notice
from tests.channels.leads import CAPTURED, FIRST_ID, ID, lead, noticed

REASONS = (
    Reason("first.nickname", 5.0),
    Reason("phone.other", -1.5),
    Reason("email.same", 30.0),
)
FIRST = FirstSeen(FIRST_ID, CAPTURED - timedelta(days=3), ("email",), 0.984, REASONS)
ANN = Person(name="Ann Archer")


def seen_before(**history: Any) -> Notice:
    last = CAPTURED - timedelta(days=1)
    notice = noticed(lead(duplicate_of=FIRST), Links())
    told: dict[str, Any] = {"count": 3, "last_id": FIRST_ID, "last_at": last, **history}
    return msgspec.structs.replace(notice, history=History(**told))


def test_a_duplicate_tells_its_history_who_had_it_and_why_it_is_the_same_person() -> None:
    story = story_of_lead(seen_before(holder=ANN, ending=Ending.LOST))
    assert story.remarks == (
        f"First seen 2026-02-27 09:00 UTC, as lead {FIRST_ID}.",
        "Seen 3 times before, last 2026-03-01 09:00 UTC.",
        "Ann Archer had the last one, and it was lost.",
        "Very probably (98 %) the same person: same e-mail address; nickname of the same first "
        "name; other phone number.",
    )


def test_one_earlier_lead_that_nobody_had_needs_no_history() -> None:
    remarks = story_of_lead(seen_before(count=1)).remarks
    assert [words for words in remarks if "before" in words or "had" in words] == []
    assert "Ann Archer had it." in story_of_lead(seen_before(count=1, holder=ANN)).remarks


def test_slack_tells_the_same() -> None:
    blocks = alert(seen_before(holder=ANN))["blocks"]
    (told,) = [b["text"]["text"] for b in blocks if "First seen" in str(b.get("text"))]
    assert "Seen 3 times before, last <!date^" in told
    assert "Ann Archer had the last one." in told
    assert "Very probably (98 %) the same person: same e-mail address" in told


def test_a_lead_that_may_be_somebody_known_says_so_with_the_command_that_decides() -> None:
    maybe = noticed(lead(possible=(Possible(FIRST_ID, 0.82, REASONS),)), Links())
    words = f"May be the same person as lead {FIRST_ID} (82 %): same e-mail address; "
    remarks = story_of_lead(maybe).remarks
    assert remarks[0].startswith(words)
    assert "`leadline duplicates review`" in remarks[1]
    assert words in str(alert(maybe))
    assert "`leadline duplicates review`" in str(alert(maybe))


def test_what_somebody_decided_is_told_instead_of_a_probability() -> None:
    decided = FirstSeen(FIRST_ID, CAPTURED, (), 1.0, (Reason("judged.same", 0.0),))
    remarks = story_of_lead(noticed(lead(duplicate_of=decided), Links())).remarks
    assert remarks[-1] == "Somebody decided that it is the same person."


def test_a_value_of_an_earlier_lead_is_marked_where_it_stands() -> None:
    filled = {"email": ValueOrigin(FIRST_ID, CAPTURED, "form", Trust.FORM)}
    notice = noticed(lead(duplicate_of=FIRST, filled=filled), Links())
    facts = dict(story_of_lead(notice).facts)
    assert (
        facts["Email"] == "ada.lovelace@example.com (from the lead of 2 March 2026, a public form)"
    )
    assert "(" not in facts["Company"]
    fields = [f["text"] for b in alert(notice)["blocks"] for f in b.get("fields", ())]
    (email,) = [text for text in fields if text.startswith("*Email")]
    assert email.endswith(" (from the lead of 2 March 2026, a public form)")


def test_receivers_of_webhooks_get_the_history_and_every_reason() -> None:
    event = json.loads(EventWriter("hook").alert(seen_before(holder=ANN)).body)
    history, link = event["data"]["history"], event["data"]["lead"]["duplicate_of"]
    assert (history["count"], history["holder"]["name"]) == (3, "Ann Archer")
    assert link["probability"] == 0.984
    assert link["reasons"][0] == {"code": "first.nickname", "weight": 5.0}
    assert event["subject"] == ID


def test_no_probability_is_told_as_certain() -> None:
    assert [percent(p) for p in (0.0, 0.5, 0.996, 1.0)] == ["0 %", "50 %", "99 %", "99 %"]
    assert chance_in_words(0.996) == "almost certainly (99 %)"
    assert chance_in_words(0.6) == "possibly (60 %)"


def test_reasons_that_weigh_nothing_are_left_out_and_unknown_ones_told_by_their_code() -> None:
    told = reasons_in_words((Reason("phone.extension", 0.0), Reason("shoe.size", 3.0)))
    assert told == "shoe.size"
