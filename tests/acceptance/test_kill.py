"""Thirty rounds of SIGKILL at random moments, under load: nothing that was answered 200 is lost."""

import json
import math
import random
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
import urllib3

from leadline.standins.slack_inbox import SlackInbox
from tests.acceptance.installation import Installation

SENDERS = 4


class SenderLoad:
    """Senders that post leads until told to stop, and remember what was answered 200."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.accepted: dict[str, str] = {}
        self.failed = 0
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._send, args=(n,)) for n in range(SENDERS)]
        for thread in self._threads:
            thread.start()

    def _send(self, sender: int) -> None:
        http = urllib3.PoolManager(retries=False, timeout=5)
        number = 0
        while not self._stop.is_set():
            number += 1
            email = f"lead.{sender}.{number}@example.com"
            body = json.dumps({"name": f"Lead Number{number}", "email": email}).encode()
            self._post(http, email, body)
            time.sleep(0.01)
        http.clear()

    def _post(self, http: urllib3.PoolManager, email: str, body: bytes) -> None:
        """Post one lead until it is answered, as a vendor that retries does."""
        while not self._stop.is_set():
            try:
                answer = http.request(
                    "POST",
                    f"{self.installation.url}/webhook",
                    body=body,
                    headers={"content-type": "application/json"},
                )
            except urllib3.exceptions.HTTPError:
                self.failed += 1
                time.sleep(0.02)
                continue
            if answer.status == 200:
                with self._lock:
                    self.accepted[email] = json.loads(answer.data)["lead_id"]
                return
            time.sleep(0.02)

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


@pytest.mark.slow
def test_thirty_rounds_of_sigkill_lose_no_lead_and_refine_none_twice(tmp_path: Path) -> None:
    chance = random.Random(20260302)
    killed: Counter[str] = Counter()
    with SlackInbox(record=tmp_path / "slack.jsonl") as slack:
        settings = {"LEADLINE_SLACK_WEBHOOK_URL": slack.webhook_url, "LEADLINE_WORKERS": "2"}
        with Installation(tmp_path / "installation", **settings) as installation:
            installation.start()
            load = SenderLoad(installation)
            for _ in range(30):
                time.sleep(chance.uniform(0.2, 1.2))
                role, pid = chance.choice(sorted(installation.family().items()))
                killed[role] += 1
                installation.kill(pid)
                if role == "supervisor":
                    assert installation.process is not None
                    installation.process.wait()
                    installation.start(ready=False)
            installation.wait_ready()
            load.stop()
            assert load.accepted
            wait_until_quiet(installation)
            check_everything_is_there(installation, load, tmp_path / "slack.jsonl")
            assert installation.stop() == 0
    assert len(killed) >= 3, killed


def wait_until_quiet(installation: Installation, seconds: float = 60.0) -> None:
    """Wait while the tasks grow fewer, however slow the machine; *seconds* without any progress
    are a fault."""
    least, deadline = math.inf, time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            answer = installation.http.request("GET", f"{installation.url}/metrics")
        except urllib3.exceptions.HTTPError:
            answer = None
        if answer is None or answer.status != 200:  # one server ends, the next one starts
            time.sleep(0.1)
            continue
        waiting = sum(
            float(line.rpartition(" ")[2])
            for line in answer.data.decode().splitlines()
            if line.startswith("leadline_tasks_waiting{")
        )
        if not waiting:
            return
        if waiting < least:
            least, deadline = waiting, time.monotonic() + seconds
        time.sleep(0.5)
    raise AssertionError(f"{least:.0f} tasks are still waiting")


def check_everything_is_there(installation: Installation, load: SenderLoad, record: Path) -> None:
    verified = installation.command("verify", "--json")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    listed = installation.command("leads", "--limit", "1000000", "--json")
    leads = {lead["lead_id"]: lead for lead in json.loads(listed.stdout)}
    messages = [json.loads(line) for line in record.read_text().splitlines()]
    alerts = Counter(m["metadata"]["event_payload"]["lead_id"] for m in messages)
    for email, lead_id in load.accepted.items():
        assert leads[lead_id]["email"] == email
        assert leads[lead_id]["status"] == "alerted"
        assert alerts[lead_id] >= 1
    # One lead for each address, however often its sender had to try.
    emails = Counter(lead["email"] for lead in leads.values())
    assert max(emails.values()) == 1
    # A kill between Slack's answer and our note may repeat a message: at most one for each kill.
    repeated = sum(n - 1 for n in alerts.values())
    assert repeated <= 30
