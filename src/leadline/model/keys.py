"""By what events, records and people are recognised: digests of 16 bytes."""

from hashlib import blake2b

from leadline.model.lead import RefinedLead


def key_digest(kind: str, source: str, value: bytes) -> bytes:
    """Sixteen bytes that stand for an event, a record or a body of one source."""
    return blake2b(b"\0".join((kind.encode(), source.encode(), value)), digest_size=16).digest()


def record_key(source: str, record: str) -> bytes:
    """What stands for a record of a source's CRM (`CapturedLead.record_key`)."""
    return key_digest("record", source, record.encode(errors="surrogatepass"))


def match_keys(refined: RefinedLead) -> dict[str, bytes]:
    """By what later leads recognise this one: "email" and "phone", 16-byte digests (BLAKE2b).

    Only a valid, canonical address and a valid number count, and an address that stands for none
    ("none@none.com") doesn't. An extension is part of the number: one switchboard, many people.
    """
    contact = refined.contact
    keys = {}
    if contact.email_canonical and "email.placeholder" not in refined.problems:
        keys["email"] = _digest("email", contact.email_canonical)
    if contact.phone_e164 and "phone.invalid" not in refined.problems:
        extension = f";ext={contact.phone_extension}" if contact.phone_extension else ""
        keys["phone"] = _digest("phone", contact.phone_e164 + extension)
    return keys


def _digest(kind: str, value: str) -> bytes:
    return blake2b(f"{kind}\0{value}".encode(), digest_size=16).digest()
