"""The attempts that are kept beside a lead: what was sent, what was answered."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from leadline.entrypoints.dashboard.showing.filters import indented
from leadline.model.monitoring.attempts import AttemptRecord, Exchange
from leadline.operations.watching.attempts import (
    answered,
    before_in_words,
    heading_of,
    left_out_of,
    value_in_words,
)
from leadline.ports.reading.ledger import LeadStory


class ShownExchange(msgspec.Struct, frozen=True):
    """A request and its answer as they are shown; `note` says what is left out."""

    method: str
    to: str
    sent: str
    answered: str
    answer: str
    note: str


class ShownAttempt(msgspec.Struct, frozen=True):
    """An attempt as it is shown; `fields` are names of the CRM's fields, what they had before, and
    what was written."""

    at: datetime
    heading: str
    codes: str
    is_done: bool
    exchanges: Sequence[ShownExchange]
    fields: Sequence[tuple[str, str, str]]


def kept_attempts_of(story: LeadStory) -> list[ShownAttempt]:
    """The attempts that are kept, oldest first. *story* is what the reader may see."""
    return [_shown(one) for one in sorted(story.attempts, key=lambda one: one.at)]


def _shown(one: AttemptRecord) -> ShownAttempt:
    return ShownAttempt(
        one.at,
        heading_of(one),
        ", ".join(dict.fromkeys(map(answered, one.exchanges))),
        one.result == "done",
        [_shown_exchange(each) for each in one.exchanges],
        [(f.name, before_in_words(f), value_in_words(f.after)) for f in one.fields],
    )


def _shown_exchange(one: Exchange) -> ShownExchange:
    sent, answer = (_text(text) for text in (one.sent, one.answer))
    return ShownExchange(one.method, one.to, sent, answered(one), answer, left_out_of(one))


def _text(text: str) -> str:
    return indented(text.encode()) if text else ""
