"""What `leadline cost` says of 10,000 leads and more, in the pages that show it: the table between
`<!-- sizes -->`, the rows of the profiles, and that of the clocks."""

import math
import re
from collections.abc import Mapping
from importlib.resources import files

from leadline.operations.cost.estimate import Estimate, estimate
from leadline.operations.cost.goals import GOAL_LEADS
from leadline.operations.cost.parts import BY_DEFAULT, PROFILES, clock_of, parts_of
from leadline.operations.cost.prices import read_prices
from leadline.operations.cost.quantities import Workload
from leadline.operations.cost.uses import EXECUTIONS, QUEUES, SCHEDULES
from tools.blocks import ROOT, in_text

COST, DEPLOY = "docs/how-to/estimate-aws-cost.md", "docs/how-to/deploy-to-aws.md"
CLOCKS = "docs/how-to/choose-the-clock-on-aws.md"
_SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
_REGION = "us-east-1"


def cost_page() -> str:
    """The how-to on costs with the figures of now."""
    return in_text(COST, _with_profiles(COST), "sizes", "\n".join(_sizes()) + "\n")


def deploy_page() -> str:
    """The how-to on deploying with the costs of the profiles."""
    return _with_profiles(DEPLOY)


def clocks_page() -> str:
    """The how-to on clocks with what each needs."""
    needed = [
        f"${_bill(Workload(GOAL_LEADS, clock=clock)).total:.2f}"
        for clock in (QUEUES, SCHEDULES, EXECUTIONS)
    ]
    return _with_row(CLOCKS, _text(CLOCKS), f"needed for {GOAL_LEADS:,} leads a month", needed)


def _text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def _with_profiles(page: str) -> str:
    text = _text(page)
    for name in PROFILES:
        chosen = {"Profile": name}
        month = Workload(GOAL_LEADS, clock=clock_of(chosen))
        paid = [_bill(month, parts_of(chosen), free_tier=free).deployed for free in (False, True)]
        text = _with_row(page, text, f"`{name}`", [f"{usd:.2f}" for usd in paid])
    return text


def _with_row(page: str, text: str, name: str, cells: list[str]) -> str:
    """The text with these as the last cells of the row of this name; raises ValueError where there
    is not exactly one."""
    pattern = re.compile(
        rf"^(\| {re.escape(name)} \|.*?)(?: [^|\n]+ \|){{{len(cells)}}}$", re.MULTILINE
    )
    if len(pattern.findall(text)) != 1:
        raise ValueError(f"{page}: put a table with one row | {name} | there")
    return pattern.sub(lambda found: f"{found[1]} {' | '.join(cells)} |", text)


def _sizes() -> list[str]:
    bills = [_bill(Workload(leads)) for leads in _SIZES]
    rows = {
        service: [
            f"{math.fsum(one.dollars for one in bill.lines if one.service == service):,.2f}"
            for bill in bills
        ]
        for service in dict.fromkeys(one.service for one in bills[0].lines if one.usd)
    }
    rows["needed"] = [f"{bill.total:,.2f}" for bill in bills]
    rows["alarms, metric, recovery"] = [f"{bill.deployed - bill.total:,.2f}" for bill in bills]
    rows["**as deployed**"] = [f"**{bill.deployed:,.2f}**" for bill in bills]
    rows["with the free tier"] = [
        f"{_bill(Workload(leads), free_tier=True).deployed:,.2f}" for leads in _SIZES
    ]
    rows["a lead"] = [f"{bill.deployed / bill.workload.leads:.6f}" for bill in bills]
    head = f"| | {' | '.join(f'{leads:,} leads' for leads in _SIZES)} |"
    body = (f"| {name} | {' | '.join(shown)} |" for name, shown in rows.items())
    return [head, "| --- " * (len(_SIZES) + 1) + "|", *body]


def _bill(
    month: Workload, parts: Mapping[str, float] = BY_DEFAULT, *, free_tier: bool = False
) -> Estimate:
    prices = read_prices((files("leadline") / "infra/prices.toml").read_text(encoding="utf-8"))
    return estimate(month, prices, _REGION, parts, free_tier=free_tier)
