"""The account on AWS: that it sees every kind of loss, in the ledger and in the archive."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from leadline.model.formats import key_of
from leadline.model.task import Done, Step, Task
from leadline.net.aws.calls import AwsFailed, Caller
from leadline.net.aws.signing import Keys
from leadline.ports.reading.ledger import LeadFilter
from leadline.ports.store import Settlement
from leadline.stores.aws.bucket import Bucket
from leadline.stores.aws.capture.documents import document_of
from leadline.stores.aws.items import LeadItem, lead_of
from leadline.stores.aws.keys import lead_key
from leadline.stores.aws.reading import selection
from leadline.stores.aws.reading.ledger import AwsLedger
from leadline.stores.aws.shards.placing import SHARDS, shard_of
from leadline.stores.aws.table import Table
from leadline.stores.aws.values import Item
from tests.worlds.aws_resources import REGION, AwsResources
from tests.worlds.leads import HandClock, captured, refined, refined_in
from tests.worlds.ledger import LEASE, START, LedgerWorld, fill


class Damaged:
    """A filled store, and hands to do harm with."""

    def __init__(self, rooms: AwsResources, world: LedgerWorld) -> None:
        self.rooms = rooms
        self.world = world

    def forget(self, name: str, sk: str = "lead") -> None:
        """Take an item out of the table."""
        key = {"pk": {"S": f"L#{self.world.ids[name]}"}, "sk": {"S": sk}}
        body = {"TableName": self.rooms.table.name, "Key": key}
        self.rooms.caller.json("dynamodb", "DynamoDB_20120810.DeleteItem", body)

    def change(self, name: str, **what: Any) -> None:
        """Write an item of the lead with other values."""
        item = self.rooms.table.get(lead_key(self.world.ids[name]))
        assert item is not None
        lead: LeadItem = msgspec.structs.replace(lead_of(item), **what)
        self.rooms.table.put_if(lead.item(), "", {})

    def told(self, name: str, told: int) -> None:
        item = self.rooms.table.get(lead_key(self.world.ids[name]))
        assert item is not None
        summary = lead_of(item).summary
        assert summary is not None
        self.change(name, summary=msgspec.structs.replace(summary, channel_count=told))

    def burn(self, name: str, kind: str = "raw") -> None:
        """Take a document out of the archive."""
        self.rooms.caller.call("s3", "DELETE", self._path(name, kind))

    def smear(self, name: str, kind: str, document: bytes) -> str:
        """Write something else over a document; its new version."""
        return self.rooms.bucket.put(key_of(kind, self.world.ids[name], START), document)

    def _path(self, name: str, kind: str) -> str:
        return f"/{self.rooms.bucket.name}/{key_of(kind, self.world.ids[name], START)}"


@pytest.fixture
def rooms(moto: str) -> Iterator[AwsResources]:
    with closing(AwsResources(moto)) as made:
        yield made


@pytest.fixture
def damaged(rooms: AwsResources, clock: HandClock) -> Iterator[Damaged]:
    with closing(AwsLedger(rooms.table, rooms.bucket, clock=clock)) as ledger:
        world = fill(LedgerWorld(rooms.store(clock), ledger, clock))
        clock.advance(hours=1)
        yield Damaged(rooms, world)


Harm = Callable[[Damaged], object]


@pytest.mark.parametrize(
    ("harm", "name", "problem"),
    [
        (lambda d: d.burn("told"), "told", "its raw words are missing"),
        (lambda d: d.burn("gone"), "gone", "its raw words are missing"),
        (lambda d: d.burn("told", "refined"), "told", "its refined document is missing"),
        (lambda d: d.forget("dead"), "dead", "raw words without their lead"),
        (lambda d: (d.forget("spam"), d.burn("spam")), "spam", "a refined lead without its"),
        (lambda d: d.forget("telling"), "telling", "a task without its lead"),
        (lambda d: (d.forget("waiting"), d.burn("waiting")), "waiting", "nothing of it is there"),
        (lambda d: d.forget("waiting"), "update", "the lead that it was folded into is missing"),
        (lambda d: (d.forget("update"), d.burn("update")), "update", "nothing of it is there"),
        (lambda d: d.change("waiting", task=None), "waiting", "neither refined nor waiting"),
        (lambda d: d.change("dead", task=None), "dead", "neither refined nor waiting"),
        (lambda d: d.change("untold", summary=None), "untold", "neither refined nor waiting"),
        (lambda d: d.change("told", alerts=()), "told", "nobody was told"),
        (lambda d: d.forget("telling", "notify#slack"), "telling", "nobody was told"),
        (lambda d: d.told("told", 2), "told", "not every channel was told"),
        (lambda d: d.told("telling", 2), "telling", "not every channel was told"),
    ],
)
def test_every_kind_of_loss_is_seen(damaged: Damaged, harm: Harm, name: str, problem: str) -> None:
    harm(damaged)
    account = damaged.world.ledger.account()
    lost = {one.lead_id: one.problem for one in account.unaccounted}
    assert problem in lost[damaged.world.ids[name]]
    assert not account.balanced


@pytest.mark.parametrize(
    ("kind", "document", "problem"),
    [
        ("raw", b"{", "its raw words are damaged"),
        ("raw", b'{"lead_id":"x","timestamp":"2026-03-02T09:00:00Z","raw_data":{}}', "raw words"),
        ("refined", b"{}", "its refined document is damaged"),
    ],
)
def test_only_a_deep_look_reads_the_documents(
    damaged: Damaged, kind: str, document: bytes, problem: str
) -> None:
    version = damaged.smear("told", kind, document)
    if kind == "refined":
        item = damaged.rooms.table.get(lead_key(damaged.world.ids["told"]))
        summary = lead_of(item or {}).summary
        assert summary is not None
        damaged.change("told", summary=msgspec.structs.replace(summary, version=version))
    assert damaged.world.ledger.account().balanced
    (lost,) = damaged.world.ledger.account(deep=True).unaccounted
    assert lost.lead_id == damaged.world.ids["told"]
    assert problem in lost.problem


def test_a_story_shows_what_is_left_of_damaged_documents(damaged: Damaged) -> None:
    damaged.smear("told", "raw", b'{"half":"a docu')
    damaged.burn("spam")
    story, spam = (damaged.world.story(name) for name in ("told", "spam"))
    assert msgspec.json.decode(bytes(story.raw)) == '{"half":"a docu'
    assert bytes(spam.raw) == b"null"
    assert spam.refined is not None


def test_a_deep_look_misses_the_very_version_that_the_ledger_names(damaged: Damaged) -> None:
    """What a worker wrote that had lost its lease stands over it, and counts for nothing."""
    item = damaged.rooms.table.get(lead_key(damaged.world.ids["told"]))
    summary = lead_of(item or {}).summary
    assert summary is not None
    damaged.smear("told", "refined", b"{}")
    assert damaged.world.ledger.account(deep=True).balanced
    key = key_of("refined", damaged.world.ids["told"], START)
    path, query = f"/{damaged.rooms.bucket.name}/{key}", {"versionId": summary.version}
    damaged.rooms.caller.call("s3", "DELETE", path, query=query)
    (lost,) = damaged.world.ledger.account(deep=True).unaccounted
    assert lost.problem == "its refined document is missing"


def test_a_capture_that_is_under_way_is_not_missed(rooms: AwsResources, clock: HandClock) -> None:
    """Its document stands in the archive a moment before its lead stands in the ledger."""
    lead = captured(clock)
    rooms.bucket.put_new(key_of("raw", lead.id, lead.captured_at), document_of(lead))
    with closing(AwsLedger(rooms.table, rooms.bucket, clock=clock)) as ledger:
        clock.advance(minutes=29)
        assert ledger.account(deep=True).balanced
        clock.advance(minutes=1)
        (lost,) = ledger.account().unaccounted
        assert (lost.lead_id, lost.problem) == (lead.id, "raw words without their lead")


def test_what_happens_meanwhile_is_not_taken_for_a_loss(
    rooms: AwsResources, clock: HandClock
) -> None:
    store = rooms.store(clock)
    first, second = (captured(clock, name, delay=timedelta()) for name in ("ada", "bob"))
    store.accept([first])

    class Slow(Table):
        """A table in which things happen between the listing of the archive and the scan."""

        def scan(self, index: str = "") -> Iterator[Item]:
            store.accept([second])
            for lease in store.lease(Step.REFINE, 2, LEASE):
                lead = {first.id: first, second.id: second}[lease.task.lead_id]
                tell = (Task(Step.NOTIFY, lead.id, "slack"),)
                done = Done(refined=refined(lead, clock), then=tell)
                assert store.settle([Settlement(lease, done)]) == [True]
            return super().scan(index)

    table = Slow(rooms.caller, rooms.table.name)
    with closing(AwsLedger(table, rooms.bucket, clock=clock)) as ledger:
        account = ledger.account()
    assert (account.accepted, account.alerting, account.unaccounted) == (2, 2, ())


def test_raw_documents_that_the_bucket_has_deleted_by_rule_are_not_missed(
    damaged: Damaged,
) -> None:
    damaged.burn("told")
    rooms, clock = damaged.rooms, damaged.world.clock
    for kept, balanced in ((timedelta(minutes=30), True), (timedelta(hours=2), False)):
        read = AwsLedger(rooms.table, rooms.bucket, clock=clock, raw_kept=kept)
        with closing(read) as ledger:
            assert ledger.account(deep=True).balanced == balanced


def test_a_day_whose_raw_documents_are_gone_is_still_listed(damaged: Damaged) -> None:
    for name in damaged.world.ids:
        damaged.burn(name)
    assert len(damaged.world.ledger.find(LeadFilter())) == 7


def test_a_list_is_asked_of_few_partitions(rooms: AwsResources, clock: HandClock) -> None:
    """What a list costs: to know the days of the archive and the number of shards, and on a day a
    query for each shard of each status."""
    asked: list[str] = []

    class Counted(Caller):
        def call(self, service: str, *rest: Any, **named: Any) -> Any:
            asked.append(service)
            return super().call(service, *rest, **named)

    rooms.store(clock).accept([captured(clock)])
    caller = Counted(REGION, lambda: Keys("test", "test"), rooms.endpoint)
    table, bucket = Table(caller, rooms.table.name), Bucket(caller, rooms.bucket.name)
    with closing(caller), closing(AwsLedger(table, bucket, clock=clock)) as ledger:
        ledger.find(LeadFilter(limit=1))
    assert (asked.count("s3"), asked.count("dynamodb")) == (6, 21)


def test_unowned_leads_are_found_with_few_reads_and_none_of_the_archive(
    moto: str, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "_NEWEST", 1)
    with closing(AwsResources(moto)) as rooms:
        leads = [refined_in(rooms.store(clock), clock, f"lead {n}") for n in range(9)]
        nowhere = Bucket(rooms.caller, "no-such-bucket")
        with closing(AwsLedger(rooms.table, nowhere, clock=clock)) as ledger:
            since = clock.now - timedelta(days=1)
            found = ledger.find(LeadFilter(unowned=True, since=since))
            assert max(one.id for one in leads) == found[0].lead_id
            assert len(found) == len({shard_of(one.id, SHARDS) for one in leads})
            with pytest.raises(AwsFailed):
                ledger.ids(LeadFilter(unowned=True, since=since))
