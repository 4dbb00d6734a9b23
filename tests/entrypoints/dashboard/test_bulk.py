"""Bulk actions of LEADS: the number beforehand, once for each form, skips, undo, audit."""

import csv
import io
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.bulk import doing, handled, plans
from leadline.entrypoints.dashboard.bulk.plans import BulkJob
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.installations.accounts import accounts_of
from leadline.model.errors import StorageFailed
from leadline.model.handling import UNHANDLED, Ending, Handling
from leadline.model.lead import CapturedLead
from leadline.model.staff.accounts import UserRole
from tests.worlds.dashboard import CSRF, Browser, Shown, embedded, known_as
from tests.worlds.leads import HandClock, captured, refined_in

PEOPLE = """
[people.ada]
email = "ada@example.com"
[people.bob]
email = "bob@example.com"
"""


class BulkFloor:
    """An installation with leads, and browsers of those who act on many of them."""

    def __init__(self, folder: Path, clock: HandClock) -> None:
        (folder / "leadline.toml").write_text(PEOPLE)
        self.clock = clock
        self.installation = embedded(folder)
        self.accounts = accounts_of(self.installation.loaded().settings)

    def browser(self, name: str = "ada", role: UserRole = UserRole.OPERATOR) -> Browser:
        door = known_as(name, role)
        return Browser(create_app(Dashboard(self.installation, self.accounts, self.clock, door)))

    def refined(self, *names: str) -> list[str]:
        found = []
        with closing(self.installation.store()) as store:
            for name in names:
                self.clock.advance(seconds=1)
                found.append(refined_in(store, self.clock, name).id)
        return found

    def waiting(self, *names: str) -> list[str]:
        leads: list[CapturedLead] = []
        for name in names:
            self.clock.advance(seconds=1)
            leads.append(captured(self.clock, name, delay=timedelta(days=3000)))
        with closing(self.installation.store()) as store:
            store.accept(leads)
        return [one.id for one in leads]

    def handling(self, lead_id: str) -> Handling:
        with closing(self.installation.store()) as store:
            return store.handling([lead_id]).get(lead_id, UNHANDLED)

    def holders(self, ids: list[str]) -> list[str]:
        holders = [self.handling(one).holder for one in ids]
        return [one.name if one else "" for one in holders]

    def entries(self) -> list[tuple[str, str, str]]:
        entries = [one.entry for one in self.installation.audit().entries()]
        return [(one.action, one.subject, one.detail) for one in entries]


@pytest.fixture
def floor(tmp_path: Path, clock: HandClock) -> BulkFloor:
    return BulkFloor(tmp_path, clock)


def plain(text: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", text)).split())


def pairs_of(ids: list[str], action: str, **more: str) -> list[tuple[str, str]]:
    chosen = [("id", one) for one in ids]
    return [("csrf", CSRF), ("which", "chosen"), ("action", action), *more.items(), *chosen]


def all_pairs(query: str, action: str, **more: str) -> list[tuple[str, str]]:
    return [("csrf", CSRF), ("which", "all"), ("query", query), ("action", action), *more.items()]


def planned(browser: Browser, pairs: list[tuple[str, str]]) -> tuple[str, str]:
    """Look at what would be done: the path of the page, and what it says."""
    answer = browser.post_pairs("/leads/bulk", pairs)
    assert answer.status == 303, answer.text
    path = answer.headers["location"]
    shown = browser.get(path)
    assert shown.status == 200, shown.text
    return path, shown.text


def hidden_in(page: str, path: str) -> list[tuple[str, str]]:
    form = page[page.index(f'action="{path}"') :]
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[: form.index("</form>")])
    return [(name, unescape(value)) for name, value in found]


def confirmed(browser: Browser, path: str, page: str, *more: tuple[str, str]) -> str:
    """Press the button of the page of a plan; the path to which it leads."""
    answer = browser.post_pairs(path, [*hidden_in(page, path), *more])
    assert answer.status == 303, answer.text
    joined()
    return answer.headers["location"]


def joined() -> None:
    for one in threading.enumerate():
        if one.name.startswith("job "):
            one.join()


def done(browser: Browser, pairs: list[tuple[str, str]]) -> tuple[str, str]:
    """Look, confirm, and wait: the path of the job, and what its page says."""
    path, page = planned(browser, pairs)
    job = confirmed(browser, path, page)
    return job, plain(browser.get(job).text)


