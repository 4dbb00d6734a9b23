"""How people are hashed for ad networks: SHA-256 of what each network makes of an address or a
number, in hexadecimal.

Numbers must be in E.164: what the networks' own libraries make of other writings differs, and
matches nobody (findings/meta-and-google-hash-other-phone-numbers.sh).
"""

import hashlib
import json
from typing import Any

_OF_GOOGLE = ("gmail.com", "googlemail.com")


def sha256(text: str) -> str:
    """The hash of a normalised text; "" stays "", as nothing is sent for it."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def plain_email(email: str) -> str:
    """An address as Meta ("Customer Information Parameters") and LinkedIn hash it: without spaces
    around it, in lower case. Dots and "+" of the name stay."""
    return email.strip().lower()


def google_email(email: str) -> str:
    """An address as Google hashes it (google-ads-datamanager-util 0.4.0, `format_email_address`):
    of gmail.com and googlemail.com the dots of the name go, and a "+" with what follows."""
    name, _, domain = plain_email(email).rpartition("@")
    if domain in _OF_GOOGLE:
        name = name.partition("+")[0].replace(".", "")
    return f"{name}@{domain}" if name and domain else ""


def meta_phone(number: str) -> str:
    """A number in E.164 as Meta hashes it: digits alone, the country code first."""
    return number.removeprefix("+")


def digest_of_event(event: Any) -> str:
    """The digest by which an event can be compared with what was sent (BLAKE2b, 16 bytes)."""
    text = json.dumps(event, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.blake2b(text, digest_size=16).hexdigest()
