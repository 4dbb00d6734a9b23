"""What the VPC endpoints of a stack cost, which its parameters do not tell."""

from importlib.resources import files

import pytest

from leadline.operations.cost.estimate import CostLine, estimate
from leadline.operations.cost.parts import clock_of, parts_of
from leadline.operations.cost.prices import read_prices
from leadline.operations.cost.quantities import Workload

PRICES = read_prices((files("leadline") / "infra/prices.toml").read_text(encoding="utf-8"))


def endpoints_of(region: str = "us-east-1", **parameters: str) -> CostLine:
    month = Workload(10_000, clock=clock_of(parameters))
    bill = estimate(month, PRICES, region, parts_of(parameters))
    assert not [one for one in (*bill.lines, *bill.parts) if one.part == "endpoints"]
    (line,) = (one for one in bill.options if one.part == "endpoints")
    return line


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({}, ("sqs", "settings")),
        ({"Clock": "schedules"}, ("sqs", "settings", "scheduler", "lambda")),
        ({"Clock": "executions"}, ("sqs", "settings", "states")),
        ({"Profile": "small", "Clock": "queues"}, ("sqs", "settings", "monitoring", "sns")),
        (
            {"Profile": "small"},
            ("sqs", "settings", "scheduler", "lambda", "monitoring", "sns"),
        ),
    ],
)
def test_a_stack_in_a_vpc_needs_an_interface_for_each_service_that_it_calls(
    parameters: dict[str, str], named: tuple[str, ...]
) -> None:
    line = endpoints_of(**parameters)
    assert line.quantity == len(named) * 730
    assert f"({', '.join(named)})" in line.formula
    assert line.buys


@pytest.mark.parametrize(
    ("region", "usd"), [("us-east-1", 14.60), ("eu-west-1", 16.06), ("eu-central-1", 17.52)]
)
def test_two_interfaces_in_one_zone_are_priced_by_the_hour(region: str, usd: float) -> None:
    assert endpoints_of(region).dollars == pytest.approx(usd)
