"""The hash chain of the audit log, and how it is checked.

An entry's hash is the SHA-256, in hexadecimal, of the hash before it, a line feed, and the entry as
JSON with its number `n`: keys in alphabetical order, without spaces (RFC 8785). Before the first
entry stands `BEGINNING`. So nobody can change, take out or add an entry without changing all hashes
after it; a copy of a later hash that is kept elsewhere (the head) proves them all.
"""

import hmac
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.model.formats import from_iso, iso
from leadline.model.personal_data.privacy import AuditCut, AuditEntry, ChainedEntry
from leadline.privacy.hashes import PrivacyKey

BEGINNING = "0" * 64
UNREADABLE = "unreadable"
"""The action of an entry in the log that can't be read."""
_TEXTS = ("actor", "action", "subject", "detail")
_LONGEST = 200


class Head(msgspec.Struct, frozen=True):
    """The number and the hash of an entry, as they are kept elsewhere."""

    n: int
    hash: str

    def __str__(self) -> str:
        return f"{self.n}:{self.hash}"


class AuditCheck(msgspec.Struct, frozen=True):
    """The result of a check: how many entries there are, what was cut before them, the last one,
    and what is wrong in words."""

    count: int
    cut: AuditCut | None
    head: Head | None
    faults: tuple[str, ...]


def head_of(text: str) -> Head:
    """The head that `str(Head)` wrote: "12:9f86…". Raises ConfigurationError."""
    number, _, digest = text.strip().lower().partition(":")
    if not number.isdecimal() or len(digest) != len(BEGINNING) or set(digest) - _HEX:
        raise ConfigurationError(
            f"{text!r} is no head; write it as `leadline audit head` printed it, such as 12:9f86…"
        )
    return Head(int(number), digest)


_HEX = frozenset("0123456789abcdef")


def hash_after(previous: str, n: int, entry: AuditEntry) -> str:
    """The hash of an entry by the hash before it."""
    text = msgspec.json.encode(_plain(n, entry), order="sorted")
    return sha256(previous.encode() + b"\n" + text).hexdigest()


def chained(last: Head | None, entries: Iterable[AuditEntry]) -> list[ChainedEntry]:
    """The entries that follow the last one of a log. Their texts are shortened."""
    n, previous = (last.n, last.hash) if last is not None else (0, BEGINNING)
    made = []
    for entry in entries:
        n, short = n + 1, _shortened(entry)
        previous = hash_after(previous, n, short)
        made.append(ChainedEntry(n, short, previous))
    return made


def head_before(last: ChainedEntry | None, cut: AuditCut | None) -> Head | None:
    """What the next entry follows: the last one, or what was cut."""
    if last is not None:
        return Head(last.n, last.hash)
    return Head(cut.n, cut.hash) if cut is not None else None


def audit_line(one: ChainedEntry) -> bytes:
    """An entry as a line of JSON, without the line feed."""
    return msgspec.json.encode({**_plain(one.n, one.entry), "hash": one.hash})


def audit_entry_in(line: bytes) -> ChainedEntry:
    """The entry in a line that `audit_line` wrote. Raises ValueError for any other, also for one
    with further keys, of which the hash says nothing."""
    try:
        told: dict[str, Any] = msgspec.json.decode(line, type=dict)
        texts = {name: told[name] for name in (*_TEXTS, "hash")}
        if not isinstance(told["n"], int) or not all(isinstance(t, str) for t in texts.values()):
            raise ValueError
        digest = texts.pop("hash")
        one = ChainedEntry(told["n"], AuditEntry(at=from_iso(told["at"]), **texts), digest)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError from error
    if audit_line(one) != line:
        raise ValueError
    return one


def unreadable(n: int) -> ChainedEntry:
    """What stands for an entry that can't be read."""
    entry = AuditEntry(at=datetime(1970, 1, 1, tzinfo=UTC), actor="", action=UNREADABLE)
    return ChainedEntry(n, entry, "")


def signed_cut(last: ChainedEntry, at: datetime, key: PrivacyKey) -> AuditCut:
    """The cut after which this entry is the last that was deleted, signed."""
    cut = AuditCut(last.n, last.hash, at, key.id, "")
    return msgspec.structs.replace(cut, signature=_signature(cut, key))


def check_chain(
    entries: Iterable[ChainedEntry],
    cut: AuditCut | None = None,
    told: Sequence[Head] = (),
    key: PrivacyKey | None = None,
) -> AuditCheck:
    """Check a log: that nothing was changed, taken out or added; that it has the entries that were
    *told* elsewhere; and, with the *key*, that the cut of its old end is signed."""
    faults = list(_faults_of_cut(cut, key))
    wanted = {one.n: one.hash for one in told}
    last, count = head_before(None, cut), 0
    for one in entries:
        faults += _faults_of(one, last)
        if one.n in wanted and wanted.pop(one.n) != one.hash:
            faults.append(f"entry {one.n} is not the one that was told as the head")
        last = Head(one.n, one.hash)
        count += 1
    for n, digest in sorted(wanted.items()):
        if cut is None or n > cut.n:
            faults.append(f"the end was cut: entry {n}, which was told as the head, is missing")
        elif n == cut.n and digest != cut.hash:
            faults.append(f"entry {n}, which was cut, is not the one that was told as the head")
    return AuditCheck(count, cut, last, tuple(faults))


def _faults_of(one: ChainedEntry, last: Head | None) -> Iterator[str]:
    """What is wrong with an entry that follows another one."""
    expected = last.n + 1 if last is not None else 1
    if one.entry.action == UNREADABLE and not one.hash:
        yield f"entry {expected} can't be read"
    elif one.n > expected:
        yield f"entries {expected} to {one.n - 1} are missing"
    elif one.n < expected:
        yield f"entry {one.n} stands after entry {expected - 1}"
    elif last is not None and not last.hash:  # one before it can't be read, which was said
        return
    elif one.hash != hash_after(last.hash if last else BEGINNING, one.n, one.entry):
        yield f"entry {one.n} was changed, or one before it: its hash does not fit"


def _faults_of_cut(cut: AuditCut | None, key: PrivacyKey | None) -> Iterator[str]:
    if cut is None or key is None:
        return
    if cut.key_id != key.id:
        yield (
            f"the cut after entry {cut.n} was signed with the privacy key {cut.key_id}, and this "
            f"one is {key.id}"
        )
    elif not hmac.compare_digest(cut.signature, _signature(cut, key)):
        yield f"the cut after entry {cut.n} is not signed with the privacy key"


def _signature(cut: AuditCut, key: PrivacyKey) -> str:
    text = f"leadline audit cut\0{cut.n}\0{cut.hash}\0{iso(cut.at)}"
    return hmac.new(key.secret, text.encode(), sha256).hexdigest()


def _plain(n: int, entry: AuditEntry) -> dict[str, Any]:
    texts = {name: getattr(entry, name) for name in _TEXTS}
    return {"n": n, "at": iso(entry.at), **texts}


def _shortened(entry: AuditEntry) -> AuditEntry:
    texts = {name: _line(getattr(entry, name)) for name in _TEXTS}
    return msgspec.structs.replace(entry, **texts)


def _line(text: str) -> str:
    """A text on one line, shortened, without what is no character."""
    plain = text.encode(errors="replace").decode()
    return " ".join(plain.split())[:_LONGEST]
