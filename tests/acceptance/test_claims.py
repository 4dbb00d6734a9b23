"""A hundred people press Claim at once on a running server: one has the lead, all hear who."""

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import urllib3

from leadline.journey.responding.claiming import CLAIM
from leadline.model.handling import Handling
from leadline.model.task import Alert, Done, Step, Task
from leadline.standins.slack_inbox import SlackInbox
from leadline.stores.sqlite.store import SqliteStore
from tests.acceptance.installation import Installation
from tests.standins.slack_presses import (
    SECRET,
    command_body,
    press_body,
    press_payload,
    signed_headers,
)
from tests.worlds.leads import HandClock, captured, lease_task, refined, settle

PEOPLE = 100


class ServerWithLead:
    """A running server with a lead that its channel has been told of."""

    def __init__(self, folder: Path, slack: SlackInbox) -> None:
        self.slack = slack
        self.installation = Installation(
            folder,
            LEADLINE_SLACK_WEBHOOK_URL=slack.webhook_url,
            LEADLINE_SLACK_SIGNING_SECRET=SECRET,
            LEADLINE_WORKERS="1",
        )
        clock = HandClock(datetime.now(UTC))
        store = SqliteStore(self.installation.data, clock=clock)
        lead = captured(clock)
        store.accept([lead])
        clock.advance(minutes=10)
        then = (Task(Step.NOTIFY, lead.id, "slack"),)
        done = Done(refined=refined(lead, clock, name="Ada Vance"), then=then)
        clock.now = datetime.now(UTC)
        store.put([Task(Step.REFINE, lead.id)], clock.now)
        settle(store, lease_task(store, Step.REFINE), done)
        alert = Alert(lead.id, "slack", clock.now, "new_lead/1")
        settle(store, lease_task(store, Step.NOTIFY, "slack"), Done(alert=alert))
        store.close()
        self.lead_id = lead.id

    def post(self, http: urllib3.PoolManager, path: str, body: bytes) -> urllib3.BaseHTTPResponse:
        headers = signed_headers(body, datetime.now(UTC))
        url = self.installation.url + path
        return http.request("POST", url, body=body, headers=headers)

    def press(self, user: str, action: str = CLAIM) -> int:
        """The status of the answer."""
        reply = f"{self.slack.url}/services/reply-{user}"
        body = press_body(press_payload(action, self.lead_id, user, user, response_url=reply))
        with urllib3.PoolManager(retries=False, timeout=60) as http:
            return self.post(http, "/slack/actions", body).status

    def handling(self) -> Handling:
        store = SqliteStore(self.installation.data)
        try:
            return store.handling([self.lead_id])[self.lead_id]
        finally:
            store.close()

    def replies(self) -> list[str]:
        """What people were told for their eyes only."""
        messages = list(self.slack.messages)
        return [m["text"] for m in messages if m.get("response_type") == "ephemeral"]

    def changed(self) -> list[str]:
        """The messages as they were changed."""
        return [json.dumps(m) for m in list(self.slack.messages) if m.get("replace_original")]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[ServerWithLead]:
    with SlackInbox() as slack:
        made = ServerWithLead(tmp_path, slack)
        with made.installation as installation:
            installation.start()
            yield made
            assert installation.stop() == 0
            logged = installation.log.read_text()
            assert '"level":"error"' not in logged
            assert "warning" not in logged
            assert "reply-" not in logged


def test_of_a_hundred_who_press_at_once_one_has_it_and_99_are_told_who(
    office: ServerWithLead,
) -> None:
    users = [f"U{n:03}" for n in range(PEOPLE)]
    barrier = threading.Barrier(PEOPLE)
    answers: list[int] = []

    def one(user: str) -> None:
        barrier.wait()
        answers.append(office.press(user))

    threads = [threading.Thread(target=one, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(answers) == {200: PEOPLE}
    handling = office.handling()
    assert handling.claimed_by is not None
    winner = handling.claimed_by.slack
    assert winner in users
    assert handling.owner == handling.claimed_by
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and (len(office.replies()) < PEOPLE or not office.changed()):
        time.sleep(0.05)
    told = Counter(office.replies())
    assert told.pop("Ada Vance is yours.") == 1
    assert sum(told.values()) == PEOPLE - 1
    losers = rf"<@{winner}> claimed it (just now|\d+ s ago)\."
    assert [text for text in told if not re.fullmatch(losers, text)] == []
    (shown,) = office.changed()
    assert f"Claimed by <@{winner}>" in shown
    story = office.installation.command("show", office.lead_id, "--json")
    timeline = [(line["what"], line["detail"]) for line in json.loads(story.stdout)["timeline"]]
    assert [line for line in timeline if "claimed" in line[0]] == [("claimed", winner)]
    metrics = office.installation.http.request("GET", office.installation.url + "/metrics")
    counted = metrics.data.decode()
    assert 'leadline_slack_requests_total{result="changed",what="lead.claim"} 1.0' in counted
    assert 'leadline_slack_requests_total{result="unchanged",what="lead.claim"} 99.0' in counted
    assert winner not in counted


def test_who_claimed_a_lead_finds_it_by_the_command(office: ServerWithLead) -> None:
    http = office.installation.http
    free = msgspec.json.decode(
        office.post(http, "/slack/commands", command_body("unassigned")).data
    )
    assert office.lead_id in json.dumps(free)
    assert office.press("U01ANN") == 200
    mine = office.post(http, "/slack/commands", command_body(""))
    assert mine.headers["content-type"] == "application/json"
    assert "Ada Vance" in mine.data.decode()
    nobody = office.post(http, "/slack/commands", command_body("unassigned"))
    assert "All leads are assigned." in nobody.data.decode()


def test_a_server_without_the_secret_takes_nothing_from_slack(tmp_path: Path) -> None:
    body = command_body()
    with Installation(tmp_path) as installation:
        installation.start()
        for path in ("/slack/actions", "/slack/commands"):
            headers = signed_headers(body, datetime.now(UTC), "")
            url = installation.url + path
            answer = installation.http.request("POST", url, body=body, headers=headers)
            assert answer.status == 404