def test_leads_that_were_selected_are_assigned_after_a_look(floor: BulkFloor) -> None:
    ids, browser = floor.refined("a", "b", "c"), floor.browser()
    path, page = planned(browser, pairs_of(ids[:2], "assign", person="bob"))
    assert "2 leads selected" in plain(page)
    assert "Would be assigned 2 leads" in plain(page)
    assert floor.holders(ids) == ["", "", ""]
    job = confirmed(browser, path, page)
    assert "Done: 2 leads assigned." in plain(browser.get(job).text)
    assert floor.holders(ids) == ["bob", "bob", ""]


def test_all_that_match_are_meant_of_every_page_and_none_that_come_in_later(
    floor: BulkFloor,
) -> None:
    ids, browser = floor.refined("a", "b", "c"), floor.browser()
    floor.waiting("w")
    path, page = planned(browser, all_pairs("status=refined&size=50&sort=name", "junk"))
    assert "All that match (status: refined): 3 leads" in plain(page)
    floor.clock.advance(seconds=1)
    floor.refined("late")
    job = confirmed(browser, path, page)
    assert "Done: 3 leads marked as junk." in plain(browser.get(job).text)
    assert [floor.handling(one).ending for one in ids] == [Ending.JUNK] * 3


def test_leads_that_would_be_skipped_are_counted_by_why_and_named(floor: BulkFloor) -> None:
    (free, taken), (early,) = floor.refined("a", "b"), floor.waiting("w")
    done(floor.browser("bob"), pairs_of([taken], "claim"))
    browser = floor.browser()
    path, page = planned(browser, pairs_of([free, taken, early], "claim"))
    text = plain(page)
    assert "Would be claimed 1 lead" in text
    assert "Would be skipped 1 lead: it is claimed already" in text
    assert "Would be skipped 1 lead: it is not refined yet" in text
    said = plain(browser.get(confirmed(browser, path, page)).text)
    assert "Done: 1 lead claimed, 2 skipped." in said
    assert f"{taken[-8:]} : it is claimed already" in said


def test_if_the_number_is_another_by_then_it_is_said_and_asked_again(floor: BulkFloor) -> None:
    ids, browser = floor.refined("a", "b", "c"), floor.browser()
    path, page = planned(browser, all_pairs("unowned=1", "claim"))
    done(floor.browser("bob"), pairs_of(ids[:1], "claim"))
    again = confirmed(browser, path, page)
    text = browser.get(again).text
    assert "3 leads matched when you looked, and 2 leads by now." in plain(text)
    assert floor.holders(ids) == ["bob", "", ""]
    done(floor.browser("bob"), pairs_of(ids[1:2], "claim"))
    job = confirmed(browser, again, text, ("anyway", "1"))
    said = plain(browser.get(job).text)
    assert "Done: 1 lead claimed, 1 skipped." in said
    assert "it does not match any more" in said
    assert floor.holders(ids) == ["bob", "bob", "ada"]


def test_of_two_people_who_act_on_one_lead_the_second_hears_that_it_was_changed(
    floor: BulkFloor,
) -> None:
    ids, ada, bob = floor.refined("a", "b"), floor.browser(), floor.browser("bob")
    mine, his = planned(ada, pairs_of(ids, "junk")), planned(bob, pairs_of(ids[:1], "claim"))
    confirmed(bob, *his)
    said = plain(ada.get(confirmed(ada, *mine)).text)
    assert "Done: 1 lead marked as junk, 1 skipped." in said
    assert f"{ids[0][-8:]} : others changed it since it was looked at" in said
    assert floor.handling(ids[0]).ending is Ending.OPEN


def test_a_form_that_is_sent_twice_is_done_once(floor: BulkFloor) -> None:
    ids, browser = floor.refined("a"), floor.browser()
    path, page = planned(browser, pairs_of(ids, "claim"))
    pairs = hidden_in(page, path)
    first = browser.post_pairs(path, pairs)
    joined()
    again = browser.post_pairs(path, pairs)
    other = confirmed(browser, path, browser.get(path).text)  # the same plan in another tab
    assert first.headers["location"] == again.headers["location"] == other
    assert [one for one, _, _ in floor.entries()].count("dashboard.bulk") == 1
    assert len(browser.app.state.jobs.all()) == 1


