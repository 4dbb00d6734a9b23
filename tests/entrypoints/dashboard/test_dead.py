"""DEAD: dead letters by reason, what a retry would do, and the retry of one, some and all."""

import re
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from html import unescape
from pathlib import Path

import msgspec
import pytest

from leadline.entrypoints.dashboard.actions import retrying
from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.entrypoints.dashboard.jobs import MOST, Job, Jobs
from leadline.installations.accounts import accounts_of
from leadline.model.errors import StorageFailed
from leadline.model.lead import Kind
from leadline.model.staff.accounts import UserRole
from leadline.model.task import Drop, Step, Task
from leadline.operations.repair import retrying as operations
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.dashboard import CSRF, Browser, known_as
from tests.worlds.dashboard_leads import HOSTILE, Staged, office
from tests.worlds.leads import HandClock, captured, lease_task, settle


@pytest.fixture
def made(tmp_path: Path, clock: HandClock) -> Staged:
    return office(tmp_path, clock)


def seen_by(made: Staged, role: UserRole = UserRole.OPERATOR) -> Browser:
    accounts = accounts_of(made.installation.loaded().settings)
    door = known_as("ada", role)
    return Browser(create_app(Dashboard(made.installation, accounts, clock=made.clock, door=door)))


def plain(text: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", text)).split())


def fields(page: str) -> list[tuple[str, str]]:
    form = page[page.index('<form method="post" action="/dead/retry">') :]
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    return [(name, unescape(value)) for name, value in hidden]


def retried(browser: Browser, query: str = "") -> str:
    """Confirm a retry; what the page of the job says at its end."""
    page = browser.get(f"/dead/retry{query}").text
    answer = browser.post_pairs("/dead/retry", fields(page))
    assert answer.status == 303, answer.text
    joined()
    return plain(browser.get(answer.headers["location"]).text)


def joined() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("job "):
            thread.join()


def dead_now(made: Staged) -> set[str]:
    with closing(made.installation.ledger()) as ledger:
        by_id = {lead_id: name for name, lead_id in made.ids.items()}
        return {by_id[one] for one in operations.dead_leads(ledger, operations.DeadSelection())}


def die(made: Staged, name: str, reason: str) -> None:
    made.clock.advance(seconds=1)
    lead = captured(made.clock, name, delay=timedelta())
    made.ids[name] = lead.id
    folder = made.installation.loaded().settings.data
    with closing(SqliteStore(folder, clock=made.clock)) as store:
        store.accept([lead])
        assert settle(store, lease_task(store, Step.REFINE), Drop(reason, "why"))


def test_dead_letters_are_grouped_by_reason(made: Staged) -> None:
    die(made, "other", "refine.gave_up")
    text = plain(seen_by(made).get("/dead").text)
    assert "Retry all 3…" in text
    assert text.index("contact.blank 2 refine") < text.index("refine.gave_up 1 refine")
    assert "Retry 2… of contact.blank" in text


def test_a_viewer_does_not_read_the_person_in_an_error(made: Staged) -> None:
    folder = made.installation.loaded().settings.data
    with closing(SqliteStore(folder, clock=made.clock)) as store:
        store.put([Task(Step.NOTIFY, made.ids["told"], "slack", again=True)], made.clock.now)
        error = "refused: Ada Vance <ada.vance@example.com> has too long a name"
        drop = Drop("slack.refused", error)
        assert settle(store, lease_task(store, Step.NOTIFY, "slack"), drop)
    assert error in plain(seen_by(made).get("/dead").text)
    text = plain(seen_by(made, UserRole.VIEWER).get("/dead").text)
    assert "has too long a name" in text
    assert "Vance" not in text
    assert "Ada" not in text


def test_the_leads_of_a_reason_can_be_chosen(made: Staged) -> None:
    text = seen_by(made).get("/dead?reason=contact.blank").text
    boxes = re.findall(r'type="checkbox" name="id" value="([^"]+)"', text)
    assert boxes == [made.ids["dead too"], made.ids["dead"]]
    assert "No lead has this dead letter any more" in seen_by(made).get("/dead?reason=x").text


def test_what_a_retry_would_do_is_said_before_anything_is_done(made: Staged) -> None:
    text = plain(seen_by(made).get("/dead/retry?reason=contact.blank").text)
    assert "A retry would do again 2 leads" in text
    assert dead_now(made) == {"dead", "dead too"}


def test_all_of_a_reason_are_retried(made: Staged) -> None:
    die(made, "other", "refine.gave_up")
    said = retried(seen_by(made), "?reason=contact.blank")
    assert "2 of 2 leads looked at, 2 retried" in said
    assert "Done: 2 leads retried." in said
    assert dead_now(made) == {"other"}


def test_those_that_were_chosen_are_retried(made: Staged) -> None:
    said = retried(seen_by(made), f"?reason=contact.blank&id={made.ids['dead']}")
    assert "Done: 1 lead retried." in said
    assert dead_now(made) == {"dead too"}


def test_all_there_are_are_retried_slice_by_slice(
    made: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "AT_ONCE", 1)
    die(made, "other", "refine.gave_up")
    assert "Done: 3 leads retried." in retried(seen_by(made))
    assert dead_now(made) == set()


def test_a_form_that_is_sent_twice_retries_once(made: Staged) -> None:
    browser = seen_by(made)
    pairs = fields(browser.get("/dead/retry").text)
    first = browser.post_pairs("/dead/retry", pairs)
    joined()
    again = browser.post_pairs("/dead/retry", pairs)
    assert first.headers["location"] == again.headers["location"]
    assert len(browser.app.state.jobs._jobs) == 1


def test_a_delivery_that_can_be_read_now_is_read_again(made: Staged) -> None:
    folder = made.installation.loaded().settings.data
    with closing(SqliteStore(folder, clock=made.clock)) as store:
        for name, body in (("mended", b'{"name":"Ada"}'), ("broken", b"{")):
            lead = captured(made.clock, name, kind=Kind.UNREADABLE, raw=b"null", why="not JSON")
            store.accept([msgspec.structs.replace(lead, body=body)])
            made.ids[name] = lead.id
    text = plain(seen_by(made).get("/dead/retry?reason=capture.unreadable").text)
    assert "A retry would do again 1 lead" in text
    assert "It would leave 1 lead: it still can't be read" in text
    assert "Done: 1 lead retried, 1 left." in retried(seen_by(made), "?reason=capture.unreadable")
    assert dead_now(made) == {"dead", "dead too", "broken"}


def test_only_some_are_looked_at_beforehand_if_there_are_many(
    made: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "MOST_TRIED", 1)
    text = plain(seen_by(made).get("/dead/retry").text)
    assert "Only the newest 1 were looked at beforehand; all 2 are retried." in text


def test_a_viewer_sees_the_reasons_and_retries_nothing(made: Staged) -> None:
    viewer = seen_by(made, UserRole.VIEWER)
    page = viewer.get("/dead?reason=contact.blank").text
    assert "contact.blank" in page
    assert "Retry" not in plain(page)
    assert 'type="checkbox"' not in page
    assert viewer.get("/dead/retry").status == 403
    assert viewer.post("/dead/retry", {"csrf": CSRF, "form": "x"}).status == 403
    assert dead_now(made) == {"dead", "dead too"}


def test_nothing_chosen_does_not_mean_all(made: Staged) -> None:
    page = seen_by(made).get("/dead?reason=contact.blank").text
    assert '<input type="hidden" name="selected" value="1">' in page
    shown = seen_by(made).get("/dead/retry?reason=contact.blank&selected=1")
    assert shown.status == 409
    assert "Choose at least one lead first." in shown.text
    chosen = f"/dead/retry?reason=contact.blank&selected=1&id={made.ids['dead']}"
    assert "1 lead selected" in seen_by(made).get(chosen).text


def test_what_is_no_selection_is_refused(made: Staged) -> None:
    browser = seen_by(made)
    assert browser.get("/dead/retry?id=x").status == 400
    assert browser.post("/dead/retry", {"csrf": CSRF, "form": "f", "id": "x"}).status == 400
    assert browser.post("/dead/retry", {"csrf": CSRF}).status == 400
    assert browser.get("/dead/jobs/unknown").status == 404
    assert browser.post("/dead/jobs/unknown/stop", {"csrf": CSRF}).status == 404


def test_markup_in_an_error_is_text(made: Staged) -> None:
    page = seen_by(made).get("/dead").text
    assert HOSTILE[0] not in page
    assert "&lt;script&gt;" in page


def test_a_retry_is_in_the_audit_log(made: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[tuple[str, str]] = []

    def note(board: object, who: object, what: str, subject: str = "", detail: str = "") -> None:
        noted.append((what, detail))

    monkeypatch.setattr(retrying, "note_action", note)
    retried(seen_by(made), "?reason=contact.blank")
    assert noted == [("dashboard.retry", "2 leads of contact.blank")]


def test_a_job_can_be_stopped(clock: HandClock) -> None:
    jobs, goes_on = Jobs(clock), threading.Event()

    def work() -> Iterator[tuple[int, int]]:
        yield 1, 1
        goes_on.wait()
        yield 1, 0
        raise AssertionError("it went on")

    job = jobs.begin(Job("a" * 32, "ada", "Retry", 3, clock()), work)
    jobs.stop(job.id)
    goes_on.set()
    joined()
    assert job.is_stopped
    assert job.ended_at == clock()
    assert not job.error
    assert job.done <= 2


def test_a_job_that_breaks_off_says_why(clock: HandClock) -> None:
    def work() -> Iterator[tuple[int, int]]:
        yield 2, 1
        raise StorageFailed("the disk is gone")

    job = Jobs(clock).begin(Job("b" * 32, "ada", "Retry", 3, clock()), work)
    joined()
    assert (job.done, job.again, job.error) == (2, 1, "the disk is gone")


def test_old_jobs_are_forgotten(clock: HandClock) -> None:
    jobs = Jobs(clock)
    for number in range(MOST + 5):
        jobs.begin(Job(f"{number:032}", "ada", "Retry", 0, clock()), lambda: iter(()))
        joined()
    assert jobs.get(f"{0:032}") is None
    assert jobs.get(f"{MOST + 4:032}") is not None
