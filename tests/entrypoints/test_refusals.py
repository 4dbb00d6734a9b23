"""Refused deliveries are log lines: once a second and source, then by number, without addresses."""

from typing import Any

import pytest

from leadline.entrypoints.refusals import (
    RefusalLog,
    network_of,
    note_captured,
    reason_of,
    sender_of,
)
from leadline.model.errors import StorageFull, Unauthentic, UnknownSource
from leadline.model.lead import Fate, Receipt

SENDER = "203.0.113.77"


class TurnedSeconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> TurnedSeconds:
    return TurnedSeconds()


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """What was logged, by the fields that matter here; none twice."""
    names = ("source", "status", "reason", "network", "sender", "count", "lead")
    found = [
        {"event": r.message, **{n: getattr(r, n) for n in names if hasattr(r, n)}}
        for r in caplog.records
    ]
    caplog.clear()
    return found


def test_the_first_refusal_of_a_second_is_a_line_and_the_rest_are_counted(
    caplog: pytest.LogCaptureFixture, seconds: TurnedSeconds
) -> None:
    log = RefusalLog(clock=seconds)
    assert log.note("close", 401, "no secret came", SENDER)
    (line,) = lines(caplog)
    assert line == {
        "event": "webhook.refused",
        "source": "close",
        "status": 401,
        "reason": "no secret came",
        "network": "203.0.113.0/24",
    }
    assert [log.note("close", 413, "too large", SENDER) for _ in range(41)] == [False] * 41
    assert log.tell_held()
    assert lines(caplog) == []
    seconds.now += 1
    assert not log.tell_held()
    (line,) = lines(caplog)
    assert (line["event"], line["count"], line["status"]) == ("webhook.refused_more", 41, 413)
    assert not log.note("close", 401, "no secret came", SENDER)
    seconds.now += 1
    log.tell_held()
    assert [line["count"] for line in lines(caplog)] == [1]
    seconds.now += 60
    assert log.note("close", 401, "no secret came", SENDER)
    assert [line["event"] for line in lines(caplog)] == ["webhook.refused"]


def test_a_flood_at_one_source_hides_no_refusal_of_another(
    caplog: pytest.LogCaptureFixture, seconds: TurnedSeconds
) -> None:
    log = RefusalLog(clock=seconds)
    for _ in range(1000):
        log.note("form", 401, "no secret came", SENDER)
    log.note("close", 401, "no secret came", SENDER)
    assert [line["source"] for line in lines(caplog)] == ["form", "close"]


def test_a_refusal_without_a_timer_tells_of_those_before_it(
    caplog: pytest.LogCaptureFixture, seconds: TurnedSeconds
) -> None:
    log = RefusalLog(clock=seconds)
    for _ in range(3):
        log.note("close", 401, "no secret came", SENDER)
    seconds.now += 5
    assert log.note("close", 401, "no secret came", SENDER)
    assert [line.get("count") for line in lines(caplog)] == [None, 3]


def test_what_is_left_at_the_end_is_told(
    caplog: pytest.LogCaptureFixture, seconds: TurnedSeconds
) -> None:
    log = RefusalLog(clock=seconds)
    log.note("close", 401, "a", SENDER)
    log.note("close", 401, "a", SENDER)
    log.tell_held(at_end=True)
    assert [line.get("count") for line in lines(caplog)] == [None, 1]


@pytest.mark.parametrize("name", ["../../etc", "Ada Smith", "ada@example.com", "x" * 41, "", "é"])
def test_a_name_that_is_no_source_is_not_logged(
    caplog: pytest.LogCaptureFixture, name: str
) -> None:
    RefusalLog().note(name, 404, "there is no such source", SENDER)
    assert lines(caplog)[0]["source"] == "unknown"


def test_names_without_end_need_no_memory_without_end(seconds: TurnedSeconds) -> None:
    log = RefusalLog(clock=seconds)
    for number in range(5000):
        log.note(f"s{number}", 404, "there is no such source", SENDER)
    assert len(log._held) <= 1000


def test_the_whole_address_is_logged_if_that_is_set(caplog: pytest.LogCaptureFixture) -> None:
    RefusalLog(whole_address=True).note("close", 401, "a", SENDER)
    (line,) = lines(caplog)
    assert (line["sender"], "network" in line) == (SENDER, False)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:7:8::9", "2001:db8:7::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", "unknown"),
        ("ada", "unknown"),
    ],
)
def test_an_address_is_shortened_to_its_network(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("peer", "told", "sender"),
    [
        ("127.0.0.1", "198.51.100.9, 203.0.113.77", "203.0.113.77"),
        ("10.0.0.5", "203.0.113.77", "203.0.113.77"),
        ("", "203.0.113.77", "203.0.113.77"),
        ("127.0.0.1", "not an address", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("8.8.8.8", "203.0.113.77", "8.8.8.8"),
    ],
)
def test_only_a_proxy_nearby_says_for_whom_it_asks(peer: str, told: str, sender: str) -> None:
    assert sender_of(peer, {"x-forwarded-for": told} if told else {}) == sender


def test_reasons_are_words() -> None:
    assert reason_of(Unauthentic("no secret came")) == "no secret came"
    assert reason_of(UnknownSource("post to one of: a, b")) == "there is no such source"
    assert reason_of(StorageFull()) == "The storage is full"


def test_what_became_of_each_event_is_logged_at_info_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    receipts = [Receipt("one", Fate.CAPTURED), Receipt("two", Fate.REDELIVERED)]
    caplog.set_level("WARNING")  # a function on AWS that another test ran logs from INFO on
    note_captured("close", receipts)
    assert lines(caplog) == []
    caplog.set_level("INFO")
    note_captured("close", receipts)
    assert lines(caplog) == [
        {"event": "webhook.captured", "source": "close", "lead": "one"},
        {"event": "webhook.redelivered", "source": "close", "lead": "two"},
    ]
