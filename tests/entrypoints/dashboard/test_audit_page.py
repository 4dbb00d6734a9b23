"""AUDIT: who did what, by filters, and whether the log is whole."""

import json
import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from leadline.entrypoints.dashboard.addresses.audit_query import SIZE
from leadline.entrypoints.dashboard.api.operations import OPERATIONS
from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.entrypoints.dashboard.looks import LOOKS, NOBODY_SHOWN
from leadline.entrypoints.dashboard.pages import PAGES, PARTS
from leadline.model.personal_data.privacy import AuditEntry
from leadline.model.staff.accounts import UserRole
from tests.worlds.dashboard import Browser, known_as
from tests.worlds.dashboard_leads import Staged, office
from tests.worlds.leads import HandClock

LEAD = "0190f3a0-0000-7000-8000-0000000000aa"


@pytest.fixture
def made(tmp_path: Path, clock: HandClock) -> Staged:
    staged = office(tmp_path, clock)
    note(staged, "person:ada", "dashboard.claim", LEAD)
    note(staged, "token:reports", "api.look_leads", detail="q, status")
    note(staged, "system", "<b>retention</b>")
    return staged


def note(made: Staged, actor: str, action: str, subject: str = "", detail: str = "") -> None:
    made.clock.advance(seconds=60)
    now = made.clock()
    entry = AuditEntry(at=now, actor=actor, action=action, subject=subject, detail=detail)
    made.installation.audit().append([entry])


def seen_by(made: Staged, role: UserRole = UserRole.ADMIN, zone: str = "UTC") -> Browser:
    door = known_as("ada", role, zone)
    return Browser(create_app(Dashboard(made.installation, clock=made.clock, door=door)))


def actions(page: str) -> list[str]:
    """The actions in the table, in its order."""
    rows = page[page.index("<tbody>") : page.index("</tbody>")] if "<tbody>" in page else ""
    found = (re.findall(r"<a [^>]*>([^<]*)</a>", row) for row in rows.split("<tr ")[1:])
    return [unescape(links[1]) for links in found]


def plain(page: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", page)).split())


def test_the_newest_entries_come_first_and_are_escaped(made: Staged) -> None:
    page = seen_by(made).get("/audit").text
    assert actions(page) == ["<b>retention</b>", "api.look_leads", "dashboard.claim"]
    assert f'href="/leads/{LEAD}"' in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("who=ADA", ["dashboard.claim"]),
        ("who=token:", ["api.look_leads"]),
        ("what=look", ["api.look_leads"]),
        (f"lead={LEAD}", ["dashboard.claim"]),
        ("lead=0000AA", ["dashboard.claim"]),
        ("who=eve", []),
        ("who=ada&what=look", []),
    ],
)
def test_entries_are_filtered(query: str, found: list[str], made: Staged) -> None:
    assert actions(seen_by(made).get(f"/audit?{query}").text) == found
    exported = seen_by(made).get(f"/audit/export.jsonl?{query}").text.splitlines()
    assert [json.loads(line)["action"] for line in exported] == found


def test_times_are_those_of_whoever_looks(made: Staged) -> None:
    last = made.clock() + timedelta(hours=5, minutes=45)  # in Kathmandu
    browser = seen_by(made, zone="Asia/Kathmandu")
    assert actions(browser.get(f"/audit?from={last:%Y-%m-%dT%H:%M:%S}").text) == [
        "<b>retention</b>"
    ]
    until = f"{last:%Y-%m-%dT%H:%M:%S}"
    assert actions(browser.get(f"/audit?to={until}").text) == ["api.look_leads", "dashboard.claim"]
    assert "is not a time; it is ignored" in browser.get("/audit?from=yesterday").text


