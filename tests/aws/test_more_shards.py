"""A deployed stack gets more shards, and fewer again, while leads wait."""

import json

import pytest

from leadline.standins.slack_inbox import SlackInbox
from tests.aws.deployment import Deployment
from tests.aws.test_end_to_end import eventually, send, settings_text, told
from tests.standins.emulator import Emulator

pytestmark = pytest.mark.aws


@pytest.fixture(scope="module")
def stack(
    emulator: Emulator, slack: SlackInbox, tmp_path_factory: pytest.TempPathFactory
) -> Deployment:
    emulator.reset()
    return Deployment(
        emulator,
        tmp_path_factory.mktemp("stack"),
        stack="leads",
        parameters={"Delay": "20s", "RefineTimeout": "10", "SweepSchedule": "rate(1 day)"},
        settings=settings_text(slack),
    )


def shards(stack: Deployment) -> dict[str, int]:
    done = stack.run("shards", "--stack", stack.stack, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, int] = json.loads(done.stdout)
    return found


def test_leads_that_wait_while_the_number_changes_are_alerted(
    stack: Deployment, slack: SlackInbox
) -> None:
    assert (shards(stack)["new"], shards(stack)["read"]) == (4, 4)
    ids = [send(stack, name=f"Lead {n}", email=f"lead{n}@example.com") for n in range(3)]
    stack.deploy(Shards=16)
    ids += [send(stack, name=f"Lead {n}", email=f"lead{n}@example.com") for n in range(3, 12)]
    assert (shards(stack)["new"], shards(stack)["read"]) == (16, 16)
    stack.deploy(Shards=2)
    ids += [send(stack, name=f"Lead {n}", email=f"lead{n}@example.com") for n in range(12, 15)]
    found = shards(stack)
    assert (found["new"], found["read"]) == (2, 16)
    eventually(lambda: set(ids) <= set(told(slack)))
    refused = stack.run("shards", "--stack", stack.stack, "--gather")
    assert refused.returncode == 1
    assert "may still write to the former shards" in refused.stderr
    listed = stack.run("leads", "--aws", stack.stack, "--json")
    assert {one["lead_id"] for one in json.loads(listed.stdout)} == set(ids)
