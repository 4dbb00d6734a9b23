"""What a channel's loop says when there is more to say than the channel takes."""

from collections import Counter
from datetime import timedelta

from leadline.entrypoints.embedded.worker import IDLE_S, DoOnce, InOrder, RoundRobin
from leadline.kit import Kit


def kit() -> Kit:
    return None  # type: ignore[return-value]  # what is said here asks nobody


def speaker(name: str, said: list[str], left: int) -> DoOnce:
    """Has so many things to say, and then nothing."""
    things = [name] * left

    def speak(_: Kit) -> timedelta | None:
        if not things:
            return None
        said.append(things.pop())
        return timedelta()

    return speak


def test_each_kind_of_message_has_its_turn_however_many_there_are_of_one() -> None:
    said: list[str] = []
    once = RoundRobin([speaker("alert", said, 50), speaker("change", said, 3)])
    for _ in range(6):
        assert once(kit()) == 0.0
    assert Counter(said) == {"alert": 3, "change": 3}
    for _ in range(47):
        assert once(kit()) == 0.0
    assert once(kit()) == IDLE_S


def test_while_the_channel_is_not_free_nobody_speaks() -> None:
    once = RoundRobin([lambda _: timedelta(seconds=20)] * 3)
    assert once(kit()) == IDLE_S


def test_all_first_looks_come_before_the_next_refinement() -> None:
    said: list[str] = []
    once = InOrder([speaker("look", said, 5), speaker("refine", said, 2)])
    while once(kit()) == 0.0:
        pass
    assert said == ["look"] * 5 + ["refine"] * 2
