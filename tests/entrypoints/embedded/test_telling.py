"""Operators are told of troubles: once, at most once a minute, by a channel that works."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from leadline.alerts.operators.telling import GAP, Teller
from leadline.alerts.wording.trouble_story import MOST_TOLD
from leadline.model.monitoring.trouble import Trouble, TroubleKind
from leadline.ports.channel import Channel
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock
from tests.worlds.sales_office import PlainWriter, RecordingMessenger

SLACK = Trouble(kind=TroubleKind.CHANNEL, subject="slack", words="The channel slack fails.")


def silent(source: str) -> Trouble:
    return Trouble(kind=TroubleKind.SOURCE, subject=source, words=f"Nothing comes from {source}.")


class Operators:
    """Those who are told by the channels `ops` and, if that fails, `mail`."""

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock
        self.ops, self.mail = RecordingMessenger(), RecordingMessenger()
        writer = PlainWriter()
        self.channels = {
            "ops": Channel(name="ops", writer=writer, messenger=self.ops, fallback="mail"),
            "mail": Channel(name="mail", writer=writer, messenger=self.mail),
        }

    def teller(self, name: str = "ops") -> Teller:
        """The teller of one process."""
        return Teller(self.channels, name, self.clock)

    @property
    def heard(self) -> list[list[str]]:
        """The troubles of each message that `ops` took."""
        return [message["troubles"] for message in self.ops.hanging.values()]


@pytest.fixture
def operators(clock: HandClock) -> Operators:
    return Operators(clock)


@pytest.fixture
def book(clock: HandClock, tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "data", clock=clock)) as store:
        yield store


def test_what_comes_within_a_minute_is_gathered_into_the_next_message(
    operators: Operators, book: SqliteStore, clock: HandClock
) -> None:
    teller = operators.teller()
    assert teller.tell_news(book, book) is None
    book.report([SLACK])
    assert teller.tell_news(book, book) == timedelta()
    for source in ("close", "form"):
        clock.advance(seconds=20)
        book.report([silent(source)])
        assert teller.tell_news(book, book) == GAP - (clock() - book.troubles()[0].since)
    assert operators.heard == [[SLACK.words]]
    clock.advance(seconds=20)
    assert teller.tell_news(book, book) == timedelta()
    assert operators.heard[1:] == [["Nothing comes from close.", "Nothing comes from form."]]
    clock.advance(minutes=9)
    assert teller.tell_news(book, book) is None


def test_several_processes_and_a_restart_send_no_more_than_one(
    operators: Operators, clock: HandClock, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    with closing(SqliteStore(folder, clock=clock)) as one:
        one.report([SLACK])
        with closing(SqliteStore(folder, clock=clock)) as other:
            assert operators.teller().tell_news(one, one) == timedelta()
            assert operators.teller().tell_news(other, other) is None
            other.report([silent("close")])
            assert operators.teller().tell_news(other, other) == GAP
    with closing(SqliteStore(folder, clock=clock)) as again:
        assert operators.teller().tell_news(again, again) == GAP
        clock.advance(minutes=1)
        assert operators.teller().tell_news(again, again) == timedelta()
    assert operators.heard == [[SLACK.words], ["Nothing comes from close."]]


@pytest.mark.parametrize(
    "reply", [Unreachable("slack.timeout"), Refused("slack.no_team", ""), Busy(timedelta(hours=1))]
)
def test_a_channel_that_takes_no_message_is_replaced_by_its_fallback(
    operators: Operators, book: SqliteStore, reply: Unreachable | Refused | Busy
) -> None:
    operators.ops.trouble = reply
    book.report([SLACK])
    assert operators.teller().tell_news(book, book) == timedelta()
    assert [m["troubles"] for m in operators.mail.hanging.values()] == [[SLACK.words]]


def test_while_no_channel_works_the_log_says_so_and_all_is_told_later(
    operators: Operators, book: SqliteStore, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    teller = operators.teller("mail")
    operators.mail.trouble = Unreachable("smtp.hung_up")
    book.report([SLACK])
    for _ in range(3):
        assert teller.tell_news(book, book) == GAP
        clock.advance(minutes=1)
    lines = [(r.levelname, r.message, getattr(r, "reason", "")) for r in caplog.records]
    assert lines.count(("WARNING", "trouble.found", SLACK.words)) == 1
    assert lines.count(("ERROR", "trouble.not_sent", "smtp.hung_up")) == 3
    operators.mail.trouble = None
    book.report([SLACK.ended()])
    assert teller.tell_news(book, book) == timedelta()
    assert len(operators.mail.hanging) == 1
    assert list(book.troubles()) == []


def test_without_a_channel_a_trouble_and_its_end_are_logged_once(
    operators: Operators, book: SqliteStore, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    book.report([SLACK])
    for trouble in (SLACK, SLACK, SLACK.ended(), SLACK.ended()):
        book.report([trouble])
        operators.teller("").tell_news(book, book)
        clock.advance(minutes=1)
    lines = [(r.levelname, r.message) for r in caplog.records]
    assert lines == [("WARNING", "trouble.found"), ("INFO", "trouble.over")]
    assert operators.heard == []


def test_more_than_a_message_holds_are_told_in_the_next(
    operators: Operators, book: SqliteStore, clock: HandClock
) -> None:
    book.report([silent(f"s{n:02}") for n in range(MOST_TOLD + 3)])
    for _ in range(3):
        operators.teller().tell_news(book, book)
        clock.advance(minutes=1)
    assert [len(message) for message in operators.heard] == [MOST_TOLD, 3]


def test_a_messenger_that_raises_is_a_channel_that_fails(
    operators: Operators, book: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(message: bytes) -> None:
        raise ValueError(message)

    monkeypatch.setattr(operators.ops, "send", broken)
    book.report([SLACK])
    assert operators.teller().tell_news(book, book) == timedelta()
    assert len(operators.mail.hanging) == 1
