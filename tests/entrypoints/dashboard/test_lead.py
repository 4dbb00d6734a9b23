"""LEAD: what happened, what became of it and why, as each role sees it."""

import re
from contextlib import closing
from html import unescape
from pathlib import Path

import pytest

from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.installations.accounts import accounts_of
from leadline.model.monitoring.attempts import AttemptRecord, Exchange, FieldWrite, KeptAttempt
from leadline.model.staff.accounts import UserRole
from leadline.model.task import Done, Step, Task
from leadline.ports.store import Settlement
from tests.worlds.dashboard import Browser, known_as
from tests.worlds.dashboard_leads import EVIL, HOSTILE, Staged, office
from tests.worlds.leads import HandClock, lease_task

NAMES = ["told", "again", "dead", "held", "waiting", "evil"]


@pytest.fixture
def made(tmp_path: Path, clock: HandClock) -> Staged:
    return office(tmp_path, clock)


def seen_by(made: Staged, role: UserRole) -> Browser:
    installation = made.installation
    accounts = accounts_of(installation.loaded().settings)
    door = known_as("ada", role)
    return Browser(create_app(Dashboard(installation, accounts, clock=made.clock, door=door)))


def text_of(made: Staged, name: str, role: UserRole = UserRole.OPERATOR) -> str:
    shown = seen_by(made, role).get(f"/leads/{made.ids[name]}")
    assert shown.status == 200
    return " ".join(unescape(re.sub("<[^>]+>", " ", shown.text)).split())


def buttons(made: Staged, name: str, role: UserRole = UserRole.OPERATOR) -> list[str]:
    """What can be done with a lead, by its page."""
    page = seen_by(made, role).get(f"/leads/{made.ids[name]}").text
    return re.findall(rf'action="/leads/{made.ids[name]}/do/(\w+)"', page)


def test_a_lead_says_what_happened_and_why(made: Staged) -> None:
    text = text_of(made, "told")
    for words in (
        "Wait, on purpose 2 s Our own delay 1 s Until somebody answered – All in all –",
        "Captured", "Alert sent by slack",
        "name nothing Ada Vance name.join",
        "email ADA.VANCE@example.com ada.vance@example.com email.case",
        "bob has it.", "It is bob's turn in the team dach (rule large).",
        "small did not fit: score = < 10", "large fits assigns it",
        "ann is away until Monday, 2026-12-07", "bob was given it",
        "the e-mail address is a role, not a person",
        "later lead of this person",
    ):  # fmt: skip
        assert words in text


def test_a_lead_that_waits_has_the_name_that_it_came_with(made: Staged) -> None:
    assert (
        "<h1>Waiting</h1>"
        in seen_by(made, UserRole.OPERATOR).get(f"/leads/{made.ids['waiting']}").text
    )
    assert (
        "<h1>W•••</h1>" in seen_by(made, UserRole.VIEWER).get(f"/leads/{made.ids['waiting']}").text
    )


def test_a_duplicate_says_by_what_evidence(made: Staged) -> None:
    text = text_of(made, "again")
    assert "almost certainly (99 %) the same person: same e-mail address" in text
    assert "maybe the same person (60 %): same last name" in text


def test_what_is_wrong_with_a_lead_is_said_first(made: Staged) -> None:
    assert "Dead letter: refine, contact.blank, since" in text_of(made, "dead")
    assert "On hold: it is refined when somebody releases it." in text_of(made, "held")


@pytest.mark.parametrize("name", NAMES)
def test_a_viewer_sees_no_personal_data_and_no_button(made: Staged, name: str) -> None:
    viewer = seen_by(made, UserRole.VIEWER).get(f"/leads/{made.ids[name]}").text
    for secret in ("Vance", "ada.vance", "ADA.VANCE", "555-0100", f"{name}@example.com"):
        assert secret not in viewer
    assert buttons(made, name, UserRole.VIEWER) == []


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("told", ["claim", "junk", "replay"]),
        ("again", ["claim", "junk", "unlink", "replay"]),
        ("dead", ["replay"]),
        ("held", ["now", "release"]),
        ("waiting", ["now", "hold"]),
    ],
)
def test_the_buttons_are_those_that_fit_the_lead(
    made: Staged, name: str, offered: list[str]
) -> None:
    assert buttons(made, name) == offered


