"""What all stores do alike to find candidates for duplicates."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from leadline.model.facts.likeness import Judgement, Traits
from leadline.model.lead import ERASED, RefinedLead
from leadline.ports.store_parts.duplicates import MOST_CANDIDATES

L = TypeVar("L", int, str)

traits_decoder = msgspec.json.Decoder(Traits)


class Likeness(NamedTuple):
    """What is kept of a refined lead to find it as a candidate."""

    traits: Traits
    keys: tuple[bytes, ...]


def likeness_of(refined: RefinedLead) -> Likeness | None:
    """The likeness of a lead that an earlier version refined, or that comes from another home; None
    for one that is quarantined or erased."""
    # Not needed by functions that capture.
    from leadline.duplicates.keys import candidate_keys
    from leadline.duplicates.traits import traits_of

    if refined.status != "refined" or f"record.{ERASED}" in refined.problems:
        return None
    traits = traits_of(refined)
    return Likeness(traits, tuple(candidate_keys(traits).values()))


def ranked(
    keys: Sequence[bytes], under: Mapping[bytes, Iterable[L]], own: L | None = None
) -> list[L]:
    """The leads *under* these keys, without the *own* one: those under most keys first, then those
    under the key that is given first, then the earliest (ids and row numbers grow with time)."""
    places: dict[L, list[int]] = {}
    for place, key in enumerate(dict.fromkeys(keys)):
        for lead in under.get(key, ()):
            if lead != own:
                places.setdefault(lead, []).append(place)
    order = sorted(places, key=lambda lead: (-len(places[lead]), places[lead][0], lead))
    return order[:MOST_CANDIDATES]


def note_of(judgement: Judgement, lead_id: str) -> tuple[str, str]:
    """The timeline note on a decision: its code, and the other lead with who decided."""
    other = judgement.other if lead_id == judgement.one else judgement.one
    by = f" {judgement.by}" if judgement.by else ""
    return f"duplicate.{judgement.ruling}", f"{other}{by}"
