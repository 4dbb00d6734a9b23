"""Which attempts are kept, and what is said of requests about several records."""

from datetime import UTC, datetime
from typing import Any

import pytest

from leadline.model.monitoring.attempts import (
    AttemptRecord,
    Exchange,
    FieldWrite,
    about_records,
    bounded,
    kept_attempts,
    packed_attempts,
    unpacked_attempts,
    without_words,
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


def write_back(number: int, *fields: FieldWrite, result: str = "done") -> AttemptRecord:
    exchange = Exchange("PATCH", "https://example.com/leads/17", "{}", "ok", 200)
    return AttemptRecord(Step.WRITE_BACK, "close", number, NOON, result, (exchange,), fields)


def test_what_the_crm_had_before_the_first_write_of_each_field_outlasts_later_writes() -> None:
    kept: tuple[AttemptRecord, ...] = ()
    for one in (
        write_back(1, FieldWrite("phone", "030 1", "+49 30 1"), FieldWrite("score", None, 70)),
        write_back(3, FieldWrite("owner", "ann", "bob")),
        write_back(4, FieldWrite("owner", "bob", "cleo"), FieldWrite("phone", "+49 30 1", "")),
        write_back(5, FieldWrite("owner", "cleo", "dan")),
    ):
        kept = kept_attempts(kept, [one], 2)
    assert [one.number for one in kept] == [1, 3, 5]
    assert [field.before for one in kept for field in one.fields] == ["030 1", None, "ann", "cleo"]
    assert [len(one.exchanges) for one in kept] == [0, 0, 1]  # what was sent is the last one's


@pytest.mark.parametrize("together", [1, 2, 3, 6])
def test_it_makes_no_difference_how_many_attempts_are_kept_at_once(together: int) -> None:
    every = [
        write_back(number, FieldWrite(name, number, 0), result=result)
        for number, (name, result) in enumerate(
            zip("abacba", ("done", "retry", "done", "done", "dead", "done"), strict=True), start=1
        )
    ]
    kept: tuple[AttemptRecord, ...] = ()
    for at in range(0, len(every), together):
        kept = kept_attempts(kept, every[at : at + together], 5)
    assert kept == kept_attempts((), every, 5)


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


@pytest.mark.parametrize("value", ["x" * 100_000, ["ä" * 50] * 2000, {"note": "x" * 100_000}])
def test_a_long_value_of_the_crm_is_kept_as_a_text_that_is_cut(value: Any) -> None:
    kept = bounded(value)
    assert isinstance(kept, str)
    assert len(kept.encode()) < 3000
    assert kept.endswith("…")


@pytest.mark.parametrize("value", [None, "", 0, False, 85, "Ada", ["a", "b"], {"a": 1}])
def test_a_short_value_of_the_crm_is_kept_as_it_is(value: Any) -> None:
    assert bounded(value) is value


def test_masked_attempts_say_neither_values_that_count_as_nothing_nor_words_of_a_server() -> None:
    refused = Exchange("SMTP", "smtp://mail.example.com:25", failure="smtp.450 Ada is on leave")
    fields = (FieldWrite("Deals", 0, 1), FieldWrite("Called", False, True), FieldWrite("Ref"))
    one = AttemptRecord(Step.WRITE_BACK, "", 1, NOON, "retry", (refused,), fields)
    (masked,) = without_words([one])
    assert masked.exchanges[0].failure == "smtp.450"
    told = [(field.before, field.after) for field in masked.fields]
    assert told == [("•••", "•••"), ("•••", "•••"), (None, None)]
