"""What ad networks were told: figures of all leads."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from leadline.model.task import Step
from leadline.ports.reading.ledger import Backlog, Followed


class NetworkFigures(msgspec.Struct, frozen=True):
    """What one ad network was told: conversions by stage, of how many leads, the last one when and
    for what value in all. `waiting` and `dead` are its tasks; `is_set` is whether the settings
    have it still."""

    name: str
    leads: int = 0
    stages: dict[str, int] = {}
    last_sent: datetime | None = None
    value: float = 0.0
    currency: str = ""
    waiting: int = 0
    dead: int = 0
    is_set: bool = True


def network_figures(
    leads: Iterable[Followed], backlog: Iterable[Backlog], names: Sequence[str]
) -> list[NetworkFigures]:
    """The figures of the networks of the settings, *names*, and of those that were told before."""
    told: dict[str, list[tuple[str, datetime, float, str]]] = {name: [] for name in names}
    number = Counter[str]()
    for one in leads:
        for name, stages in one.handling.pushed.items():
            number[name] += 1
            told.setdefault(name, []).extend(
                (str(s.stage), s.sent_at, s.value or 0.0, s.currency) for s in stages
            )
    tasks = {one.channel: one for one in backlog if one.step is Step.PUSH}
    return [
        NetworkFigures(
            name=name,
            leads=number[name],
            stages=dict(Counter(stage for stage, *_ in some)),
            last_sent=max((at for _, at, *_ in some), default=None),
            value=sum(value for *_, value, _ in some),
            currency=next((currency for *_, currency in some if currency), ""),
            waiting=tasks[name].waiting if name in tasks else 0,
            dead=tasks[name].dead if name in tasks else 0,
            is_set=name in names,
        )
        for name, some in told.items()
    ]
