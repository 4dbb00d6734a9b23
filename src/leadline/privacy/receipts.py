"""Receipts of erasures: what was erased, where and when, and what was not reached; signed.

The signature (HMAC-SHA256 by the privacy key) proves that whoever has the key wrote the receipt and
that nobody changed it since. It does not prove to somebody without the key that the data is gone.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

import msgspec

from leadline.model.formats import iso
from leadline.privacy.hashes import PrivacyKey


class ErasedLead(msgspec.Struct, frozen=True):
    """A lead that was erased: its id, source and time of capture, where the person stood in it
    (`journey.personal_data.finding_people`), the number of its events, and the copies not
    reached."""

    lead_id: str
    source: str
    captured_at: datetime
    places: tuple[str, ...] = ()
    events: int = 1
    not_reached: tuple[str, ...] = ()


class ErasureReceipt(msgspec.Struct, frozen=True):
    """What an erasure did. It names nobody: `hashes` are those of the tombstone. `asked` is by what
    the person was found ("email", "phone", "lead"), `where` the installation, `not_reached` the
    copies that no erasure reaches, `spared` the leads that were left out on purpose."""

    erased_at: datetime
    asked: tuple[str, ...]
    where: str
    leads: tuple[ErasedLead, ...]
    hashes: tuple[str, ...]
    key_id: str
    not_reached: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()


class SignedReceipt(msgspec.Struct, frozen=True):
    """A receipt with its signature (64 hexadecimal digits)."""

    receipt: ErasureReceipt
    signature: str


def with_signature(receipt: ErasureReceipt, key: PrivacyKey) -> SignedReceipt:
    """The receipt with its signature."""
    return SignedReceipt(receipt, _signature(receipt, key))


def is_genuine(one: SignedReceipt, key: PrivacyKey) -> bool:
    """Whether the receipt was signed with this key and is unchanged."""
    return hmac.compare_digest(one.signature, _signature(one.receipt, key))


def receipt_lines(receipt: ErasureReceipt) -> list[str]:
    """The receipt in words."""
    events = sum(lead.events for lead in receipt.leads)
    lines = [
        f"{_counted(len(receipt.leads), 'lead')} with {_counted(events, 'event')} erased on "
        f"{iso(receipt.erased_at)} in {receipt.where}, found by {' and '.join(receipt.asked)}"
    ]
    for lead in receipt.leads:
        places = f", found in: {', '.join(lead.places)}" if lead.places else ""
        lines.append(f"  {lead.lead_id} of {lead.source}{places}")
        lines += [f"    not reached: {words}" for words in lead.not_reached]
    lines += [f"not reached: {words}" for words in receipt.not_reached]
    lines += [f"left out: {lead_id}" for lead_id in receipt.spared]
    return lines


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _signature(receipt: ErasureReceipt, key: PrivacyKey) -> str:
    content: Mapping[str, object] = msgspec.to_builtins(receipt)
    text = msgspec.json.encode(content, order="deterministic")
    return hmac.new(key.secret, b"leadline receipt\0" + text, sha256).hexdigest()
