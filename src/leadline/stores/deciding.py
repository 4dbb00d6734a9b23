"""Asking a turn who gets a lead, in the transaction that stores it."""

import logging
from collections.abc import Mapping

from leadline.model.staff.assigning import Documents
from leadline.model.task import Done, Drop, Lease, Turn

log = logging.getLogger(__name__)


class TurnFailed(Exception):
    """The decision raised an error, its cause. Nothing was stored."""

    @property
    def kind(self) -> str:
        """The name of the cause."""
        return type(self.__cause__).__name__


def decided(turn: Turn, bodies: Mapping[str, bytes]) -> tuple[Done, Documents]:
    """The outcome of a turn by the documents as they are now (empty ones do not exist yet), and
    those that it changes; raises TurnFailed."""
    there = {name: body for name, body in bodies.items() if body}
    try:
        return turn.finish(there)
    except Exception as error:
        raise TurnFailed(turn.reads) from error


def given_up(lease: Lease, error: TurnFailed) -> Drop:
    """The outcome for a lead whose turn failed: a dead letter, so that others of its batch are
    settled."""
    log.error(
        "settle.failed",
        exc_info=error.__cause__,
        extra={"lead": lease.task.lead_id, "error": error.kind},
    )
    return Drop("turn.failed", error.kind)
