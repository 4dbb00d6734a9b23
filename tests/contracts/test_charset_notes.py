"""What is doubtful about the charset of a lead's text is a problem of the lead, on every store."""

from datetime import timedelta

import msgspec
import pytest

from leadline.journey.receiving.capture import CaptureKit
from leadline.journey.refinement.refining import preview, refine_due
from leadline.kit import Kit
from leadline.model.lead import Delivery, Fate, Kind, RefinedLead
from leadline.model.task import Step
from leadline.ports.source import Source
from leadline.ports.store import Store
from leadline.vendors.form.webhook import Form
from leadline.vendors.generic.webhook import Generic
from leadline.vendors.web_to_lead.webhook import WebToLead
from tests.worlds.leads import HandClock, capture, captured

SOURCES: dict[str, Source] = {"form": Form(), "generic": Generic(), "web_to_lead": WebToLead()}
FORM = "application/x-www-form-urlencoded"


def kit_of(store: Store, clock: HandClock) -> Kit:
    return Kit(store=store, sources=SOURCES, channels={}, clock=clock, chance=lambda: 0.5)


def refined(store: Store, clock: HandClock, lead_id: str) -> RefinedLead:
    clock.advance(minutes=11)
    assert refine_due(kit_of(store, clock)) == 1
    return store.refined([lead_id])[lead_id]


@pytest.mark.parametrize(("name", "body", "media", "problem"), [
    ("form", b"email=zoe@example.com&name=Zo%EB+Ng&_charset_=idna", FORM, "charset.unknown"),
    ("web_to_lead", b"email=z@example.com&last_name=%EB", FORM + ";charset=uu", "charset.unknown"),
    ("generic", b'{"email":"z@example.com"}', "text/json; charset=utf-7", "charset.unknown"),
    ("form", b"email=zoe@example.com&name=%8E%52%81&_charset_=sjis", FORM, "charset.replaced"),
])  # fmt: skip
def test_a_lead_is_captured_and_has_the_problem(
    store: Store, clock: HandClock, name: str, body: bytes, media: str, problem: str
) -> None:
    delivery = Delivery(name, body, clock.now, {"content-type": media})
    answer = capture(delivery, CaptureKit(SOURCES, timedelta(minutes=10)), store)
    assert answer.status == 200
    lead = refined(store, clock, msgspec.json.decode(answer.body)["lead_id"])
    assert problem in lead.problems
    assert lead.status == "refined"


def test_an_update_that_is_folded_into_a_lead_brings_its_note(
    store: Store, clock: HandClock
) -> None:
    lead = captured(clock, record="contact:1", why="charset.wrong")
    update = captured(
        clock, "u1", kind=Kind.UPDATED, record="contact:1", raw=b'{"company":"Caf\xef\xbf\xbd"}',
        why="charset.unknown charset.replaced",
    )  # fmt: skip
    plain = captured(clock, "u2", kind=Kind.UPDATED, record="contact:1", raw=b'{"title":"CTO"}')
    store.accept([lead])
    assert [r.fate for r in store.accept([update, plain])] == [Fate.FOLDED] * 2
    notes = ("charset.replaced", "charset.unknown", "charset.wrong")
    waiting = store.waiting([lead.id])[lead.id]
    assert set(notes) <= set(preview(kit_of(store, clock), waiting).problems)
    assert set(notes) <= set(refined(store, clock, lead.id).problems)


def test_another_reason_is_no_problem(store: Store, clock: HandClock) -> None:
    store.accept([lead := captured(clock, why="reconciled")])
    assert refined(store, clock, lead.id).problems == ()
    assert store.next_due(Step.REFINE) is None
