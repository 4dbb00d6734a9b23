"""The suppression list: `suppress add`, `import`, `remove`, `check`, `list`."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._audited import actor
from leadline.entrypoints.cli._help import WholeHelp
from leadline.entrypoints.cli._options import Json
from leadline.entrypoints.cli._show import as_json, print_lines, print_plain, say, table
from leadline.entrypoints.cli.privacy._suppressed import entry_data, entry_words
from leadline.installations.erased import erasing_kit
from leadline.kit import Kit
from leadline.model.errors import ConfigurationError
from leadline.model.personal_data.suppression import SuppressedBy
from leadline.operations.personal_data import suppressing
from leadline.operations.personal_data.suppressing import SuppressionName, suppression_name
from leadline.settings.top.general import Settings

suppress_app = typer.Typer(
    help="Keep the list of people who are not to be contacted.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(suppress_app, name="suppress", cls=WholeHelp)

Emails = Annotated[list[str] | None, typer.Option("--email", help="An e-mail address.")]
Phones = Annotated[list[str] | None, typer.Option("--phone", help="A phone number.")]
Domains = Annotated[
    list[str] | None, typer.Option("--domain", help="All addresses of a domain, such as a company.")
]
Reason = Annotated[
    str, typer.Option(help="Why, shown in alerts; it must not name anybody, as it is kept.")
]
TableFile = Annotated[
    Path, typer.Argument(help="A CSV file with columns email, phone or domain, or with one column.")
]
_MOST_NAMED = 10


class ListParts(NamedTuple):
    """The settings of an installation, and a kit with its store."""

    settings: Settings
    kit: Kit


@suppress_app.command()
def add(
    context: typer.Context,
    email: Emails = None,
    phone: Phones = None,
    domain: Domains = None,
    reason: Reason = "",
    json: Json = False,
) -> None:
    """Put somebody on the suppression list. It keeps keyed hashes, no addresses.

    It counts at once: for leads that wait, alerts and reminders not sent yet, and leads to come.

    Example: leadline suppress add --email ada@example.com --reason "asked by letter"
    """
    with _named(context, email, phone, domain) as (kit, names):
        new = suppressing.suppress(kit, names, reason, actor())
    _tell({"added": new, "known": len(names) - new}, json=json)


@suppress_app.command("import")
def import_table(
    context: typer.Context, file: TableFile, reason: Reason = "", json: Json = False
) -> None:
    """Put everybody in a CSV file on the suppression list; exit 1 if rows were left out.

    Example: leadline suppress import unsubscribed.csv --reason "former newsletter tool"
    """
    with _opened(context) as parts:
        try:
            with file.open(encoding="utf-8-sig", newline="") as opened:
                first = opened.readline(4096)
                opened.seek(0)
                delimiter = max(",;\t", key=first.count)
                rows = csv.reader(opened, delimiter=delimiter)
                read = suppressing.names_in_rows(rows, parts.settings.region)
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise ConfigurationError(f"{file} can't be read: {error}") from None
        new = suppressing.suppress(parts.kit, read.names, reason, actor())
    counts = {"added": new, "known": len(read.names) - new, "left_out": len(read.left_out)}
    _tell(counts, json=json)
    if read.left_out:
        shown = ", ".join(map(str, read.left_out[:_MOST_NAMED]))
        more = len(read.left_out) - _MOST_NAMED
        rest = f" and {more} more" if more > 0 else ""
        say(f"no address, number or domain in rows: {shown}{rest}")
        raise typer.Exit(1)


@suppress_app.command()
def remove(
    context: typer.Context,
    email: Emails = None,
    phone: Phones = None,
    domain: Domains = None,
    json: Json = False,
) -> None:
    """Take somebody off the suppression list; exit 1 if nothing was on it.

    Leads that were refined before stay marked until they are refined anew.

    Example: leadline suppress remove --phone +14155550101
    """
    with _named(context, email, phone, domain) as (kit, names):
        gone = suppressing.unsuppress(kit, names, actor())
    _tell({"removed": gone}, json=json)
    if not gone:
        raise typer.Exit(1)


@suppress_app.command()
def check(
    context: typer.Context,
    email: Emails = None,
    phone: Phones = None,
    domain: Domains = None,
    json: Json = False,
) -> None:
    """Show whether somebody is on the suppression list; exit 1 if not.

    Example: leadline suppress check --email ada@example.com
    """
    with _named(context, email, phone, domain) as (kit, names):
        found = suppressing.on_the_list(kit, names)
    if json:
        as_json([entry_data(one) for one in found])
    else:
        print_lines(map(entry_words, found))
    if not found:
        say("not on the suppression list")
        raise typer.Exit(1)


@suppress_app.command("list")
def show_list(context: typer.Context, json: Json = False) -> None:
    """Show how many are on the suppression list, by kind and reason. It does not know who.

    Example: leadline suppress list
    """
    with _opened(context) as parts:
        counts = suppressing.list_counts(parts.kit.store)
        if counts and parts.kit.privacy_key is not None:
            suppressing.require_key_of_list(parts.kit.store, parts.kit.privacy_key())
    if json:
        as_json(counts)
        return
    rows = [(one.by, one.count, one.reason) for one in counts]
    table(("by", "entries", "reason"), rows, empty="the suppression list is empty")


@contextmanager
def _opened(context: typer.Context) -> Iterator[ListParts]:
    options: Options = context.obj
    with closing(options.installation.store()) as store:
        kit = erasing_kit(options.installation, store)
        yield ListParts(options.installation.loaded().settings, kit)


@contextmanager
def _named(
    context: typer.Context,
    emails: Sequence[str] | None,
    phones: Sequence[str] | None,
    domains: Sequence[str] | None,
) -> Iterator[tuple[Kit, list[SuppressionName]]]:
    """A kit with the store, and what the options name. Raises ConfigurationError for none, and for
    what is not valid."""
    given = (
        (SuppressedBy.EMAIL, emails), (SuppressedBy.PHONE, phones), (SuppressedBy.DOMAIN, domains)
    )  # fmt: skip
    with _opened(context) as (settings, kit):
        found = [
            suppression_name(by, one, settings.region) for by, some in given for one in some or ()
        ]
        if not found:
            raise ConfigurationError("name somebody by --email, --phone or --domain")
        yield kit, list(dict.fromkeys(found))


def _tell(counts: dict[str, int], *, json: bool) -> None:
    if json:
        as_json(counts)
    else:
        words = (f"{n} {what.replace('_', ' ')}" for what, n in counts.items() if n)
        print_plain(", ".join(words) or "nothing to do")
