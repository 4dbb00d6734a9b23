"""Copies of leads: `backup`, `restore`, `export`, `import`."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.progress import Progress

from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._options import Json, Masked
from leadline.entrypoints.cli._show import as_json, console, point_in_time, print_plain, say
from leadline.entrypoints.cli.repair import _erased
from leadline.entrypoints.cli.repair._imported_corrections import take_corrections
from leadline.installations import data_folder
from leadline.installations.erased import erased_among
from leadline.model.batches import batched
from leadline.model.errors import ConfigurationError
from leadline.model.formats import refined_head
from leadline.model.keys import match_keys
from leadline.model.lead import RefinedLead
from leadline.model.rights import Rights
from leadline.operations.lists.outgoing import masked_documents, outgoing_documents
from leadline.operations.repair.archive import (
    FolderWriter,
    TarWriter,
    documents,
    is_tar,
    read_handling,
    read_raw,
)
from leadline.ports.archive import ArchiveError, DocumentWriter
from leadline.ports.installation import Intake
from leadline.settings.top.general import Settings

_BATCH = 500
_NAMED = 20
_ASIDE = timedelta(days=1)
"""How long leads with a refined document wait for it. An interrupted import must be repeated within
this time, or they are refined again."""


ErasuresOption = Annotated[
    Path | None,
    typer.Option(help="A copy of erasures.jsonl with people who must not come back, too."),
]


def _bar() -> Progress:
    err = console(err=True)
    return Progress(console=err, disable=not err.is_terminal, transient=True)


@app.command()
def backup(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(help="The folder for the copy; it must not hold one yet.")
    ],
    json: Json = False,
) -> None:
    """Make a consistent copy of all data while the server runs, and check it.

    Example: leadline backup /backups/2026-03-02
    """
    from leadline.installations import data_file

    options: Options = context.obj
    settings = options.settings()
    data_folder.note_key_place(settings)
    with _bar() as bar:
        task = bar.add_task("copying", total=1.0)
        copy, damaged = data_file.back_up(
            settings.data, folder, lambda part: bar.update(task, completed=part), settings.rights
        )
    data_file.copy_audit(settings.data, folder, settings.rights)
    size = copy.stat().st_size
    if json:
        as_json({"file": str(copy), "bytes": size, "damaged": damaged})
    else:
        print_plain(f"{copy} ({size / (1 << 20):.1f} MiB), checked")
    if damaged:
        say(f"the copy holds leads that are damaged, see `leadline verify --deep`: {_few(damaged)}")
        raise typer.Exit(1)


@app.command()
def restore(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(help="A folder written by `backup`, or put aside by `restore`.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Set the present data aside first.")
    ] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Put back what was there before an interrupted restore.")
    ] = False,
    erasures: ErasuresOption = None,
) -> None:
    """Restore the data from a backup; the server must be stopped.

    People erased since (erasures.jsonl) are erased again, the audit log stays, and the previous
    data is put aside. After a kill nothing opens the data until it is repeated, or undone (--undo).

    Example: leadline --data ./leadline-data restore /backups/2026-03-02
    """
    from leadline.installations import data_file

    settings: Settings = context.obj.settings()
    if undo == (folder is not None):
        raise ConfigurationError("name either the folder of a backup or --undo")
    if folder is None:
        data_file.undo_restore(settings.data)
        print_plain(f"{settings.data} is as it was before the restore")
        return
    data_folder.note_key_place(settings)
    _erased.take_along(settings, erasures)
    rights = settings.rights
    target, aside = data_file.restore(folder, settings.data, replace=replace, rights=rights)
    data_file.copy_audit(folder, settings.data, rights)
    data_folder.settle_rights(settings, say)
    if aside is not None:
        say(f"what was there is in {aside}")
        _erased.keep_off_limits(settings, aside)
    _erased.keep_away(settings)
    print_plain(f"{target} is restored; check it with `leadline verify`")


@app.command()
def export(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(help="A folder, or a .tar.gz file.")],
    since: Annotated[str | None, typer.Option(help="Captured at or after this time.")] = None,
    masked: Masked = None,
    json: Json = False,
) -> None:
    """Export raw and refined leads with their handling, in the layout of the S3 bucket.

    Masked, what is exported can't be imported: it stands below a folder `masked`.

    Example: leadline export leads.tar.gz --since 30d
    """
    options: Options = context.obj
    write = masked_documents if options.is_masked(masked) else outgoing_documents
    count, leads = options.installation.outgoing(point_in_time(since))
    writer = _writer(target, options.rights)
    counts: Counter[str] = Counter(raw=0, refined=0, handled=0)
    lost: list[str] = []
    with _bar() as bar:
        for lead in bar.track(leads, count, description="exporting"):
            for what, key, document in write(lead):
                writer.write(key, document, lead.captured_at)
                counts[what] += 1
            if lead.is_lost:
                lost.append(lead.lead_id)
    writer.close()
    if lost:
        say(
            f"{len(lost)} leads are exported without their lost or damaged data, see "
            f"`leadline verify --deep`: {_few(lost)}"
        )
    if json:
        as_json({"target": str(target), **counts})
    else:
        text = ", ".join(f"{count} {what}" for what, count in counts.items())
        print_plain(f"{target}: {text}")
    if lost:
        raise typer.Exit(1)


def _writer(target: Path, rights: Rights) -> DocumentWriter:
    """What writes documents to a folder or a file."""
    try:
        kind = TarWriter if is_tar(target) else FolderWriter
        return kind(target, rights)
    except OSError as error:
        raise ArchiveError(f"{target} cannot be written: {error.strerror}") from None


def _few(ids: Sequence[str]) -> str:
    """The first of these ids."""
    return ", ".join(ids[:_NAMED]) + (", …" if len(ids) > _NAMED else "")


@app.command("import")
def import_(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(help="A folder or .tar.gz file written by `export`.")],
    json: Json = False,
) -> None:
    """Import raw and refined leads with their handling; existing leads stay unchanged.

    Refined leads are imported without alerts; leads that are only raw are refined.
    Leads of people who were erased since are left out.

    Example: leadline import leads.tar.gz
    """
    options: Options = context.obj
    if not source.exists():
        raise ArchiveError(f"{source} does not exist")
    erased = erased_among(options.installation, _erased.archived_texts(source))
    intake = options.installation.intake()
    try:
        counts = _take_in(intake, source, erased)
    finally:
        intake.close()
    if json:
        as_json(counts)
    else:
        print_plain(", ".join(f"{count} {what}" for what, count in counts.items()))
    if counts["damaged"]:
        raise typer.Exit(1)


def _take_in(intake: Intake, source: Path, erased: set[str]) -> dict[str, int]:
    """Import raw documents first, then refined ones, then handlings, whatever the archive's order.

    A lead with a refined document gets a long wait, so that no worker refines it before that.
    """
    counts = {"new": 0, "known": 0, "refined": 0, "handled": 0, "damaged": 0}
    if erased:
        counts["erased"] = len(erased)

    def of_kind(kind: str) -> Iterator[tuple[str, bytes]]:
        return (
            one for one in documents(source)
            if one[0].startswith(f"{kind}/") and _lead_id(one[0]) not in erased
        )  # fmt: skip

    refined = {_lead_id(key) for key, _ in documents(source) if key.startswith("refined/")}
    for batch in batched(of_kind("raw"), _BATCH):
        _take_raws(intake, batch, refined, counts)
    for batch in batched(of_kind("corrections"), _BATCH):
        take_corrections(intake, batch, counts)
    for batch in batched(of_kind("refined"), _BATCH):
        _take_refineds(intake, batch, counts)
    for batch in batched(of_kind("handling"), _BATCH):
        _take_handlings(intake, batch, counts)
    return counts


def _take_raws(
    intake: Intake, batch: list[tuple[str, bytes]], refined: set[str], counts: dict[str, int]
) -> None:
    leads = {}
    later = datetime.now(UTC) + _ASIDE
    for key, document in batch:
        try:
            lead = read_raw(key, document)
        except ArchiveError as error:
            say(error.detail)
            counts["damaged"] += 1
        else:
            if lead.id in refined:
                lead = msgspec.structs.replace(lead, due_at=later)
            leads[lead.id] = lead
    known = intake.known(list(leads))
    new = [lead for lead_id, lead in leads.items() if lead_id not in known]
    receipts = intake.accept(new)
    made = sum(r.lead_id == lead.id for r, lead in zip(receipts, new, strict=True))
    counts["new"] += made
    counts["known"] += len(leads) - made


def _take_refineds(intake: Intake, batch: list[tuple[str, bytes]], counts: dict[str, int]) -> None:
    leads: list[RefinedLead] = []
    for key, document in batch:
        try:
            leads.append(msgspec.json.decode(document, type=RefinedLead))
        except (ValueError, RecursionError) as error:
            say(f"{key} is not a refined document: {error}")
            counts["damaged"] += 1
    wanted = intake.unrefined([lead.lead_id for lead in leads])
    new = [(lead, refined_head(lead)) for lead in leads if lead.lead_id in wanted]
    keys = {lead.lead_id: tuple(match_keys(lead).values()) for lead, _ in new}
    counts["refined"] += intake.adopt(new, keys)


def _take_handlings(intake: Intake, batch: list[tuple[str, bytes]], counts: dict[str, int]) -> None:
    handlings = {}
    for key, document in batch:
        try:
            lead_id, handling = read_handling(key, document)
        except ArchiveError as error:
            say(error.detail)
            counts["damaged"] += 1
        else:
            handlings[lead_id] = handling
    counts["handled"] += intake.adopt_handlings(handlings)


def _lead_id(key: str) -> str:
    return key.rpartition("/")[2].removesuffix(".json").lower()
