"""What messages say about duplicates: since when and how often a person was seen, who had them, why
it is the same person, and who else it may be."""

from leadline.alerts.wording.likeness import percent, reasons_in_words, same_person_words
from leadline.alerts.wording.phrases import at, line_of, person_name, short_id
from leadline.model.facts.likeness import FirstSeen, Possible
from leadline.model.handling import Ending
from leadline.ports.channel import History, Notice

_MATCHED = {"email": "e-mail address", "phone": "phone number"}
_ENDED = {
    Ending.WON: "won",
    Ending.LOST: "lost",
    Ending.DISQUALIFIED: "disqualified",
    Ending.JUNK: "marked as junk",
}
MOST_POSSIBLE = 3
"""How many leads that may be about the same person a message names."""
REVIEW = "`leadline duplicates review` lists such leads."


def seen_before_remarks(notice: Notice) -> list[str]:
    """Sentences on the earlier leads of the same person; none if the lead is no duplicate."""
    first = notice.lead.duplicate_of
    if first is None:
        return []
    when, named = at(first.captured_at), short_id(first.lead_id)
    told = [f"First seen {when}{matched_words(first)}, as lead {named}."]
    if notice.history is not None:
        told += history_remarks(notice.history, at(notice.history.last_at))
    if first.probability is not None:
        told.append(why_same(first))
    return told


def matched_words(first: FirstSeen) -> str:
    """What matched, of leads that an earlier version linked: " with the same e-mail address"."""
    if first.probability is not None:
        return ""
    matched = line_of(" and ".join(_MATCHED.get(m, m) for m in first.matched), "")
    return f" with the same {matched}" if matched else ""


def why_same(first: FirstSeen) -> str:
    """How probable it is that the lead is about the person of its first lead, and why."""
    why = line_of(same_person_words(first.probability or 0.0, first.reasons), "")
    return f"{why[:1].upper()}{why[1:]}."


def history_remarks(history: History, last: str) -> list[str]:
    """How often the person was seen before, when *last*, and who had them."""
    told = []
    if history.count > 1:
        told.append(f"Seen {history.count} times before, last {last}.")
    if history.holder is not None:
        who = f"{person_name(history.holder)} had {'it' if history.count == 1 else 'the last one'}"
        ended = _ENDED.get(history.ending)
        told.append(f"{who}, and it was {ended}." if ended else f"{who}.")
    return told


def possible_remarks(notice: Notice) -> list[str]:
    """Sentences on leads that may be about the same person; none if there are none."""
    possible = notice.lead.possible
    if not possible:
        return []
    told = [possible_words(one, short_id(one.lead_id)) for one in possible[:MOST_POSSIBLE]]
    more = len(possible) - len(told)
    return [*told, f"{f'{more} more like this. ' if more else ''}{REVIEW}"]


def possible_words(one: Possible, named: str) -> str:
    """A lead that may be about the same person, and why; *named* is how its id is written."""
    why = line_of(reasons_in_words(one.reasons), "")
    maybe = f"May be the same person as lead {named} ({percent(one.probability)})"
    return f"{maybe}: {why}." if why else f"{maybe}."
