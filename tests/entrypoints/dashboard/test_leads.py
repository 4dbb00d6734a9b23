"""LEADS: filters, order, pages and exports, as each role sees them."""

import csv
import io
import json
from contextlib import closing
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.model.lead import Status
from leadline.model.staff.accounts import UserRole
from leadline.operations.lists import browsing
from leadline.ports.reading.ledger import LeadFilter, LeadRow
from leadline.ports.reading.listing import Wait
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.dashboard import Browser, known_as
from tests.worlds.dashboard_leads import EVIL, HOSTILE, Staged, office
from tests.worlds.encrypted import encrypting
from tests.worlds.leads import HandClock, captured
from tests.worlds.questions import take_in


@pytest.fixture(params=["by the ledger", "by the index"])
def made(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> Staged:
    found = office(tmp_path, clock)
    if request.param == "by the index":
        take_in(tmp_path / "data", clock)
    return found


def seen_by(made: Staged, role: UserRole, zone: str = "UTC") -> Browser:
    door = known_as("ada", role, zone)
    return Browser(create_app(Dashboard(made.installation, clock=made.clock, door=door)))


def listed(made: Staged, text: str) -> list[str]:
    """The names of the leads in a list, in its order."""
    places = {text.find(f'<td class="id"><a href="/leads/{i}"'): n for n, i in made.ids.items()}
    return [places[at] for at in sorted(places) if at >= 0]


ALL = ["waiting", "held", "dead too", "dead", "evil", "again", "told"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ALL),
        ("status=waiting", ["waiting", "held"]),
        ("status=held", ["held"]),
        ("status=dead", ["dead too", "dead"]),
        ("dead=1&reason=contact.blank", ["dead too", "dead"]),
        ("reason=another", []),
        ("duplicates=1", ["again"]),
        ("owner=BOB", ["again", "told"]),
        ("q=analytical", ["again", "told"]),
        ("q=ada.vance%40example.com", ["again", "told"]),
        ("source=generic&status=alerted", ["evil", "again", "told"]),
        ("source=nowhere", []),
        ("from=2026-03-02T09:00:15&range=", ["waiting", "held"]),
        ("to=2026-03-02T09:00:02", ["told"]),
        ("sort=-captured", ALL[::-1]),
        ("sort=-company&q=ana", ["again", "told"]),
        ("range=1h", ALL),
    ],
)
def test_each_filter_selects_what_it_says(made: Staged, query: str, names: list[str]) -> None:
    shown = seen_by(made, UserRole.OPERATOR).get(f"/leads?{query}")
    assert shown.status == 200
    assert listed(made, shown.text) == names


@pytest.mark.parametrize(
    ("zone", "query"),
    [
        ("Asia/Tokyo", "to=9999-12-31T23:59:59Z"),
        ("America/New_York", "from=0001-01-01T00:00:00Z"),
    ],
)
def test_a_time_that_the_viewers_zone_does_not_have_is_ignored(
    made: Staged, zone: str, query: str
) -> None:
    shown = seen_by(made, UserRole.VIEWER, zone).get(f"/leads?{query}")
    assert shown.status == 200
    assert "is not a time; it is ignored" in shown.text
    assert listed(made, shown.text) == ALL


def test_what_is_not_understood_is_said_and_ignored(made: Staged) -> None:
    shown = seen_by(made, UserRole.OPERATOR).get("/leads?status=lost&from=yesterday&sort=hair")
    assert listed(made, shown.text) == ALL
    assert "There is no status of this name; it is ignored." in shown.text
    assert "“from” is not a time; it is ignored." in shown.text


def test_times_are_those_of_the_viewers_zone(made: Staged) -> None:
    browser = seen_by(made, UserRole.OPERATOR, "America/New_York")
    shown = browser.get("/leads?from=2026-03-02T04:00:15")
    assert listed(made, shown.text) == ["waiting", "held"]
    assert "04:00:15 EST" in shown.text
    assert 'value="2026-03-02T04:00:15"' in shown.text


def test_pages_follow_each_other_without_gap_or_repetition(made: Staged) -> None:
    browser = seen_by(made, UserRole.OPERATOR)
    for sort in ("", "-captured", "name", "-name", "status", "score"):
        whole = listed_all(browser, sort, "")
        assert len(whole) == len(set(whole)) == len(ALL)


def listed_all(browser: Browser, sort: str, after: str) -> list[str]:
    """All ids, page by page of three, as the ledger gives them."""
    from leadline.entrypoints.dashboard.addresses.lead_query import lead_query
    from leadline.operations.lists.browsing import Browser as Leads

    installation = browser.app.state.dashboard.installation
    ledger = installation.ledger()
    found: list[str] = []
    wanted = lead_query({"sort": sort}, "UTC", browser.app.state.dashboard.clock()).wanted
    while True:
        page = Leads(ledger, lambda row, wait: None).page(wanted, 3, after)
        found += [one.row.lead_id for one in page.leads]
        if not (after := page.after):
            ledger.close()
            return found


