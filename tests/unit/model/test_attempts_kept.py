"""Which attempts are kept, and what is said of requests about several records."""

from datetime import UTC, datetime

import pytest

from leadline.model.attempts import (
    AttemptRecord,
    Exchange,
    about_records,
    kept_attempts,
    packed_attempts,
    unpacked_attempts,
)
from leadline.model.task import Step

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def attempt(number: int, result: str, channel: str = "slack", sent: str = "") -> AttemptRecord:
    exchange = Exchange("POST", "https://example.com", sent)
    return AttemptRecord(Step.NOTIFY, channel, number, NOON, result, (exchange,))


def test_the_last_failures_and_the_last_success_of_each_task_are_kept() -> None:
    all_of_them = [
        attempt(1, "retry"), attempt(2, "done"), attempt(3, "retry"), attempt(4, "retry"),
        attempt(5, "done"), attempt(1, "done", "mail"),
    ]  # fmt: skip
    kept: tuple[AttemptRecord, ...] = ()
    for one in all_of_them:
        kept = kept_attempts(kept, [one], 3)
    assert [(one.channel, one.number) for one in kept] == [
        ("slack", 3), ("slack", 4), ("slack", 5), ("mail", 1),
    ]  # fmt: skip


def test_large_attempts_of_many_tasks_do_not_grow_without_end() -> None:
    new = [attempt(1, "dead", f"c{i}", "x" * 8000) for i in range(100)]
    kept = kept_attempts((), new, 5)
    assert 10 < len(kept) < 20
    assert kept[-1].channel == "c99"


def test_what_is_stored_comes_back_and_damage_is_told() -> None:
    some = (attempt(1, "dead", sent="häh"),)
    assert unpacked_attempts(packed_attempts(some)) == some
    for damaged in (b"", b"x", packed_attempts(some)[:-3]):
        with pytest.raises(ValueError, match="damaged"):
            unpacked_attempts(damaged)


def test_a_request_belongs_to_the_record_that_it_names_alone() -> None:
    own = Exchange("PATCH", "https://example.com/leads/17", "ada")
    batch = Exchange("POST", "https://example.com/batch", '["17","18"]', "both", 200)
    search = Exchange("POST", "https://example.com/search", "all", "all of them", 200)
    cut = Exchange("POST", "https://example.com/batch", '["17", …', "", 200, cut=True)
    found = about_records([own, batch, search, cut], ["17", "18"])
    assert found["17"][0] == own
    assert own not in found["18"]
    for record in ("17", "18"):
        for one in found[record][-2:]:
            assert (one.sent, one.answer, one.shared) == ("", "", 2)


def test_a_request_about_one_record_is_kept_whole() -> None:
    search = Exchange("POST", "https://example.com/search", "all")
    assert about_records([search], ["17"]) == {"17": (search,)}
