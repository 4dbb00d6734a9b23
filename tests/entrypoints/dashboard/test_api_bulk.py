"""Bulk actions of programs: dry run, the action once for its key, and the job to follow."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from leadline.entrypoints.dashboard.bulk import plans
from leadline.model.ids import uuid7
from tests.entrypoints.dashboard.test_api import Programs, problem_in
from tests.worlds.leads import HandClock


@pytest.fixture
def programs(tmp_path: Path, clock: HandClock) -> Programs:
    return Programs(tmp_path, clock)


def bulk(programs: Programs, body: dict[str, object], key: str | None = None) -> Any:
    shown = programs.post("/bulk", body, key)
    assert shown.status == 200, shown.text
    for one in threading.enumerate():
        if one.name.startswith("job "):
            one.join()
    return json.loads(shown.body)


def test_a_dry_run_says_what_would_be_done_and_changes_nothing(programs: Programs) -> None:
    wish: dict[str, object] = {"action": "assign", "person": "ada", "filter": {"q": "vance"}}
    said = bulk(programs, {**wish, "dry_run": True}, "key")
    assert said == {"job": "", "leads": 2, "would": 2, "skipped": {}, "next": None}
    assert not [one for one in programs.noted() if one[1].startswith("api.bulk")]
    done = bulk(programs, wish, "key")  # which is free
    assert done["job"]
    holder = programs.handling("told").holder
    assert holder is not None
    assert holder.name == "ada"


def test_all_that_match_are_worked_through_by_a_job_that_can_be_followed(
    programs: Programs,
) -> None:
    done = bulk(programs, {"action": "claim", "person": "bob", "filter": {"status": "alerted"}})
    skipped = {f"it has ended ({programs.handling('evil').gone})": 1}
    assert (done["leads"], done["would"], done["skipped"]) == (3, 2, skipped)
    job = programs.answer(f"/bulk/{done['job']}")
    assert (job["leads"], job["looked_at"], job["changed"], job["error"]) == (3, 3, 2, "")
    assert [one["lead_id"] for one in job["names"]] == [programs.ids["evil"]]
    assert job["ended_at"] is not None
    claimed = programs.handling("told").claimed_by
    assert claimed is not None
    assert claimed.name == "bob"
    actor, short = "token:write operator", done["job"][:8]
    noted = [one for one in programs.noted() if short in one[2] + one[3]]
    assert noted[0] == (actor, "api.bulk", short, "claim 3 leads, all by status")
    assert (actor, "api.claim", programs.ids["told"], f"bulk {short}") in noted
    assert noted[-1] == (actor, "api.bulk_ended", short, "2 of 3 leads done, 1 skipped")


def test_a_bulk_action_is_done_once_for_its_key(programs: Programs) -> None:
    wish: dict[str, object] = {"action": "hold", "ids": [programs.ids["waiting"]]}
    first, again = bulk(programs, wish, "key"), bulk(programs, wish, "key")
    assert first == again
    assert [one[1] for one in programs.noted()].count("api.bulk") == 1
    other = programs.post("/bulk", {**wish, "action": "now"}, "key")
    assert other.status == 422
    assert programs.post("/bulk", wish, "").status == 400


def test_nothing_is_done_if_the_number_is_another_than_expected(programs: Programs) -> None:
    wish: dict[str, object] = {"action": "junk", "filter": {"q": "vance"}, "expect": 3}
    shown = programs.post("/bulk", wish)
    assert shown.status == 409
    assert problem_in(shown) == "There are 2 leads by now: nothing was done."
    assert not programs.handling("told").ending
    assert bulk(programs, {**wish, "expect": 2})["would"] == 2


def test_more_than_can_be_done_at_once_are_done_in_turns(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "MOST_AT_ONCE", 1)
    wish: dict[str, object] = {"action": "assign", "person": "ada", "filter": {"q": "vance"}}
    first = bulk(programs, wish)
    assert first["next"] == programs.ids["again"]
    assert bulk(programs, {**wish, "before": first["next"]})["next"] is None
    for name in ("told", "again"):
        holder = programs.handling(name).holder
        assert holder is not None
        assert holder.name == "ada"


def test_what_is_no_bulk_action_is_a_problem(programs: Programs) -> None:
    some = [programs.ids["told"]]
    for body, status in (
        ({"action": "claim"}, 400),
        ({"action": "claim", "ids": some, "filter": {}}, 400),
        ({"action": "claim", "ids": []}, 400),
        ({"action": "claim", "ids": ["x" * 36]}, 400),
        ({"action": "claim", "filter": {"stauts": "dead"}}, 400),
        ({"action": "erase", "ids": some}, 400),
        ({"action": "assign", "ids": some}, 400),
        ({"action": "assign", "ids": some, "person": "zoe"}, 422),
        ({"action": "claim", "filter": {}, "before": "x"}, 400),
    ):
        shown = programs.post("/bulk", body)
        assert shown.status == status, body
        problem_in(shown)
    assert programs.ask(f"/bulk/{uuid7(programs.staged.clock.now)}").status == 404
