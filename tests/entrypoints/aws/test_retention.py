"""The sweep deletes what is older than its term, and goes on where the one before ended."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from leadline.entrypoints.aws import capture, deliver, refine, sweep
from leadline.model.lead import Kind
from leadline.model.retiring import RETIRED_WORDS
from leadline.standins.slack_inbox import SlackInbox
from tests.standins.aws_faults import world
from tests.worlds.aws_functions import Context, Functions, now
from tests.worlds.leads import HandClock, captured


@pytest.fixture
def functions(moto: str, quiet: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Functions]:
    with SlackInbox() as slack, world(moto, now, 1) as (actor,):
        made = Functions(actor, slack)
        for module in (capture, refine, deliver, sweep):
            monkeypatch.setattr(module, "_parts", lambda: made.parts)
        yield made
        made.parts.caller.close()


def test_a_sweep_deletes_what_is_too_old_and_the_next_finds_nothing(functions: Functions) -> None:
    store = functions.actor.store
    ages = {"old": 100, "young": 50}
    made = {
        name: captured(HandClock(now() - timedelta(days=days)), name, kind=Kind.IGNORED, why="test")
        for name, days in ages.items()
    }
    store.accept(list(made.values()))
    functions.write('[retention]\nraw = "90d"\n')
    sweep.handler({}, Context(15_000))
    assert not _is_retired(functions, made["old"].id), "there is no time for what is not urgent"
    sweep.handler({}, Context(120_000))
    assert _is_retired(functions, made["old"].id)
    assert not _is_retired(functions, made["young"].id)
    sweep.handler({}, Context(120_000))
    assert not _is_retired(functions, made["young"].id)


def _is_retired(functions: Functions, lead_id: str) -> bool:
    return functions.actor.store.archived([lead_id])[lead_id].raw == RETIRED_WORDS
