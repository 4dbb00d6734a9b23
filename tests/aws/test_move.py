"""`leadline move` as an operator runs it: a real server, a stack, processes that are killed."""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import apsw
import pytest

from leadline.standins.slack_inbox import SlackInbox
from tests.acceptance.installation import Installation
from tests.aws.deployment import Deployment, operator_environment
from tests.standins.emulator import Emulator

pytestmark = pytest.mark.aws

ALERTED, WAITING = 12, 30
STACK = ("--stack", "moving")


@pytest.fixture(scope="module")
def stack(
    emulator: Emulator, slack: SlackInbox, tmp_path_factory: pytest.TempPathFactory
) -> Deployment:
    emulator.reset()
    return Deployment(
        emulator,
        tmp_path_factory.mktemp("stack"),
        stack="moving",
        parameters={"Delay": "2s", "RefineTimeout": "10", "SweepSchedule": "rate(1 day)"},
        settings=f'slack_webhook_url = "{slack.webhook_url}"\nslack_per_second = 20\n',
    )


class StackOwner:
    """The operator of an embedded installation who has an account on AWS."""

    def __init__(self, stack: Deployment, slack: SlackInbox, folder: Path) -> None:
        self.stack, self.slack = stack, slack
        aws = operator_environment(stack.emulator)
        own = {k: v for k, v in aws.items() if k.startswith("AWS_")}
        self.home = Installation(folder, LEADLINE_SLACK_WEBHOOK_URL=slack.webhook_url, **own)

    def post(self, prefix: str, count: int) -> None:
        leads = [{"name": f"{prefix} {i}", "email": f"{prefix}{i}@example.com"} for i in
                 range(count)]  # fmt: skip
        answer = self.home.post(json.dumps(leads).encode())
        assert answer.status == 200, answer.data

    def move(self, to: str, *more: str) -> subprocess.CompletedProcess[str]:
        return self.home.command("move", "--to", to, *STACK, *more)

    def moved(self, to: str) -> dict[str, Any]:
        done = self.move(to, "--json")
        assert done.returncode == 0, done.stderr
        data: dict[str, Any] = json.loads(done.stdout)
        return data

    def move_until(self, to: str, enough: Callable[[], bool]) -> bool:
        """Begin a move, and kill it at some moment; returns whether it was killed before its end,
        which on a busy machine may come first."""
        process = subprocess.Popen(
            [sys.executable, "-m", "leadline.entrypoints.cli", "move", "--to", to, *STACK],
            env=self.home.environment, cwd=self.home.folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            eventually(lambda: enough() or process.poll() is not None)
        finally:
            process.kill()
            process.wait()
        return process.returncode != 0

    def noted(self) -> int:
        """How many families a move has begun with."""
        journal = next(self.home.data.glob("moved-*.db"), None)
        if journal is None:
            return 0
        try:
            db = apsw.Connection(str(journal), flags=apsw.SQLITE_OPEN_READWRITE)
            ((count,),) = db.execute("SELECT count(*) FROM note").fetchall()
            db.close()
        except apsw.Error:
            return 0
        return int(str(count))

    def table_holds(self, leads: int) -> bool:
        return self.table_items() >= leads

    def table_items(self) -> int:
        """How many leads the table has."""
        pages = self.stack.client("dynamodb").get_paginator("scan").paginate(
            TableName=self.stack.outputs["TableName"], ConsistentRead=True
        )  # fmt: skip
        return sum(item["sk"]["S"] == "lead" for page in pages for item in page["Items"])

    def heard(self) -> Counter[str]:
        """How often Slack was told of each lead, by name."""
        payloads = [m["metadata"]["event_payload"] for m in self.slack.messages]
        return Counter(lead["lead_id"] for p in payloads for lead in p.get("leads", [p]))


def eventually(what: Callable[[], bool], seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.1)


@pytest.fixture
def owner(stack: Deployment, slack: SlackInbox, tmp_path: Path) -> Iterator[StackOwner]:
    it = StackOwner(stack, slack, tmp_path / "home")
    with it.home:
        yield it


def test_a_whole_installation_moves_and_comes_back_however_often_it_is_killed(
    owner: StackOwner,
) -> None:
    home, heard_before = owner.home, sum(owner.heard().values())
    home.start()
    owner.post("early", ALERTED)
    eventually(lambda: sum(owner.heard().values()) == heard_before + ALERTED)
    home.stop()
    home.settings["LEADLINE_DELAY"] = "30s"
    home.start()
    owner.post("later", WAITING)
    refused = owner.move("aws")
    assert refused.returncode == 2
    assert "stop it" in refused.stderr
    home.stop()

    counted = owner.move("aws", "--dry-run", "--json")
    assert json.loads(counted.stdout)["would_move"] == {
        "leads": ALERTED + WAITING, "waiting": WAITING, "dead": 0, "channels": 1,
    }  # fmt: skip
    assert owner.table_items() == 0

    for enough in (8, 30):
        midway = owner.move_until("aws", partial(owner.table_holds, enough))
        refused = home.command("serve")
        assert refused.returncode == 2
        way = "move --to aws --stack moving" if midway else "move --to embedded --stack moving"
        assert way in refused.stderr
    data = owner.moved("aws")
    assert data["conflicts"] == {}
    assert data["verified"] == data["moved"] + data["known"] == ALERTED + WAITING
    eventually(lambda: len(owner.heard()) == heard_before + ALERTED + WAITING)
    time.sleep(1)
    assert set(owner.heard().values()) == {1}
    assert home.command("worker").returncode == 2
    account = owner.stack.run("verify", "--aws", "moving", "--json")
    assert account.returncode == 0, account.stdout + account.stderr

    owner.move_until("embedded", lambda: owner.noted() > 0)
    data = owner.moved("embedded")
    assert data["verified"] == ALERTED + WAITING
    home.start()
    owner.post("last", 1)
    eventually(lambda: len(owner.heard()) == heard_before + ALERTED + WAITING)
    assert set(owner.heard().values()) == {1}
    home.stop()
    account = home.command("verify", "--deep", "--json")
    assert account.returncode == 0, account.stdout + account.stderr
    assert json.loads(account.stdout)["accepted"] == ALERTED + WAITING + 1
