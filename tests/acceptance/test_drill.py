"""An hour of trouble: every lead is told once, with its owner, and no later than it must be.

`make drill` prints the figures.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from statistics import quantiles

import pytest

from tests.worlds.drill import Drill, Plan, minutes
from tests.worlds.leads import HandClock

pytestmark = pytest.mark.slow

SEEDS = (1, 2)
LEASE = timedelta(seconds=60)
HOLD = timedelta(seconds=60)
BACKLOG = minutes(2)
"""What is behind is told in messages of sixty leads each, a message a second at the best."""
SLACK = LEASE * 2 + HOLD + BACKLOG
"""A lead may be in the hands of a worker that dies, and again of the next; a failing channel is
probed once a minute."""


@pytest.fixture(params=[(s, f) for s in SEEDS for f in (False, True)], ids="{0[0]}-{0[1]}".format)
def drill(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> Iterator[Drill]:
    seed, fallback = request.param
    with closing(Drill(tmp_path, clock, seed, fallback=fallback)) as made:
        made.run()
        yield made


def test_every_lead_is_told_once_with_its_owner_and_in_time(drill: Drill) -> None:
    assert len(drill.due) == Plan.leads
    in_room = drill.slack.first_messages()
    told = {i: in_room.get(i, []) + drill.mail.told.get(i, []) for i in drill.due}
    _print(drill, told)
    assert {i: len(times) for i, times in told.items() if len(times) != 1} == {}
    late = {i: times[0] - drill.due[i] for i, times in told.items()}
    assert {i: s for i, s in late.items() if s > _allowed(drill, i)} == {}
    assert drill.slack.ignored_pauses == 0
    assert drill.fuse.deaths >= 55
    drill.settle_owners()
    again = drill.slack.first_messages()
    assert {
        i for i in drill.due if len(again.get(i, []) + drill.mail.told.get(i, [])) != 1
    } == set()
    words = drill.slack.words_by_lead()
    assert not [i for i in drill.due if not _names_its_owner(drill, i, words.get(i, ""))]


def _allowed(drill: Drill, lead_id: str) -> timedelta:
    """How late an alert may be: until Slack is back, or until the fallback stands in for it."""
    down, up = (drill.begin + at for at in Plan.slack_down)
    paced = drill.begin + Plan.slack_busy[1]
    due = drill.due[lead_id]
    if not down - SLACK <= due < paced + BACKLOG:
        return SLACK
    end = down + minutes(5) if drill.kit.channels["slack"].fallback and due < up else paced
    return max(end - due, timedelta()) + SLACK


def _names_its_owner(drill: Drill, lead_id: str, words: str) -> bool:
    """Whether somebody is told who owns the lead, where anybody does."""
    if drill.records[lead_id] not in drill.crm.owners or lead_id in drill.mail.told:
        return True  # what mail said is followed by a further one, of which no ids are kept
    _, owner = drill.crm.owners[drill.records[lead_id]]
    return f"<@U{owner.id[1:]}>" in words or owner.name in words


def _print(drill: Drill, told: dict[str, list[datetime]]) -> None:
    late = [(t[0] - drill.due[i]).total_seconds() for i, t in told.items() if t]
    cuts = quantiles(late, n=100)
    by_mail = sum(bool(times) for times in drill.mail.told.values())
    print(
        f"\n{Plan.leads} leads in an hour; {drill.fuse.deaths} workers killed; Slack down"
        f" {Plan.slack_down[1] - Plan.slack_down[0]}, then asking for pauses; CRM down"
        f" {Plan.crm_down[1] - Plan.crm_down[0]}; fallback:"
        f" {drill.kit.channels['slack'].fallback or 'none'}\n"
        f"told never / once / more: {sum(not t for t in told.values())} /"
        f" {sum(len(t) == 1 for t in told.values())} / {sum(len(t) > 1 for t in told.values())};"
        f" by mail {by_mail}; messages in Slack {len(drill.slack.messages)}\n"
        f"seconds after they were due: median {cuts[49]:.0f}, p95 {cuts[94]:.0f},"
        f" most {max(late):.0f}"
    )
