"""What a supervisor sees of a worker's turns, and the alarm of a worker without one."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from leadline.entrypoints.embedded.progress import Progress
from leadline.entrypoints.embedded.worker import longest_iteration
from leadline.model.task import Step
from leadline.settings.loading import load

LEAD = "01a2279f-23f2-7f47-977e-9af1a3620830"
NO_TIME, AN_HOUR = timedelta(seconds=-1), timedelta(hours=1)


@pytest.fixture
def shared() -> Iterator[tuple[Progress, Progress]]:
    """The memory as the supervisor has it, and as the worker."""
    ours = Progress()
    with closing(ours), closing(Progress(os.dup(ours.file))) as theirs:
        yield ours, theirs


def test_a_turn_that_should_be_over_is_seen_with_the_lead_that_it_has_come_to(
    shared: tuple[Progress, Progress],
) -> None:
    ours, theirs = shared
    one, other = theirs.loop(), theirs.loop()
    assert ours.overdue() is None
    one.begin(AN_HOUR)
    other.begin(NO_TIME)
    overdue = ours.overdue()
    assert overdue is not None
    assert overdue.seconds >= 1
    assert overdue.lead_id == ""
    other.at(LEAD)
    overdue = ours.overdue()
    assert overdue is not None
    assert overdue.lead_id == LEAD
    other.end()
    assert ours.overdue() is None


def test_another_worker_begins_with_a_clean_slate(shared: tuple[Progress, Progress]) -> None:
    ours, theirs = shared
    loop = theirs.loop()
    loop.begin(NO_TIME)
    assert ours.overdue() is not None
    ours.clear()
    assert ours.overdue() is None


def test_the_last_lease_of_a_worker_is_seen_beside_its_turns(
    shared: tuple[Progress, Progress],
) -> None:
    ours, theirs = shared
    one, other = theirs.loop(), theirs.loop()
    one.begin(AN_HOUR)
    assert ours.last_lease() is None
    before = datetime.now(UTC)
    one.leased(Step.WRITE_BACK)
    other.leased(Step.NOTIFY)
    last = ours.last_lease()
    assert last is not None
    assert last.step == "notify"
    assert before <= last.at <= datetime.now(UTC)
    assert ours.overdue() is None
    other.begin(NO_TIME)
    assert ours.overdue() is not None
    ours.clear()
    assert ours.last_lease() is None


def test_every_step_has_a_name_that_fits_beside_the_time_of_a_lease(
    shared: tuple[Progress, Progress],
) -> None:
    ours, theirs = shared
    loop = theirs.loop()
    for step in Step:
        loop.leased(step)
        last = ours.last_lease()
        assert last is not None
        assert last.step == step


def test_a_turn_may_take_as_long_as_its_lease_and_as_others_may_take_to_answer() -> None:
    settings = load({}, environ={}).settings
    assert longest_iteration(settings) == timedelta(seconds=59)
    assert longest_iteration(settings, [timedelta(seconds=10)]) == timedelta(seconds=59)
    assert longest_iteration(settings, [timedelta(seconds=40)]) == timedelta(seconds=110)


ALARMED = """
import re, sys, threading
from datetime import timedelta
from leadline.entrypoints.embedded.progress import Alarm

alarm = Alarm()
first, second = alarm.loop(), alarm.loop()
for _ in range(3):
    first.begin(timedelta(seconds=0.2))
    second.begin(timedelta(seconds=60))
    first.end()
threading.Event().wait(0.5)  # longer than the turn that is over
print("began", flush=True)
first.begin(timedelta(seconds=0.2))
re.fullmatch("(a+)+b", "a" * 64)
"""


def test_an_alarm_ends_a_process_whose_interpreter_is_held_and_no_other() -> None:
    began = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-c", ALARMED], capture_output=True, text=True, timeout=60
    )
    assert time.monotonic() - began >= 0.7
    assert (ended.returncode, ended.stdout) == (1, "began\n")
    assert ended.stderr.startswith("Timeout (0:00:00.")
