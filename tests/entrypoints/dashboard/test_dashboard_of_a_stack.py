"""The dashboard of a stack on AWS: the same pages and actions, asked of its table and archive."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from leadline.cloud.connecting import ConnectedStack, StackStore
from leadline.duplicates.keys import candidate_keys
from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.entrypoints.dashboard.pages import PAGES
from leadline.installations.accounts import accounts_in
from leadline.installations.on_aws import OnAws
from leadline.model.facts.likeness import Traits
from leadline.model.handling import UNHANDLED
from leadline.model.ids import lowest_id
from leadline.model.lead import CapturedLead
from leadline.model.staff.accounts import ApiToken, Scope, UserRole, digest_of
from leadline.model.task import Done, Drop, Step
from leadline.settings.loading import Loaded, load
from leadline.stores.aws.audit import AwsAudit
from leadline.stores.aws.reading.ledger import AwsLedger
from leadline.stores.aws.reading.selection import Selection
from leadline.stores.aws.sweep.dead_letter_queues import DeadLetterQueues
from leadline.stores.aws.table import Table
from tests.worlds.aws_resources import AwsResources
from tests.worlds.dashboard import CSRF, Browser, known_as
from tests.worlds.leads import HandClock, captured, lease_task, refined, refined_in, settle

LINKS = re.compile(r'<td class="id"><a href="/leads/([0-9a-f-]+)"')


class StackOnMoto:
    """What `OnAws` asks of a stack."""

    name = "prod"

    def __init__(self, rooms: AwsResources, folder: Path, clock: HandClock) -> None:
        self.rooms, self.clock = rooms, clock
        self.table, self.bucket = rooms.table, rooms.bucket
        self.loaded: Loaded = load({"data": folder}, environ={}, folder=folder)
        self.dead_letters = DeadLetterQueues(rooms.caller, rooms.table, rooms.queues)

    def store(self) -> StackStore:
        return StackStore(self.rooms.table, self.rooms.bucket, self.rooms.queues)

    def ledger(self) -> AwsLedger:
        return AwsLedger(self.rooms.table, self.rooms.bucket, clock=self.clock)


@pytest.fixture
def stack(moto: str, tmp_path: Path, clock: HandClock) -> Iterator[StackOnMoto]:
    with closing(AwsResources(moto)) as rooms:
        yield StackOnMoto(rooms, tmp_path, clock)


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


def test_what_changed_in_a_stack_is_looked_for_among_its_newest_leads(
    stack: StackOnMoto, browser: Browser, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    live, store = browser.app.state.live, stack.rooms.store(clock)
    with monkeypatch.context() as patched:
        patched.setattr(Table, "scan", None)  # would read the whole table
        before, pause = live._read()
        assert live._read() == (before, pause)
        store.accept([captured(clock, delay=timedelta())])
        came, _ = live._read()
        assert came != before
        assert settle(store, lease_task(store, Step.REFINE), Drop("contact.blank", "nobody"))
        died, _ = live._read()
        assert died not in (before, came)
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


def test_health_of_a_stack_reads_neither_the_whole_table_nor_all_tasks(
    stack: StackOnMoto,
    browser: Browser,
    clock: HandClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = stack.rooms.store(clock)
    refined_in(store, clock)
    store.accept([captured(clock, str(n)) for n in range(6)])
    monkeypatch.setattr(Table, "scan", None)
    text = browser.get("/health").text
    assert "There are more" not in text
    assert re.search(r"generic</a></th><td><time[^>]*>[^<]*</time></td><td[^>]*>7<", text)
    page = import_module("leadline.entrypoints.dashboard.pages.health")
    monkeypatch.setattr(page, "MOST_TASKS_ON_AWS", 4)
    monkeypatch.setattr("leadline.operations.watching.health._MOST_ROWS", 3)
    text = browser.get("/health/now").text
    assert "of each step about 4 tasks are counted" in text
    assert re.search(r"generic</a></th><td><time[^>]*>[^<]*</time></td><td[^>]*>–<", text)


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


def test_a_stack_is_searched_by_what_it_has_indexes_of_and_says_so(
    stack: StackOnMoto, browser: Browser, clock: HandClock
) -> None:
    eve = lead_with_contact(stack, clock)
    waiting = captured(clock, "waiting", record="crm-7")
    stack.rooms.store(clock).accept([waiting])
    field = 'placeholder="Id, e-mail, phone or CRM record"'
    assert field in browser.get("/leads").text
    for words, lead in (
        (eve.id, eve), (eve.id[-8:], eve), ("Eve@Example.com", eve), ("%2B49 30 901820", eve),
        (waiting.id, waiting), ("crm-7&source=generic", waiting),
    ):  # fmt: skip
        for order in ("", "&sort=name", "&status=" + ("refined" if lead is eve else "waiting")):
            shown = browser.get(f"/leads?q={words.replace(' ', '+')}{order}").text
            assert LINKS.findall(shown) == [lead.id], (words, order)
            assert "1 lead<" in shown
    for words in ("eve", "Zoe Nobody", "zoe@example.com", "@", "Nobody 4930901820"):
        shown = browser.get(f"/leads?q={words.replace(' ', '+')}").text
        assert not LINKS.findall(shown), words
        assert "A stack on AWS finds a lead by its id" in shown, words
        assert "No lead matches" not in shown, words
    for filters in (
        f"q={eve.id}&status=dead",
        f"q={eve.id}&status=held",
        "q=eve%40example.com&owner=bob",
    ):
        assert not LINKS.findall(browser.get(f"/leads?{filters}").text), filters
    assert LINKS.findall(browser.get("/leads?status=waiting").text) == [waiting.id]
    assert "No lead matches" in browser.get("/leads?owner=bob").text


def test_no_search_in_a_stack_reads_the_documents_of_its_leads(
    stack: StackOnMoto, browser: Browser, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = captured(clock, "waiting")
    stack.rooms.store(clock).accept([waiting])
    monkeypatch.setattr(Selection, "_having", None)
    for path in ("/leads?q=waiting", "/leads/export.json?q=waiting", "/leads?q=waiting&sort=name"):
        shown = browser.get(path)
        assert shown.status == 200
        assert waiting.id not in shown.text
    than = f"/leads/new?than={lowest_id(clock.now - timedelta(hours=1))}"
    assert "1 new" in browser.get(f"{than}&q={waiting.id}").text
    assert "new" not in browser.get(f"{than}&q=waiting").text


def test_leads_of_a_stack_are_listed_and_searched_without_reading_its_whole_table(
    stack: StackOnMoto, browser: Browser, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    eve = lead_with_contact(stack, clock)
    monkeypatch.setattr(Table, "scan", None)
    for query in ("", "?q=eve%40example.com", f"?q={eve.id}&sort=name", "?owner=bob", "?q=bob"):
        shown = browser.get(f"/leads{query}")
        assert shown.status == 200, query
        assert "<option>generic</option>" in shown.text, query


def test_exports_and_programs_search_a_stack_as_its_page_does(
    stack: StackOnMoto, browser: Browser, clock: HandClock
) -> None:
    eve = lead_with_contact(stack, clock)
    (row,) = json.loads(browser.get("/leads/export.json?q=eve%40example.com").body)
    assert row["lead_id"] == eve.id
    assert "Eve Example" in browser.get(f"/leads/export.csv?q={eve.id}").text
    accounts = browser.app.state.dashboard.accounts
    secret = "a" * 43
    ends = clock.now + timedelta(days=90)
    token = ApiToken(
        "reports", digest_of(secret), Scope.READ, UserRole.OPERATOR, "root", clock.now, ends
    )
    assert accounts.add_token(token)

    def answer(query: str) -> Any:
        shown = browser.get(f"/api/v1/leads?{query}", authorization=f"Bearer {secret}")
        assert shown.status == 200, shown.text
        return json.loads(shown.body)

    found = answer("q=eve%40example.com")
    assert [one["lead_id"] for one in found["leads"]] == [eve.id]
    assert "note" not in found
    missed = answer("q=eve")
    assert missed["leads"] == []
    assert missed["note"].startswith("A stack on AWS finds a lead by its id")
    assert "note" not in answer("owner=bob")


def test_a_viewer_searches_a_stack_by_id_alone(
    stack: StackOnMoto, browser: Browser, clock: HandClock
) -> None:
    eve = lead_with_contact(stack, clock)
    browser.app.state.dashboard = msgspec.structs.replace(
        browser.app.state.dashboard, door=known_as("vic", UserRole.VIEWER)
    )
    shown = browser.get(f"/leads?q={eve.id}").text
    assert LINKS.findall(shown) == [eve.id]
    assert "Eve Example" not in shown
    assert 'placeholder="Id, or its last eight digits"' in shown
    for words in ("eve%40example.com", "%2B49+30+901820", "Eve"):
        shown = browser.get(f"/leads?q={words}").text
        assert not LINKS.findall(shown), words
        assert "For viewers, a stack on AWS finds a lead by its id" in shown
        assert browser.get(f"/leads/export.json?q={words}").text == "[]\n"


def lead_with_contact(stack: StackOnMoto, clock: HandClock) -> CapturedLead:
    """A refined lead of Eve Example, found by her address and her number."""
    store = stack.rooms.store(clock)
    lead = captured(clock, "eve", delay=timedelta())
    store.accept([lead])
    contact = {"name": "Eve Example", "email": "eve@example.com", "phone": "+49 30 901820"}
    traits = Traits(emails=("eve@example.com",), phones=("+4930901820",))
    made = refined(lead, clock, **contact)
    done = Done(refined=made, match_keys=candidate_keys(traits), traits=traits)
    assert settle(store, lease_task(store, Step.REFINE), done)
    return lead
