"""The audit log: `audit`, `audit verify`, `audit export`, `audit head`."""

from collections import deque
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Annotated, Any

import msgspec
import typer

from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._help import WholeHelp
from leadline.entrypoints.cli._options import Json
from leadline.entrypoints.cli._show import (
    as_json,
    json_array,
    point_in_time,
    print_plain,
    reader_may_leave,
    say,
    table,
    when,
    write_out,
)
from leadline.installations.erased import privacy_key_of
from leadline.model.errors import ConfigurationError
from leadline.model.personal_data.privacy import ChainedEntry
from leadline.model.rights import new_file
from leadline.ports.archive import ArchiveError
from leadline.privacy.chain import (
    AuditCheck,
    Head,
    audit_line,
    check_chain,
    head_before,
    head_of,
)
from leadline.privacy.hashes import PrivacyKey

audit_app = typer.Typer(
    help="Show who did what: people, commands, and looks at unmasked leads.",
    no_args_is_help=False,
    invoke_without_command=True,
    rich_markup_mode=None,
)
app.add_typer(audit_app, name="audit", cls=WholeHelp)

Since = Annotated[
    str | None, typer.Option(help="From this time on, such as 2026-03-02, or 7d (ago).")
]


@audit_app.callback()
def list_(
    context: typer.Context,
    since: Since = None,
    limit: Annotated[int, typer.Option(help="Maximum number of entries.", min=1)] = 50,
    json: Json = False,
) -> None:
    """Show who did what: people, commands, and looks at unmasked leads.

    The newest entries come last. They hold ids, codes and counts, and never a lead's person.

    Example: leadline audit --since 7d
    """
    if context.invoked_subcommand is not None:
        return
    options: Options = context.obj
    entries = deque(options.installation.audit().entries(point_in_time(since)), limit)
    if json:
        with reader_may_leave():
            for text in json_array(map(_as_data, entries)):
                write_out(text)
        return
    table(
        ("n", "at", "who", "what", "about", "detail"),
        [
            (one.n, when(one.entry.at), one.entry.actor, one.entry.action, one.entry.subject,
             one.entry.detail)
            for one in entries
        ],
        empty="the audit log has no entries",
    )  # fmt: skip


@audit_app.command()
def verify(
    context: typer.Context,
    head: Annotated[
        list[str] | None,
        typer.Option(help="A head that was told before, as `leadline audit head` printed it."),
    ] = None,
    json: Json = False,
) -> None:
    """Check that no entry was changed, added or taken out; exit 1 if one was.

    That the newest entries were not cut off can only be told by a head that is kept elsewhere:
    give it by --head.

    Example: leadline audit verify --head 12:9f86d081...
    """
    told = [head_of(text) for text in head or ()]
    options: Options = context.obj
    log = options.installation.audit()
    cut = log.cut()
    key = _key(options) if cut is not None else None
    found = check_chain(log.entries(), cut, told, key)
    if json:
        as_json(_checked_data(found, cut_is_checked=key is not None))
    else:
        _print_checked(found, told)
    if found.faults:
        raise typer.Exit(1)


@audit_app.command()
def export(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="The file to write; omitted: standard output.")
    ] = None,
    since: Since = None,
) -> None:
    """Write the entries as lines of JSON, with their hashes.

    Example: leadline audit export audit-2026-03.jsonl --since 2026-03-01
    """
    options: Options = context.obj
    entries = options.installation.audit().entries(point_in_time(since))
    if file is None:
        with reader_may_leave():
            for one in entries:
                write_out(audit_line(one) + b"\n")
        return
    try:
        with new_file(file, options.rights) as out:
            count = _written(out, entries)
    except OSError as error:
        raise ArchiveError(f"{file} cannot be written: {error.strerror}") from None
    print_plain(f"{file}: {count} entries")


@audit_app.command()
def head(context: typer.Context, json: Json = False) -> None:
    """Print the number and the hash of the last entry; who keeps it can check all before it.

    Example: leadline audit head
    """
    options: Options = context.obj
    log = options.installation.audit()
    found = head_before(log.head(), log.cut())
    if json:
        as_json(found)
    elif found is None:
        say("the audit log has no entries")
    else:
        print_plain(str(found))


def _key(options: Options) -> PrivacyKey | None:
    """The key with which cuts are signed; None, with a remark, if it is not here."""
    try:
        with closing(options.installation.store()) as store:
            return privacy_key_of(options.installation, store)
    except ConfigurationError as error:
        say(f"the signature of the cut is not checked: {error.detail}")
        return None


def _written(out: IO[bytes], entries: Iterator[ChainedEntry]) -> int:
    count = 0
    for one in entries:
        out.write(audit_line(one) + b"\n")
        count += 1
    return count


def _as_data(one: ChainedEntry) -> dict[str, Any]:
    entry = {name: getattr(one.entry, name) for name in one.entry.__struct_fields__}
    return {"n": one.n, **entry, "hash": one.hash}


def _checked_data(found: AuditCheck, *, cut_is_checked: bool) -> dict[str, Any]:
    data: dict[str, Any] = msgspec.to_builtins(found)
    return {**data, "cut_is_checked": cut_is_checked, "is_whole": not found.faults}


def _print_checked(found: AuditCheck, told: list[Head]) -> None:
    for words in found.faults:
        print_plain(words)
    if found.cut is not None:
        print_plain(f"the entries up to {found.cut.n} were deleted on {when(found.cut.at)}")
    count = f"{found.count:,} {'entry' if found.count == 1 else 'entries'}"
    if found.faults:
        print_plain(f"{count}: the log is not whole")
        return
    print_plain(f"{count}: the log is whole")
    if found.head is not None:
        print_plain(f"head: {found.head}")
        if not told:
            say("whether its end was cut off can only be told by an earlier head: --head")
