"""A table that is lost is made again from the archive that commit ee38b013 wrote."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta

import pytest

from leadline.ports.reading.ledger import LeadFilter
from leadline.stores.aws.moving.rebuilding import rebuild
from leadline.stores.aws.reading.ledger import AwsLedger
from tests.worlds.aws_resources import AwsResources
from tests.worlds.second_release import stack_data

LEADS, REFINED = 19, 14


@pytest.fixture
def archive_only(moto: str) -> Iterator[AwsResources]:
    """The archive, and an empty table."""
    with ExitStack() as stack:
        full, fresh = (stack.enter_context(closing(AwsResources(moto))) for _ in range(2))
        stack_data().put_into(full)
        fresh.bucket = full.bucket
        yield fresh


def test_all_leads_are_back_and_nothing_is_taken_twice(archive_only: AwsResources) -> None:
    parts = (archive_only.table, archive_only.bucket, archive_only.queues, timedelta(days=7))
    done = rebuild(*parts)
    assert (done.events, done.refined) == (LEADS, REFINED)
    assert rebuild(*parts).events == 0
    with closing(AwsLedger(archive_only.table, archive_only.bucket)) as ledger:
        assert {row.lead_id for row in ledger.find(LeadFilter(limit=50))} == {
            *stack_data().ids.values()
        }
        account = ledger.account(deep=True)
    assert (account.balanced, account.accepted, account.duplicates) == (True, LEADS, 2)
