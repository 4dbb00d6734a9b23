"""Leads and their CRMs: `write-back`."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
import typer

from leadline import wiring
from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._choosing import LEADS_HELP, ask_to_change, whole_id
from leadline.entrypoints.cli._options import DryRun, Json, Yes
from leadline.entrypoints.cli._show import as_json, point_in_time, say, table
from leadline.journey.writing_back.write_back_leads import preview_changes
from leadline.journey.writing_back.write_back_plan import FieldPlan
from leadline.kit import Kit
from leadline.model.batches import batched
from leadline.model.errors import ConfigurationError
from leadline.model.lead import Status
from leadline.model.task import Step, Task
from leadline.ports.installation import OpenStore
from leadline.ports.reading.ledger import LeadFilter
from leadline.settings.top.general import Settings

_EVERY = 1 << 40
_TOGETHER = 500
_REFINED = (Status.REFINED, Status.ALERTED, Status.QUARANTINED, Status.DEAD)


@app.command("write-back")
def write_back(
    context: typer.Context,
    lead: Annotated[list[str] | None, typer.Argument(help=LEADS_HELP)] = None,
    source: Annotated[str | None, typer.Option(help="Only leads of this source.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Captured at or after this time, such as 2026-03-02 or 2h.")
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Write refined leads back to their CRMs, again or for the first time.

    With --dry-run, the CRM is read, and each field is listed with what would change and why.

    Example: leadline write-back --source odoo --since 7d --dry-run
    """
    options: Options = context.obj
    settings = options.installation.loaded().settings
    chosen = _chosen(options, settings, lead or [], source, point_in_time(since))
    count = sum(map(len, chosen.values()))
    store = options.installation.store()
    try:
        if dry_run:
            told = _previewed(_kit(settings, store), chosen)
            as_json([_as_row(i, plan) for i, plan in told]) if json else _print_plans(told)
            return
        _confirm(options, [one for ids in chosen.values() for one in ids], yes=yes)
        for name, ids in chosen.items():
            for some in batched(ids, _TOGETHER):
                tasks = [Task(Step.WRITE_BACK, one, name) for one in some]
                store.put(tasks, datetime.now(UTC), note="write_back.asked")
    finally:
        store.close()
    as_json({"leads": count}) if json else say(f"{count} leads will be written back")


def _kit(settings: Settings, store: OpenStore) -> Kit:
    return wiring.kit_of(settings, store, wiring.channels_on_demand(settings))


def no_crm(source: str, settings: Settings) -> str:
    """That there is no such CRM, and which there are."""
    there = ", ".join(sorted(settings.crm)) or "none"
    return f"there is no [crm.{source}] (there are: {there})"


def _chosen(
    options: Options,
    settings: Settings,
    leads: Sequence[str],
    source: str | None,
    since: datetime | None,
) -> Mapping[str, list[str]]:
    """The ids of the selected refined leads, by source; only sources whose CRM is written to.

    Raises ConfigurationError if there is no such CRM.
    """
    writing = [name for name, config in settings.crm.items() if config.write]
    if source is not None and source not in writing:
        raise ConfigurationError(f"{no_crm(source, settings)} with a [crm.{source}.write]")
    if not writing:
        raise ConfigurationError("no CRM has fields to write; set them in [crm.SOURCE.write]")
    wanted = [source] if source else writing
    chosen: dict[str, list[str]] = {}
    ledger = options.installation.ledger()
    try:
        ids = [whole_id(options, ledger, one) for one in leads]
        which = LeadFilter(ids=tuple(ids), source=source, since=since, limit=_EVERY)
        for row in ledger.find(which):
            if row.source in wanted and row.status in _REFINED:
                chosen.setdefault(row.source, []).append(row.lead_id)
    finally:
        ledger.close()
    return chosen


def _confirm(options: Options, lead_ids: Sequence[str], *, yes: bool) -> None:
    leads = "1 lead" if len(lead_ids) == 1 else f"{len(lead_ids):,} leads"
    with closing(options.installation.ledger()) as ledger:
        ask_to_change(options, ledger, lead_ids, f"Write back {leads}?", yes=yes)


PreviewedPlans = tuple[str, tuple[FieldPlan, ...] | str]


def _previewed(kit: Kit, chosen: Mapping[str, Sequence[str]]) -> Iterator[PreviewedPlans]:
    for source, ids in chosen.items():
        for some in batched(ids, _TOGETHER):
            yield from preview_changes(kit, source, some).items()


def _as_row(lead_id: str, plan: tuple[FieldPlan, ...] | str) -> dict[str, Any]:
    if isinstance(plan, str):
        return {"lead_id": lead_id, "trouble": plan}
    fields = [
        {**msgspec.structs.asdict(one), "writes": one.verdict.writes, "verdict": one.verdict.name}
        for one in plan
    ]
    return {"lead_id": lead_id, "fields": fields}


def _print_plans(told: Iterator[PreviewedPlans]) -> None:
    rows: list[tuple[object, ...]] = []
    for lead_id, plan in told:
        if isinstance(plan, str):
            rows.append((lead_id, "", "", "", "", plan))
            continue
        for one in plan:
            mark = "write" if one.verdict.writes else "leave"
            rows.append((lead_id, one.name, one.current, one.value, mark, one.verdict))
    table(("lead", "field of the CRM", "there now", "ours", "", "because"), rows, "no leads")