def test_a_page_goes_on_where_its_last_lead_left_the_selection(made: Staged) -> None:
    browser = seen_by(made, UserRole.OPERATOR)
    shown = browser.get(f"/leads?status=alerted&after={made.ids['dead']}")
    assert listed(made, shown.text) == ["evil", "again", "told"]


def test_a_viewer_sees_and_searches_masked_leads_alone(made: Staged) -> None:
    viewer = seen_by(made, UserRole.VIEWER)
    text = viewer.get("/leads?columns=name,email,phone,company").text
    assert "A••• V•••" in text
    for secret in ("Ada", "Vance", "ada.vance", "555-0100"):
        assert secret not in text.replace('value="Ada', "")
    assert listed(made, viewer.get("/leads?q=ada.vance").text) == []
    assert listed(made, viewer.get("/leads?q=Vance").text) == []
    found = listed(made, viewer.get("/leads?q=example.com").text)
    assert found[-2:] == ["again", "told"]  # an index does not read waiting ones for viewers
    assert set(found) <= {"waiting", "held", "again", "told"}
    assert listed(made, viewer.get(f"/leads?q={made.ids['told'][-8:]}").text) == ["told"]


@pytest.mark.parametrize("role", [UserRole.VIEWER, UserRole.OPERATOR])
def test_exports_hold_exactly_what_matches(made: Staged, role: UserRole) -> None:
    browser = seen_by(made, role)
    for query in ("", "?status=dead", "?duplicates=1", "?status=held", "?q=nobody+at+all"):
        names = listed(made, browser.get(f"/leads{query}").text)
        shown = browser.get(f"/leads/export.csv{query}")
        rows = list(csv.DictReader(io.StringIO(shown.text)))
        assert [row["lead_id"] for row in rows] == [made.ids[name] for name in names]
        assert "attachment" in shown.headers["content-disposition"]
        parsed = json.loads(browser.get(f"/leads/export.json{query}").text)
        assert [row["lead_id"] for row in parsed] == [made.ids[name] for name in names]
        is_shown = role > UserRole.VIEWER and "again" in names
        assert ("Ada Vance" in shown.text) == is_shown


def test_an_export_is_in_the_audit_log_without_what_was_searched(made: Staged) -> None:
    seen_by(made, UserRole.OPERATOR).get("/leads/export.csv?q=ada.vance&status=alerted")
    entry = list(made.installation.audit().entries())[-1].entry
    assert (entry.actor, entry.action) == ("person:ada", "dashboard.export")
    assert entry.detail == "q, status"


def test_no_cell_of_an_export_is_a_formula(tmp_path: Path, clock: HandClock) -> None:
    made = office(tmp_path, clock)
    shown = seen_by(made, UserRole.OPERATOR).get("/leads/export.csv")
    for row in csv.reader(io.StringIO(shown.text)):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


def test_markup_in_any_field_is_text(made: Staged) -> None:
    columns = "name,email,phone,company,source,owner"
    for path in (f"/leads?columns={columns}", f"/leads?{urlencode({'q': EVIL, 'owner': EVIL})}"):
        text = seen_by(made, UserRole.OPERATOR).get(path).text
        assert "&lt;script&gt;window.hurt=1&lt;/script&gt;" in text
        for one in HOSTILE[:3]:
            assert one not in text
        assert HOSTILE[0] in unescape(text)


def test_new_leads_are_counted_since_the_page_was_loaded(made: Staged) -> None:
    browser = seen_by(made, UserRole.OPERATOR)
    assert "2 new" in browser.get(f"/leads/new?than={made.ids['dead too']}").text
    assert browser.get(f"/leads/new?than={made.ids['waiting']}").text.strip() == ""
    assert "1 new" in browser.get(f"/leads/new?than={made.ids['told']}&duplicates=1").text


def test_an_empty_list_names_the_next_step(tmp_path: Path, made: Staged, clock: HandClock) -> None:
    assert "Remove a filter above" in seen_by(made, UserRole.OPERATOR).get("/leads?q=zzz").text
    from tests.worlds.dashboard import dashboard_for

    text = Browser(dashboard_for(tmp_path / "empty", UserRole.OPERATOR)).get("/leads").text
    assert "leadline send --sample" in text


def test_a_lead_that_waits_says_when_it_is_due(made: Staged) -> None:
    made.clock.now += timedelta(seconds=1)
    text = seen_by(made, UserRole.OPERATOR).get("/leads?status=waiting").text
    assert "09:10:15" in text
    assert "waiting@example.com" in text