def test_older_entries_are_on_the_next_page(made: Staged) -> None:
    for number in range(SIZE):
        note(made, "system", f"step.{number}")
    first = seen_by(made).get("/audit").text
    assert len(actions(first)) == SIZE
    older = re.findall(r'href="([^"]*before=\d+)"', first)
    assert len(older) == 1
    rest = seen_by(made).get(unescape(older[0])).text
    assert actions(rest) == ["<b>retention</b>", "api.look_leads", "dashboard.claim"]


def test_a_whole_log_is_told_to_be_whole_with_its_head(made: Staged) -> None:
    page = plain(seen_by(made).get("/audit/verify").text)
    assert "3 entries: the log is whole." in page
    head = re.search(r"Head (3:[0-9a-f]{64})", page)
    assert head is not None
    note(made, "system", "later")
    page = plain(seen_by(made).get(f"/audit/verify?head={head[1]}").text)
    assert "4 entries: the log is whole, and has the entry that the head names." in page


def test_a_log_that_was_changed_is_told_not_to_be_whole(made: Staged) -> None:
    (file,) = (
        one for one in made.installation.loaded().settings.data.rglob("*") if "audit" in one.name
        and one.is_file() and b"dashboard.claim" in one.read_bytes()
    )  # fmt: skip
    file.write_bytes(file.read_bytes().replace(b"person:ada", b"person:eve"))
    assert "the log is not whole" in plain(seen_by(made).get("/audit/verify").text)


def test_a_head_that_is_missing_or_none_is_told(made: Staged) -> None:
    ahead = f"9:{'0' * 64}"
    assert "is missing" in plain(seen_by(made).get(f"/audit/verify?head={ahead}").text)
    assert "This is no head" in plain(seen_by(made).get("/audit/verify?head=x").text)


@pytest.mark.parametrize("role", [UserRole.VIEWER, UserRole.OPERATOR])
@pytest.mark.parametrize("path", ["/audit", "/audit/verify", "/audit/export.jsonl"])
def test_only_admins_see_it(path: str, role: UserRole, made: Staged) -> None:
    shown = seen_by(made, role).get(path)
    assert shown.status == 403
    assert "dashboard.claim" not in shown.text


def test_every_path_says_whether_it_shows_people() -> None:
    paths = {one.path for one in (*PAGES, *PARTS)}
    paths |= {one.path for one in OPERATIONS if one.wanted is None}
    assert paths == LOOKS.keys() | NOBODY_SHOWN
    assert not LOOKS.keys() & NOBODY_SHOWN


def test_looks_at_unmasked_leads_are_noted_once_a_page(made: Staged) -> None:
    told = made.ids["told"]
    for role in (UserRole.VIEWER, UserRole.OPERATOR):
        browser = seen_by(made, role)
        for path in ("/", "/leads?q=vance", f"/leads/{told}", "/leads/export.csv", "/health"):
            assert browser.get(path).status == 200
        browser.get("/live/newest", hx_request="true")  # as the open page does
        browser.get(f"/leads/{LEAD}")  # there is no such lead
    entries = [one.entry for one in made.installation.audit().entries()][3:]
    assert [(one.actor, one.action, one.subject, one.detail) for one in entries] == [
        ("person:ada", "dashboard.look_live", "", ""),
        ("person:ada", "dashboard.look_leads", "", "q"),
        ("person:ada", "dashboard.look_lead", told, ""),
        ("person:ada", "dashboard.export", "", ""),
    ]


def test_no_header_hides_a_look_and_an_open_page_is_noted_again_after_a_while(
    made: Staged,
) -> None:
    browser, told = seen_by(made, UserRole.OPERATOR), made.ids["told"]
    browser.get(f"/leads/{told}", hx_request="true")
    for minutes in (0, 14, 1):
        made.clock.advance(seconds=60 * minutes)
        browser.get("/live/newest", hx_request="true")
    entries = [one.entry for one in made.installation.audit().entries()][3:]
    assert [one.action for one in entries] == [
        "dashboard.look_lead", "dashboard.look_live", "dashboard.look_live",
    ]  # fmt: skip