@pytest.mark.parametrize("name", ["told", "again", "held", "waiting"])
def test_every_button_does_what_it_says(made: Staged, name: str) -> None:
    for action in buttons(made, name):
        browser = seen_by(made, UserRole.OPERATOR)
        page = browser.get(f"/leads/{made.ids[name]}").text
        form = re.search(rf'action="/leads/{made.ids[name]}/do/{action}">(.*?)</form>', page)
        if form is None:  # what was done before leaves no such button
            continue
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[1]))
        if action == "replay":
            fields["from"] = "refine"
        answer = browser.post(f"/leads/{made.ids[name]}/do/{action}", fields)
        assert answer.status == 303
        told = browser.get(answer.headers["location"]).text
        assert 'class="told told-done"' in told, (action, told)


def test_the_page_tells_who_was_faster(made: Staged) -> None:
    browser = seen_by(made, UserRole.OPERATOR)
    page = browser.get(f"/leads/{made.ids['told']}").text
    forms = re.findall(r'/do/(claim|junk)">(.*?)</form>', page)
    answers = []
    for action, form in forms:
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
        answers.append(browser.post(f"/leads/{made.ids['told']}/do/{action}", fields))
    assert "It is yours." in browser.get(answers[0].headers["location"]).text
    last = browser.get(answers[1].headers["location"]).text
    assert "told-conflict" in last
    assert "You claimed it 0 s ago. Nothing was done." in last


def test_the_death_of_a_task_is_told_in_words(made: Staged) -> None:
    text = text_of(made, "dead")
    assert "Dead letter: refine contact.blank" in text
    assert "refine.dead" not in text
    assert "refine ," not in text


def test_a_part_of_an_id_leads_to_the_lead(made: Staged) -> None:
    browser = seen_by(made, UserRole.VIEWER)
    whole = made.ids["told"]
    shown = browser.get(f"/leads/{whole.replace('-', '')[-8:]}")
    assert (shown.status, shown.headers["location"]) == (303, f"/leads/{whole}")
    assert browser.get("/leads/deadbeefdeadbeef").status == 404
    assert browser.get("/leads/%00").status == 404


def test_markup_in_any_field_of_a_lead_is_text(made: Staged) -> None:
    page = seen_by(made, UserRole.OPERATOR).get(f"/leads/{made.ids['evil']}").text
    for one in HOSTILE[:3]:
        assert one not in page
    assert page.count("&lt;script&gt;window.hurt=1") > 15
    assert 'href="javascript' not in page
    assert "7 * 191" in page
    assert EVIL not in page


def test_what_changes_the_direction_of_text_is_an_escape_in_json(made: Staged) -> None:
    page = seen_by(made, UserRole.OPERATOR).get(f"/leads/{made.ids['evil']}").text
    raw = page[page.index('<pre tabindex="0" aria-labelledby="raw">') :]
    assert "\\u202egnp.exe" in raw[: raw.index("</pre>")]


def tried(made: Staged) -> None:
    """A write-back of the told lead that the CRM took."""
    sent = Exchange(
        "PATCH", "https://crm.example.com/leads/<17>", '{"Name":"Ada Vance"}', "{}", 200
    )
    fields = (FieldWrite("Name", None, "Ada Vance"), FieldWrite("Ref", None, "x", was_read=False))
    task = Task(Step.WRITE_BACK, made.ids["told"], "generic")
    with closing(made.installation.store()) as store:
        store.put([task], made.clock.now)
        lease = lease_task(store, Step.WRITE_BACK, "generic")
        record = AttemptRecord(
            Step.WRITE_BACK, "generic", lease.attempt, made.clock.now, "done", (sent,), fields
        )
        assert store.settle([Settlement(lease, Done(), KeptAttempt(record, 5))]) == [True]


def test_an_attempt_says_what_was_sent_and_answered_and_what_the_crm_had(made: Staged) -> None:
    tried(made)
    text = text_of(made, "told")
    assert "write_back generic, attempt 1: accepted 200" in text
    assert "PATCH https://crm.example.com/leads/<17>" in text
    assert '"Name": "Ada Vance"' in text
    assert "CRM field Before Written Name nothing Ada Vance Ref not read x" in text


def test_a_viewer_sees_of_an_attempt_its_host_and_code(made: Staged) -> None:
    tried(made)
    text = text_of(made, "told", UserRole.VIEWER)
    assert "write_back generic, attempt 1: accepted 200" in text
    assert "PATCH https://crm.example.com/…" in text
    assert "Name nothing •••" in text
    assert "Vance" not in text