def test_the_index_finds_words_in_any_text_and_order(tmp_path: Path, clock: HandClock) -> None:
    made = office(tmp_path, clock)
    browser = seen_by(made, UserRole.OPERATOR)
    path = "/leads?q=analytical+ada"
    assert listed(made, browser.get(path).text) == []
    take_in(tmp_path / "data", clock)
    assert listed(made, browser.get(path).text) == ["again", "told"]
    assert listed(made, seen_by(made, UserRole.VIEWER).get(path).text) == []


def test_a_telephone_number_is_found_by_who_may_see_it(made: Staged) -> None:
    path = f"/leads?q={quote('555-0100')}"
    browser = seen_by(made, UserRole.OPERATOR)
    text = browser.get(path).text
    assert listed(made, text) == ["again", "told"]
    assert "encrypted" not in text
    assert listed(made, seen_by(made, UserRole.VIEWER).get(path).text) == []


def test_a_search_in_encrypted_leads_says_where_words_are_sought(
    tmp_path: Path, clock: HandClock
) -> None:
    made = office(tmp_path, clock)
    take_in(encrypting(tmp_path / "data"), clock)
    browser = seen_by(made, UserRole.OPERATOR)
    for words in ("+1 (212) 555-0100", "ada.vance@example.com"):
        text = browser.get(f"/leads?q={quote(words)}").text
        assert listed(made, text) == ["again", "told"]
        assert "not in messages and further fields" in text
    assert "not in messages" not in browser.get("/leads?source=generic").text
    assert "not in messages" not in seen_by(made, UserRole.VIEWER).get("/leads?q=ada").text


def test_a_list_that_is_behind_says_so_where_there_are_many_leads(
    tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = office(tmp_path, clock)
    take_in(tmp_path / "data", clock)
    clock.advance(seconds=3)
    with closing(SqliteStore(tmp_path / "data", clock=clock)) as store:
        store.accept([captured(clock, "newest")])
    browser = seen_by(made, UserRole.OPERATOR)
    assert "behind" not in browser.get("/leads?source=generic").text
    assert browser.get("/leads?source=generic").text.count("<tr data-row>") == 8
    monkeypatch.setattr("leadline.operations.lists.indexed_browsing.FEW", 3)
    text = browser.get("/leads?source=generic").text
    assert "This list is 1 lead and 3 s behind" in text
    assert text.count("<tr data-row>") == 7
    assert browser.get("/leads").text.count("<tr data-row>") == 8
    for path in (tmp_path / "data").glob("index.db*"):
        path.unlink()
    text = browser.get("/leads?source=generic").text
    assert "An index of all leads is being made, 8 leads to go" in text
    assert text.count("<tr data-row>") == 8


@pytest.mark.parametrize("query", ["source=generic", "q=vance", "sort=owner", "sort=name"])
def test_a_list_looks_at_the_newest_events_alone_until_the_index_is_made(
    tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    browser = seen_by(office(tmp_path, clock), UserRole.OPERATOR)
    monkeypatch.setattr("leadline.operations.lists.indexed_browsing.FEW", 3)
    whole = browser.get(f"/leads?{query}").text
    assert "were looked at" not in whole
    monkeypatch.setattr("leadline.operations.lists.indexed_browsing.MOST_WITHOUT", 3)
    text = browser.get(f"/leads?{query}").text
    assert "Only the newest 2,000 events were looked at until the index is made" in text
    assert text.count("<tr data-row>") <= 3
    assert text.count("<tr data-row>") < whole.count("<tr data-row>")


def test_nobody_is_read_who_is_not_shown(made: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(made.installation.ledger()) as ledger:
        read, wanted = list[str](), browsing.Wanted(order=browsing.Order.OWNER)

        def note(row: LeadRow, wait: Wait) -> None:
            del wait
            read.append(row.lead_id)

        page = browsing.Browser(ledger, note).page(wanted, 1)
        assert len(page.leads) == 1
        assert read == []  # the first by owner does not wait
        browsing.Browser(ledger, note).page(wanted, 50)
        assert len(read) == sum(row.status is Status.WAITING for row in ledger.each(LeadFilter()))
        assert read


def test_new_leads_of_a_filter_are_counted_by_the_index(
    made: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(made.installation.loaded().settings.data, made.clock)
    monkeypatch.setattr(browsing, "MOST_NEW", 0)  # the ledger's own way would count none
    browser = seen_by(made, UserRole.OPERATOR)
    assert "1 new" in browser.get(f"/leads/new?than={made.ids['told']}&duplicates=1").text
    assert browser.get(f"/leads/new?than={made.ids['again']}&duplicates=1").text.strip() == ""
