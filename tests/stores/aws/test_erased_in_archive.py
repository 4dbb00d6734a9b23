"""People who were erased stay away from a stack: earlier versions, and a rebuild of the table."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from leadline.cloud.connecting import ConnectedStack, StackStore
from leadline.installations.on_aws import OnAws
from leadline.model.formats import key_of
from leadline.model.keys import match_keys
from leadline.model.personal_data.privacy import Tombstone
from leadline.model.personal_data.suppression import Suppressed, SuppressedBy
from leadline.model.task import Done, Step
from leadline.privacy.hashes import key_of_text
from leadline.settings.top.general import Settings
from leadline.stores.aws.keys import suppression_key
from leadline.stores.aws.privacy.erasures import AwsErasures
from leadline.stores.aws.table import Delete
from tests.worlds.aws_resources import REGION, AwsResources
from tests.worlds.leads import HandClock, captured, lease_task, refined, settle

SECRET = "a made-up key for tests"
MARK = b"ada@example.com"


@pytest.fixture
def rooms(moto: str) -> Iterator[AwsResources]:
    with closing(AwsResources(moto)) as made:
        yield made


def stack_of(rooms: AwsResources) -> OnAws:
    """The stack of these rooms, as an operator's commands use it."""
    settings = Settings(privacy_key=SECRET)
    stack = SimpleNamespace(
        name="leads", cloud=SimpleNamespace(region=REGION), settings=settings, table=rooms.table,
        loaded=SimpleNamespace(settings=settings), bucket=rooms.bucket, wakeups=rooms.queues,
        store=lambda: StackStore(rooms.table, rooms.bucket, rooms.queues),
    )  # fmt: skip
    return OnAws(cast("ConnectedStack", stack))


def ada_in(rooms: AwsResources, clock: HandClock) -> str:
    """A refined lead of ada."""
    store = rooms.store(clock)
    lead = captured(clock, "ada", delay=timedelta())
    store.accept([lead])
    told = refined(lead, clock, email=MARK.decode(), email_canonical=MARK.decode())
    done = Done(refined=told, match_keys=match_keys(told))
    assert settle(store, lease_task(store, Step.REFINE), done)
    return lead.id


def versions_of(rooms: AwsResources, key: str) -> bytes:
    """The list of all versions of a document."""
    query = {"versions": "", "prefix": key}
    return rooms.caller.call("s3", "GET", f"/{rooms.bucket.name}", query=query).body


def test_operators_erase_earlier_versions_of_documents_too(
    rooms: AwsResources, clock: HandClock
) -> None:
    lead_id = ada_in(rooms, clock)
    store = stack_of(rooms).store()
    left = store.erase(lead_id)
    for kind in ("raw", "refined"):
        listed = versions_of(rooms, key_of(kind, lead_id, clock.now))
        assert listed.count(b"<Version>") == 1, kind
    assert not any("versions" in words for words in left)
    assert any("versions" in words for words in rooms.store(clock).erase(lead_id))


def test_a_rebuild_brings_nobody_back_who_was_erased(rooms: AwsResources, clock: HandClock) -> None:
    lead_id = ada_in(rooms, clock)
    clock.advance(minutes=1)
    bob = captured(clock, "bob", delay=timedelta())
    rooms.store(clock).accept([bob])
    key = key_of_text(SECRET)
    clock.advance(minutes=1)
    hashes = key.hashes_of(["email:ada@example.com"])
    AwsErasures(rooms.bucket).bury(Tombstone(hashes, key.id, clock.now))
    fresh = AwsResources(rooms.endpoint)  # the archive with an empty table
    with closing(fresh):
        fresh.bucket = rooms.bucket
        stack = stack_of(fresh)
        assert stack.rebuild(lambda _: None).events == 2
        held = {one.lead_id: one for one in stack.store().held_texts()}
    assert set(held) == {lead_id, bob.id}
    assert b"bob@example.com" in held[bob.id].raw
    assert MARK not in held[lead_id].raw + held[lead_id].document
    for kind in ("raw", "refined"):
        document = rooms.bucket.get(key_of(kind, lead_id, held[lead_id].captured_at))
        assert MARK not in (document or b"")


def test_a_table_of_before_the_erasure_is_cleaned_by_a_rebuild(
    rooms: AwsResources, clock: HandClock
) -> None:
    lead_id = ada_in(rooms, clock)
    stack = stack_of(rooms)
    item = rooms.store(clock)._lead(lead_id)
    assert item is not None
    stack.store().erase(lead_id)
    key = key_of_text(SECRET)
    clock.advance(minutes=1)
    hashes = key.hashes_of(["email:ada@example.com"])
    AwsErasures(rooms.bucket).bury(Tombstone(hashes, key.id, clock.now))
    rooms.table.put_if(item.item(), "", {})
    stack.rebuild(lambda _: None)
    after = rooms.store(clock)._lead(lead_id)
    assert after is not None
    assert after.summary is not None
    assert after.summary.email is None


def test_a_lost_table_gets_the_suppression_list_back(rooms: AwsResources, clock: HandClock) -> None:
    key = key_of_text(SECRET)
    kept, gone = (
        Suppressed(key.hash_of(f"email:{who}@example.com"), SuppressedBy.EMAIL, key.id, clock.now)
        for who in ("ada", "bo")
    )
    store = rooms.store(clock)
    store.suppress([kept, gone])
    store.unsuppress([gone.hash])
    rooms.table.write(Delete(suppression_key(kept.hash), None))
    assert store.suppressed([kept.hash]) == {}
    stack_of(rooms).rebuild(lambda _: None)
    assert store.suppressed([kept.hash, gone.hash]) == {kept.hash: kept}
