"""A worker in a process of its own that kills itself (SIGKILL) over its work.

python -m tests.worlds.year.victim FOLDER TIME LIMIT WHEN

It takes up to LIMIT leads of forms that are due at TIME (ISO 8601) and dies "before" their results
are stored, "amid" the transaction that stores them, or "after" it. FOLDER is that of the office.
"""

import os
import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from leadline.kit import Kit
from leadline.model.staff.assigning import Documents
from leadline.model.task import Done, Turn
from leadline.ports.store import Among, Settlement
from leadline.settings.loading import load
from leadline.stores.sqlite.store import SqliteStore
from leadline.wiring import channels, kit_of
from tests.worlds.year.clock import TickingClock


def die() -> None:
    """End this process as if the machine had lost its power for it."""
    os.kill(os.getpid(), signal.SIGKILL)


def doomed(kit: Kit, when: str) -> Kit:
    """A kit whose worker dies over its settling."""
    settle = kit.store.settle

    def settling(settlements: Sequence[Settlement]) -> list[bool]:
        if when == "before":
            die()
        if when == "amid":
            settlements = [_dying(one) for one in settlements]
        settle(settlements)
        die()
        raise AssertionError("the process should be dead")

    kit.store.settle = settling  # type: ignore[method-assign]
    return msgspec.structs.replace(kit, among=Among(frozenset({"form"})))


def _dying(settlement: Settlement) -> Settlement:
    """The settlement of a lead whose turn kills the process, when documents were read and nothing
    is stored yet."""
    outcome = settlement.outcome
    if not isinstance(outcome, Done) or outcome.turn is None:
        return settlement

    def finish(documents: Documents) -> tuple[Done, Documents]:
        die()
        raise AssertionError(f"the process should be dead, with {len(documents)} documents")

    turn = Turn(outcome.turn.reads, finish)
    dying = msgspec.structs.replace(outcome, turn=turn)
    return msgspec.structs.replace(settlement, outcome=dying)


def main(arguments: Sequence[str]) -> None:
    from leadline.journey.refinement.refining import refine_due

    folder, at, limit, when = arguments
    clock = TickingClock(datetime.fromisoformat(at))
    document = Path(folder, "year.toml").read_text(encoding="utf-8")
    data = str(Path(folder) / "data")
    settings = load({"data": data}, environ={}, document=(document, "year")).settings
    kit = kit_of(settings, SqliteStore(settings.data, clock=clock), channels(settings), clock)
    refine_due(doomed(kit, when), int(limit))


if __name__ == "__main__":
    main(sys.argv[1:])
