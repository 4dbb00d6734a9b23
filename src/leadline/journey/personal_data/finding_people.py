"""Finds what is held about a person: by e-mail address, phone number, or lead."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from leadline.model.lead import ERASED, LeadDetails
from leadline.model.personal_data.erasing import ERASED_WORDS
from leadline.ports.personal_data.erasing import Erasing, HeldTexts
from leadline.privacy.finding import known_by, known_by_in
from leadline.privacy.hashes import lead_name

CONTACT, BODY = "contact", "body"


class LeadOfPerson(msgspec.Struct, frozen=True):
    """A lead (or an event without a lead) in which a person was found.

    `places` are "contact" (the lead is the person's), "refined" (the message, custom fields),
    "raw", "body", "written" (to the CRM) and "timeline". `events` are the ids of those of its
    events in which the person was found.
    """

    lead_id: str
    source: str
    captured_at: datetime
    places: tuple[str, ...]
    events: tuple[str, ...]

    @property
    def is_own(self) -> bool:
        """Whether the lead is the person's, not only one that mentions them."""
        return CONTACT in self.places


def find_people(
    store: Erasing, names: Collection[str], lead_ids: Collection[str] = ()
) -> dict[str, LeadOfPerson]:
    """The leads in which any of these *names* (`privacy.finding`) is found, and these leads, by
    id, oldest first. What was erased already is left out, and so are leads of others that came in
    one delivery with the person."""
    wanted, found = frozenset(names), dict[str, LeadOfPerson]()
    matches: list[tuple[HeldTexts, tuple[str, ...]]] = []
    for held in store.held_texts():
        if held.head in lead_ids or held.lead_id in lead_ids:
            places = () if has_nothing_left(held) else (*_places(held, wanted), CONTACT)
        else:
            places = _places(held, wanted)
        if places:
            matches.append((held, places))
    for held, places in _without_bystanders(matches):
        found[held.head] = _with(found.get(held.head), held, places)
    return found


def parted(
    texts: Iterable[HeldTexts], names: Callable[[HeldTexts], bool]
) -> tuple[list[HeldTexts], list[HeldTexts]]:
    """Those of these events that are about a person, as *names* says of an event, and bystanders:
    events that only share the body of their delivery with an event that is."""
    matches = [
        (held, (BODY,) if held.body and not names(_bodiless(held)) else ("raw", BODY))
        for held in texts
        if names(held)
    ]
    named = [held for held, _ in _without_bystanders(matches)]
    ids = {held.lead_id for held in named}
    return named, [held for held, _ in matches if held.lead_id not in ids]


def _without_bystanders(
    matches: Sequence[tuple[HeldTexts, tuple[str, ...]]],
) -> Iterator[tuple[HeldTexts, tuple[str, ...]]]:
    """The events with their places, but for those that are found by the body of their delivery
    alone, if another event of it is found by itself: that one is cut out of the body."""
    told = {(held.source, held.captured_at) for held, places in matches if places != (BODY,)}
    for held, places in matches:
        if places != (BODY,) or (held.source, held.captured_at) not in told:
            yield held, places


def _bodiless(held: HeldTexts) -> HeldTexts:
    return msgspec.structs.replace(held, body=b"")


def has_nothing_left(held: HeldTexts) -> bool:
    """Whether nothing about a person is left of an event."""
    gone = held.refined is None or held.refined.problems == (f"record.{ERASED}",)
    return held.raw == ERASED_WORDS and gone and not (held.body or held.document)


def names_held(held: HeldTexts) -> frozenset[str]:
    """Everything by which what is held of an event can be found; by the id of its lead only if
    something is left to erase."""
    texts = [text for place in _texts(held).values() for text in place]
    names = known_by(texts, _e164(held))
    return names if has_nothing_left(held) else names | {lead_name(held.lead_id)}


def _places(held: HeldTexts, wanted: frozenset[str]) -> tuple[str, ...]:
    """Where in an event any of these names is found."""
    e164 = _e164(held)
    texts = _texts(held)
    if not any(wanted & known_by_in(text) for place in texts.values() for text in place):
        return ()
    return tuple(place for place, some in texts.items() if wanted & known_by(some, e164))


def _texts(held: HeldTexts) -> Mapping[str, tuple[bytes | str, ...]]:
    """The texts of an event by place; places without any are left out."""
    whole: dict[str, tuple[bytes | str | None, ...]] = {
        "raw": (held.raw,),
        BODY: (held.body,),
        "document": (held.document,),
        "written": (held.written,),
        "timeline": held.details,
    }
    if held.refined is not None:
        contact = held.refined.contact
        reached = (contact.email, contact.email_canonical, contact.phone, contact.phone_e164)
        whole |= {CONTACT: reached, "refined": (_without_owners(held),)}
    found = {place: tuple(one for one in texts if one) for place, texts in whole.items()}
    return {place: some for place, some in found.items() if some}


def _without_owners(held: HeldTexts) -> bytes:
    """The refined document without the people who work on the lead, who are not asked for, and
    without the id of the record, which an erasure leaves; the sender's own words have it, too."""
    assert held.refined is not None  # noqa: S101 - the caller looked
    details = held.refined.lead_details
    bare: LeadDetails = msgspec.structs.replace(
        details, owner=None, owner_email=None, owner_claimed=None, crm_record=None
    )
    lead = msgspec.structs.replace(held.refined, lead_details=bare, decision=None)
    return msgspec.json.encode(lead)


def _e164(held: HeldTexts) -> str | None:
    return held.refined.contact.phone_e164 if held.refined is not None else None


def _with(before: LeadOfPerson | None, held: HeldTexts, places: tuple[str, ...]) -> LeadOfPerson:
    if before is None:
        return LeadOfPerson(
            held.head, held.source, held.captured_at, tuple(dict.fromkeys(places)), (held.lead_id,)
        )
    both = tuple(dict.fromkeys((*before.places, *places)))
    return msgspec.structs.replace(before, places=both, events=(*before.events, held.lead_id))
