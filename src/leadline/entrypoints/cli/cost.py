"""An estimate of the costs on AWS: `cost`."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.markup import escape

from leadline.cloud.parameters import read_parameters, refuse_unknown
from leadline.cloud.template_parameters import parameter_names
from leadline.entrypoints.cli._app import app
from leadline.entrypoints.cli._show import as_json, console, table
from leadline.operations.cost import estimate as model
from leadline.operations.cost import quantities
from leadline.operations.cost.durations import ANSWER_MS, HOW_MEASURED, MEASURED, Durations
from leadline.operations.cost.parts import clock_of, parts_of
from leadline.operations.cost.prices import PriceList, read_prices

GOAL_USD, GOAL_LEADS = 0.12, 10_000
"""The goal: US dollars per month for this number of leads."""
ELSEWHERE = "us-east-1"


ParametersFile = Annotated[
    Path | None,
    typer.Option(
        help="The file of template parameters of `deploy aws`: the stack as these make it."
    ),
]


@app.command("cost")
def cost(
    leads_per_month: Annotated[int, typer.Option(min=0, help="Leads per month.")],
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
    params: ParametersFile = None,
    free_tier: Annotated[
        bool, typer.Option("--free-tier", help="Subtract the monthly AWS free tier.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Estimate a month on AWS, line by line, from a dated list of prices.

    Example: leadline cost --leads-per-month 10000 --region eu-central-1
    """
    prices, given = _prices(), _given(params)
    workload = quantities.Workload(
        leads_per_month, alerts_per_lead, body_kb, months_kept, tasks_after=tasks_after,
        by_team=by_team, clock=clock_of(given),
    )  # fmt: skip
    bill = model.estimate(workload, prices, region, free_tier=free_tier)
    parts = parts_of(given)
    whole = _whole(workload, prices, region, parts)
    if json:
        numbers = {name: number for name, number in parts.items() if number}
        as_json({"as_deployed": whole, "parts": numbers, **_as_data(bill, prices)})
    else:
        _print(bill, prices, whole, parts)


def _given(params: Path | None) -> Mapping[str, str]:
    """The template parameters in this file; none without a file."""
    if params is None:
        return {}
    given = read_parameters(params)
    refuse_unknown(given, parameter_names())
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


def cost_of_stack(region: str, parameters: Mapping[str, str]) -> tuple[Whole, str]:
    """The cost of a stack with these parameters at GOAL_LEADS leads a month, and a sentence about
    it, which names another region if the prices of the stack's own region are unknown."""
    prices = _prices()
    priced = region if region in prices.regions else ELSEWHERE
    workload = quantities.Workload(GOAL_LEADS, clock=clock_of(parameters))
    whole = _whole(workload, prices, priced, parts_of(parameters))
    where = "" if priced == region else f" at the prices of {priced}"
    return whole, f"{whole}, for {GOAL_LEADS:,} leads{where}; see `leadline cost`"


def _whole(
    workload: quantities.Workload, prices: PriceList, region: str, parts: Mapping[str, float]
) -> Whole:
    paid = model.estimate(workload, prices, region)
    free = model.estimate(workload, prices, region, free_tier=True)
    return Whole(paid.deployed(parts), free.deployed(parts))


def _prices() -> PriceList:
    text = (files("leadline") / "infra" / "prices.toml").read_text(encoding="utf-8")
    return read_prices(text)


def _print(
    bill: model.Estimate, prices: PriceList, whole: Whole, parts: Mapping[str, float]
) -> None:
    out = console()
    region = prices.regions[bill.region]
    out.print(f"[bold]As it is deployed[/bold]  {whole}\n")
    out.print(f"[bold]Needed[/bold]  a month in {escape(region.name)}, in US dollars\n")
    table(_COLUMNS, _rows(bill.lines, parts), empty="")
    out.print(f"\n[bold]Total[/bold]  ${bill.total:,.4f} a month{_each(bill)}\n")
    out.print("[bold]Optional parts[/bold]  each on top; those marked * are in this stack\n")
    table(_COLUMNS, _rows(bill.options, parts), empty="")
    out.print()
    for remark in _remarks(bill, prices):
        out.print(escape(remark), soft_wrap=True)


_COLUMNS = ("service", "what", "quantity", "price", "$ a month", "how")


def _rows(lines: tuple[model.CostLine, ...], parts: Mapping[str, float]) -> list[tuple[str, ...]]:
    return [
        (
            line.service,
            f"{line.what}{' *' if parts.get(line.part) else ''}",
            _quantity(line),
            f"{line.usd:g}" + (f" / {line.per:,}" if line.per > 1 else ""),
            f"{line.dollars:,.4f}",
            line.formula,
        )
        for line in lines
    ]


def _quantity(line: model.CostLine) -> str:
    digits = 0 if line.quantity >= 1_000 or line.quantity == int(line.quantity) else 3
    shown = f"{line.quantity:,.{digits}f} {line.unit}"
    return f"{shown}, {line.free:,.{digits}f} free" if line.free else shown


def _each(bill: model.Estimate) -> str:
    leads = bill.workload.leads
    return f", ${bill.total / leads:.8f} a lead" if leads else ""


def _remarks(bill: model.Estimate, prices: PriceList) -> list[str]:
    remarks = []
    budget = _budget(bill)
    above = bill.excess(budget)
    if above and bill.workload.leads:
        named = ", ".join(f"{one.service} {one.what} ${one.dollars:,.4f}" for one in above)
        remarks.append(
            f"The goal of ${GOAL_USD} for {GOAL_LEADS:,} leads, here ${budget:,.4f}, is missed by "
            f"${bill.total - budget:,.4f}; without these lines it would be met: {named}."
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


def _budget(bill: model.Estimate) -> float:
    return GOAL_USD * bill.workload.leads / GOAL_LEADS


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
        "goal": _budget(bill),
        "above_goal": [f"{one.service} {one.what}" for one in bill.excess(_budget(bill))],
        "optional": [_line_as_data(line) for line in bill.options],
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
