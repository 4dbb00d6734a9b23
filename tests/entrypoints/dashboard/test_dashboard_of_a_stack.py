"""The dashboard of a stack on AWS: the same pages and actions, asked of its table and archive."""

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import cast

import msgspec
import pytest

from leadline.cloud.connecting import ConnectedStack, StackStore
from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.entrypoints.dashboard.pages import PAGES
from leadline.installations.accounts import accounts_in
from leadline.installations.on_aws import OnAws
from leadline.model.accounts import UserRole
from leadline.model.handling import UNHANDLED
from leadline.model.task import Drop, Step
from leadline.settings.loading import Loaded, load
from leadline.stores.aws.audit import AwsAudit
from leadline.stores.aws.reading.ledger import AwsLedger
from leadline.stores.aws.sweep.dead_letter_queues import DeadLetterQueues
from tests.worlds.aws_resources import AwsResources
from tests.worlds.dashboard import CSRF, Browser, known_as
from tests.worlds.leads import HandClock, captured, lease_task, refined_in, settle


class StackOnMoto:
    """What `OnAws` asks of a stack."""

    name = "prod"

    def __init__(self, rooms: AwsResources, folder: Path) -> None:
        self.rooms = rooms
        self.table, self.bucket = rooms.table, rooms.bucket
        self.loaded: Loaded = load({"data": folder}, environ={}, folder=folder)
        self.dead_letters = DeadLetterQueues(rooms.caller, rooms.table, rooms.queues)

    def store(self) -> StackStore:
        return StackStore(self.rooms.table, self.rooms.bucket, self.rooms.queues)

    def ledger(self) -> AwsLedger:
        return AwsLedger(self.rooms.table, self.rooms.bucket)


@pytest.fixture
def stack(moto: str, tmp_path: Path) -> Iterator[StackOnMoto]:
    with closing(AwsResources(moto)) as rooms:
        yield StackOnMoto(rooms, tmp_path)


@pytest.fixture
def browser(stack: StackOnMoto, tmp_path: Path, clock: HandClock) -> Iterator[Browser]:
    installation = OnAws(cast(ConnectedStack, stack))
    with closing(accounts_in(tmp_path)) as accounts:
        door = known_as("ada", UserRole.OPERATOR)
        yield Browser(create_app(Dashboard(installation, accounts, clock, door)))


def test_a_lead_of_a_stack_is_claimed_and_replayed(
    stack: StackOnMoto, browser: Browser, clock: HandClock
) -> None:
    lead = refined_in(stack.rooms.store(clock), clock)
    assert browser.get("/").status == 200
    path = f"/leads/{lead.id}/do"
    form = {"csrf": CSRF, "form": "1"}
    assert "It is yours." in browser.post(f"{path}/claim", form, hx_request="true").text
    claimed = stack.store().handling([lead.id]).get(lead.id, UNHANDLED).claimed_by
    assert claimed is not None
    assert claimed.name == "ada"
    shown = browser.post(f"{path}/replay", form | {"from": "refine"}, hx_request="true")
    assert "replayed from refine" in shown.text
    noted = [one.entry for one in AwsAudit(stack.table).entries()]
    done = [one for one in noted if one.action != "dashboard.look_live"]
    assert [(one.actor, one.action, one.subject) for one in done] == [
        ("person:ada", "dashboard.claim", lead.id),
        ("person:ada", "dashboard.replay", lead.id),
    ]


def test_what_changed_in_a_stack_is_looked_for_by_its_counts(
    stack: StackOnMoto, browser: Browser, clock: HandClock
) -> None:
    live = browser.app.state.live
    before, pause = live._read()
    refined_in(stack.rooms.store(clock), clock)
    after, _ = live._read()
    assert before != after
    assert pause == 30.0


def test_every_page_shows_a_stack(stack: StackOnMoto, browser: Browser, clock: HandClock) -> None:
    store = stack.rooms.store(clock)
    lead = refined_in(store, clock)
    waiting = captured(clock, "waiting")
    store.accept([waiting])
    browser.app.state.dashboard = msgspec.structs.replace(
        browser.app.state.dashboard, door=known_as("ada", UserRole.ADMIN)
    )
    for page in PAGES:
        shown = browser.get(page.path)
        assert shown.status == 200, (page.path, shown.text)
    for path in ("/leads?sort=name", "/leads?owner=bob", "/leads/export.csv", "/dead/retry"):
        assert browser.get(path).status == 200, path
    assert browser.get(f"/leads/{lead.id}").status == 200
    assert "<h1>Waiting</h1>" in browser.get(f"/leads/{waiting.id}").text


def test_dead_letters_of_a_stack_are_retried(
    stack: StackOnMoto, browser: Browser, clock: HandClock
) -> None:
    store = stack.rooms.store(clock)
    lead = captured(clock, "dead", delay=timedelta())
    store.accept([lead])
    assert settle(store, lease_task(store, Step.REFINE), Drop("contact.blank", "nobody"))
    form = {"csrf": CSRF, "form": "1", "reason": "contact.blank"}
    answer = browser.post("/dead/retry", form)
    for thread in threading.enumerate():
        if thread.name.startswith("job "):
            thread.join()
    assert "Done: 1 lead retried." in browser.get(answer.headers["location"]).text
    with closing(stack.ledger()) as ledger:
        assert ledger.dead() == []


def test_a_lead_of_a_stack_is_corrected(
    stack: StackOnMoto, browser: Browser, clock: HandClock
) -> None:
    store = stack.rooms.store(clock)
    lead = refined_in(store, clock)
    path = f"/leads/{lead.id}/correct"
    assert 'value="ada@example.com"' in browser.get(path).text
    form = {"csrf": CSRF, "form": "1", "f:email": "eve@example.com"}
    assert "What would become of it" in browser.post(path, form).text
    assert store.waiting([lead.id])[lead.id].corrections == ()
    told = browser.post(f"/leads/{lead.id}/do/correct", form, hx_request="true")
    assert "It is corrected" in told.text
    again = stack.rooms.store(clock)
    assert len(again.waiting([lead.id])[lead.id].corrections) == 1
    assert again.next_due(Step.REFINE) is not None
