"""What the `duplicates` commands print: links, clusters, and pairs to decide about."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from leadline.alerts.wording.likeness import JUDGED, percent, reason_words, reasons_in_words
from leadline.entrypoints.cli._show import print_plain, table, when
from leadline.entrypoints.cli.look._lead_table import end_of_id
from leadline.journey.same_person.judging import Edge, JudgingStore
from leadline.model.facts.likeness import Judgement, Possible, Reason, Ruling
from leadline.model.lead import RefinedLead

CONTACT = ("name", "email", "phone", "company")


class Member(msgspec.Struct, frozen=True):
    """A lead of a cluster; `filled` are its fields that have a value of another lead, with that
    lead's id."""

    lead_id: str
    captured_at: datetime
    source: str
    name: str | None
    email: str | None
    phone: str | None
    company: str | None
    duplicate_of: str | None
    probability: float | None
    filled: Mapping[str, str]


class ToldEdge(msgspec.Struct, frozen=True):
    """How alike two leads of a cluster are, and what was decided about them. `holds` is whether
    the two would be linked if they were alone."""

    one: str
    other: str
    probability: float
    why: str
    holds: bool
    ruling: Ruling | None


class ToldCluster(msgspec.Struct, frozen=True):
    """All leads of one person, how alike each two are, what people decided about them, and which
    leads may be about the same person as the one that was asked for."""

    first: str
    members: tuple[Member, ...]
    edges: tuple[ToldEdge, ...]
    judgements: tuple[Judgement, ...]
    possible: tuple[Possible, ...]


def cluster(
    first: str,
    lead: RefinedLead,
    leads: Mapping[str, RefinedLead],
    edges: Sequence[Edge],
    judged: Mapping[str, Sequence[Judgement]],
) -> ToldCluster:
    """The cluster of *lead*, of which *leads* are the members."""
    decisions = {frozenset((j.one, j.other)): j for some in judged.values() for j in some}
    ordered = sorted(leads.values(), key=lambda one: (one.captured_at, one.lead_id))
    return ToldCluster(
        first,
        tuple(map(_member, ordered)),
        tuple(_told(edge) for edge in edges),
        tuple(sorted(decisions.values(), key=lambda one: one.at)),
        lead.possible,
    )


def _told(edge: Edge) -> ToldEdge:
    return ToldEdge(
        edge.one, edge.other, round(edge.probability, 4), reasons_in_words(edge.reasons),
        edge.links and edge.ruling is not Ruling.APART, edge.ruling,
    )  # fmt: skip


def _member(lead: RefinedLead) -> Member:
    link, contact = lead.duplicate_of, lead.contact
    return Member(
        lead_id=lead.lead_id,
        captured_at=lead.captured_at,
        source=lead.received_from,
        name=contact.name,
        email=contact.email,
        phone=contact.phone,
        company=contact.company,
        duplicate_of=link.lead_id if link else None,
        probability=link.probability if link else None,
        filled={name: origin.lead_id for name, origin in lead.filled.items()},
    )


def print_cluster(found: ToldCluster) -> None:
    """Print a cluster for people, with whole ids, because commands are to take them."""
    one = len(found.members) == 1
    print_plain(f"{'1 lead' if one else f'{len(found.members)} leads'} of one person")
    table(
        ("captured", "lead", "source", *CONTACT, "filled in"),
        [
            (when(m.captured_at), m.lead_id, m.source, *(getattr(m, n) for n in CONTACT),
             ", ".join(sorted(m.filled.keys() & {*CONTACT, "title", "country", "website"})))
            for m in found.members
        ],
        empty="",
    )  # fmt: skip
    if found.edges:
        print_plain()
        print_plain("what holds them together")
        _print_edges([edge for edge in found.edges if _holds(edge)])
        loose = [edge for edge in found.edges if not _holds(edge)]
        if loose:
            print_plain()
            print_plain("what does not")
            _print_edges(loose)
    _print_judgements(found.judgements)
    if found.possible:
        print_plain()
        print_plain("may be the same person")
        table(
            ("lead", "probability", "why"),
            [(p.lead_id, percent(p.probability), reasons_in_words(p.reasons))
             for p in found.possible],
            empty="",
        )  # fmt: skip


def _holds(edge: ToldEdge) -> bool:
    return edge.holds or edge.ruling is Ruling.SAME


def _print_edges(edges: Sequence[ToldEdge]) -> None:
    table(
        ("lead", "and lead", "probability", "why"),
        [(e.one, e.other, percent(e.probability), _why(e)) for e in edges],
        empty="nothing but the other leads",
    )


def _why(edge: ToldEdge) -> str:
    decided = {Ruling.SAME: "decided: one person", Ruling.APART: "decided: kept apart"}
    word = decided[edge.ruling] if edge.ruling is not None else ""
    return "; ".join(filter(None, (word, edge.why)))


