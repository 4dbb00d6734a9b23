"""Keys that identify events, records and people: digests of 16 bytes (BLAKE2b)."""

from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b

import msgspec

from leadline.model.facts.found import was_found
from leadline.model.lead import CapturedLead, Kind, RefinedLead
from leadline.model.monitoring.event_notes import KEY_REUSED


def key_digest(kind: str, source: str, value: bytes) -> bytes:
    """The 16-byte key of an event, a record or a body of one source."""
    digest = begun_digest(kind, source).copy()
    digest.update(value)
    return digest.digest()


@lru_cache(64)  # there are few sources, and each of their deliveries needs it
def begun_digest(kind: str, source: str) -> blake2b:
    """The digest of a key before its value, of which `key_digest` takes a copy."""
    return blake2b(f"{kind}\0{source}\0".encode(), digest_size=16)


def record_key(source: str, record: str) -> bytes:
    """The key of a record in a source's CRM (`CapturedLead.record_key`)."""
    return key_digest("record", source, record.encode(errors="surrogatepass"))


def set_apart(lead: CapturedLead, identity: str) -> CapturedLead:
    """The event under a key of its own, because its key belongs to an event about somebody else.
    All redeliveries about the person or record of *identity* get the same key."""
    words = lead.event_key + identity.encode(errors="surrogatepass")
    key = key_digest("apart", lead.source, words)
    why = lead.why if lead.kind is Kind.IGNORED else f"{lead.why} {KEY_REUSED}".lstrip()
    return msgspec.structs.replace(lead, event_key=key, why=why)


def is_older(lead: CapturedLead, at: datetime) -> bool:
    """Whether an event of which the same text is always another lead (its window is 0, as of
    imported ones) is older than the event that has its key, which came *at* that time."""
    return not lead.lasting_key and lead.window == timedelta() and lead.captured_at < at


def under_own_key(lead: CapturedLead) -> CapturedLead:
    """An older event under a key of its own: its sender's retries belong to the newer one."""
    key = key_digest("older", lead.source, lead.id.encode())
    return msgspec.structs.replace(lead, event_key=key)


def match_keys(refined: RefinedLead) -> dict[str, bytes]:
    """The match keys of a lead, for finding duplicates: "email" and "phone", as far as it has them.

    Only valid addresses and numbers make keys, and placeholders ("none@none.com", 1234567890)
    don't. The extension is part of the phone number, because many people share a switchboard. What
    was found in a message or an unrecognised field makes no key: many people may quote one hotline.
    """
    contact = refined.contact
    keys = {}
    no_email = "email.placeholder" in refined.problems or was_found(refined, "email")
    if contact.email_canonical and not no_email:
        keys["email"] = _digest("email", contact.email_canonical)
    no_phone = not _UNSURE_PHONE.isdisjoint(refined.problems) or was_found(refined, "phone")
    if contact.phone_e164 and not no_phone:
        extension = f";ext={contact.phone_extension}" if contact.phone_extension else ""
        keys["phone"] = _digest("phone", contact.phone_e164 + extension)
    return keys


_UNSURE_PHONE = frozenset(("phone.invalid", "phone.placeholder"))


def _digest(kind: str, value: str) -> bytes:
    return blake2b(f"{kind}\0{value}".encode(), digest_size=16).digest()
