"""An estimate of the costs on AWS: `cost`."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.markup import escape

from leadline.cloud.parameters import read_parameters, refuse_unknown
from leadline.cloud.template_parameters import parameter_names, refuse_other
from leadline.entrypoints.cli._app import app
from leadline.entrypoints.cli._show import as_json, console, table
from leadline.operations.cost import estimate as model
from leadline.operations.cost import quantities
from leadline.operations.cost.durations import ANSWER_MS, HOW_MEASURED, MEASURED, Durations
from leadline.operations.cost.goals import GOAL_LEADS, GOALS, Goal, GoalCheck, compare
from leadline.operations.cost.parts import clock_of, parts_of
from leadline.operations.cost.prices import PriceList, read_prices

ELSEWHERE = "us-east-1"

ParametersFile = Annotated[
    Path | None,
    typer.Option(
        help="The file of template parameters of `deploy aws`: the stack as these make it."
    ),
]

Profile = Annotated[
    str | None,
    typer.Option(
        help="The profile: small, standard or full; by default that of --params, or standard."
    ),
]


@app.command("cost")
def cost(
    leads_per_month: Annotated[int, typer.Option(min=0, help="Leads per month.")] = GOAL_LEADS,
    region: Annotated[str, typer.Option(help="The AWS region.")] = "us-east-1",
    alerts_per_lead: Annotated[float, typer.Option(min=0, help="Alerts per lead.")] = 1,
    tasks_after: Annotated[
        float,
        typer.Option(min=0, help="Look-ups, updates, reminders and write-backs per lead."),
    ] = 0,
    by_team: Annotated[
        float, typer.Option(min=0, max=1, help="The share of leads that a team gives out.")
    ] = 0,
    body_kb: Annotated[float, typer.Option(min=0, help="Size of a delivery in KB.")] = 2,
    months_kept: Annotated[
        float, typer.Option(min=0, help="Months of leads that are kept in storage.")
    ] = 12,
    profile: Profile = None,
    params: ParametersFile = None,
    free_tier: Annotated[
        bool, typer.Option("--free-tier", help="Subtract the monthly AWS free tier.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Estimate a month on AWS, line by line, from a dated list of prices.

    First comes the stack as it is deployed, at list price and with the free tier.

    Example: leadline cost --leads-per-month 10000 --profile small --region eu-central-1
    """
    prices, given = _prices(), _parameters(params, profile)
    stack = _Stack(prices, region, given)
    workload = quantities.Workload(
        leads_per_month, alerts_per_lead, body_kb, months_kept, tasks_after=tasks_after,
        by_team=by_team, clock=stack.clock,
    )  # fmt: skip
    bill = model.estimate(workload, prices, region, stack.parts, free_tier=free_tier)
    whole = stack.cost(workload)
    if json:
        as_json({"as_deployed": whole, **stack.as_data(), **_as_data(bill, prices)})
    else:
        _print(bill, prices, whole, stack)


def _parameters(params: Path | None, profile: str | None) -> Mapping[str, str]:
    """The template parameters of this file, in this profile if one is given."""
    given = read_parameters(params) if params else {}
    if profile is not None:
        given["Profile"] = profile
    refuse_unknown(given, parameter_names())
    for name in ("Profile", "Clock", "Alarms", "WithDashboard"):
        if name in given:
            refuse_other(name, given[name])
    return given


class Whole(msgspec.Struct, frozen=True):
    """Dollars a month of a stack as it is deployed, at list price and with the free tier."""

    list_price: float
    free_tier: float

    def __str__(self) -> str:
        return (
            f"${self.list_price:,.2f} a month at list price, "
            f"${self.free_tier:,.2f} with the free tier"
        )


