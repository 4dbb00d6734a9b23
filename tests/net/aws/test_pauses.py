"""Pauses between retries."""

import time

import pytest

from leadline.net.aws.pauses import pauses, wait


def test_the_first_try_comes_at_once_and_each_later_one_after_a_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    wait(next(pauses(3)))
    assert slept == []  # to sleep for 0 seconds takes time, too
    wait(0.25)
    assert slept == [0.25]
