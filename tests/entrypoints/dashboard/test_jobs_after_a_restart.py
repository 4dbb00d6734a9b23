"""Bulk actions and other jobs after the dashboard was started again."""

import os
from datetime import timedelta
from pathlib import Path

import apsw
import pytest

from leadline.entrypoints.dashboard import keeping_jobs
from leadline.entrypoints.dashboard.bulk import doing, handled
from leadline.entrypoints.dashboard.bulk.wanted import BulkAction
from leadline.entrypoints.dashboard.jobs import MOST, Job
from leadline.entrypoints.dashboard.keeping_jobs import KEPT_FOR, KeepingJobs
from leadline.model.handling import Handling
from leadline.ports.dashboard.kept_jobs import KeptJob
from leadline.stores.accounts.accounts import SqliteAccounts
from tests.entrypoints.dashboard.test_bulk import (
    BulkFloor,
    all_pairs,
    done,
    hidden_in,
    joined,
    pairs_of,
    plain,
)
from tests.worlds.dashboard import Browser
from tests.worlds.leads import HandClock


@pytest.fixture
def floor(tmp_path: Path, clock: HandClock) -> BulkFloor:
    return BulkFloor(tmp_path, clock)


def undone(browser: Browser, job: str) -> str:
    """Press undo on the page of a job; what the page of the undoing says."""
    answer = browser.post_pairs(f"{job}/undo", hidden_in(browser.get(job).text, f"{job}/undo"))
    joined()
    return plain(browser.get(answer.headers["location"]).text)


def test_a_bulk_action_is_undone_after_the_dashboard_was_started_again(floor: BulkFloor) -> None:
    ids = floor.refined("a", "b")
    job, _ = done(floor.browser(), pairs_of(ids, "claim"))
    later = floor.browser()
    assert "Claim: 2 leads" in plain(later.get("/leads/bulk").text)
    assert "Done: 2 leads given back what they had." in undone(later, job)
    assert floor.holders(ids) == ["", ""]
    assert "What was undone" in plain(floor.browser().get(job).text)


def test_a_hold_is_undone_after_a_restart(floor: BulkFloor) -> None:
    ids = floor.waiting("a")
    job, _ = done(floor.browser(), pairs_of(ids, "hold"))
    assert "Done: 1 lead given back what they had." in undone(floor.browser(), job)


def test_an_action_that_was_cut_says_so_and_what_it_did_can_be_undone(
    floor: BulkFloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doing, "AT_ONCE", 1)
    ids, started_again = floor.refined("a", "b", "c"), list[Browser]()
    handle_one = handled.handle_one

    def cut(*args: object) -> object:
        if len(ids) - floor.holders(ids).count("") == 1 and not started_again:
            started_again.append(floor.browser())
        return handle_one(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(doing, "handle_one", cut)
    job, _ = done(floor.browser(), pairs_of(ids, "claim"))
    (later,) = started_again
    said = plain(later.get(job).text)
    assert "It broke off: The dashboard ended before it was done. What was done stays so." in said
    assert "Undo: 1 lead" in said
    assert "Done: 1 lead given back what they had." in undone(later, job)
    assert floor.holders(ids).count("") == 1


def test_an_undo_that_was_cut_can_be_gone_on_with(
    floor: BulkFloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doing, "AT_ONCE", 1)
    ids, started_again = floor.refined("a", "b", "c"), list[Browser]()
    browser = floor.browser()
    job, _ = done(browser, pairs_of(ids, "claim"))
    give_back = handled.undo_handled

    def cut(*args: object) -> str:
        if floor.holders(ids).count("") == 1 and not started_again:
            started_again.append(floor.browser())
        return give_back(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(doing, "undo_handled", cut)
    undone(browser, job)
    (later,) = started_again
    assert "Undo: 2 leads" in plain(later.get(job).text)


def test_what_is_kept_says_nothing_of_people_and_of_what_was_searched(floor: BulkFloor) -> None:
    ids = floor.refined("zoe")
    done(floor.browser(), all_pairs("status=refined", "claim"))
    kept = str(floor.accounts.jobs.all())
    assert ids[0] in kept
    assert "zoe" not in kept
    assert "status=refined" not in kept
    had = handled.HandlingBefore(
        "x",
        BulkAction.CLAIM,
        b"",
        Handling(
            written={"Name": "Ada"}, borrowed={"Name": "x"}, reply_url="https://hooks.example.com"
        ),
    )
    (one,) = [keeping_jobs._encoded(had)]
    for word in ("Ada", "Name", "hooks"):
        assert word not in one


def test_jobs_are_kept_for_a_week_and_the_last_ones(tmp_path: Path, clock: HandClock) -> None:
    book = SqliteAccounts(tmp_path).jobs
    for number in range(MOST + 3):
        clock.advance(seconds=1)
        KeepingJobs(book).keep(Job(f"j{number}", "ann", "Retry", 1, clock(), ended_at=clock()))
    found = KeepingJobs(book).load(clock())
    assert [one.id for one in found] == [f"j{n}" for n in range(3, MOST + 3)]
    clock.advance(seconds=KEPT_FOR.total_seconds() + 60)
    assert KeepingJobs(book).load(clock()) == []


def test_a_job_of_another_process_that_goes_on_is_not_cut(tmp_path: Path, clock: HandClock) -> None:
    book = SqliteAccounts(tmp_path).jobs
    parent = os.getppid()
    started = keeping_jobs._started(parent)
    body = f'{{"started":"{started}","job":{{"id":"x","by":"ann","what":"Retry","total":1,' \
           f'"began_at":"2026-03-02T09:00:00Z"}}}}'  # fmt: skip
    book.keep(KeptJob("x", clock(), parent, body))
    assert KeepingJobs(book).load(clock()) == []
    book.keep(KeptJob("x", clock(), parent, body.replace(started, "1")))
    (found,) = KeepingJobs(book).load(clock())
    assert found.error == keeping_jobs.CUT


def test_what_leads_had_is_kept_in_their_order_as_far_as_they_have_it_not_again(
    tmp_path: Path, clock: HandClock
) -> None:
    book = SqliteAccounts(tmp_path).jobs
    book.keep(KeptJob("x", clock(), 0, "{}", ["1", "2", "3"]))
    book.keep(KeptJob("x", clock(), 0, "{}", ["4"]), after=2)
    assert book.all()[0].had == ["1", "2", "4"]
    book.drop_first("x", 2)
    assert book.all()[0].had == ["4"]
    book.forget(clock() + timedelta(days=1), 5)
    assert book.all() == []


def test_a_file_of_an_earlier_version_is_migrated(tmp_path: Path) -> None:
    SqliteAccounts(tmp_path).close()
    db = apsw.Connection(str(tmp_path / "accounts.db"))
    db.execute(
        "DROP TABLE job_had; DROP TABLE job; ALTER TABLE session DROP COLUMN of_issuer;"
        " PRAGMA user_version = 1"
    )
    db.close()
    assert SqliteAccounts(tmp_path).jobs.all() == []
