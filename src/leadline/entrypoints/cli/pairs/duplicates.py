"""Duplicates: `duplicates list`, `show`, `review`, `merge` and `unlink`."""

import getpass
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer

from leadline.duplicates.policy import DuplicatePolicy, policy_of
from leadline.duplicates.weights import Weights
from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._choosing import LEAD_HELP, ask_to_change, whole_id
from leadline.entrypoints.cli._help import WholeHelp
from leadline.entrypoints.cli._options import Json, Yes
from leadline.entrypoints.cli._show import as_json, point_in_time, print_plain, say
from leadline.entrypoints.cli.pairs import _duplicates as told
from leadline.journey.same_person.decided import person_of
from leadline.journey.same_person.judging import (
    cluster_of,
    edges_of,
    join,
    leaving,
    part,
    without_raw,
)
from leadline.model.facts.likeness import Ruling
from leadline.model.lead import RefinedLead
from leadline.ports.installation import OpenStore
from leadline.ports.reading.ledger import LeadFilter, Ledger

duplicates_app = typer.Typer(
    help="Find, join and part leads about one person.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(duplicates_app, name="duplicates", cls=WholeHelp)

Lead = Annotated[str, typer.Argument(help=LEAD_HELP)]
Limit = Annotated[int, typer.Option(help="Maximum number of leads.", min=1)]

_EVERY = 1 << 40


@contextmanager
def _opened(context: typer.Context) -> Iterator[tuple[Options, Ledger, OpenStore]]:
    """The options, the ledger and the store of the installation; both are closed at the end."""
    options: Options = context.obj
    with (
        closing(options.installation.ledger()) as ledger,
        closing(options.installation.store()) as store,
    ):
        yield options, ledger, store


@duplicates_app.command("list")
def list_(
    context: typer.Context,
    since: Annotated[
        str, typer.Option(help="Captured at or after this time, such as 2026-03-02 or 7d.")
    ] = "30d",
    limit: Limit = 50,
    json: Json = False,
) -> None:
    """List leads that were linked to an earlier one of the same person, newest first.

    Example: leadline duplicates list --since 7d
    """
    which = LeadFilter(since=point_in_time(since), limit=_EVERY)
    with _opened(context) as (_, ledger, store):
        ids: list[str] = []
        for row in ledger.each(which):
            if row.duplicate_of:
                ids.append(row.lead_id)
            if len(ids) == limit:
                break
        leads = store.refined(ids)
        found = _still_linked(store, {i: leads[i] for i in ids if i in leads})
        if json:
            as_json([told.link_row(lead) for lead in found])
        else:
            told.print_links(found, ledger.short_length())


@duplicates_app.command()
def show(context: typer.Context, lead: Lead, json: Json = False) -> None:
    """Show all leads of one person, what holds them together, and who else it may be.

    Example: leadline duplicates show 5f1c09ab
    """
    with _opened(context) as (options, ledger, store):
        refined = _refined(options, ledger, store, lead)
        cluster = _cluster(options, store, refined)
        if json:
            as_json(cluster)
        else:
            told.print_cluster(cluster)


@duplicates_app.command()
def review(context: typer.Context, limit: Limit = 20, json: Json = False) -> None:
    """Go through leads that may be about one person, and decide about each two.

    Without a terminal, or with --json, they are only listed. `merge` and `unlink` decide, too.

    Example: leadline duplicates review
    """
    with _opened(context) as (_, ledger, store):
        pairs = told.undecided(store, store.in_review(limit))
        if json:
            as_json([told.pair_row(*pair) for pair in pairs])
            return
        if not pairs:
            print_plain("nothing to decide")
        asks = sys.stdin.isatty() and sys.stdout.isatty()
        for lead, other, possible in pairs:
            told.print_pair(lead, other, possible, ledger.short_length())
            if asks and not _decide(store, lead, other):
                break


def _decide(store: OpenStore, lead: RefinedLead, other: RefinedLead) -> bool:
    """Ask about two leads, and do what is answered; False ends the review."""
    while True:
        answer = typer.prompt("same person? [y]es, [n]o, [l]ater, [q]uit", default="l", err=True)
        match answer.strip().lower()[:1]:
            case "y":
                join(store, lead, other, _user(), datetime.now(UTC))
            case "n":
                part(store, lead, other, _user(), datetime.now(UTC))
            case "q":
                return False
            case "l":
                pass
            case _:
                continue
        return True


@duplicates_app.command()
def merge(
    context: typer.Context, lead: Lead, other: Lead, yes: Yes = False, json: Json = False
) -> None:
    """Say that two leads are about one person: the later one is linked to the first.

    Only its blanks are filled, and `unlink` undoes it.

    Example: leadline duplicates merge 5f1c09ab 0b7e21d4
    """
    with _opened(context) as (options, ledger, store):
        one, two = _pair(options, ledger, store, lead, other)
        ids = [one.lead_id, two.lead_id]
        ask_to_change(options, ledger, ids, "Are these leads about one person?", yes=yes)
        again = join(store, one, two, _user(), datetime.now(UTC))
        _tell_gone(store, again)
    if json:
        as_json({"ruling": "same", "lead_ids": ids, "refined_again": again})
    else:
        print_plain(f"they count as one person; refined again: {', '.join(again)}")


@duplicates_app.command()
def unlink(
    context: typer.Context, lead: Lead, other: Lead, yes: Yes = False, json: Json = False
) -> None:
    """Keep two leads apart for good, and take back what linking them had filled in.

    The leads are refined again: alerts are corrected, and so is what was written to the CRM.

    Example: leadline duplicates unlink 5f1c09ab 0b7e21d4
    """
    with _opened(context) as (options, ledger, store):
        one, two = _pair(options, ledger, store, lead, other)
        ids = [one.lead_id, two.lead_id]
        ask_to_change(options, ledger, ids, "Keep these leads apart for good?", yes=yes)
        before = _cluster(options, store, one)
        again = part(store, one, two, _user(), datetime.now(UTC))
        _tell_gone(store, again)
    left = told.still_alike(before, again[0]) if again else []
    if json:
        as_json({"ruling": "apart", "lead_ids": ids, "refined_again": again, "still_alike": left})
    else:
        told.print_parted(ids, again, left)


def _tell_gone(store: OpenStore, lead_ids: Sequence[str]) -> None:
    for lead_id in without_raw(store, lead_ids):
        say(f"lead {lead_id} can't be refined again, because its raw text is gone: the decision is "
            "kept, and its link stays as it is")  # fmt: skip


def _refined(options: Options, ledger: Ledger, store: OpenStore, part_of_id: str) -> RefinedLead:
    """The refined lead that a user names; exits with 1 if it is not refined, or quarantined."""
    lead_id = whole_id(options, ledger, part_of_id)
    lead = store.refined([lead_id]).get(lead_id)
    if lead is None or lead.status != "refined":
        say(f"lead {lead_id} is {'not refined' if lead is None else lead.status}; it is compared "
            "with other leads once it is refined, and not while it is quarantined")  # fmt: skip
        raise typer.Exit(1)
    return lead


def _pair(
    options: Options, ledger: Ledger, store: OpenStore, lead: str, other: str
) -> tuple[RefinedLead, RefinedLead]:
    one = _refined(options, ledger, store, lead)
    two = _refined(options, ledger, store, other)
    if one.lead_id == two.lead_id:
        raise typer.BadParameter("name two different leads")
    return one, two


def _cluster(options: Options, store: OpenStore, lead: RefinedLead) -> told.ToldCluster:
    policy: DuplicatePolicy = policy_of(options.installation.loaded().settings)
    person = person_of(store, lead)
    leads = store.refined(person.lead_ids or [lead.lead_id])
    leads = {i: person.of(one) for i, one in leads.items()}
    edges = edges_of(person.members, person.judged, _weights(policy), policy.link)
    return told.cluster(person.first, person.of(lead), leads, edges, person.judged)


def _weights(policy: DuplicatePolicy) -> Weights:
    """The weights of the installation; those of Leadline if a stack has a file that is not here."""
    try:
        return policy.weights
    except OSError as error:
        say(f"{policy.weights_file} can't be read here ({error.strerror}); probabilities are shown "
            "by the weights that come with Leadline")  # fmt: skip
        return Weights.load_default()


def _still_linked(store: OpenStore, leads: Mapping[str, RefinedLead]) -> list[RefinedLead]:
    """Those of these duplicates that people have not parted from their person since."""
    judged = store.judgements(list(leads))
    apart = {i for i, some in judged.items() if any(j.ruling is Ruling.APART for j in some)}
    gone: set[str] = set()
    for lead_id in apart & leads.keys():
        first, members = cluster_of(store, leads[lead_id])
        gone |= leaving(store, first, members, judged)
    return [lead for i, lead in leads.items() if i not in gone]


def _user() -> str:
    """The name of the user of this machine, for the timeline; "" if it has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