def test_of_many_who_confirm_a_plan_at_once_one_begins_it(floor: BulkFloor) -> None:
    ids, browser = floor.refined("a"), floor.browser()
    path, _ = planned(browser, pairs_of(ids, "replay"))
    answers: list[Shown] = []

    def confirm(number: int) -> None:
        answers.append(browser.post(path, {"csrf": CSRF, "form": f"tab {number}"}))

    threads = [threading.Thread(target=confirm, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    joined()
    assert len({one.headers["location"] for one in answers}) == 1
    assert [one for one, _, _ in floor.entries()].count("dashboard.bulk") == 1


def test_what_was_assigned_is_undone_but_for_what_others_changed_since(floor: BulkFloor) -> None:
    ids, browser = floor.refined("a", "b"), floor.browser()
    job, said = done(browser, pairs_of(ids, "assign", person="bob"))
    assert "Undo: 2 leads" in said
    done(floor.browser("bob"), pairs_of(ids[:1], "claim"))
    page = browser.get(job).text
    answer = browser.post_pairs(f"{job}/undo", hidden_in(page, f"{job}/undo"))
    joined()
    undone = plain(browser.get(answer.headers["location"]).text)
    assert "Done: 1 lead given back what they had, 1 skipped." in undone
    assert floor.holders(ids) == ["bob", ""]
    assert "Undo: 2 leads" not in plain(browser.get(job).text)
    twice = browser.post_pairs(f"{job}/undo", [("csrf", CSRF), ("form", "another")])
    assert twice.headers["location"] == answer.headers["location"]


def test_an_undo_that_was_stopped_can_be_gone_on_with(
    floor: BulkFloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doing, "AT_ONCE", 1)
    ids, browser = floor.refined("a", "b", "c"), floor.browser()
    job, _ = done(browser, pairs_of(ids, "claim"))
    give_back = handled.undo_handled

    def stopping(*args: object) -> str:
        for one in browser.app.state.jobs.all():
            browser.app.state.jobs.stop(one.id)
        return give_back(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(doing, "undo_handled", stopping)
    for left in (2, 1):
        form = hidden_in(browser.get(job).text, f"{job}/undo")
        answer = browser.post_pairs(f"{job}/undo", form)
        joined()
        said = plain(browser.get(answer.headers["location"]).text)
        assert f"It was stopped: 1 lead given back what they had, {left} not looked at." in said
        assert f"Undo: {left} lead" in plain(browser.get(job).text)
        assert Counter(floor.holders(ids)) == {"ada": left, "": 3 - left}


def test_an_undo_that_broke_off_can_be_gone_on_with(
    floor: BulkFloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids, browser = floor.refined("a", "b"), floor.browser()
    job, _ = done(browser, pairs_of(ids, "claim"))
    with monkeypatch.context() as broken:
        broken.setattr(doing, "undo_handled", _fails)
        browser.post_pairs(f"{job}/undo", hidden_in(browser.get(job).text, f"{job}/undo"))
        joined()
    assert "Undo: 2 leads" in plain(browser.get(job).text)
    browser.post_pairs(f"{job}/undo", hidden_in(browser.get(job).text, f"{job}/undo"))
    joined()
    assert floor.holders(ids) == ["", ""]


def _fails(*args: object) -> str:
    raise StorageFailed


def test_a_hold_is_undone_and_sending_now_is_not(floor: BulkFloor) -> None:
    ids, browser = floor.waiting("a", "b"), floor.browser()
    with closing(floor.installation.ledger()) as ledger:
        before = ledger.waits(ids, 0)
        job, _ = done(browser, pairs_of(ids, "hold"))
        assert set(ledger.on_hold()) == set(ids)
        page = browser.get(job).text
        browser.post_pairs(f"{job}/undo", hidden_in(page, f"{job}/undo"))
        joined()
        assert not ledger.on_hold()
        assert [one.due_at for one in ledger.waits(ids, 0).values()] == [
            one.due_at for one in before.values()
        ]
    _, said = done(browser, pairs_of(ids, "now"))
    assert "Done: 2 leads sent on at once." in said
    assert "Undo" not in said


def test_each_lead_and_the_whole_are_in_the_audit_log(floor: BulkFloor) -> None:
    ids, browser = floor.refined("a", "b"), floor.browser()
    done(floor.browser("bob"), pairs_of(ids[:1], "claim"))
    job, _ = done(browser, all_pairs("status=refined&range=24h", "claim"))
    short = job.rpartition("/")[2][:8]
    mine = [one for one in floor.entries() if short in one[1] + one[2]]
    assert mine == [
        ("dashboard.bulk", short, "claim 2 leads, all by range, status"),
        ("dashboard.claim", ids[1], f"bulk {short}"),
        ("dashboard.bulk_ended", short, "1 of 2 leads done, 1 skipped"),
    ]


def test_the_audit_log_names_filters_and_never_what_was_searched(floor: BulkFloor) -> None:
    ids = floor.refined("a", "b")
    done(floor.browser(), all_pairs(f"q={ids[1]}", "claim"))
    details = [detail for action, _, detail in floor.entries() if action == "dashboard.bulk"]
    assert details == ["claim 1 lead, all by q"]


def test_a_lead_that_changes_while_its_turn_comes_is_noted_as_not_done(
    floor: BulkFloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids, browser = floor.refined("a"), floor.browser()
    monkeypatch.setattr(doing, "handle_one", lambda *args: "others changed it")
    job, said = done(browser, pairs_of(ids, "claim"))
    assert "Done: 0 leads claimed, 1 skipped." in said
    short = job.rpartition("/")[2][:8]
    details = [detail for action, _, detail in floor.entries() if action == "dashboard.claim"]
    assert details == [f"bulk {short}", f"bulk {short}, not done"]


def test_it_is_stopped_between_two_slices(
    floor: BulkFloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doing, "AT_ONCE", 1)
    ids, browser = floor.refined("a", "b", "c"), floor.browser()
    handle = handled.handle_one

    def stopping(*args: object) -> object:
        for one in browser.app.state.jobs.all():
            browser.app.state.jobs.stop(one.id)
        return handle(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(doing, "handle_one", stopping)
    job, said = done(browser, pairs_of(ids, "claim"))
    assert "It was stopped: 1 lead claimed, 2 not looked at." in said
    assert Counter(floor.holders(ids)) == {"ada": 1, "": 2}
    assert "Undo: 1 lead" in said
    assert browser.post(f"{job}/stop", {"csrf": CSRF}).status == 303


def test_more_than_can_be_done_at_once_are_done_in_turns(
    floor: BulkFloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "MOST_AT_ONCE", 2)
    ids, browser = floor.refined("a", "b", "c"), floor.browser()
    path, page = planned(browser, all_pairs("status=refined", "assign", person="bob"))
    assert "this is about the newest 2" in plain(page)
    job = confirmed(browser, path, page)
    assert floor.holders(ids) == ["", "bob", "bob"]
    form = [*hidden_in(browser.get(job).text, "/leads/bulk"), ("action", "assign")]
    path, page = planned(browser, form)
    assert "the next: 1 lead" in plain(page)
    confirmed(browser, path, page)
    assert floor.holders(ids) == ["bob", "bob", "bob"]


def test_what_was_remembered_of_older_jobs_is_forgotten_when_it_is_too_much(
    floor: BulkFloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from leadline.entrypoints.dashboard.bulk import carrying_out

    monkeypatch.setattr(carrying_out, "MOST_REMEMBERED", 3)
    ids, browser = floor.refined("a", "b", "c", "d"), floor.browser()
    for one in (ids[:1], ids[1:2], ids[2:]):
        done(browser, pairs_of(one, "claim"))
    jobs = [one for one in browser.app.state.jobs.all() if isinstance(one, BulkJob)]
    assert [len(one.had) for one in jobs] == [0, 1, 2]


def test_bulk_actions_of_late_are_listed_with_what_became_of_them(floor: BulkFloor) -> None:
    ids, browser = floor.refined("a"), floor.browser()
    assert "No recent bulk action" in browser.get("/leads/bulk").text
    job, _ = done(browser, pairs_of(ids, "claim"))
    text = browser.get("/leads/bulk").text
    assert f'href="{job}"' in text
    assert re.search(r"Claim: 1 lead \S+ ada done 1 0", plain(text))
    page = browser.get(job).text
    browser.post_pairs(f"{job}/undo", hidden_in(page, f"{job}/undo"))
    joined()
    assert re.search(
        r"Undo: Claim: 1 lead \S+ ada done 1 0", plain(browser.get("/leads/bulk").text)
    )
    assert floor.browser("eve", UserRole.VIEWER).get("/leads/bulk").status == 403


def test_dead_letters_are_retried_and_leads_done_again_from_a_step(floor: BulkFloor) -> None:
    ids, browser = floor.refined("a"), floor.browser()
    _, page = planned(browser, pairs_of(ids, "retry"))
    assert "Would be skipped 1 lead: it has no dead letter" in plain(page)
    assert "<button class" not in page
    _, said = done(browser, pairs_of(ids, "replay", **{"from": "refine"}))
    assert "Done: 1 lead done again." in said


def test_a_viewer_selects_nothing_and_may_not_act(floor: BulkFloor) -> None:
    ids, viewer = floor.refined("a"), floor.browser("eve", UserRole.VIEWER)
    page = viewer.get("/leads").text
    assert "/leads/bulk" not in page
    assert 'name="id"' not in page
    assert viewer.post_pairs("/leads/bulk", pairs_of(ids, "claim")).status == 403
    assert viewer.post_pairs("/leads/export", [*pairs_of(ids, ""), ("kind", "csv")]).status == 403
    path, _ = planned(floor.browser(), pairs_of(ids, "claim"))
    assert viewer.get(path).status == 403
    assert viewer.post(path, {"csrf": CSRF, "form": "f"}).status == 403


def test_a_plan_is_only_that_of_who_made_it_and_gets_too_old(floor: BulkFloor) -> None:
    ids, browser = floor.refined("a"), floor.browser()
    path, page = planned(browser, pairs_of(ids, "claim"))
    other = create_app(
        Dashboard(floor.installation, floor.accounts, floor.clock, known_as("bob", UserRole.ADMIN))
    )
    other.state.bulk_plans = browser.app.state.bulk_plans
    assert Browser(other).get(path).status == 409
    floor.clock.advance(hours=2)
    late = browser.post_pairs(path, hidden_in(page, path))
    assert late.status == 409
    assert "Nothing was done" in late.text
    assert floor.holders(ids) == [""]


def refusals(ids: list[str]) -> Iterator[tuple[list[tuple[str, str]], int]]:
    yield pairs_of([], "claim"), 409
    yield pairs_of(["x"], "claim"), 400
    yield pairs_of(ids, "erase"), 400
    yield pairs_of(ids, "replay", **{"from": "nowhere"}), 400
    yield pairs_of(ids, "assign"), 409
    yield pairs_of(ids, "assign", person="zoe"), 409
    yield all_pairs("status=refined", "claim", before="x"), 400
    yield all_pairs("&&&", "claim"), 400
    yield all_pairs("q=" + "a" * 5000, "claim"), 400


def test_what_is_no_action_or_no_selection_is_refused(floor: BulkFloor) -> None:
    ids, browser = floor.refined("a"), floor.browser()
    for pairs, status in refusals(ids):
        assert browser.post_pairs("/leads/bulk", pairs).status == status, pairs
    path, _ = planned(browser, pairs_of(ids, "claim"))
    assert browser.post(path, {"csrf": CSRF}).status == 400
    assert browser.post(path, {"form": "f"}).status == 403
    assert browser.get("/leads/bulk/jobs/unknown").status == 404
    assert floor.holders(ids) == [""]


def exported(browser: Browser, kind: str, pairs: list[tuple[str, str]]) -> Shown:
    return browser.post_pairs("/leads/export", [*pairs, ("kind", kind)])


def test_leads_that_were_selected_are_exported(floor: BulkFloor) -> None:
    ids, browser = floor.refined("a", "b", "c"), floor.browser()
    shown = exported(browser, "csv", pairs_of(ids[:2], ""))
    assert [row["lead_id"] for row in csv.DictReader(io.StringIO(shown.text))] == ids[:2]
    assert "attachment" in shown.headers["content-disposition"]
    rows = json.loads(exported(browser, "json", pairs_of(ids[2:], "")).text)
    assert [row["lead_id"] for row in rows] == ids[2:]
    everything = exported(browser, "json", all_pairs("status=refined", ""))
    assert everything.headers["location"] == "/leads/export.json?status=refined"
    assert exported(browser, "xml", pairs_of(ids, "")).status == 400
    noted = [detail for action, _, detail in floor.entries() if action == "dashboard.export"]
    assert noted == ["2 leads", "1 lead"]
