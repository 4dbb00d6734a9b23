"""What a channel's wheel says when there is more to say than the channel takes."""

from collections import Counter
from datetime import timedelta

import pytest

from leadline.entrypoints.embedded.worker import (
    CHANNEL_WHEELS,
    IDLE_S,
    LEAD_WHEELS,
    Speaking,
    _InTurns,
)
from leadline.kit import Kit
from leadline.model.task import Step


def kit() -> Kit:
    return None  # type: ignore[return-value]  # what is said here asks nobody


def speaker(name: str, said: list[str], left: int) -> Speaking:
    """Has so many things to say, and then nothing."""
    things = [name] * left

    def speak(_: Kit, channel: str) -> timedelta | None:
        assert channel == "slack"
        if not things:
            return None
        said.append(things.pop())
        return timedelta()

    return speak


def test_each_kind_of_message_has_its_turn_however_many_there_are_of_one() -> None:
    said: list[str] = []
    wheel = _InTurns([speaker("alert", said, 50), speaker("change", said, 3)], "slack")
    for _ in range(6):
        assert wheel.turn(kit()) == 0.0
    assert Counter(said) == {"alert": 3, "change": 3}
    for _ in range(47):
        assert wheel.turn(kit()) == 0.0
    assert wheel.turn(kit()) == IDLE_S


def test_while_the_channel_is_not_free_nobody_speaks() -> None:
    wheel = _InTurns([lambda _k, _c: timedelta(seconds=20)] * 3, "slack")
    assert wheel.turn(kit()) == IDLE_S


@pytest.mark.parametrize("step", [s for s in Step if s is not Step.WRITE_BACK])
def test_something_turns_for_every_step(step: Step) -> None:
    assert step in LEAD_WHEELS.keys() | CHANNEL_WHEELS.keys()
