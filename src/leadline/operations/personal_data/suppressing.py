"""Keeping the suppression list: what is put on it, taken off it, and how much is on it."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

import msgspec

from leadline.kit import Kit
from leadline.model.batches import batched
from leadline.model.errors import ConfigurationError
from leadline.model.personal_data.privacy import AuditEntry
from leadline.model.personal_data.suppression import Suppressed, SuppressedBy
from leadline.ports.personal_data.suppressions import Suppressions
from leadline.privacy.finding import email_name
from leadline.privacy.hashes import PrivacyKey
from leadline.privacy.suppressing import domain_name
from leadline.refine.phones.number import number_in

_DOMAIN = re.compile(r"(?:[^\s@.,;:/\\]+\.)+[^\s@.,;:/\\\d]{2,}")
_LONGEST_REASON = 200
_AT_ONCE = 1_000
"""So many entries are written at once, so that no capture waits for long."""
_COLUMNS = {
    "email": "email", "e-mail": "email", "mail": "email", "email address": "email",
    "phone": "phone", "telephone": "phone", "mobile": "phone", "phone number": "phone",
    "domain": "domain",
}  # fmt: skip


class SuppressionName(msgspec.Struct, frozen=True):
    """What an entry is about, as `PrivacyKey.hash_of` takes it."""

    by: SuppressedBy
    name: str


class ReadRows(msgspec.Struct, frozen=True):
    """The names in a table, and the numbers of the rows in which there is none."""

    names: tuple[SuppressionName, ...]
    left_out: tuple[int, ...]


class ListCount(msgspec.Struct, frozen=True):
    """How many entries of a kind are on the list for a reason, by the key of this id."""

    by: SuppressedBy
    reason: str
    key_id: str
    count: int


def suppression_name(by: SuppressedBy, written: str, region: str = "") -> SuppressionName:
    """What is known of an address, a number or a domain. Raises ConfigurationError if it is
    none."""
    written = written.strip()
    name: str | None = None
    if by is SuppressedBy.EMAIL:
        name = email_name(written)
    elif by is SuppressedBy.PHONE:
        e164 = number_in(written, region).e164
        name = f"phone:{e164}" if e164 else None
    elif _DOMAIN.fullmatch(domain := written.removeprefix("@").lower().rstrip(".")):
        made_up = email_name(f"x@{domain}")  # as refinement writes a domain
        name = domain_name(made_up.rpartition("@")[2]) if made_up else None
    if name is None:
        hint = "; write it with its country code, as in +14155550101" * (by is SuppressedBy.PHONE)
        what = {"email": "e-mail address", "phone": "phone number", "domain": "domain"}[by]
        raise ConfigurationError(f"{written!r} is no {what}{hint}")
    return SuppressionName(by, name)


def names_in_rows(rows: Iterable[Sequence[str]], region: str) -> ReadRows:
    """The names in a table. With a header that names columns (email, phone, domain), these are
    read; without one, every cell that is an address or a number, or a domain written @example.com.
    """
    found: list[SuppressionName] = []
    left_out: list[int] = []
    columns: dict[int, str] | None = None
    for number, row in enumerate(rows, 1):
        if columns is None:
            columns = {i: _COLUMNS[n] for i, cell in enumerate(row)
                       if (n := cell.strip().lower().replace("_", " ")) in _COLUMNS}  # fmt: skip
            if columns:
                continue
        here = list(_in_row(row, columns, region))
        found += here
        if not here and any(cell.strip() for cell in row):
            left_out.append(number)
    return ReadRows(tuple(dict.fromkeys(found)), tuple(left_out))


def _in_row(row: Sequence[str], columns: dict[int, str], region: str) -> Iterable[SuppressionName]:
    for i, cell in enumerate(row):
        if columns and i not in columns:
            continue
        by = SuppressedBy(columns[i]) if columns else _looks_like(cell.strip())
        if by is None or not cell.strip():
            continue
        try:
            yield suppression_name(by, cell, region)
        except ConfigurationError:
            continue  # the caller tells the rows without any


def _looks_like(cell: str) -> SuppressedBy | None:
    if cell.startswith("@"):
        return SuppressedBy.DOMAIN
    if "@" in cell:
        return SuppressedBy.EMAIL
    return SuppressedBy.PHONE if sum(map(str.isdigit, cell)) >= 6 else None


def suppress(kit: Kit, names: Collection[SuppressionName], reason: str, actor: str) -> int:
    """Put these on the list; returns how many are new. Raises ConfigurationError without a key, or
    if the list was written with another one."""
    if len(reason) > _LONGEST_REASON:
        raise ConfigurationError(f"the reason has more than {_LONGEST_REASON} characters")
    key = _key(kit)
    now = kit.clock()
    entries = [Suppressed(key.hash_of(n.name), n.by, key.id, now, reason) for n in names]
    new = sum(kit.store.suppress(some) for some in batched(entries, _AT_ONCE))
    _note(kit, actor, "suppression.added", new)
    return new


def unsuppress(kit: Kit, names: Collection[SuppressionName], actor: str) -> int:
    """Take these off the list; returns how many there were. Raises ConfigurationError as `suppress`
    does."""
    key = _key(kit)
    gone = kit.store.unsuppress([key.hash_of(one.name) for one in names])
    _note(kit, actor, "suppression.removed", gone)
    return gone


def on_the_list(kit: Kit, names: Collection[SuppressionName]) -> list[Suppressed]:
    """The entries about these, oldest first; of an address also those about its domain. Raises
    ConfigurationError as `suppress` does."""
    key = _key(kit)
    wanted = [one.name for one in names]
    for one in names:
        if one.by is not SuppressedBy.PHONE:
            parts = one.name.partition(":")[2].rpartition("@")[2].split(".")
            wanted += [domain_name(".".join(parts[start:])) for start in range(len(parts) - 1)]
    found = kit.store.suppressed([key.hash_of(name) for name in dict.fromkeys(wanted)])
    return sorted(found.values(), key=lambda one: one.at)


def list_counts(store: Suppressions) -> list[ListCount]:
    """How much is on the list, most first."""
    counts = Counter((one.by, one.reason, one.key_id) for one in store.suppressions())
    return [ListCount(by, reason, key, n) for (by, reason, key), n in counts.most_common()]


def require_key_of_list(store: Suppressions, key: PrivacyKey) -> None:
    """Raises ConfigurationError if another key made an entry of the list: its hashes would find
    nobody."""
    written = store.suppression_key() or next((one.key_id for one in store.suppressions()), key.id)
    if written != key.id:
        raise ConfigurationError(
            f"the suppression list was written with the privacy key {written}, and this one is "
            f"{key.id}: put that key back (setting privacy_key, or the file privacy.key)"
        )


def unite_suppressions(one: Suppressions, other: Suppressions) -> int:
    """Give both all entries of both; returns how many there are."""
    here, there = list(one.suppressions()), list(other.suppressions())
    one.suppress(there)
    other.suppress(here)
    return len({entry.hash for entry in (*here, *there)})


def _note(kit: Kit, actor: str, action: str, count: int) -> None:
    if kit.audit is not None:
        entry = AuditEntry(at=kit.clock(), actor=actor, action=action, detail=f"{count} entries")
        kit.audit.append([entry])


def _key(kit: Kit) -> PrivacyKey:
    """The key of the list. Raises ConfigurationError if there is none, or another one."""
    if kit.privacy_key is None:
        raise ConfigurationError("set privacy_key: the suppression list is hashed with it")
    key = kit.privacy_key()
    require_key_of_list(kit.store, key)
    return key