class _Stack:
    """A stack with some template parameters, in a region with prices."""

    def __init__(self, prices: PriceList, region: str, parameters: Mapping[str, str]) -> None:
        self._prices, self._region = prices, region
        self.profile = parameters.get("Profile", "standard")
        self.clock = clock_of(parameters)
        self.parts = parts_of(parameters)
        self.usual_month = quantities.Workload(GOAL_LEADS, clock=self.clock)

    def cost(self, workload: quantities.Workload) -> Whole:
        """Its cost a month."""
        paid, free = self._bills(workload)
        return Whole(paid.deployed, free.deployed)

    def goal(self) -> tuple[Goal, GoalCheck, GoalCheck] | None:
        """The goal of its profile, and how it compares at list price and with the free tier."""
        if (goal := GOALS.get(self.profile)) is None:
            return None
        paid, free = self._bills(self.usual_month)
        return goal, compare(paid, goal.list_price), compare(free, goal.free_tier)

    def as_data(self) -> dict[str, Any]:
        """Profile, numbers of parts and goal, for JSON."""
        judged = self.goal()
        names = ("list_price", "free_tier")
        goal = judged and {
            "leads_per_month": GOAL_LEADS,
            **{name: _result_as_data(r) for name, r in zip(names, judged[1:], strict=True)},
        }
        parts = {name: number for name, number in self.parts.items() if number}
        return {"profile": self.profile, "parts": parts, "goal": goal}

    def _bills(self, workload: quantities.Workload) -> tuple[model.Estimate, model.Estimate]:
        asked = (workload, self._prices, self._region, self.parts)
        return model.estimate(*asked), model.estimate(*asked, free_tier=True)


def cost_of_stack(region: str, parameters: Mapping[str, str]) -> tuple[Whole, str]:
    """The cost of a stack with these parameters at GOAL_LEADS leads a month, and a sentence about
    it, which names another region if the prices of the stack's own region are unknown."""
    prices = _prices()
    priced = region if region in prices.regions else ELSEWHERE
    stack = _Stack(prices, priced, parameters)
    whole = stack.cost(stack.usual_month)
    where = "" if priced == region else f" at the prices of {priced}"
    words = f"{whole}, for {GOAL_LEADS:,} leads{where} in the profile {stack.profile}"
    return whole, f"{words}; see `leadline cost`"


def _prices() -> PriceList:
    text = (files("leadline") / "infra" / "prices.toml").read_text(encoding="utf-8")
    return read_prices(text)


def _print(bill: model.Estimate, prices: PriceList, whole: Whole, stack: _Stack) -> None:
    out = console()
    region = prices.regions[bill.region]
    leads = f"{bill.workload.leads:,} leads"
    out.print(f"[bold]As it is deployed[/bold]  {whole}; profile {stack.profile}, {leads}\n")
    out.print(f"[bold]Needed[/bold]  a month in {escape(region.name)}, in US dollars\n")
    table(_COLUMNS, [(*_row(line), line.formula) for line in bill.lines], empty="")
    out.print(f"\n[bold]Total[/bold]  ${bill.total:,.4f} a month{_each(bill)}\n")
    out.print("[bold]Optional parts of this stack[/bold]\n")
    table(_PARTS, [(*_row(line), line.buys) for line in bill.parts], empty="")
    out.print("\n[bold]Parts that it does not have[/bold]  each on top\n")
    table(_PARTS, [(*_row(line), line.buys) for line in bill.options], empty="")
    out.print()
    for remark in (*_goal_remarks(stack), *_remarks(bill, prices)):
        out.print(escape(remark), soft_wrap=True)


_COLUMNS = ("service", "what", "quantity", "price", "$ a month", "how")
_PARTS = (*_COLUMNS[:-1], "what it buys")


def _row(line: model.CostLine) -> tuple[str, ...]:
    price = f"{line.usd:g}" + (f" / {line.per:,}" if line.per > 1 else "")
    if line.tiers and line.before + line.charged > line.tiers[0].above:
        price += ", less above"
    return (line.service, line.what, _quantity(line), price, f"{line.dollars:,.4f}")


def _quantity(line: model.CostLine) -> str:
    digits = 0 if line.quantity >= 1_000 or line.quantity == int(line.quantity) else 3
    shown = f"{line.quantity:,.{digits}f} {line.unit}"
    return f"{shown}, {line.free:,.{digits}f} free" if line.free else shown


