"""Links a refined lead to an earlier lead of the same person."""

from collections.abc import Mapping, Sequence

import msgspec

from leadline.model.lead import FirstSeen, RefinedLead
from leadline.model.task import Done, Outcome
from leadline.ports.store import Leads


def linked_to_first_seen(store: Leads, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Set `duplicate_of` of each refined lead to the first lead with the same e-mail or phone."""
    keys = [k for o in outcomes if isinstance(o, Done) for k in o.match_keys.values()]
    seen = dict(store.first_seen(keys))
    linked: list[Outcome] = []
    for outcome in outcomes:
        if isinstance(outcome, Done) and outcome.refined is not None:
            lead = outcome.refined
            first = _earliest(lead, outcome.match_keys, seen)
            if first is not None:
                lead = msgspec.structs.replace(lead, duplicate_of=first)
                outcome = msgspec.structs.replace(outcome, refined=lead)
            for key in outcome.match_keys.values():
                seen.setdefault(key, FirstSeen(lead.lead_id, lead.captured_at, ()))
        linked.append(outcome)
    return linked


def _earliest(
    lead: RefinedLead, keys: Mapping[str, bytes], seen: Mapping[bytes, FirstSeen]
) -> FirstSeen | None:
    """The earliest captured of the other leads with one of these match keys, and which keys
    matched; None if there is no other."""
    hits = {name: seen[key] for name, key in keys.items() if key in seen}
    others = {name: hit for name, hit in hits.items() if hit.lead_id != lead.lead_id}
    if not others:
        return None
    first = min(others.values(), key=lambda hit: hit.captured_at)
    matched = tuple(name for name, hit in others.items() if hit.lead_id == first.lead_id)
    return msgspec.structs.replace(first, matched=matched)
