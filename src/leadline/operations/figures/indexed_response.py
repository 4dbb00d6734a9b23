"""Of which leads response times are shown, by an index (`ports.reading.questions`): the newest of a
time, how many there are in all, and older ones to which a person is still to respond."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from leadline.operations.lists.indexed_browsing import is_usable
from leadline.ports.reading.questions import LeadQuestion, Questions

_SOON = timedelta(minutes=1)
"""Leads of so long after now are counted, too: the clocks of others may be ahead."""


class ResponseIds(msgspec.Struct, frozen=True):
    """The ids of the *newest* leads that were refined, newest first, and of older ones that are
    `awaited`: a person is still to respond to them. `number` is how many were refined; with `more`,
    further ones are awaited."""

    newest: Sequence[str]
    awaited: Sequence[str]
    number: int
    more: bool


def response_ids(
    questions: Questions,
    since: datetime,
    until: datetime | None,
    now: datetime,
    most_newest: int,
    most_awaited: int,
) -> ResponseIds | None:
    """The leads captured from *since* on and before *until* (None: now); None if the index can't be
    used. Raises Unanswerable, StorageFailed."""
    if not is_usable(questions.behind(now)):
        return None
    newest = questions.ids(LeadQuestion(valid=True, since=since, until=until), most_newest)
    if len(newest) < most_newest:
        return ResponseIds(newest, (), len(newest), more=False)
    number = questions.figures(since, until or now + _SOON)[()].valid
    if not most_awaited:
        return ResponseIds(newest, (), max(number, len(newest)), more=False)
    known = frozenset(newest)
    query = LeadQuestion(awaited=True, since=since, until=until)
    awaited = questions.ids(query, most_newest + most_awaited + 1)
    older = [one for one in awaited if one not in known]
    more = len(older) > most_awaited
    return ResponseIds(newest, older[:most_awaited], max(number, len(newest)), more)