def _each(bill: model.Estimate) -> str:
    leads = bill.workload.leads
    return f", ${bill.total / leads:.8f} a lead" if leads else ""


def _goal_remarks(stack: _Stack) -> list[str]:
    judged = stack.goal()
    if judged is None:
        return []
    _, paid, free = judged
    words = f"The goal of the profile {stack.profile} for {GOAL_LEADS:,} leads"
    return [
        f"{words} is ${result.goal:.2f} {where}: {_verdict(result)}."
        for where, result in (("at list price", paid), ("with the free tier", free))
    ]


def _verdict(result: GoalCheck) -> str:
    named = ", ".join(f"{one.service} {one.what} ${one.dollars:,.4f}" for one in result.lines)
    if result.met:
        return f"met with ${result.cost:.2f}; the lines that cost most are {named}"
    return f"missed by ${result.missed_by:.2f}; without these lines it would be met: {named}"


def _remarks(bill: model.Estimate, prices: PriceList) -> list[str]:
    remarks = []
    if beyond := _beyond_first_tier(bill, prices):
        remarks.append(
            f"Only the first price tier is known of {', '.join(beyond)}, and this is more: "
            "the real bill is lower."
        )
    unsure = _unverified(bill, prices)
    remarks.append(
        f"Prices of {bill.dated}"
        + (f"; not verified for this region: {', '.join(unsure)}" if unsure else "")
        + ". AWS's own pages count."
    )
    for name, took in MEASURED.items():
        remarks.append(
            f"Duration of {name}: {took.invocation_ms:,.0f} ms an invocation, "
            f"{took.lead_ms:,.1f} ms a lead, {took.init_ms:,.0f} ms a cold start "
            f"({took.cold_share:.0%}); {HOW_MEASURED}."
        )
    return remarks


def _beyond_first_tier(bill: model.Estimate, prices: PriceList) -> list[str]:
    """The meters of which more is used than the first tier, where no prices above it are known."""
    found = [
        f"{line.service} ({line.unit})"
        for line in (*bill.lines, *bill.parts)
        if 0 < prices.meters[line.meter].first_tier < line.before + line.charged and not line.tiers
    ]
    return list(dict.fromkeys(found))


def _unverified(bill: model.Estimate, prices: PriceList) -> list[str]:
    found = prices.regions[bill.region].prices.items()
    return [name for name, price in found if price.checked == "unverified"]


def _as_data(bill: model.Estimate, prices: PriceList) -> dict[str, Any]:
    leads = bill.workload.leads
    return {
        "region": bill.region,
        "prices_dated": bill.dated,
        "unverified": _unverified(bill, prices),
        "workload": bill.workload,
        "durations": {name: _duration_as_data(took) for name, took in MEASURED.items()},
        "durations_are": HOW_MEASURED,
        "answers_assumed_ms": ANSWER_MS,
        "lines": [_line_as_data(line) for line in bill.lines],
        "total": bill.total,
        "per_lead": bill.total / leads if leads else None,
        "deployed": [_line_as_data(line) for line in bill.parts],
        "optional": [_line_as_data(line) for line in bill.options],
        "beyond_known_tiers": _beyond_first_tier(bill, prices),
    }


def _result_as_data(result: GoalCheck) -> dict[str, Any]:
    return {
        "goal": result.goal,
        "cost": result.cost,
        "met": result.met,
        "missed_by": result.missed_by,
        "largest": [f"{one.service} {one.what}" for one in result.lines],
    }


def _duration_as_data(took: Durations) -> dict[str, Any]:
    modelled = {
        "invocation_ms": took.invocation_ms,
        "lead_ms": took.lead_ms,
        "init_ms": took.init_ms,
        "settings_ms": took.settings_ms,
    }
    return {**msgspec.structs.asdict(took), **modelled}


def _line_as_data(line: model.CostLine) -> dict[str, Any]:
    return {**msgspec.structs.asdict(line), "dollars": line.dollars}