def _print_judgements(judgements: Sequence[Judgement]) -> None:
    if judgements:
        print_plain()
        print_plain("what people decided")
        table(
            ("when", "lead", "and lead", "are", "by"),
            [(when(j.at), j.one, j.other, "one person" if j.ruling is Ruling.SAME else "kept apart",
              j.by) for j in judgements],
            empty="",
        )  # fmt: skip


def link_row(lead: RefinedLead) -> dict[str, Any]:
    """A duplicate as data."""
    member = msgspec.structs.asdict(_member(lead))
    link = lead.duplicate_of
    reasons = _reason_rows(link.reasons) if link else []
    return {**member, "matched": link.matched if link else (), "reasons": reasons}


def _reason_rows(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    return [{"code": r.code, "weight": r.weight, "words": reason_words(r.code)} for r in reasons]


def print_links(leads: Sequence[RefinedLead], digits: int) -> None:
    """Print duplicates for people, one line each."""
    table(
        ("captured", "lead", "name", "e-mail or phone", "first lead", "probability", "why"),
        [_link_cells(lead, digits) for lead in leads],
        empty="no duplicates",
    )


def _link_cells(lead: RefinedLead, digits: int) -> tuple[object, ...]:
    link, contact = lead.duplicate_of, lead.contact
    if link is None:
        raise ValueError(f"lead {lead.lead_id} duplicates no other")
    is_decided = any(one.code == JUDGED for one in link.reasons)
    chance = "" if link.probability is None else percent(link.probability)
    why = reasons_in_words(link.reasons) or f"same {' and '.join(link.matched)}"
    return (
        when(lead.captured_at), end_of_id(lead.lead_id, digits), contact.name,
        contact.email or contact.phone, end_of_id(link.lead_id, digits),
        "decided" if is_decided else chance, why,
    )  # fmt: skip


Pair = tuple[RefinedLead, RefinedLead, Possible]
"""A lead, one that may be about the same person, and how probable that is."""


def undecided(store: JudgingStore, lead_ids: Sequence[str]) -> list[Pair]:
    """The pairs of these leads and their possible duplicates about which nobody has decided, each
    once."""
    leads = dict(store.refined(lead_ids))
    others = {p.lead_id for lead in leads.values() for p in lead.possible} - leads.keys()
    leads |= store.refined(sorted(others))
    judged = store.judgements(lead_ids)
    seen = {frozenset((j.one, j.other)) for some in judged.values() for j in some}
    found: list[Pair] = []
    for lead_id in lead_ids:
        lead = leads.get(lead_id)
        for possible in lead.possible if lead else ():
            pair = frozenset((lead_id, possible.lead_id))
            if lead is not None and pair not in seen and possible.lead_id in leads:
                found.append((lead, leads[possible.lead_id], possible))
                seen.add(pair)
    return found


def pair_row(lead: RefinedLead, other: RefinedLead, possible: Possible) -> dict[str, Any]:
    """Two leads to decide about as data."""
    return {
        "lead": _member(lead),
        "other": _member(other),
        "probability": possible.probability,
        "reasons": _reason_rows(possible.reasons),
    }


def print_pair(lead: RefinedLead, other: RefinedLead, possible: Possible, digits: int) -> None:
    """Print two leads that may be about one person."""
    print_plain()
    print_plain(f"{percent(possible.probability)}: {reasons_in_words(possible.reasons)}")
    table(
        ("captured", "lead", "source", *CONTACT),
        [
            (when(m.captured_at), end_of_id(m.lead_id, digits), m.source,
             *(getattr(m, name) for name in CONTACT))
            for m in map(_member, (lead, other))
        ],
        empty="",
    )  # fmt: skip


def still_alike(before: ToldCluster, leaving: str) -> list[ToldEdge]:
    """What else speaks for a link between the lead that leaves a cluster and the others."""
    mine = [edge for edge in before.edges if leaving in (edge.one, edge.other)]
    return [edge for edge in mine if _holds(edge)]


def print_parted(ids: Sequence[str], again: Sequence[str], left: Sequence[ToldEdge]) -> None:
    """Print what came of `unlink`."""
    if not again:
        print_plain("they were not linked, and will never be")
        return
    print_plain(f"leads {ids[0]} and {ids[1]} are kept apart; refined again: {', '.join(again)}")
    others = [edge for edge in left if {edge.one, edge.other} != {*ids}]
    if others:
        print_plain()
        print_plain(
            f"lead {again[0]} is like other leads of that person, too; unlink those, or merge "
            "them with it, if they stay on the wrong side:",
        )  # fmt: skip
        _print_edges(others)
