"""What docs/how-to/scale-on-aws.md says of numbers of leads follows from counted units."""

import pytest

from bench import reach
from leadline.operations.cost.uses import PER_ALERT, PER_LEAD


def test_the_units_by_partition_are_those_that_the_cost_model_bills() -> None:
    parts = [part for uses in (PER_LEAD, PER_ALERT) for some in uses.values() for part in some]
    billed = sum(units for meter, _, units in parts if meter == "table_write")
    assert sum(reach.WRITES.values()) == billed


@pytest.mark.parametrize(("leads", "shards"), [(10_000, 1), (100_000_000, 2), (10**9, 16)])
def test_shards_are_as_few_as_keep_each_partition_to_half_of_what_it_takes(
    leads: int, shards: int
) -> None:
    assert reach.shards(leads) == shards
    assert reach.peak(leads) * reach.HOTTEST / shards <= 500


def test_the_table_has_a_row_for_each_quota_and_a_column_for_each_number_of_leads() -> None:
    head, _, *rows = reach.table()
    assert len(rows) == len(reach.ROWS)
    assert {row.count("|") for row in (head, *rows)} == {len(reach.LEADS) + 3}
