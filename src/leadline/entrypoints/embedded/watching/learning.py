"""What a worker does for teams that learn: counts who won the leads that have become old enough."""

from collections.abc import Callable, Set
from contextlib import ExitStack, closing

from leadline import wiring
from leadline.kit import Kit
from leadline.model.task import Step
from leadline.operations.trials.learned_wins import count_wins
from leadline.settings.top.general import Settings
from leadline.team.giving.turns import LEARNED

_PAUSE_S = 60.0


def counters(settings: Settings, steps: Set[Step]) -> tuple[Callable[[Kit], float], ...]:
    """What a worker that gives leads out does again and again; nothing if no team learns."""
    learns = any(team.order == LEARNED for team in settings.teams.values())
    return (_counting(settings),) if learns and Step.ASSIGN in steps else ()


def _counting(settings: Settings) -> Callable[[Kit], float]:
    """A call that counts wins whenever that is due; it returns the seconds until the next look."""

    def once(kit: Kit) -> float:
        with ExitStack() as opened:
            count_wins(
                kit.store,
                lambda: opened.enter_context(closing(wiring.ledger(settings))),
                kit.teams,
                kit.clock(),
            )
        return _PAUSE_S

    return once
