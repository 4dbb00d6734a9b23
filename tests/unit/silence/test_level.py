"""How many leads a source sends now, by its leads in blocks of equal business time."""

import random

import pytest

from leadline.silence.level import current_level


def test_a_steady_level_is_known_by_all_that_came() -> None:
    level = current_level([10] * 24)
    assert level.leads == 10
    assert level.spread == pytest.approx(1 / 240)


def test_no_more_than_some_hundred_of_the_newest_leads_count_so_that_growth_is_followed() -> None:
    assert current_level([50] * 32 + [56] * 8).leads == 56


@pytest.mark.parametrize("now", [6, 30])
def test_what_came_before_a_change_of_the_level_does_not_count(now: int) -> None:
    assert current_level([15] * 30 + [now] * 8).leads == pytest.approx(now, rel=0.1)


def test_blocks_of_campaigns_do_not_count() -> None:
    level = current_level([10, 10, 10, 10, 10, 40, 40] * 5)
    assert level.leads == 10
    assert level.spread < 0.01


def test_blocks_that_vary_more_than_chance_lets_them_make_a_spread() -> None:
    chance = random.Random("blocks")
    even = [sum(chance.random() < 0.1 for _ in range(100)) for _ in range(40)]
    uneven = [chance.choice((4, 10, 16)) for _ in range(40)]
    assert current_level(even).spread < 0.03
    assert current_level(uneven).spread > 2 * current_level(even).spread


@pytest.mark.parametrize("counts", [[30], [0, 0, 0, 60, 0, 0], [0] * 12 + [30]])
def test_a_level_is_above_nothing_whatever_the_blocks_hold(counts: list[int]) -> None:
    assert current_level(counts).leads > 0
