"""The audit log of a stack: writers that meet, and calls that were interrupted."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from leadline.model.personal_data.privacy import AuditEntry
from leadline.privacy.chain import check_chain, signed_cut
from leadline.privacy.hashes import PrivacyKey
from leadline.stores.aws.audit import AwsAudit
from leadline.stores.aws.keys import AUDIT_HEAD, audit_key
from leadline.stores.aws.moving.survey import Survey
from leadline.stores.aws.reading.ledger import AwsLedger
from leadline.stores.aws.table import Key, PutIf, Table
from leadline.stores.aws.values import Item
from tests.worlds.aws_resources import AwsResources
from tests.worlds.leads import HandClock, refined_in

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEY = PrivacyKey(b"a key for tests that is long enough")


class OvertakenTable(Table):
    """Another writer adds an entry each time after the head was read, as often as told."""

    def __init__(self, rooms: AwsResources, times: int) -> None:
        super().__init__(rooms.caller, rooms.table.name)
        self._other = AwsAudit(rooms.table)
        self._left = times

    def get(self, key: Key, *, exact: bool = True) -> Item | None:
        found = super().get(key, exact=exact)
        if key == AUDIT_HEAD and self._left:
            self._left -= 1
            self._other.append([entry("person:other")])
        return found


def entry(actor: str, hour: int = 0) -> AuditEntry:
    return AuditEntry(at=AT + timedelta(hours=hour), actor=actor, action="lead.claim")


@pytest.fixture
def rooms(moto: str) -> Iterator[AwsResources]:
    with closing(AwsResources(moto)) as made:
        yield made


def test_a_writer_that_was_overtaken_takes_the_next_place(rooms: AwsResources) -> None:
    AwsAudit(OvertakenTable(rooms, 2)).append([entry("person:me"), entry("person:me")])
    log = AwsAudit(rooms.table)
    actors = [one.entry.actor for one in log.entries()]
    assert actors == ["person:other", "person:other", "person:me", "person:me"]
    assert check_chain(log.entries()).faults == ()


def test_a_cut_that_was_interrupted_is_finished_by_the_next(rooms: AwsResources) -> None:
    log = AwsAudit(rooms.table)
    log.append([entry("person:me", hour) for hour in range(5)])
    first = rooms.table.get(audit_key(1))
    assert first is not None
    log.cut_before(AT + timedelta(hours=2), lambda last: signed_cut(last, AT, KEY))
    del first["write"]
    rooms.table.write(PutIf(first))  # as if it had not been deleted yet
    assert [one.n for one in log.entries()] == [3, 4, 5]
    assert check_chain(log.entries(), log.cut(), key=KEY).faults == ()
    log.cut_before(AT + timedelta(hours=3), lambda last: signed_cut(last, AT, KEY))
    assert rooms.table.get(audit_key(1)) is None
    assert check_chain(log.entries(), log.cut(), key=KEY).faults == ()


def test_the_leads_beside_it_are_counted_and_moved_as_before(
    rooms: AwsResources, clock: HandClock
) -> None:
    store = rooms.store(clock)
    refined_in(store, clock)
    with (
        closing(AwsLedger(rooms.table, rooms.bucket, clock=clock)) as ledger,
        closing(Survey(rooms.table.scan())) as survey,
    ):
        before, size, tallies = ledger.account(), survey.size(), ledger.tallies()
        AwsAudit(rooms.table).append([entry("person:me")])
        with closing(Survey(rooms.table.scan())) as later:
            assert (ledger.account(), later.size(), ledger.tallies()) == (before, size, tallies)
        assert before.balanced
    assert store.rebase() == 0


def test_a_changed_item_is_noticed(rooms: AwsResources) -> None:
    log = AwsAudit(rooms.table)
    log.append([entry("person:me"), entry("person:me")])
    item = rooms.table.get(audit_key(1))
    assert item is not None
    rooms.table.write(PutIf({**item, "line": item["line"].replace("person:me", "person:you")}))
    assert check_chain(log.entries()).faults == (
        "entry 1 was changed, or one before it: its hash does not fit",
    )
    rooms.table.write(PutIf({"pk": item["pk"], "sk": item["sk"]}))
    assert check_chain(log.entries()).faults == ("entry 1 can't be read",)
