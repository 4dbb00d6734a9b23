"""Hearing what is asked of destinations and CRMs, to keep it beside the lead that it was for.

A step gathers; around the call of a messenger or a CRM it listens, and what makes the requests
notes each of them. Requests of other threads, and outside of listening, are not noted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from leadline.model.monitoring.attempts import MOST_EXCHANGES, Exchange

_gathered: ContextVar[list[Exchange] | None] = ContextVar("gathered", default=None)
_heard: ContextVar[list[Exchange] | None] = ContextVar("heard", default=None)


@contextmanager
def gathering(wanted: bool = True) -> Iterator[list[Exchange]]:
    """Gather what is noted within, wherever something `listening` is called."""
    found: list[Exchange] = []
    token = _gathered.set(found if wanted else None)
    try:
        yield found
    finally:
        _gathered.reset(token)


@contextmanager
def listening(*, to_refusals: bool = False) -> Iterator[None]:
    """Note the requests of this block, or with *to_refusals* those that were not answered well, if
    somebody gathers them."""
    found = _gathered.get()
    if found is None:
        yield
        return
    heard: list[Exchange] = []
    token = _heard.set(heard)
    try:
        yield
    finally:
        _heard.reset(token)
        some = [one for one in heard if one.is_refused or not to_refusals]
        found += some[-MOST_EXCHANGES:] if to_refusals else some


def is_heard() -> bool:
    """Whether anybody listens: what makes requests need not describe them otherwise."""
    return _heard.get() is not None


def note_exchange(exchange: Exchange) -> None:
    """Note a request that was made, and its answer."""
    heard = _heard.get()
    if heard is not None:
        heard.append(exchange)
