"""Checks what is remembered to give out leads, for `leadline verify`."""

from collections.abc import Iterator

import apsw
import msgspec

from leadline.model.handling import Handling
from leadline.ports.reading.ledger import Unaccounted
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.file.checksums import is_whole
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import text_of
from leadline.stores.sqlite.work.handling import handling_decoder

_sql = Queries(__name__)


def faults_of_teams(db: apsw.Connection, *, deep: bool) -> Iterator[Unaccounted]:
    """Leads in a queue in which they do not wait; with *deep* also leads that wait in a queue which
    does not have them, and damaged documents. Handlings that are damaged are told of elsewhere."""
    for key, team, score, body in bulk.query(db, _sql.queued):
        handling = _handling(body) if body is not None else Handling()
        waits = handling.waits_in if handling is not None else None
        if handling is not None and (waits is None or (waits.team, waits.score) != (team, score)):
            yield Unaccounted(
                text_of(key), f"it does not wait in the queue of {team}, which has it"
            )
    if not deep:
        return
    for key, body in bulk.query(db, _sql.waiting):
        handling = _handling(body)
        if handling is not None and handling.waits_in is not None:
            team = handling.waits_in.team
            yield Unaccounted(text_of(key), f"the queue of {team} lacks it, in which it waits")
    for name, body, body_sum in bulk.query(db, _sql.documents):
        if not is_whole(body, body_sum):
            yield Unaccounted(name, "what is remembered to give out leads is damaged")


def _handling(body: bytes) -> Handling | None:
    """The handling; None if it is damaged."""
    try:
        return handling_decoder.decode(body)
    except (msgspec.MsgspecError, ValueError):
        return None
